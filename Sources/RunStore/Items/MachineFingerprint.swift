import Glibc
package import Reproducibility

/// Where a result was made: written beside it, so that results of unlike machines can be told apart.
/// It is no part of any identity and must not enter a report's numbers.
package enum MachineFingerprint {
  /// This machine: host, processor, its count, architecture, kernel.
  package static var current: JSONObject {
    var name = utsname()
    guard unsafe uname(&name) == 0 else { return [:] }
    return [
      "host": .string(text(of: &name.nodename)),
      "processor": .string(processor ?? "unknown"),
      "processors": JSONValue(max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))),
      "architecture": .string(text(of: &name.machine)),
      "system": .string(text(of: &name.sysname) + " " + text(of: &name.release)),
    ]
  }

  /// The first "model name" that the kernel lists.
  private static var processor: String? {
    guard let list = try? LocalFileSystem().text(of: "/proc/cpuinfo") else { return nil }
    for line in list.split(separator: "\n") where line.hasPrefix("model name") {
      guard let colon = line.firstIndex(of: ":") else { return nil }
      return String(line[line.index(after: colon)...].drop { $0 == " " })
    }
    return nil
  }

  private static func text<Field>(of field: inout Field) -> String {
    unsafe withUnsafeBytes(of: &field) { bytes in
      unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}
