import Foundation

/// Where studies are read from. A test hands in files that exist nowhere else.
package protocol FileReading: Sendable {
  /// - Throws: ``FileFault`` when there are no bytes to be had.
  func read(_ path: String) throws(FileFault) -> [UInt8]
}

/// Why a file could not be read.
package enum FileFault: Error, Sendable, Hashable {
  case missing
  case isDirectory
  /// With the system's own words.
  case unreadable(String)
  case tooLarge(limit: Int)
}

/// The files of this machine, relative to the working directory.
package struct DiskFiles: FileReading {
  /// A study is written by hand; what is larger is another file.
  package static let sizeLimit = 16 << 20

  package init() {}

  package func read(_ path: String) throws(FileFault) -> [UInt8] {
    let url = URL(fileURLWithPath: path).resolvingSymlinksInPath()
    do {
      let facts = try FileManager.default.attributesOfItem(atPath: url.path)
      if facts[.type] as? FileAttributeType == .typeDirectory { throw FileFault.isDirectory }
      let handle = try FileHandle(forReadingFrom: url)
      defer { try? handle.close() }
      // One byte beyond the limit tells a file that is too large, even one that never ends.
      let bytes = try handle.read(upToCount: Self.sizeLimit + 1) ?? Data()
      if bytes.count <= Self.sizeLimit { return Array(bytes) }
    } catch let fault as FileFault {
      throw fault
    } catch {
      throw FileFault(error)
    }
    throw .tooLarge(limit: Self.sizeLimit)
  }
}

extension FileFault {
  /// Of what Foundation throws, which has the system's own error inside.
  fileprivate init(_ error: any Error) {
    let cause = ((error as? CocoaError)?.underlying ?? error) as NSError
    let code = Int32(truncatingIfNeeded: cause.code)
    if cause.domain != NSPOSIXErrorDomain {
      self = .unreadable(error.localizedDescription)
    } else if code == ENOENT || code == ENOTDIR {
      self = .missing
    } else {
      // The C string is copied at once.
      self = .unreadable(unsafe String(cString: strerror(code)))
    }
  }

  /// The fault in a few words, after the name of the file.
  package var what: String {
    switch self {
    case .missing: "there is no such file"
    case .isDirectory: "this is a directory, not a file"
    case .unreadable(let words): "cannot be read: \(words)"
    case .tooLarge(let limit): "is larger than \(limit) bytes"
    }
  }

  package var help: String {
    switch self {
    case .missing: "look at the spelling and the directory"
    case .isDirectory: "name a file in it"
    case .unreadable: "look at the file's permissions"
    case .tooLarge: "a study is a few kilobytes; is this the right file?"
    }
  }
}

/// The path of a file that another file names, relative to that file; `.` and `..` are resolved.
func path(_ relative: String, besideFile file: String) -> String {
  if relative.hasPrefix("/") { return relative }
  var parts = file.split(separator: "/", omittingEmptySubsequences: false).dropLast().map(
    String.init)
  for part in relative.split(separator: "/") where part != "." {
    if part == "..", let last = parts.last, last != "..", !last.isEmpty {
      parts.removeLast()
    } else {
      parts.append(String(part))
    }
  }
  return parts.joined(separator: "/")
}
