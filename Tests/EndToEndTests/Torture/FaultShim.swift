import Foundation
import RunStore
import Testing

/// `Tests/FaultShim/shim.c`, compiled for these tests: it stands before the C library of a process and
/// lets the n-th call that changes a file go wrong.
enum FaultShim {
  enum Manner: String, CaseIterable, Sendable {
    /// The n-th call finds a full disk; later ones work.
    case once
    /// The n-th call and all later ones meet a broken disk.
    case ever
    /// `kill -9` just before the n-th call.
    case before
    /// `kill -9` just after it.
    case after

    var error: Int32 { self == .once ? ENOSPC : EIO }
  }

  /// nil where there is none.
  static let compiler: String? = {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    for name in ["clang", "cc", "gcc"] {
      let found = folders.lazy.map { "\($0)/\(name)" }
        .first(where: FileManager.default.isExecutableFile)
      if let found { return found }
    }
    return nil
  }()

  static let absence: Comment = "NO C COMPILER IN PATH: no call of the disk was made to fail"

  /// The library; it stays in the folder for temporary files.
  static func library() throws -> String { try compiled.get() }

  private static let compiled = Result {
    let compiler = try #require(FaultShim.compiler)
    let library = FileManager.default.temporaryDirectory.path + "/fault-shim-\(UUID()).so"
    let place = try Place()
    let ended = try place.other(
      compiler,
      [
        "-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o", library,
        "\(AblateProgram.repository)/Tests/FaultShim/shim.c", "-ldl",
      ])
    try #require(ended.code == 0, "\(ended.error)")
    return library
  }
}

/// One fault, for one run: where it strikes, and whether it did.
struct DiskFault {
  let manner: FaultShim.Manner
  /// From 1; 0 only counts.
  let call: Int
  /// What the shim counts in; outside of the folder that is watched.
  private let note: String
  private let folder: String

  init(_ manner: FaultShim.Manner, at call: Int, in place: Place) throws {
    self.manner = manner
    self.call = call
    folder = place.results.path
    note = place.path + "/fault-note"
    try Data(count: 16).write(to: URL(fileURLWithPath: note))
  }

  func environment() throws -> [String: String] {
    try AblateProgram.surroundings.merging([
      "LD_PRELOAD": FaultShim.library(), "FAULT_UNDER": folder, "FAULT_NOTE": note,
      "FAULT_AT": "\(call)", "FAULT_MANNER": manner.rawValue, "FAULT_ERRNO": "\(manner.error)",
    ]) { $1 }
  }

  /// How many calls were counted.
  func calls() throws -> Int { try numbers()[0] }

  func wasReached() throws -> Bool { try numbers()[1] == 1 }

  /// Two numbers of eight bytes, least first.
  private func numbers() throws -> [Int] {
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: note)))
    return [0, 8].map { start in
      bytes[start..<start + 8].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
  }
}
