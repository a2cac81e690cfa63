import PolicyTrainer
import Reproducibility
import Reporting
import ResultStatistics
import RunScheduler
import RunStore
import StudyLanguage
import TransformerLM

/// Reads what the trials of a study measured, and makes the value that a report is a function of.
struct ResultReader {
  private let compiled: CompiledStudy
  private let results: ResultsFolder
  private let reportedPath: String
  private var study: Study { compiled.study }

  init(_ compiled: CompiledStudy, request: StudyRequest) {
    self.compiled = compiled
    reportedPath = request.reportedPath
    results = request.results
  }

  func read() throws -> StudyResults {
    let measures = try study.measures.map { try MeasureReading($0, of: compiled) }
    let series = try compiled.trials.map { try TrialSeries($0, in: results) }
    let arms = study.arms.indices.map { arm in
      ArmResult(
        label: study.arms[arm].label,
        variants: study.arms[arm].variants.map { .init(axis: $0.axis, name: $0.variant) },
        isBaseline: arm == study.baseline,
        trials: zip(compiled.trials, series).filter { $0.0.arm == arm }.map { trial, series in
          TrialResult(
            seed: trial.seed, identity: trial.compiled.stages.last?.identity.hex ?? "",
            observations: measures.map { $0.observe(series) })
        },
        paper: paperValues(of: arm))
    }
    return StudyResults(
      name: study.name, title: study.title, question: study.question, source: study.source,
      command: "./ablate run \(reportedPath)",
      axis: study.axes.map { study.headings[$0.name] ?? $0.name }.joined(separator: ", "),
      seeds: study.seeds, measures: measures.map(\.measure), arms: arms,
      curves: curves(series),
      provenance: ReportProvenance(
        numerics: numericsVersion, machine: fingerprintClass,
        promisesBits: compiled.usesOwnProducts, certificate: try certificateLine()),
      notes: try LevelNotes(compiled, results: results).notes + [baseNote(series)])
  }

  /// Which level of the determinism certificate these very results have.
  private func certificateLine() throws -> String {
    let items = try compiled.graph.identities.map { identity in
      (identity, try ItemTrace.digest(of: results.item(identity)))
    }
    return try Certificate(of: study.name, in: results).line(
      of: items, command: "./ablate verify \(reportedPath) --how all")
  }

  private var fingerprintClass: String {
    compiled.usesOwnProducts ? "x86-64, own products" : "x86-64, OpenBLAS products"
  }

  private func paperValues(of arm: Int) -> [PaperValue] {
    study.paper.values.filter { $0.arm == arm }.map {
      PaperValue(
        measure: $0.measure, value: $0.value, error: $0.error,
        note: $0.note ?? study.paper.source ?? "")
    }
  }

  /// One family of curves for each suite, and for the training reward.
  private func curves(_ series: [TrialSeries]) -> [CurveFamily] {
    let suites = compiled.suiteNames.map {
      (metric: $0, heading: study.headings[$0] ?? $0, unit: "%", factor: 100.0)
    }
    let steps = [
      ("reward", "training reward", ""), ("length", "response length", "tokens"),
      ("entropy", "entropy", "nats"),
    ].map { (metric: $0, heading: study.headings[$0] ?? $1, unit: $2, factor: 1.0) }
    return (suites + steps).map { curve in
      CurveFamily(
        metric: curve.metric, heading: curve.heading, unit: curve.unit,
        arms: study.arms.indices.map { arm in
          CurveFamily.ArmLines(
            arm: study.arms[arm].label,
            lines: zip(compiled.trials, series).filter { $0.0.arm == arm }.map { trial, series in
              CurveFamily.Line(
                seed: trial.seed,
                points: series.smoothed(curve.metric).map {
                  CurvePoint($0.step, $0.value * curve.factor)
                })
            })
        }, stageSwitches: stageSwitches(series))
    }
  }

  /// Steps at which some trial's stage ended and another began.
  private func stageSwitches(_ series: [TrialSeries]) -> [Int] {
    Set(series.flatMap(\.stageEnds)).sorted()
  }

  /// The initial policy, measured anew: the row from which every gain counts.
  private func baseNote(_ series: [TrialSeries]) -> ReportNote {
    let columns = [
      Table.Column(key: "suite", heading: "suite", kind: .text),
      Table.Column(
        key: "score", heading: "score", unit: "%", remark: "[95 %]", kind: .estimate, digits: 1),
      Table.Column(key: "n", heading: "n", kind: .count),
    ]
    var rows: [Table.Row] = []
    for suite in compiled.suiteNames {
      var bySeed: [Int: Double] = [:]
      for (trial, series) in zip(compiled.trials, series) {
        bySeed[trial.seed] = series.base(suite).map { $0 * 100 }
      }
      let observations = study.seeds.map { seed in
        bySeed[seed].map { Observation(measured: $0) } ?? .hole(Hole(.missing))
      }
      let estimate = MeanEstimate(of: observations)
      rows.append(
        Table.Row([
          Table.Cell(.text(suite)), Table.Cell(.estimate(estimate)),
          Table.Cell(.count(estimate.count, of: estimate.planned)),
        ]))
    }
    return ReportNote(
      title: "The initial policy",
      text: "Before any reinforcement learning, on the same suites with the same attempts.",
      tables: [Table(columns: columns, rows: rows)])
  }
}
