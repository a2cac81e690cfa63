import Foundation
import Reproducibility
import Testing

@testable import RunStore

@Suite("checkpoints that are folders")
struct FolderCheckpointTests {
  let place: Workplace

  init() throws { place = try Workplace() }

  private func makeState(_ text: String, in folder: ItemFolder) throws -> String {
    let path = "\(folder.path)/draft-1-command/state"
    try place.results.files.makeFolder(path + "/inner/deep")
    try write(Array(text.utf8), path + "/weights.bin")
    try write(Array("\(text) too".utf8), path + "/inner/deep/optimizer.bin")
    return path
  }

  private func end(_ folder: ItemFolder, _ attempt: Int) throws {
    // As its death would be noticed.
    try folder.end(attempt: attempt, .init(manner: .machineFault, words: "killed", seconds: 0))
  }

  @Test("a folder is moved, found again by the next attempt, and left in the result")
  func wholeWay() throws {
    let folder = try place.item()
    do {
      let writer = try ItemWriter(folder)
      try writer.record(measurement(1))
      let path = try makeState("one", in: folder)
      try writer.takeCheckpoint(path, step: 1, state: ["read": ["rate"]])
      #expect(!FileManager.default.fileExists(atPath: path), "moved, not copied")
      try writer.record(measurement(2))
    }
    try end(folder, 1)
    #expect(folder.checkpointStep() == 1)
    let writer = try ItemWriter(folder)
    let found = try #require(writer.checkpoint)
    #expect(found.step == 1 && found.state["read"] == ["rate"])
    #expect(try bytes(found.folderPath + "/weights.bin") == Array("one".utf8))
    #expect(try folder.measurements() == [measurement(1)], "what came later is taken back")
    try writer.record(measurement(2))
    try writer.takeCheckpoint(makeState("two", in: folder), step: 2, state: .null)
    #expect(!FileManager.default.fileExists(atPath: found.folderPath), "the one before goes")
    let digest = try #require(try writer.keepCheckpoint())
    let note = try writer.finish(values: ["policy": .string(digest.hex)], machine: [:])
    #expect(
      note.files.map(\.name) == [
        "checkpoint/inner/deep/optimizer.bin", "checkpoint/weights.bin", "measurements.jsonl",
      ])
    #expect(try folder.state(.contents) == .done(note))
    #expect(try folder.artifactBytes("checkpoint/weights.bin") == Array("two".utf8))
    #expect(
      try place.results.files.names(in: folder.path) == [
        "attempt-0001.jsonl", "attempt-0002.jsonl", "checkpoint", "done.json", "measurements.jsonl",
        "order.json",
      ], "nothing of the making is left behind")
  }

  @Test("an attempt that dies between its state and its result loses neither")
  func diesAtTheEnd() throws {
    let folder = try place.item()
    do {
      let writer = try ItemWriter(folder)
      try writer.takeCheckpoint(makeState("one", in: folder), step: 1, state: .null)
      _ = try writer.keepCheckpoint()
    }
    try end(folder, 1)
    let writer = try ItemWriter(folder)
    #expect(writer.checkpointFault == nil && writer.checkpoint?.step == 1)
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/checkpoint"))
    _ = try writer.keepCheckpoint()
    let note = try writer.finish(values: [:], machine: [:])
    #expect(note.files.count == 2)
    #expect(try folder.state(.contents) == .done(note))
  }

  @Test("a state whose bytes have changed is not gone on from")
  func damage() throws {
    let folder = try place.item()
    do {
      let writer = try ItemWriter(folder)
      try writer.takeCheckpoint(makeState("one", in: folder), step: 1, state: .null)
      let path = try #require(writer.checkpoint?.folderPath)
      try write(Array("two".utf8), path + "/weights.bin")
    }
    try end(folder, 1)
    let writer = try ItemWriter(folder)
    #expect(writer.checkpoint == nil && writer.checkpointFault != nil)
  }

  @Test("a link in it is refused, and the folder is left where it was")
  func links() throws {
    let folder = try place.item()
    let writer = try ItemWriter(folder)
    let path = try makeState("one", in: folder)
    try FileManager.default.createSymbolicLink(
      atPath: path + "/inner/latest", withDestinationPath: "/etc")
    #expect(
      throws: StoreFault.refused(
        path: path + "/inner/latest", reason: "something that is neither a file nor a folder")
    ) { try writer.takeCheckpoint(path, step: 1, state: .null) }
    #expect(FileManager.default.fileExists(atPath: path + "/weights.bin"))
    #expect(writer.checkpoint == nil)
  }

  @Test("removing what a link leads to is not removing the link")
  func removal() throws {
    let folder = try place.item()
    let other = place.path + "/precious"
    try place.results.files.makeFolder(other)
    try write([1], other + "/file")
    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/draft-7-command", withDestinationPath: other)
    let writer = try ItemWriter(folder)
    try writer.removeOldDrafts()
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/draft-7-command"))
    #expect(FileManager.default.fileExists(atPath: other + "/file"))
  }

  @Test(
    "a digest made piece by piece is that of the whole", arguments: [0, 1, 1 << 20, (1 << 20) + 7])
  func summaries(count: Int) throws {
    let content = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let path = place.path + "/file"
    try write(content, path)
    let summary = try LocalFileSystem().summary(of: path)
    #expect(summary?.bytes == count && summary?.digest == SHA256.digest(of: content))
    #expect(try LocalFileSystem().summary(of: path + "-not") == nil)
  }
}
