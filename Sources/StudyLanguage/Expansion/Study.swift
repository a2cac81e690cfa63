package import Diagnostics
package import Reproducibility

/// One study file, read and unfolded: a question, and the arms that are to answer it.
package struct Study: Sendable {
  /// The file, as it was named.
  package let path: String
  package private(set) var name: String
  package let question: String
  package let source: String?
  /// Heading of the report.
  package let title: String
  /// Of the report's means and differences.
  package let interval: IntervalKind
  package let axes: [Axis]
  /// In the order of the tables. No two are the same experiment.
  package let arms: [Arm]
  /// The place in `arms` of the one that the others are compared with.
  package let baseline: Int
  /// Shared by all arms, so that their differences are paired; in the order of the file.
  package private(set) var seeds: [Int]
  /// How many of them are run; nil for all.
  package private(set) var seedRule: SeedRule?
  package let measures: [MeasureCall]
  /// What tables print for an axis, a measure or a metric.
  package let headings: [String: String]
  package let paper: PaperFigures
  /// How far a value may be from the accepted one, by measure; one without a tolerance may not move.
  package let tolerances: [String: Tolerance]
  package private(set) var claims: [Claim]
  /// Combinations that are no arm of their own.
  package let merged: [Merged]
  /// What a fractional factorial cannot tell apart, in words.
  package let aliases: [String]
  package let warnings: [Diagnostic]
  /// Settings of ``ExecutorSchema``.
  package let executor: JSONValue
  let acknowledgesBudgets: Bool
  /// Where the study names its recipe.
  let recipeSpan: SourceSpan
  /// Where it says what is varied.
  let axesSpan: SourceSpan?
  /// The kind that every stage of its recipe names; nil of the trainer's own recipes.
  package let stageKind: String?
  let origins: FileOrigins

  /// A combination that is the same experiment as an arm, and so is run once, with it.
  package struct Merged: Sendable, Hashable {
    package let label: String
    /// Label of the arm.
    package let into: String
    let origin: SourceSpan?
  }

  /// As a study names it.
  package enum IntervalKind: String, Sendable, Hashable, CaseIterable {
    case studentT = "t"
    case bootstrap
  }

  /// Seeds are added where claims are open.
  package struct SeedRule: Sendable, Hashable {
    /// With which every arm begins.
    package let fewest: Int
    /// Where adding ends.
    package let most: Int

    /// When it ends before, as a study writes it.
    static let claimsDecided = "claims decided"
  }

  /// What is varied.
  package struct Axis: Sendable, Hashable {
    package let name: String
    /// Of a sweep, the setting that it sweeps.
    package let key: String?
    package let variants: [String]
  }

  /// Numbers that the study's source reports; none when the study has no such part.
  package struct PaperFigures: Sendable, Hashable {
    /// Where they stand: paper, table or figure.
    package let source: String?
    package let values: [Value]
    package let curves: [Curves]

    /// A figure of the source, in a file of its own.
    package struct Curves: Sendable, Hashable {
      package let name: String
      package let heading: String
      package let unit: String
      /// As it is named, relative to the file that names it.
      package let file: String
      package let column: String
      /// Which series are drawn; empty for all.
      package let series: [String]
      package let stages: [Int]
      package let source: String
      /// Where the study names the file.
      package let span: SourceSpan
    }

    package struct Value: Sendable, Hashable {
      /// Place in `arms`.
      package let arm: Int
      /// As `measures` writes it.
      package let measure: String
      package let value: Double
      /// The spread that the source gives, in the same unit.
      package let error: Double?
      package let note: String?
    }
  }

  /// How far a value may be from the accepted one.
  package enum Tolerance: Sendable, Hashable {
    /// The sum of both: one in the measure's unit, one a share of the accepted value.
    case room(absolute: Room, relative: Room)
    /// An equivalence test.
    ///
    /// - confidence: 0.51…0.9999.
    case equivalence(margin: Room, confidence: Double)

    /// Downwards and upwards, 0 or more.
    package struct Room: Sendable, Hashable {
      package let below: Double
      package let above: Double
    }
  }
}

extension Study {
  /// What a study is to show: a sentence, and the comparison that it stands for.
  package struct Claim: Sendable {
    package let says: String
    /// A comparison of measures of arms; reads them under the names of ``Expression/measures``.
    package let expect: Expression
    /// Places in the study's arms, by the name of each measure that the comparison reads.
    package let arms: [String: Int]
    /// The axis that it is about; nil when the study does not say.
    package let axis: String?
    /// 0.5…0.9999.
    package let confidence: Double
    /// In the unit of the comparison's sides.
    package let margin: Double
    /// What the source reports for the same comparison; nil when it says nothing.
    package let paper: PaperNumber?
    package let span: SourceSpan

    package struct PaperNumber: Sendable, Hashable {
      package let value: Double
      /// Its standard error.
      package let error: Double?
      /// Where it stands, and how it was read.
      package let source: String?
    }

    /// Where a measure that it reads is written.
    package func place(of measure: ArmMeasure) -> SourceSpan { span.inString(measure.measureRange) }
  }
}

/// A function of a metric: `final(contest)`. What it means is the report's business.
package struct MeasureCall: Sendable, Hashable {
  package init(
    text: String, function: String, metric: String, numbers: [Double], span: SourceSpan
  ) {
    self.text = text
    self.function = function
    self.metric = metric
    self.numbers = numbers
    self.span = span
  }

  package let text: String
  package let function: String
  package let metric: String
  /// What the function takes besides, such as the threshold of `steps_to(contest, 40)`.
  package let numbers: [Double]
  package let span: SourceSpan
}

/// One combination of variants: a row of a table, and the recipe that makes it.
package struct Arm: Sendable {
  package let label: String
  /// The variant of each axis, in the order of the axes.
  package let variants: [(axis: String, variant: String)]
  /// The recipe written out in full, defaults included.
  package var recipe: JSONValue { settings.value }
  /// The recipe without what equals its default: equal for equal experiments.
  package let canonicalRecipe: JSONValue
  /// Of the canonical recipe; equal for equal ones.
  let hash: Int
  package let settings: Settings
  let source: Source
  /// Where the study makes this arm; nil when nothing is varied.
  let origin: SourceSpan?

  /// From what its recipe was made.
  struct Source: Sendable {
    let changes: ArmChanges
    let variants: [Int]
    /// Changes beyond those of the variants.
    let more: [Change]
  }

  /// Where the setting at a path of the recipe is written; of a default, the nearest part around it.
  package func location(of path: String) -> SourceSpan? {
    guard let path = try? RecipePath(parsing: path) else { return nil }
    // Made again, for arms are many and only those with faults are asked.
    let located = source.changes.made(source.variants, source.more).recipe
    return located.location(of: path, type: source.changes.type)
  }
}

extension Study {
  /// The study with so many seeds: its own first, then the smallest numbers that are not among them.
  package func with(seeds count: Int) -> Study {
    var study = self
    study.seedRule = nil
    study.seeds = Array(seeds.prefix(count))
    let taken = Set(seeds)
    var next = 1
    while study.seeds.count < count {
      if !taken.contains(next) { study.seeds.append(next) }
      next += 1
    }
    return study
  }

  /// A study of its own, without claims, with seeds for two labels of the baseline.
  ///
  /// - Parameter count: seeds of each label.
  package func comparedWithItself(seeds count: Int) -> Study {
    var study = with(seeds: 2 * count)
    study.name = name + "-aa"
    study.claims = []
    return study
  }

  /// Says that arms may spend unlike amounts on their training; nil where all may spend the same.
  ///
  /// - Parameter budgets: what is spent, and how much of it each arm may spend.
  package func warning(ofUnequal budgets: [(name: String, amounts: [Int])]) -> Diagnostic? {
    let unequal = budgets.filter { Set($0.amounts).count > 1 }
    guard let first = unequal.first, !acknowledgesBudgets else { return nil }
    let names = unequal.map(\.name)
    let spent = first.amounts.uniqued.prefix(3).map { amount in
      let arm = first.amounts.firstIndex(of: amount).map { arms[$0].label } ?? ""
      return "'\(arm)' at most \(amount) \(first.name)"
    }
    return Diagnostic(
      "arms may spend unequal budgets: \(names.joined(separator: ", "))", severity: .warning,
      at: axesSpan ?? recipeSpan,
      why: "a difference may come from more training alone: \(spent.joined(separator: ", "))",
      help: """
        give all arms the same steps, prompts, groups and caps; where the budget is the question, add \
        "acknowledges": ["unequal budgets"]
        """)
  }

  /// A fault that the reader of a measure finds in it: a function or metric that nobody knows.
  ///
  /// - Parameters:
  ///   - word: the part at fault, and `known` what could stand in its place.
  package func fault(
    in measure: MeasureCall, what: String, word: String, among known: [String], why: String
  ) -> StudyFaults {
    fault(in: measure, what: what, why: why, help: choices(known, for: word))
  }

  /// Says what is wrong with a file that a figure of the source is read from.
  package func fault(
    in curves: PaperFigures.Curves, what: String, why: String, help: String
  ) -> StudyFaults {
    StudyFaults([Diagnostic(what, at: curves.span, why: why, help: help)], first: path)
  }

  /// Says what is wrong with a measure.
  package func fault(
    in measure: MeasureCall, what: String, why: String, help: String
  ) -> StudyFaults {
    StudyFaults([Diagnostic(what, at: measure.span, why: why, help: help)], first: path)
  }
}
