import Reporting
import ResultStatistics
import RunScheduler
import RunStore
import StudyLanguage

/// What a study can decide and what more seeds would cost: `ablate plan --detect`.
struct PricedDetection {
  private let detection: Detection
  /// Time left for the study with so many seeds; nil where it is not known.
  private var prices: [Int: TimeLeft] = [:]
  private let workers: Int
  private let command: String

  /// Seeds beyond which nobody asks for the price.
  private static let mostSeeds = 2000

  init(
    _ compiled: CompiledStudy, _ request: StudyRequest, effect: Double, workers: Int
  ) throws {
    detection = try Detection(compiled, in: request.results, effect: effect)
    self.workers = workers
    command = request.command("run")
    for needed in Set(detection.rows.compactMap(\.needed)) where needed <= Self.mostSeeds {
      let larger = try CompiledStudy(
        compiled.study.with(seeds: max(needed, detection.seeds)), files: DiskFiles())
      prices[needed] =
        PlanSummary(
          larger, try larger.plan(in: request.results), in: request.results, workers: workers
        ).timeLeft
    }
  }

  var table: Table {
    Table(
      columns: [
        Table.Column(key: "claim", heading: "claim", kind: .text),
        Table.Column(key: "pilot", heading: "seeds done", kind: .number),
        Table.Column(key: "deviation", heading: "deviation", kind: .number, digits: 3),
        Table.Column(
          key: "power", heading: "power with \(detection.seeds)", unit: "%", kind: .number),
        Table.Column(key: "needed", heading: "seeds for 80 %", kind: .number),
        Table.Column(key: "price", heading: "time left for them", kind: .text),
      ],
      rows: detection.rows.map { row in
        Table.Row([
          Table.Cell(.text(row.says)), Table.Cell(.number(Double(row.pilot))),
          Table.Cell(row.deviation.map { .number($0) } ?? .absent),
          Table.Cell(row.power.map { .number(($0 * 100).rounded()) } ?? .absent),
          Table.Cell(row.needed.map { .number(Double($0)) } ?? .absent),
          Table.Cell(.text(price(row))),
        ])
      })
  }

  private func price(_ row: Detection.Row) -> String {
    guard let needed = row.needed else { return row.deviation == nil ? "–" : "out of reach" }
    if needed <= detection.seeds, row.pilot >= needed { return "none: they are done" }
    guard let left = prices[needed] else { return "not known" }
    return "about \(ProgressDisplay.duration(left.middle))"
  }

  var text: String {
    let few = detection.rows.filter { $0.pilot < Detection.fewest }.count
    let lines = [
      "  to see a difference of \(detection.effect) with \(Int(Detection.power * 100)) % power by a paired "
        + "two-sided t test, on \(countText(workers, "worker"))",
      few > 0
        ? "  \(few) of \(detection.rows.count) have fewer than \(Detection.fewest) seeds done, which say little of the "
          + "spread: \(command)" : nil,
    ]
    return lines.compactMap(\.self).joined(separator: "\n")
  }
}
