package import Diagnostics
package import Reproducibility

/// One study file, read and unfolded: a question, and the arms that are to answer it.
package struct Study: Sendable {
  /// The file, as it was named.
  package let path: String
  package let name: String
  package let question: String
  package let source: String?
  /// Heading of the report.
  package let title: String
  package let axes: [Axis]
  /// In the order of the tables. No two are the same experiment.
  package let arms: [Arm]
  /// The place in `arms` of the one that the others are compared with.
  package let baseline: Int
  /// Shared by all arms, so that their differences are paired; in the order of the file.
  package private(set) var seeds: [Int]
  package let measures: [MeasureCall]
  /// What tables print for an axis, a measure or a metric.
  package let headings: [String: String]
  package let paper: PaperFigures
  package let tolerance: Tolerance
  package let claims: [Claim]
  /// Combinations that are no arm of their own.
  package let merged: [Merged]
  /// What a fractional factorial cannot tell apart, in words.
  package let aliases: [String]
  package let warnings: [Diagnostic]
  let acknowledgesBudgets: Bool
  /// Where the study names its recipe.
  let recipeSpan: SourceSpan
  /// Where it says what is varied.
  let axesSpan: SourceSpan?
  let origins: FileOrigins

  /// A combination that is the same experiment as an arm, and so is run once, with it.
  package struct Merged: Sendable, Hashable {
    package let label: String
    /// Label of the arm.
    package let into: String
    let origin: SourceSpan?
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

  /// How far a value may be from the accepted one: the larger of the two.
  package struct Tolerance: Sendable, Hashable {
    /// In the measure's unit.
    package let absolute: Double
    /// A share of the accepted value.
    package let relative: Double
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
    package let span: SourceSpan

    /// Where a measure that it reads is written.
    package func place(of measure: ArmMeasure) -> SourceSpan { span.inString(measure.measureRange) }
  }
}

/// A function of a metric: `final(contest)`. What it means is the report's business.
package struct MeasureCall: Sendable, Hashable {
  package init(text: String, function: String, arguments: [String], span: SourceSpan) {
    self.text = text
    self.function = function
    self.arguments = arguments
    self.span = span
  }

  package let text: String
  package let function: String
  /// At least one.
  package let arguments: [String]
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
  let located: SourcedJSON
  let type: ValueType
  /// Where the study makes this arm; nil when nothing is varied.
  let origin: SourceSpan?

  /// Where the setting at a path of the recipe is written; of a default, the nearest part around it.
  package func location(of path: String) -> SourceSpan? {
    guard let path = try? RecipePath(parsing: path) else { return nil }
    return located.location(of: path, type: type)
  }
}

extension Study {
  /// The study with so many seeds: its own first, then the smallest numbers that are not among them.
  package func with(seeds count: Int) -> Study {
    var study = self
    study.seeds = Array(seeds.prefix(count))
    let taken = Set(seeds)
    var next = 1
    while study.seeds.count < count {
      if !taken.contains(next) { study.seeds.append(next) }
      next += 1
    }
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
    StudyFaults(
      [Diagnostic(what, at: measure.span, why: why, help: choices(known, for: word))], first: path)
  }
}
