import Foundation
import Glibc
import Reproducibility
import RunStore
import Testing

/// The state of a stage that was killed, changed by a disk that forgets: its digest tells, the item is
/// begun anew, and both the run and the item's log say so.
@Suite("torture: damaged state of a killed item")
struct CheckpointTortureTests {
  /// Long enough to be killed in its middle.
  private static let recipe = TinyStudy.recipe.with("\"steps\": 8", "\"steps\": 40")

  private static let unbroken = Result {
    let place = try Place(recipe: recipe)
    try place.ablate("run", "study.json", "--quiet").expect(0)
    return try place.outcome()
  }

  @Test("a bit of a saved file", arguments: 0..<Torture.rounds(3, long: 20))
  func flippedBit(round: Int) throws {
    var random = RandomStream(Torture.seed.derive("flipped bit").derive(round))
    let (place, item) = try killedStage()
    // Beside them may lie those of a checkpoint that the kill cut off; nobody reads these.
    let saved = try JSONValue(parsing: Array(Data(contentsOf: item.url(.checkpoint))))
    let names = try #require(saved["files"]?.object).members.map(\.key)
    let prefix = try #require(saved["prefix"]?.string)
    let url = URL(fileURLWithPath: "\(item.path)/\(prefix)\(random.element(of: names))")
    var bytes = try Data(contentsOf: url)
    let byte = random.integer(in: 0...bytes.count - 1)
    bytes[byte] ^= 1 << UInt8(random.integer(in: 0...7))
    try bytes.write(to: url)
    try expectBegunAnew(
      place, item, because: "\(url.lastPathComponent)' is damaged: its content does not fit",
      "byte \(byte) of \(url.lastPathComponent), \(Torture.replay)")
  }

  @Test("measurements that are cut short")
  func cutMeasurements() throws {
    let (place, item) = try killedStage()
    let count = try #require(try place.results.files.status(of: item.path(.measurements))).bytes
    try LocalFileSystem().truncate(item.path(.measurements), to: count / 3)
    try expectBegunAnew(
      place, item, because: "measurements.jsonl' is damaged: it is not what the checkpoint was", "")
  }

  @Test("measurements that are cut short under the hands of the worker never reach a result")
  func cutUnderWay() throws {
    let place = try Place(recipe: Self.recipe)
    let run = try place.start(["run", "study.json", "-j", "1", "--progress", "lines"])
    let isSaved = try run.wait { try !place.checkpoints().isEmpty }
    let saved = try #require(try place.checkpoints().keys.first.flatMap(Digest.init(hex:)))
    try LocalFileSystem().truncate(place.results.item(saved).path(.measurements), to: 40)
    var ended = try run.end()
    #expect(isSaved && [0, 3].contains(ended.code), "\(ended.error)")
    for _ in 0..<2 where ended.code != 0 {
      ended = try place.ablate("run", "study.json", "--progress", "lines")
    }
    #expect(ended.code == 0, "\(ended.error)")
    try place.expectOutcome(Self.unbroken.get())
  }

  /// A study of which a stage has saved its state and is not done; nothing runs any more.
  private func killedStage() throws -> (Place, ItemFolder) {
    for _ in 0..<10 {
      let place = try Place(recipe: Self.recipe)
      let run = try place.start(["run", "study.json", "-j", "2", "--quiet"])
      _ = try run.wait { try !place.checkpoints().isEmpty }
      // Workers first: a coordinator's death alone would let them save and leave.
      for worker in place.workers { kill(worker, SIGKILL) }
      run.signal(SIGKILL)
      _ = try run.end()
      for identity in try place.checkpoints().keys.compactMap(Digest.init(hex:)) {
        let item = place.results.item(identity)
        if try item.done() == nil { return (place, item) }
      }
    }
    throw NoStage()
  }

  private struct NoStage: Error {}

  private func expectBegunAnew(
    _ place: Place, _ item: ItemFolder, because reason: String, _ comment: String
  ) throws {
    let label = try #require(try item.order()).label
    let run = try place.ablate("run", "study.json", "--progress", "lines")
    #expect(run.code == 0, "\(comment): \(run.error)")
    let said = run.error.split(separator: "\n").filter { $0.hasPrefix("anew     \(label), from") }
    #expect(said.count == 1 && said[0].contains(reason), "\(comment): \(run.error)")
    let log = try String(contentsOfFile: item.path(.log), encoding: .utf8)
    #expect(log.contains("warning: '") && log.contains(reason), "\(comment): \(log)")
    try place.expectOutcome(Self.unbroken.get(), comment)
  }
}

extension ItemFolder {
  fileprivate func url(_ name: Name) -> URL { URL(fileURLWithPath: path(name)) }
}
