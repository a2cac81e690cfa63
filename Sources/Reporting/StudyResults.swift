package import ResultStatistics

/// Everything that a report is a function of. No clock, no host name, no duration.
package struct StudyResults: Sendable, Hashable {
  package let name: String
  /// Heading of the page.
  package let title: String
  package let question: String
  /// The paper or note that the study follows, with its section; nil for none.
  package let source: String?
  /// What rebuilds the report, as typed in a shell.
  package let command: String
  /// What the arms' labels are values of, such as `data` or `stage 2, learning rate`.
  package let axis: String
  /// Planned seeds, in the study's order; trials of each arm follow it.
  package let seeds: [Int]
  /// Whether seeds were added where claims were open. Then trials that were not asked for are holes of that
  /// kind, and intervals are those that hold however often one looks.
  package let isSequential: Bool
  /// Of means and differences; verdicts and claims rest on Student's t.
  package let interval: IntervalMethod
  /// Columns, in the study's order; the first one leads the comparison on the console.
  package let measures: [Measure]
  /// Rows, in the study's order.
  package let arms: [ArmResult]
  /// Learning curves of the study's own trials.
  package let curves: [CurveFamily]
  /// Problem by problem, for each held-out suite.
  package let suites: [SuiteCounts]
  /// Curves that the source published, each drawn on axes of its own.
  package let paperFigures: [PaperFigure]
  package let provenance: ReportProvenance
  /// What the study is to show, in its order.
  package let claims: [ClaimResult]
  /// What differs between the trials of one arm, and so what the intervals speak about.
  package let replication: String
  /// Further tables with their prose, such as the report of the difficulty levels.
  package let notes: [ReportNote]
  /// What is to be known before any number is believed.
  package let warnings: [ReportWarning]

  /// - Parameter title: nil takes the name.
  /// - Precondition: every arm has one trial per seed, in the order of `seeds`, and every trial has
  ///   one observation per measure; at most one arm is the baseline.
  package init(
    name: String, title: String? = nil, question: String, source: String? = nil, command: String,
    axis: String, seeds: [Int], isSequential: Bool = false,
    interval: IntervalMethod = .studentT, measures: [Measure], arms: [ArmResult],
    curves: [CurveFamily] = [],
    suites: [SuiteCounts] = [], paperFigures: [PaperFigure] = [],
    claims: [ClaimResult] = [], provenance: ReportProvenance,
    replication: String = "training seeds, with initial policy, problems and levels held fixed",
    notes: [ReportNote] = [], warnings: [ReportWarning] = []
  ) {
    precondition(
      arms.allSatisfy { $0.trials.map(\.seed) == seeds }, "an arm has one trial per planned seed")
    precondition(
      arms.allSatisfy { $0.trials.allSatisfy { $0.observations.count == measures.count } },
      "a trial has one observation per measure, holes included")
    precondition(arms.count(where: \.isBaseline) <= 1, "a study has one baseline")
    self.name = name
    self.title = title ?? name
    self.question = question
    self.source = source
    self.command = command
    self.axis = axis
    self.seeds = seeds
    self.isSequential = isSequential
    self.interval = isSequential ? .confidenceSequence : interval
    self.measures = measures
    self.arms = arms
    self.curves = curves
    self.suites = suites
    self.paperFigures = paperFigures
    self.claims = claims
    self.provenance = provenance
    self.replication = replication
    self.notes = notes
    self.warnings = warnings
  }

  /// The arm that all others are compared with; nil when the study names none.
  package var baseline: ArmResult? { arms.first(where: \.isBaseline) }

  /// Whether any trial has answered.
  package var hasMeasurements: Bool {
    arms.contains { $0.trials.contains { $0.observations.contains(where: \.isAnswered) } }
  }

  /// One observation per planned seed, holes included.
  package func observations(_ arm: ArmResult, measure index: Int) -> [Observation] {
    arm.trials.map { $0.observations[index] }
  }
}

/// One row: a combination of variants and its trials.
package struct ArmResult: Sendable, Hashable {
  /// A variant and the axis it lies on.
  package struct Variant: Sendable, Hashable {
    package let axis: String
    package let name: String

    package init(axis: String, name: String) {
      self.axis = axis
      self.name = name
    }
  }

  /// Unique within the study.
  package let label: String
  package let variants: [Variant]
  package let isBaseline: Bool
  /// One per planned seed.
  package let trials: [TrialResult]
  /// What the source reports for this arm; empty when it says nothing.
  package let paper: [PaperValue]
  /// In which settings it differs from the baseline; none for the baseline itself.
  package let differences: [SettingDifference]

  package init(
    label: String, variants: [Variant] = [], isBaseline: Bool = false, trials: [TrialResult],
    paper: [PaperValue] = [], differences: [SettingDifference] = []
  ) {
    self.label = label
    self.variants = variants
    self.isBaseline = isBaseline
    self.trials = trials
    self.paper = paper
    self.differences = differences
  }
}

/// What one trial measured.
package struct TrialResult: Sendable, Hashable {
  package let seed: Int
  /// The trial's identity in the store; empty for a trial that was never planned there.
  package let identity: String
  /// One per measure of the study.
  package let observations: [Observation]
  package let details: TrialDetails

  /// Whether the study asks for it: not where it adds seeds for other arms alone.
  package var isPlanned: Bool { observations.allSatisfy(\.isPlanned) }

  package init(
    seed: Int, identity: String, observations: [Observation],
    details: TrialDetails = TrialDetails()
  ) {
    self.seed = seed
    self.identity = identity
    self.observations = observations
    self.details = details
  }
}

/// A number that the source reports. It has a column of its own and is never merged with ours.
package struct PaperValue: Sendable, Hashable {
  /// The `name` of the measure it stands beside.
  package let measure: String
  package let value: Double
  /// The source's standard error; nil when it gives none.
  package let error: Double?
  /// Where it stands and how it was read, for the footnote.
  package let note: String

  package init(measure: String, value: Double, error: Double? = nil, note: String = "") {
    self.measure = measure
    self.value = value
    self.error = error
    self.note = note
  }
}

/// What the numbers may depend on besides the study.
package struct ReportProvenance: Sendable, Hashable {
  /// The trainer's numerics version, raised whenever bits may move.
  package let numerics: Int
  /// The commit of the code; nil when unknown.
  package let commit: String?
  /// The class of machines that share bits, such as `x86-64, tile kernel`.
  package let machine: String
  /// Whether equal class and numerics promise equal bits.
  package let promisesBits: Bool
  /// What was proven of that promise for these very results, as Markdown; nil prints no line.
  package let certificate: String?

  package init(
    numerics: Int, commit: String? = nil, machine: String, promisesBits: Bool,
    certificate: String? = nil
  ) {
    self.certificate = certificate
    self.numerics = numerics
    self.commit = commit
    self.machine = machine
    self.promisesBits = promisesBits
  }
}

/// A titled section with prose and tables.
package struct ReportNote: Sendable, Hashable {
  package let title: String
  /// One sentence or paragraph, plain text.
  package let text: String
  package let tables: [Table]

  package init(title: String, text: String = "", tables: [Table] = []) {
    self.title = title
    self.text = text
    self.tables = tables
  }
}
