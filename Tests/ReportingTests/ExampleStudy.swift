import Reproducibility
import ResultStatistics

@testable import Reporting

/// A made-up study with everything that a report can meet: three arms, five seeds, a failed and a
/// diverged trial, paper values, two curve families, a stage switch, a figure of the paper, names
/// that need care, and a further table.
enum ExampleStudy {
  static let seeds = [1, 2, 3, 4, 5]
  static let measures = [
    Measure(name: "final(contest)", heading: "contest", unit: "%", digits: 1),
    Measure(name: "final(textbook)", heading: "textbook", unit: "%", digits: 1),
    Measure(
      name: "final(length)", heading: "length", unit: "tokens", direction: .lowerIsBetter,
      digits: 0),
  ]

  private static func scatter(_ path: String) -> Double {
    var random = RandomStream(Seed(3).derive(path))
    return random.normal()
  }

  /// Arms share their seeds' luck, as trained arms do.
  private static func value(_ arm: Int, _ seed: Int, _ measure: Int) -> Double {
    let base = [[25.1, 70.9, 61], [26.4, 71.2, 64], [18.3, 69.8, 88]][arm][measure]
    let noise =
      1.6 * scatter("luck/\(seed)/\(measure)") + 0.7 * scatter("own/\(arm)/\(seed)/\(measure)")
    // A score is a count of 480; a length is a mean over them.
    return measure < 2 ? ((base + noise) * 4.8).rounded() / 4.8 : base + noise
  }

  private static func trials(_ arm: Int) -> [TrialResult] {
    seeds.map { seed in
      let identity = SHA256.digest(of: "example/\(arm)/\(seed)").hex
      let observations = measures.indices.map { measure -> Observation in
        if arm == 2 && seed == 4 { return .hole(Hole(.failed, reason: "out of memory")) }
        if arm == 1 && seed == 5 && measure == 1 {
          return .hole(Hole(.diverged, reason: "loss is nan at step 412"))
        }
        return .value(value(arm, seed, measure))
      }
      return TrialResult(seed: seed, identity: identity, observations: observations)
    }
  }

  private static let paperNote =
    "arXiv:2504.00829, Fig. 1, steps 1000–1480, measured; ± within one run"

  static let arms = ["level 1", "level 2", "level 3 | hard"].enumerated().map { index, label in
    ArmResult(
      label: label, variants: [.init(axis: "data", name: label)], isBaseline: index == 0,
      trials: trials(index),
      paper: [
        PaperValue(
          measure: "final(contest)", value: [39.05, 37.9, 34.81][index],
          error: [0.25, 0.24, 0.29][index], note: paperNote)
      ])
  }

  static func curve(_ metric: String, from start: Double, to ends: [Double], noise: Double)
    -> [CurveFamily.ArmLines]
  {
    arms.indices.map { arm in
      CurveFamily.ArmLines(
        arm: arms[arm].label,
        lines: seeds.filter { !(arm == 2 && $0 == 4) }.map { seed in
          CurveFamily.Line(
            seed: seed,
            points: stride(from: 0, through: 180, by: 20).map { step in
              let share = Double(step) / (Double(step) + 60 + 30 * Double(arm))
              let rise = start + (ends[arm] - start) * share * 1.35
              let scattered =
                noise
                * (scatter("\(metric)/\(seed)/\(step)") + 0.6
                  * scatter("\(metric)/\(arm)/\(seed)/\(step)"))
              return CurvePoint(step, rise + scattered)
            })
        })
    }
  }

  static let results = StudyResults(
    name: "difficulty", question: "Which difficulty trains best?",
    source: "arXiv:2504.00829, section 4.2, Fig. 1",
    command: "./ablate run ablations/difficulty.json", axis: "data", seeds: seeds,
    measures: measures, arms: arms,
    curves: [
      CurveFamily(
        metric: "contest", heading: "contest", unit: "%",
        arms: curve("contest", from: 8, to: [25.1, 26.4, 18.3], noise: 0.8),
        stageSwitches: [100]),
      CurveFamily(
        metric: "reward", heading: "mean reward on training problems",
        arms: curve("reward", from: 0.2, to: [0.71, 0.66, 0.31], noise: 0.03)),
    ],
    paperFigures: [
      PaperFigure(
        name: "fig-1", heading: "AIME-2024", unit: "%",
        series: [
          .init(
            label: "level 1", points: points([135, 152, 160, 182, 175, 192, 189, 174], per: 200)),
          .init(
            label: "level 2", points: points([144, 172, 178, 177, 180, 188, 174, 185], per: 200)),
          .init(
            label: "level 3", points: points([139, 158, 162, 167, 157, 158, 178, 159], per: 200)),
        ], source: "Measured from the paper's Fig. 1: arXiv:2504.00829; every tenth checkpoint")
    ],
    provenance: ReportProvenance(
      numerics: 1, machine: "x86-64, tile kernel", promisesBits: true),
    notes: [
      ReportNote(
        title: "Levels", text: "Sizes and the initial policy's mean reward of every level.",
        tables: [
          Table(
            columns: [
              .init(key: "level", heading: "level", kind: .text),
              .init(key: "problems", heading: "problems", kind: .number),
              .init(key: "reward", heading: "initial reward", kind: .number, digits: 2),
              .init(key: "paper_reward", heading: "paper: initial reward", kind: .paper, digits: 2),
            ],
            rows: zip([("1", 512.0, 0.47), ("2", 480, 0.41), ("3", 300, 0.09)], [0.58, 0.5, 0.17])
              .map { level, paper in
                Table.Row([
                  .text(level.0), .number(level.1), .number(level.2),
                  Table.Cell(.paper(paper, error: nil)),
                ])
              })
        ])
    ])

  private static func points(_ counts: [Int], per step: Int) -> [CurvePoint] {
    counts.enumerated().map { CurvePoint($0.offset * step, Double($0.element) / 4.8) }
  }

  /// A study of plain numbers for worked examples: `values[arm][seed]`, first arm the baseline.
  static func plain(
    _ values: [[Double?]], labels: [String]? = nil, measure: Measure = measures[0],
    numerics: Int = 1, promisesBits: Bool = true
  ) -> StudyResults {
    observed(
      values.map { row in row.map { $0.map(Observation.init(measured:)) ?? .hole(Hole(.missing)) }
      },
      labels: labels, measure: measure, numerics: numerics, promisesBits: promisesBits)
  }

  /// The same of whatever the trials gave.
  static func observed(
    _ values: [[Observation]], labels: [String]? = nil, measure: Measure = measures[0],
    numerics: Int = 1, promisesBits: Bool = true
  ) -> StudyResults {
    let seeds = Array(1...max(1, values.first?.count ?? 1))
    return StudyResults(
      name: "plain", question: "What changes?", command: "./ablate run plain.json", axis: "data",
      seeds: seeds, measures: [measure],
      arms: values.enumerated().map { index, row in
        ArmResult(
          label: labels?[index] ?? "arm \(index)", isBaseline: index == 0,
          trials: zip(seeds, row).map { seed, value in
            TrialResult(seed: seed, identity: "", observations: [value])
          })
      },
      provenance: ReportProvenance(
        numerics: numerics, machine: "test machine", promisesBits: promisesBits))
  }
}
