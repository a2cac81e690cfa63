import Foundation
import Testing

@testable import StudyLanguage

/// Input and full message: studies and recipes that cannot be read at all.
@Suite("Messages: files that cannot be read")
struct FileMessageTests {
  /// Every file is at fault in the same way, except those that are there.
  private struct FaultyFiles: FileReading {
    let fault: FileFault
    var good: [String: String] = [:]

    func read(_ path: String) throws(FileFault) -> [UInt8] {
      guard let text = good[path] else { throw fault }
      return Array(text.utf8)
    }
  }

  @Test("a study has its message", arguments: table)
  func study(fault: FileFault, what: String, help: String) {
    #expect(
      complaint(about: "ablations/s.json", in: FaultyFiles(fault: fault)) == """
        ablations/s.json: error: \(what)
          why:  a study is a file of JSON
          help: \(help)
        1 error
        """)
  }

  @Test("a recipe has its message, at the place that names it", arguments: table)
  func recipe(fault: FileFault, what: String, help: String) {
    let files = FaultyFiles(fault: fault, good: ["ablations/s.json": Bakery.study])
    #expect(
      complaint(about: "ablations/s.json", in: files) == """
        ablations/s.json:4:13: error: 'ablations/recipes/rye.json': \(what)
            4 |   "recipe": "recipes/rye.json",
              |             ^~~~~~~~~~~~~~~~~~
          why:  it is named as the recipe of this study; paths are relative to the file that they stand in
          help: \(help)
        1 error
        """)
  }

  static let table: [(FileFault, String, String)] = [
    (.missing, "there is no such file", "look at the spelling and the directory"),
    (.isDirectory, "this is a directory, not a file", "name a file in it"),
    (
      .unreadable("Input/output error"), "cannot be read: Input/output error",
      "look at the file's permissions"
    ),
    (
      .tooLarge(limit: 16_777_216), "is larger than 16777216 bytes",
      "a study is a few kilobytes; is this the right file?"
    ),
  ]

  @Test(
    "of the disk: a file of 100 MB, an endless one, a directory, a missing and an unreadable one")
  func disk() throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "study-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let large = folder.appending(path: "large.json")
    #expect(FileManager.default.createFile(atPath: large.path, contents: nil))
    try FileHandle(forWritingTo: large).truncate(atOffset: 100_000_000)

    func expect(_ path: String, _ what: String, _ help: String) {
      #expect(
        complaint(about: path, in: DiskFiles()) == """
          \(path): error: \(what)
            why:  a study is a file of JSON
            help: \(help)
          1 error
          """)
    }
    let tooLarge = ("is larger than 16777216 bytes", Self.table[3].2)
    expect(large.path, tooLarge.0, tooLarge.1)
    // What has no end can only be refused by whoever stops reading.
    expect("/dev/zero", tooLarge.0, tooLarge.1)
    expect(folder.path, Self.table[1].1, Self.table[1].2)
    expect(folder.appending(path: "none.json").path, Self.table[0].1, Self.table[0].2)
    expect(large.path + "/none.json", Self.table[0].1, Self.table[0].2)
    // Whoever runs the tests, its first byte cannot be read: no memory lies there.
    expect("/proc/self/mem", Self.table[2].1, Self.table[2].2)
    // Who may do everything may read this one too.
    let locked = folder.appending(path: "locked.json")
    #expect(
      FileManager.default.createFile(
        atPath: locked.path, contents: Data("{}".utf8), attributes: [.posixPermissions: 0]))
    if !FileManager.default.isReadableFile(atPath: locked.path) {
      expect(locked.path, "cannot be read: Permission denied", Self.table[2].2)
    }
  }
}
