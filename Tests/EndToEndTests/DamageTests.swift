import Foundation
import Reproducibility
import RunStore
import Testing

/// Files that changed after they were written: a disk that forgets, a hand that slips.
@Suite("damaged results")
struct DamageTests {
  /// A file of an item, and what happens to it.
  struct Damage: Sendable, CustomTestStringConvertible {
    var kind: String
    var file: String
    /// Only its length changes; otherwise a byte in its middle.
    var isCut = false

    var testDescription: String { "\(kind)/\(file) \(isCut ? "cut" : "changed")" }
  }

  private static let damages =
    [
      ("solver", "policy.safetensors"), ("problems", "pool.jsonl"), ("grades", "grades.jsonl"),
      ("levels", "levels.json"), ("stage", "policy.safetensors"), ("stage", "measurements.jsonl"),
    ].map { Damage(kind: $0.0, file: $0.1, isCut: true) }
    + [
      ("evaluation", "measurements.jsonl"), ("stage", "measurements.jsonl"),
      ("stage", "policy.safetensors"), ("stage", "done.json"), ("solver", "done.json"),
    ].map { Damage(kind: $0.0, file: $0.1) }

  @Test("is seen, said and done anew by the same command, and the report is as before")
  func mended() throws {
    let place = try Place()
    try place.ablate("run", "study.json", "--quiet").expect(0)
    let whole = try place.outcome()
    for damage in Self.damages {
      let name = damage.testDescription
      try place.inflict(damage)
      let plan = try place.ablate("plan", "study.json")
      #expect(
        plan.output.contains(
          "  \(TinyStudy.items - 1) of \(TinyStudy.items) items are done, 1 would run\n"),
        "\(name): \(plan.output)")
      let run = try place.ablate("run", "study.json", "--progress", "lines")
      #expect(run.code == 0, "\(name): \(run.error)")
      #expect(run.error.contains("damaged  "), "\(name): \(run.error)")
      try place.expectOutcome(whole, name)
    }
  }

  @Test("a solver whose weights changed after their size was checked teaches no stage")
  func changedInput() throws {
    let place = try Place()
    try place.ablate("run", "study.json", "--quiet").expect(0)
    let whole = try place.outcome()
    try place.inflict(Damage(kind: "solver", file: "policy.safetensors"))
    for stage in try place.items("stage") {
      try FileManager.default.removeItem(atPath: place.results.item(stage).path)
    }
    let run = try place.ablate("run", "study.json", "--progress", "lines")
    #expect(run.code == 0 && run.error.contains("damaged  solver "), "\(run.error)")
    try place.expectOutcome(whole)
  }

  @Test("a report alone never prints a number from a damaged file")
  func report() throws {
    let place = try Place()
    try place.ablate("run", "study.json", "--quiet").expect(0)
    try place.inflict(Damage(kind: "stage", file: "measurements.jsonl"))
    let report = try place.ablate("report", "study.json")
    #expect(report.code == 3 && report.output.isEmpty)
    #expect(
      report.error.contains("measurements.jsonl' is damaged: its content does not fit its digest"))
    #expect(report.error.contains("help: "))
  }
}

extension Place {
  fileprivate func items(_ kind: String) throws -> [Digest] {
    try results.identities().filter { try results.item($0).order()?.kind == kind }
  }

  /// Damages a file of the first item of a kind.
  fileprivate func inflict(_ damage: DamageTests.Damage) throws {
    let item = try #require(try items(damage.kind).first)
    let url = URL(fileURLWithPath: "\(results.item(item).path)/\(damage.file)")
    var bytes = try Data(contentsOf: url)
    if damage.isCut {
      bytes.removeLast()
    } else {
      // A digit stays a digit, so that only a digest can tell.
      let middle = bytes.count / 2
      let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
      let index = try #require(bytes[middle...].firstIndex(where: digits.contains))
      bytes[index] = bytes[index] == digits.upperBound ? digits.lowerBound : bytes[index] + 1
    }
    try bytes.write(to: url)
  }
}
