import Reporting
import Reproducibility
import ResultStatistics

/// A made-up study of the size that a report is timed at.
enum ReportBench {
  /// 50 arms × 4 measures are 200 cells, × 200 seeds 10,000 trials.
  static func results(arms: Int = 50, seeds: Int = 200) -> StudyResults {
    let measures = ["contest", "textbook", "coding", "reward"].map {
      Measure(
        name: "final(\($0))", heading: $0, unit: $0 == "reward" ? "" : "%",
        digits: $0 == "reward" ? 3 : 1, range: Interval(lower: 0, upper: 100))
    }
    var random = RandomStream(Seed(1).derive("bench/report"))
    let luck = (0..<seeds).map { _ in random.normal() }
    let rows = (0..<arms).map { arm in
      ArmResult(
        label: "arm \(arm)", variants: [.init(axis: "data", name: "arm \(arm)")],
        isBaseline: arm == 0,
        trials: (0..<seeds).map { seed in
          TrialResult(
            seed: seed + 1, identity: SHA256.digest(of: "\(arm)/\(seed)").hex,
            observations: measures.map { _ in
              .value(50 + 0.1 * Double(arm) + luck[seed] + random.normal())
            })
        })
    }
    let steps = stride(from: 0, through: 200, by: 20)
    let curves = measures.map { measure in
      CurveFamily(
        metric: measure.heading, heading: measure.heading, unit: measure.unit,
        arms: rows.map { row in
          CurveFamily.ArmLines(
            arm: row.label,
            lines: (1...5).map { seed in
              CurveFamily.Line(
                seed: seed, points: steps.map { CurvePoint($0, 50 + random.normal()) })
            })
        })
    }
    return StudyResults(
      name: "bench", question: "How fast is a report written?",
      command: "./ablate bench-report", axis: "data", seeds: Array(1...seeds), measures: measures,
      arms: rows, curves: curves,
      provenance: ReportProvenance(numerics: 1, machine: "any", promisesBits: true))
  }

  /// Of the size at which rliable is timed: 10 seeds × 26 tasks.
  static var scores: RunScores {
    var random = RandomStream(Seed(2).derive("bench/aggregate"))
    return RunScores(
      tasks: (0..<26).map { task in (0..<10).map { _ in Double(task) + random.normal() } })
  }
}
