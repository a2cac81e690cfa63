import Foundation
import Reproducibility
import Testing

@testable import RunStore

@Suite("removal")
struct RemovalTests {
  let place: Workplace

  init() throws { place = try Workplace() }

  @Test(
    "an item whose newest attempt gave way to an older one is removed too", .timeLimit(.minutes(1)))
  func gaveWay() throws {
    let folder = try place.item()
    for (number, words) in [(1, "killed"), (2, ItemFolder.gaveWay)] {
      let attempt = Attempt(
        number: number, holder: .current, began: 0,
        ending: .init(manner: .stopped, words: words, seconds: 0))
      #expect(try folder.create(attempt))
    }
    #expect(try place.results.remove([folder.identity]).removed == [folder.identity])
    #expect(try place.results.identities().isEmpty)
  }

  @Test("an item goes with its whole folder, finished or not, and nothing is left in the trash")
  func whole() throws {
    let (done, failed) = (try place.item(1), try place.item(2))
    try place.finish(done)
    try ItemWriter(failed).fail(
      ItemFailure(isConfigurationFault: false, what: "w", why: "y", help: "h"))
    let kept = try place.item(3)
    let bytes = try done.bytes() + failed.bytes()
    let removal = try place.results.remove([done.identity, failed.identity, order(4).identity])
    #expect(removal.removed == [done.identity, failed.identity] && removal.held.isEmpty)
    #expect(removal.bytes == bytes && bytes > 200)
    #expect(try place.results.identities() == [kept.identity])
    #expect(try place.results.files.names(in: place.results.trashPath).isEmpty)
  }

  @Test("an item that a living process holds stays, also when its result has just been written")
  func held() throws {
    let folder = try place.item()
    guard case .claimed(let attempt) = try folder.claim() else {
      Issue.record("no claim")
      return
    }
    #expect(try place.results.remove([folder.identity]).held == [folder.identity])
    let writer = try ItemWriter(folder, attempt: attempt.number)
    try writer.finish(values: [:], machine: [:])
    #expect(try place.results.remove([folder.identity]).held == [folder.identity])
    #expect(try folder.attempts().count == 1, "a refused removal leaves no claim behind")
    try folder.end(attempt: attempt.number, .init(manner: .done, seconds: 1))
    #expect(try place.results.remove([folder.identity]).removed == [folder.identity])
  }

  @Test("an item of a dead process goes")
  func dead() throws {
    let folder = try place.item()
    _ = try folder.claim(for: endedProcess())
    #expect(try place.results.remove([folder.identity]).removed == [folder.identity])
  }

  @Test(
    "what a removal that was cut off left goes with the next, and the same item can be made again")
  func leftovers() throws {
    for _ in 0..<2 {
      let folder = try place.item()
      try place.finish(folder)
      // Cut off before the files were deleted.
      try folder.moveToTrash()
      #expect(try !place.results.files.exists(folder.path))
    }
    let hex = order(0).identity.hex
    #expect(
      try place.results.files.names(in: place.results.trashPath) == ["\(hex)-1", "\(hex)-2"])
    #expect(try place.results.trashBytes() > 400)
    #expect(try place.results.remove([]).removed.isEmpty)
    #expect(try place.results.files.names(in: place.results.trashPath).isEmpty)
  }

  @Test("a folder is removed with folders in it, and of a link only the link")
  func links() throws {
    let files = LocalFileSystem()
    let (folder, other) = ("\(place.path)/folder", "\(place.path)/other")
    for path in ["\(folder)/a/b", other] { try files.makeFolder(path) }
    for path in ["\(folder)/x", "\(folder)/a/b/y", "\(other)/z"] {
      try files.write([1, 2, 3], to: path)
    }
    #expect(try files.bytes(under: folder) == 6)
    try FileManager.default.createSymbolicLink(
      atPath: "\(folder)/link", withDestinationPath: other)
    try files.removeFolder(folder)
    #expect(try !files.exists(folder) && files.exists("\(other)/z"))
    try files.removeFolder(folder)
  }

  @Test("the index loses the rows of removed items and of a removed study")
  func index() throws {
    let (a, b) = (try place.item(1), try place.item(2))
    for folder in [a, b] { try place.finish(folder) }
    try place.results.record(
      StudyNote(
        study: "s", question: "?",
        trials: [
          .init(
            arm: 0, armName: "a", variants: [:], seed: 1,
            items: [.init(name: "first", identity: a.identity)])
        ]))
    let index = try ResultIndex.open(place.results)
    try index.rebuild()
    _ = try place.results.remove([a.identity])
    try index.update([a.identity])
    #expect(try index.rows("SELECT identity FROM item") == [[.text(b.identity.hex)]])
    for table in ["measurement", "artifact", "attempt", "item_value"] {
      #expect(try index.rows("SELECT DISTINCT item FROM \(table)").count == 1, "\(table)")
    }
    try place.results.removeNote(of: "s")
    try index.remove(study: "s")
    #expect(try place.results.studies().isEmpty)
    #expect(try index.rows("SELECT * FROM trial_item").isEmpty)
  }

  // MARK: What is needed

  @Test("a study needs its trials' items and all that they read, by the orders in their folders")
  func needs() throws {
    let solver = try place.item(1)
    let pool = try place.item(2, inputs: [.init(name: "solver", identity: solver.identity)])
    let stage = try place.item(3, inputs: [.init(name: "pool", identity: pool.identity)])
    let other = try place.item(4)
    let note = study(["first": stage.identity])
    let needs = try ItemNeeds(place.results)
    #expect(needs.closure(of: note) == [solver.identity, pool.identity, stage.identity])
    #expect(needs.closure(of: [other.identity]) == [other.identity])
    #expect(needs.readers(of: solver.identity) == [pool.identity])
    #expect(needs.readers(of: stage.identity).isEmpty)
  }

  @Test(
    "what a study whose items have no order yet needs is known from its note, otherwise not at all")
  func unknownNeeds() throws {
    let solver = try place.item(1)
    let stage = order(3, inputs: [.init(name: "solver", identity: solver.identity)]).identity
    var note = study(["first": stage])
    #expect(try ItemNeeds(place.results).closure(of: note) == nil)
    note.preparation = [solver.identity]
    #expect(try ItemNeeds(place.results).closure(of: note) == [stage, solver.identity])
    #expect(StudyNote(json: note.json) == note)
    try write(Array("{".utf8), solver.path(.order))
    let needs = try ItemNeeds(place.results)
    #expect(needs.unreadable == [solver.identity] && needs.closure(of: [solver.identity]) == nil)
  }

  @Test("a note that cannot be read or is empty is refused", arguments: ["", "{", "{}"])
  func damagedNote(text: String) throws {
    try place.results.record(study([:]))
    let path = "\(place.results.studiesPath)/s.json"
    try write(Array(text.utf8), path)
    #expect { try ItemNeeds(place.results) } throws: { error in
      if case StoreFault.damaged(path, _) = error { true } else { false }
    }
  }

  @Test("an item that forgets its checkpoint and its failure begins at its first step")
  func forgets() throws {
    let folder = try place.item()
    let writer = try ItemWriter(folder)
    try writer.record(measurement(1))
    try writer.commit(writer.beginCheckpoint(step: 1), state: "state")
    try writer.fail(ItemFailure(isConfigurationFault: false, what: "w", why: "y", help: "h"))
    #expect(try folder.readCheckpoint() != nil)
    try folder.forgetCheckpoint()
    #expect(try folder.readCheckpoint() == nil && folder.failure() == nil)
    #expect(try folder.state() == .ordered)
    #expect(try ItemWriter(folder).checkpoint == nil)
    #expect { try folder.forgetCheckpoint() } throws: { error in
      if case StoreFault.attemptHeld = error { true } else { false }
    }
  }

  private func study(_ items: [String: Digest]) -> StudyNote {
    StudyNote(
      study: "s", question: "?",
      trials: [
        .init(
          arm: 0, armName: "a", variants: [:], seed: 1,
          items: items.sorted { $0.key < $1.key }.map { .init(name: $0.key, identity: $0.value) })
      ])
  }
}
