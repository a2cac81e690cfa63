import Foundation
import Testing

/// The names in the symbol tables of an ELF file of 64 bits, as far as linking goes.
///
/// - Source: System V ABI, "Object Files": sections and symbol table.
struct LinkedSymbols {
  /// What the file needs from others.
  private(set) var undefined: Set<String> = []
  /// What it offers to others.
  private(set) var defined: Set<String> = []

  struct NotELF: Error {
    var path: String
  }

  init(of path: String) throws {
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    func number(_ place: Int, _ width: Int) throws -> Int {
      guard place >= 0, place + width <= bytes.count else { throw NotELF(path: path) }
      return (0..<width).reversed().reduce(0) { $0 << 8 | Int(bytes[place + $1]) }
    }
    // The magic number, 64 bits, little-endian.
    guard bytes.starts(with: [0x7f, 0x45, 0x4c, 0x46, 2, 1]) else { throw NotELF(path: path) }
    let sections = try number(0x28, 8)
    let sectionSize = try number(0x3a, 2)
    for index in 0..<(try number(0x3c, 2)) {
      let section = sections + index * sectionSize
      // Symbols of an object file, or those that a library shares.
      guard [2, 11].contains(try number(section + 4, 4)) else { continue }
      let start = try number(section + 0x18, 8)
      let names = try number(sections + number(section + 0x28, 4) * sectionSize + 0x18, 8)
      for symbol in stride(from: start, to: start + (try number(section + 0x20, 8)), by: 24) {
        let name = bytes[(names + (try number(symbol, 4)))...].prefix { $0 != 0 }
        let isLocal = try number(symbol + 4, 1) >> 4 == 0
        if name.isEmpty || isLocal { continue }
        if try number(symbol + 6, 2) == 0 {
          undefined.insert(String(decoding: name, as: UTF8.self))
        } else {
          defined.insert(String(decoding: name, as: UTF8.self))
        }
      }
    }
  }
}

/// The C library promises no bits: its mathematical functions round as their version and the
/// processor decide. So the rooms whose numbers decide a result call none of them.
@Suite("the numeric path")
struct NumericPathTests {
  static let rooms = [
    "TensorKernelsBaseline", "TensorKernelsAVX2", "TensorKernelsAVX512", "TensorKernels",
    "KernelInterface", "TransformerLM", "PolicyTrainer", "Reproducibility", "StudyLanguage",
    "ReasoningTasks", "ResultStatistics",
  ]

  struct NoLibrary: Error {}

  /// What the mathematics library offers that this process, as everything with Foundation, has loaded.
  static let mathematics = Result {
    // To its end: such a file has no size, and is handed out in pieces.
    let maps = try FileHandle(forReadingFrom: URL(fileURLWithPath: "/proc/self/maps")).readToEnd()
    let paths = String(decoding: maps ?? Data(), as: UTF8.self).split(separator: "\n").compactMap {
      $0.split(separator: " ", maxSplits: 5).last?.trimmingCharacters(in: .whitespaces)
    }
    guard let path = paths.first(where: { $0.contains("/libm.so") || $0.contains("/libm-") }) else {
      throw NoLibrary()
    }
    return try LinkedSymbols(of: path).defined
  }

  @Test("the mathematics library offers what it must, so that the search is one")
  func library() throws {
    let offered = try Self.mathematics.get()
    for name in ["exp", "expf", "logf", "pow", "sin", "fmaf", "rint", "floorf", "sqrt", "lgamma"] {
      #expect(offered.contains(name))
    }
  }

  @Test("a room whose numbers decide a result calls no function of it", arguments: rooms)
  func calls(room: String) throws {
    let folder = try AblateProgram.folder(named: "\(room).build")
    let objects = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
      $0.hasSuffix(".o")
    }
    try #require(!objects.isEmpty, "nothing was compiled in \(folder)")
    var needed: Set<String> = []
    for object in objects {
      needed.formUnion(try LinkedSymbols(of: "\(folder)/\(object)").undefined)
    }
    #expect(needed.contains { $0.hasPrefix("$s") }, "not even Swift's own library is called")
    #expect(needed.intersection(try Self.mathematics.get()).sorted() == [])
  }
}
