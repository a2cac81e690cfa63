import CommandTrainer
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
  private let command: String
  private var study: Study { compiled.study }

  init(_ compiled: CompiledStudy, request: StudyRequest) {
    self.compiled = compiled
    reportedPath = request.reportedPath
    results = request.results
    command = request.command("run")
  }

  /// - Throws: what kept it from being read, and where the results folder was not the same one all along: what is not
  ///   found in it then looks as if it had never been.
  func read() throws -> StudyResults {
    let before = try folderNumber()
    let read = try readAll()
    guard try folderNumber() == before else {
      throw CommandFault(
        what: "'\(results.path)' was moved, removed or replaced while it was read",
        why: "a report of what was still found in it would mislead",
        help: "put it back, or leave it alone: \(command) does anew what is missing",
        exit: .runFailed)
    }
    return read
  }

  /// Which folder it is, whatever its name; nil for none.
  private func folderNumber() throws -> UInt64? {
    try results.files.status(of: results.path)?.number
  }

  private func readAll() throws -> StudyResults {
    let measures = try study.measures.map { try MeasureReading($0, of: compiled) }
    let measured = try MeasuredTrials(compiled, in: results)
    let series = measured.series
    let asked = try SequentialSeeds(compiled, measured)
    let most = study.arms.indices.map { asked?.count(ofArm: $0) ?? study.seeds.count }.max() ?? 0
    let seeds = Array(study.seeds.prefix(most))
    let arms = study.arms.indices.map { arm in
      ArmResult(
        label: study.arms[arm].label,
        variants: study.arms[arm].variants.map { .init(axis: $0.axis, name: $0.variant) },
        isBaseline: arm == study.baseline,
        trials: seeds.map { trial(arm: arm, seed: $0, measures, measured) },
        paper: paperValues(of: arm), differences: differences(of: arm))
    }
    return StudyResults(
      name: study.name, title: study.title, question: study.question, source: study.source,
      command: "./ablate run \(reportedPath)",
      axis: study.axes.map { study.headings[$0.name] ?? $0.name }.joined(separator: ", "),
      seeds: seeds, isSequential: asked != nil, interval: interval,
      measures: measures.map(\.measure), arms: arms,
      curves: curves(series), suites: suites(measured, seeds),
      paperFigures: try PaperCurveFile.figures(of: study, files: DiskFiles()),
      claims: try claims(measured, seeds, asked),
      provenance: ReportProvenance(
        numerics: study.isOfCommands ? CommandContract.version : numericsVersion,
        machine: fingerprintClass,
        promisesBits: compiled.usesOwnProducts, certificate: try certificateLine()),
      replication: study.isOfCommands
        ? "trials that differ in their seed alone"
        : "training seeds, with initial policy, problems and levels held fixed",
      notes: try LevelNotes(compiled, results: results).notes
        + (study.isOfCommands ? [] : [baseNote(series, seeds)]),
      warnings: UnreadSettings(compiled, measured).warnings)
  }

  /// Which level of the determinism certificate these very results have.
  private func certificateLine() throws -> String {
    let certificate = try Certificate(of: study.name, in: results)
    let identities = compiled.graph.identities
    // Where nothing was proven there is nothing to compare.
    let stored = certificate.isEmpty ? [:] : try results.items(identities)
    return certificate.line(
      of: identities.map { ($0, stored[$0]?.result.map(ItemTrace.digest)) },
      command: "./ablate verify \(reportedPath) --how all")
  }

  private var interval: IntervalMethod {
    switch study.interval {
    case .studentT: .studentT
    case .bootstrap: .bootstrap(Bootstrap(.accelerated, seed: Seed(0).derive("intervals")))
    }
  }

  private var fingerprintClass: String {
    switch compiled.arithmetic {
    case .ownProducts: "x86-64, own products"
    case .openBLAS: "x86-64, OpenBLAS products"
    case .commands: "any, a command trains"
    }
  }

  /// One that the study does not ask for has a hole of that kind in each measure.
  private func trial(
    arm: Int, seed: Int, _ measures: [MeasureReading], _ measured: MeasuredTrials
  ) -> TrialResult {
    guard let (trial, series) = measured.trial(arm: arm, seed: seed) else {
      return TrialResult(
        seed: seed, identity: "", observations: measures.map { _ in .hole(Hole(.unplanned)) })
    }
    return TrialResult(
      seed: seed, identity: trial.compiled.stages.last?.identity.hex ?? "",
      observations: measures.map { $0.observe(series) }, details: series.details(of: trial))
  }

  private func claims(
    _ measured: MeasuredTrials, _ seeds: [Int], _ asked: SequentialSeeds?
  ) throws -> [ClaimResult] {
    let register = try ClaimRegister(of: study.name, in: results)
    let labels = study.arms.map(\.label)
    return try study.claims.enumerated().map { place, claim in
      let isPostHoc =
        try register.isPostHoc(claim) ?? compiled.hasResults(of: claim, in: results)
      return try ClaimReading(claim, of: compiled).result(
        measured, seeds: seeds, asked: asked?.count(ofClaim: place), labels: labels,
        isPostHoc: isPostHoc)
    }
  }

  /// The settings in which an arm's recipe differs from the baseline's.
  private func differences(of arm: Int) -> [SettingDifference] {
    study.arms[study.baseline].recipe.changes(to: study.arms[arm].recipe).map {
      SettingDifference(
        path: $0.path, baseline: $0.from?.canonical, arm: $0.to?.canonical)
    }
  }

  private func suites(_ measured: MeasuredTrials, _ seeds: [Int]) -> [SuiteCounts] {
    compiled.suiteNames.map { suite in
      SuiteCounts(
        suite: suite, heading: study.headings[suite] ?? suite,
        trials: study.arms.indices.map { arm in
          seeds.map { seed in
            measured.trial(arm: arm, seed: seed)?.series.lastCounts(of: suite)
          }
        })
    }
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
    let own = compiled.commands?.metrics.map {
      (metric: $0.name, heading: study.headings[$0.name] ?? $0.name, unit: $0.unit, factor: 1.0)
    }
    return (own ?? suites + steps).map { curve in
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
  private func baseNote(_ series: [TrialSeries], _ seeds: [Int]) -> ReportNote {
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
      let observations = seeds.map { seed in
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
