import Foundation
import Reproducibility
import Testing

@testable import RunStore

@Suite("item writer")
struct ItemWriterTests {
  let place: Workplace

  init() throws { place = try Workplace() }

  @Test("what is written is read back")
  func roundTrip() throws {
    let folder = try place.item()
    #expect(try folder.state() == .ordered)
    #expect(try place.results.item(order(99).identity).state() == .absent)
    let note = try place.finish(folder)
    #expect(try folder.state(.contents) == .done(note))
    #expect(try folder.order() == order(0))
    #expect(try folder.measurements() == [measurement(1), measurement(2), measurement(3)])
    #expect(try folder.artifactBytes("weights.bin") == Array(0..<200))
    #expect(note.values["reward"] == 0.5)
    #expect(note.files.map(\.name) == ["measurements.jsonl", "weights.bin"])
    // `printf 0123456789… | sha256sum` of the bytes 0…199.
    #expect(note.file("weights.bin")?.digest == SHA256.digest(of: Array<UInt8>(0..<200)))
    #expect(
      try folder.attempts().map { $0.ending?.manner } == [.done], "the attempt is on record")
    let left = try place.results.files.names(in: folder.path)
    #expect(
      left == [
        "attempt-0001.jsonl", "done.json", "measurements.jsonl", "order.json", "weights.bin",
      ],
      "nothing of the making is left behind")
  }

  @Test("a finished item cannot be opened again, a held one neither")
  func refusals() throws {
    let folder = try place.item()
    let writer = try ItemWriter(folder)
    #expect(
      throws: StoreFault.attemptHeld(
        path: folder.path, holder: ProcessMark.current.wording)
    ) { try ItemWriter(folder) }
    try writer.finish(values: [:], machine: [:])
    #expect(throws: StoreFault.alreadyDone(path: folder.path)) { try ItemWriter(folder) }
    let empty = place.results.item(order(1).identity)
    #expect(throws: StoreFault.noOrder(path: empty.path)) { try ItemWriter(empty) }
    #expect(throws: StoreFault.noOrder(path: "/tmp")) { try ItemFolder(path: "/tmp") }
    #expect(try ItemFolder(path: folder.path + "/").identity == folder.identity)
  }

  @Test("killed anywhere and resumed, an item has the bytes of an unbroken one", arguments: 0..<12)
  func resume(killedAfter steps: Int) throws {
    let unbroken = try place.item(1)
    let broken = try place.results.place(order(2))
    try run(ItemWriter(unbroken), until: 12)
    // Killed without a word: the attempt is ended by hand, as if its process had died.
    do {
      let writer = try ItemWriter(broken)
      try run(writer, until: steps)
      // A write cut short in the middle of a line.
      try broken.files.append(Array(#"{"step":99,"met"#.utf8), to: broken.path(.measurements))
    }
    try abandon(broken)
    let again = try ItemWriter(broken)
    #expect(again.checkpoint?.step == (steps < 5 ? nil : steps < 10 ? 5 : 10))
    #expect(again.checkpointFault == nil)
    try run(again, until: 12)
    for name in ["measurements.jsonl", "weights.bin"] {
      #expect(try bytes(unbroken.path(name)) == bytes(broken.path(name)))
    }
    #expect(try broken.done()?.attempt == 2)
    #expect(
      try !place.results.files.names(in: broken.path).contains { $0.hasPrefix("checkpoint") })
  }

  /// Twelve steps of work whose state is a running sum; a checkpoint every five steps.
  private func run(_ writer: ItemWriter, until last: Int) throws {
    var sum = 0
    var step = 0
    if let checkpoint = writer.checkpoint {
      step = checkpoint.step
      sum = try #require(checkpoint.state["sum"]?.int)
      let path = try #require(checkpoint.path("sum.bin"))
      #expect(try bytes(path) == [UInt8(sum)])
    }
    while step < last {
      step += 1
      sum += step
      try writer.record(Measurement(step: step, metric: "sum", value: Double(sum)))
      if step.isMultiple(of: 5) {
        let draft = writer.beginCheckpoint(step: step)
        try write([UInt8(sum)], draft.path("sum.bin"))
        try writer.commit(draft, state: ["sum": JSONValue(sum)])
      }
    }
    if last == 12 {
      try writer.writeArtifact("weights.bin", [UInt8(sum)])
      try writer.finish(values: ["sum": JSONValue(sum)], machine: [:])
    }
  }

  @Test("a checkpoint with a changed bit is not used, and the work begins anew")
  func damagedCheckpoint() throws {
    let folder = try place.item()
    try run(ItemWriter(folder), until: 7)
    let name = try #require(
      place.results.files.names(in: folder.path).first { $0.hasSuffix("sum.bin") })
    try write([0xff], folder.path(name))
    try abandon(folder)
    let again = try ItemWriter(folder)
    #expect(again.checkpoint == nil)
    #expect(
      again.checkpointFault
        == .damaged(path: folder.path(name), reason: "its content does not fit its digest"))
    #expect(try bytes(folder.path(.measurements)).isEmpty)
  }

  @Test("an attempt that was taken over writes nothing more")
  func fencing() throws {
    let folder = try place.item()
    let old = try ItemWriter(folder)
    try old.record(measurement(1))
    try abandon(folder)
    let new = try ItemWriter(folder)
    let lost = StoreFault.attemptLost(path: folder.path, attempt: 1)
    #expect(throws: lost) { try old.record(measurement(2)) }
    #expect(throws: lost) { try old.writeArtifact("weights.bin", [1]) }
    #expect(throws: lost) { try old.commit(old.beginCheckpoint(step: 1)) }
    #expect(throws: lost) { try old.finish(values: [:], machine: [:]) }
    try new.record(measurement(1))
    try new.finish(values: [:], machine: [:])
    #expect(try folder.measurements() == [measurement(1)])
    #expect(try folder.done()?.attempt == 2)
  }

  @Test("measurements are taken back by step")
  func resetByStep() throws {
    let folder = try place.item()
    let writer = try ItemWriter(folder)
    try writer.record((1...6).map(measurement))
    try writer.resetMeasurements(keepingThrough: 4)
    #expect(try folder.measurements().map(\.step) == [1, 2, 3, 4])
    try writer.record(measurement(5))
    try writer.resetMeasurements(keepingThrough: 9)
    #expect(try folder.measurements().map(\.step) == [1, 2, 3, 4, 5])
    try writer.resetMeasurements(keepingThrough: nil)
    #expect(try folder.measurements().isEmpty)
    try writer.record(measurement(1))
    try writer.finish(values: [:], machine: [:])
    #expect(try folder.measurements() == [measurement(1)])
  }

  @Test("a file that someone else wrote to is not taken for a result")
  func foreignBytes() throws {
    let folder = try place.item()
    let writer = try ItemWriter(folder)
    try writer.record(measurement(1))
    try folder.files.append(Array("{}\n".utf8), to: folder.path(.measurements))
    #expect(
      throws: StoreFault.damaged(
        path: folder.path(.measurements), reason: "it does not hold what this attempt measured")
    ) { try writer.finish(values: [:], machine: [:]) }
    #expect(try folder.done() == nil)
  }

  @Test(
    "names that the store uses itself are refused",
    arguments: [
      "order.json", "done.json", "measurements.jsonl", "attempt-0001.jsonl", "", "a/b", ".hidden",
      "checkpoint-1", "draft-x",
    ])
  func reservedNames(name: String) throws {
    let writer = try ItemWriter(try place.item())
    #expect(throws: StoreFault.self) { try writer.writeArtifact(name, [1]) }
  }

  @Test("failures keep the worker's words; the next attempt clears them")
  func failures() throws {
    let folder = try place.item()
    let writer = try ItemWriter(folder)
    try writer.fail(
      ItemFailure(isConfigurationFault: true, what: "group of 1", why: "no spread", help: "use 8"))
    #expect(
      try folder.state()
        == .failed(
          ItemFailure(
            isConfigurationFault: true, what: "group of 1", why: "no spread", help: "use 8",
            attempt: 1)))
    let again = try ItemWriter(folder)
    #expect(again.attempt == 2)
    #expect(try folder.failure() == nil)
  }

  @Test("progress is replaced at most five times a second")
  func progress() throws {
    let folder = try place.item()
    let writer = try ItemWriter(folder)
    #expect(folder.progress() == nil)
    let first = ItemProgress(step: 1, of: 10, phase: "training", reward: .nan)
    writer.note(first)
    writer.note(ItemProgress(step: 2, of: 10))
    let seen = try #require(folder.progress())
    #expect(seen.step == 1)
    #expect(seen.reward?.isNaN == true)
    #expect(seen.fraction == 0.1)
    usleep(210_000)
    writer.note(ItemProgress(step: 3, of: 10, values: ["contest": 22.5]))
    #expect(folder.progress() == ItemProgress(step: 3, of: 10, values: ["contest": 22.5]))
  }
}

/// Ends the newest attempt as a `kill -9` would: its processes are gone and nobody wrote an ending.
func abandon(_ folder: ItemFolder) throws {
  var attempt = try #require(try folder.attempts().last)
  attempt.holder = try endedProcess()
  attempt.worker = nil
  try folder.record(attempt)
}
