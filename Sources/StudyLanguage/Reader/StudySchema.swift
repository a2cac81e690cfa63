import Reproducibility

/// A warning that a study may know of.
enum Acknowledgement: String, CaseIterable {
  /// Arms may spend more updates, rollouts or tokens than others.
  case unequalBudgets = "unequal budgets"
  /// Two axes, or the arms of a claim, always differ together.
  case confounding = "confounding"
}

/// The keys of a study file: the half of the table of keys that is the same for every trainer.
package enum StudySchema {
  package static let schema = RecordSchema(
    "study",
    keys: [
      Key(
        "$schema", .nullable(.text), isOptional: true,
        doc: "For editors: the JSON Schema of this file. Changes nothing."),
      Key("study", .text, example: "group-size", doc: "The study's name, and its report's folder."),
      Key(
        "question", .text, example: "Do larger groups learn faster?",
        doc: "What the study is to find out, in one sentence."),
      Key(
        "source", .nullable(.text), isOptional: true,
        doc: "The paper and section whose experiment this is."),
      Key(
        "recipe", .either([.text, .map(of: .anything)]), example: "recipes/standard.json",
        doc: "What every arm starts from: a file, relative to this one, or the recipe itself."),
      Key(
        "axes",
        .map(of: .either([.list(of: .anything), .map(of: .anything)])),
        default: [:],
        doc: """
          What is varied. A list is a sweep of the setting that names the axis; \
          {"key": …, "values": […]} one of another setting; otherwise an object names variants, \
          each an object of changes by path.
          """),
      Key(
        "design", .nullable(.union(cases: designs)), isOptional: true,
        doc: designDoc),
      Key(
        "arms", .nullable(.list(of: .record(arm), nonEmpty: true)), isOptional: true,
        doc: "The arms one by one, in the order of the tables."),
      Key(
        "blocks", .nullable(.list(of: .record(block), nonEmpty: true)), isOptional: true,
        doc: "Several designs, one after another; each varies some axes and holds the others."),
      Key(
        "exclude", conditions, isOptional: true,
        doc: "Combinations to leave out: conditions on axes and settings, any of which suffices."),
      Key(
        "only_if",
        .nullable(.either([.expression, .map(of: .expression)])), isOptional: true,
        doc: """
          A condition that every combination must meet; or, by axis, the condition under which it is \
          varied: elsewhere only its first variant is kept.
          """),
      Key(
        "extends", .nullable(.text), isOptional: true,
        doc: """
          Another study, relative to this one, of which this is a variation: its objects are merged with \
          those here, anything else here replaces what is there, and null takes it away.
          """),
      Key(
        "baseline", .nullable(.either([.map(of: .anything), .text])), isOptional: true,
        doc: "The arm to compare with: its variants (an axis left out has its first), or its label."
      ),
      Key(
        "seeds",
        .either([.record(seedCount), .list(of: .integer(0...4_294_967_295), nonEmpty: true)]),
        unit: "seeds", example: ["count": 5],
        doc: "The replicates of every arm; without them a difference could not be told from luck."),
      Key(
        "measures", .list(of: .text, nonEmpty: true), example: ["final(reward)"],
        doc: "The columns of the table: a function of a metric, such as final(reward)."),
      Key(
        "claims", .list(of: .record(claim)), default: [],
        doc: "What the study is to show: sentences, each with the comparison that it stands for."),
      Key(
        "headings", .map(of: .text), default: [:],
        doc: "What tables print for an axis, a measure or a metric."),
      Key(
        "paper", .nullable(.record(paper)), isOptional: true,
        doc: "What the source reports, for a column of its own."),
      Key(
        "tolerance", .byName(tolerance), default: [:],
        doc: """
          How far a value may be from the accepted one before a check fails: for all measures, or by \
          measure, `*` being all others.
          """),
      Key(
        "acknowledges", .list(of: .choice(Acknowledgement.allCases.map(\.rawValue))), default: [],
        doc: "Warnings that the study knows of, so that they are not said again."),
      Key("report", .record(report), default: [:], doc: "How the report looks."),
      Key(
        "executor", .record(ExecutorSchema.schema), default: [:],
        doc: "What is asked of machines other than this one; no result depends on it."),
    ])

  static let seedCount = RecordSchema(
    "seeds",
    keys: [
      Key(
        "count", .nullable(.integer(1...100_000)), isOptional: true, unit: "seeds",
        doc: "Seeds 1, 2, … count."),
      Key(
        "until", .nullable(.choice([Study.SeedRule.claimsDecided])), isOptional: true,
        doc: """
          Seeds 1, 2, … are added, one at a time, to the arms of claims that are not decided yet. Intervals are then \
          those that hold however often one looks.
          """),
      Key(
        "at_most", .nullable(.integer(2...100_000)), isOptional: true, unit: "seeds",
        doc: "Where adding ends though claims are open; belongs to 'until'."),
      Key(
        "at_least", .integer(2...100_000), default: 3, unit: "seeds",
        doc: "With which every arm begins; belongs to 'until'."),
    ])

  /// One condition or several.
  private static let conditions = ValueType.nullable(
    .either([.expression, .list(of: .expression, nonEmpty: true)]))

  private static let designDoc =
    "How variants make arms; absent means product, or arms where 'arms' is there."

  /// The kinds of ``Design``, and the list of arms.
  static let designs = [
    RecordSchema("product", keys: []), RecordSchema("zip", keys: []),
    RecordSchema("one-at-a-time", keys: []), RecordSchema("leave-one-out", keys: []),
    RecordSchema("path", keys: []),
    RecordSchema(
      "factorial",
      keys: [
        Key(
          "fraction", .choice(["1", "1/2", "1/4", "1/8", "1/16", "1/32"]), default: "1/2",
          source: "Box and Hunter 1961",
          doc: "The share of all combinations that is run; `ablate plan` shows what it confounds.")
      ]),
    RecordSchema("arms", keys: []),
  ]

  static let block = RecordSchema(
    "block",
    keys: [
      Key(
        "axes", .nullable(.list(of: .text, nonEmpty: true)), isOptional: true,
        doc: "The axes that this block varies; absent, all that 'variants' does not name."),
      Key(
        "variants", .map(of: .anything), default: [:],
        doc: "The variant of axes that this block holds; those named nowhere have the baseline's."),
      Key(
        "design", .nullable(.union(cases: designs)), isOptional: true,
        doc: designDoc),
      Key(
        "arms", .nullable(.list(of: .record(arm), nonEmpty: true)), isOptional: true,
        doc: "The block's arms one by one."),
      Key(
        "exclude", conditions, isOptional: true, doc: "As in the study, for this block alone."),
      Key(
        "only_if",
        .nullable(.either([.expression, .map(of: .expression)])), isOptional: true,
        doc: "As in the study, for this block alone."),
    ])

  static let claim = RecordSchema(
    "claim",
    keys: [
      Key(
        "says", .text, example: "Level 1 trains better than level 3.",
        doc: "The claim as a sentence of the paper."),
      Key(
        "expect", .expression,
        example: "final(contest | level 1) - final(contest | level 3) > 0",
        doc: """
          The comparison that it stands for: measures of arms, `function(metric | arm)`. An arm is called by \
          its label, or by a variant that only one axis has: then the baseline with that variant.
          """),
      Key(
        "axis", .nullable(.text), isOptional: true,
        doc: "The axis that the claim is about; arms that differ in another one are warned of."),
      Key(
        "confidence", .number(.closed(0.5, 0.9999)), default: 0.95,
        doc: "Of the interval that must support the claim."),
      Key(
        "margin", .number(.closed(0, .greatestFiniteMagnitude)), default: 0,
        doc: "How far beyond the comparison the interval must lie, in the measure's unit."),
      Key(
        "paper", .nullable(.record(paperClaim)), isOptional: true,
        doc:
          "What the source reports for the same comparison; printed beside ours, never merged with it."
      ),
    ])

  static let paperClaim = RecordSchema(
    "paper's number",
    keys: [
      Key("value", .number(.any), example: 4.24, doc: "As the source gives it."),
      Key(
        "error", .nullable(.number(.closed(0, .greatestFiniteMagnitude))), isOptional: true,
        doc: "Its standard error."),
      Key(
        "source", .nullable(.text), isOptional: true, example: "Fig. 1, measured",
        doc: "Where it stands, and how it was read."),
    ])

  static let arm = RecordSchema(
    "arm",
    keys: [
      Key(
        "label", .nullable(.text), isOptional: true,
        doc: "What tables call the arm; absent, its variants do."),
      Key(
        "variants", .map(of: .anything), default: [:],
        doc: "The variant of each axis; an axis left out has its first."),
      Key(
        "changes", .map(of: .anything), default: [:],
        doc: "Further changes by path, after those of the variants."),
    ])

  static let paper = RecordSchema(
    "paper",
    keys: [
      Key("source", .text, doc: "Where the numbers stand: paper, table or figure."),
      Key("values", .list(of: .record(paperValue)), default: [], doc: "The numbers."),
      Key(
        "curves", .list(of: .record(paperCurves)), default: [],
        doc: "Figures of the source, drawn on axes of their own."),
    ])

  static let paperCurves = RecordSchema(
    "paper's curves",
    keys: [
      Key("name", .text, example: "fig-1", doc: "Names the figure's file."),
      Key("heading", .text, example: "AIME-2024", doc: "What the vertical axis says."),
      Key("unit", .text, default: "", doc: "Such as %."),
      Key(
        "file", .text, example: "paper/fig-1.csv",
        doc: """
          A CSV file, relative to the file that names it, whose first line names its columns: `series`, `step` and the \
          values. A series that is called like an arm has the arm's colour.
          """),
      Key("column", .text, default: "value", doc: "The column of the values."),
      Key(
        "series", .list(of: .text), default: [],
        doc: "Which of its series are drawn, in this order; none named are all of them."),
      Key(
        "stages", .list(of: .integer(0...1_000_000_000)), default: [], unit: "steps",
        doc: "Where a stage ends and the next begins."),
      Key(
        "source", .nullable(.text), isOptional: true,
        doc: "Where the points come from and how they were read; absent, the source above."),
    ])

  static let paperValue = RecordSchema(
    "paper value",
    keys: [
      Key(
        "arm", .either([.map(of: .anything), .text]),
        doc: "The arm it belongs to: its variants, or its label."),
      Key("measure", .text, doc: "The measure it belongs to, as 'measures' writes it."),
      Key("value", .number(.any), doc: "The number."),
      Key(
        "error", .nullable(.number(.closed(0, .greatestFiniteMagnitude))), isOptional: true,
        doc: "The spread that the source gives, in the same unit."),
      Key(
        "note", .nullable(.text), isOptional: true, doc: "What a reader of the number must know."),
    ])

  static let tolerance = RecordSchema(
    "tolerance",
    keys: [
      Key(
        "absolute", .either([.number(.closed(0, .greatestFiniteMagnitude)), .record(room)]),
        default: 0, doc: "Largest difference, in the measure's unit."),
      Key(
        "relative", .either([.number(.closed(0, .greatestFiniteMagnitude)), .record(room)]),
        default: 0, doc: "Largest difference as a share of the accepted value."),
      Key(
        "equivalence",
        .nullable(
          .either([.number(.open(above: 0, through: .greatestFiniteMagnitude)), .record(margin)])),
        isOptional: true, source: "Schuirmann 1987",
        doc: """
          In their place, a test: the margin, in the measure's unit, in which the interval of the mean \
          difference must lie for the check to hold, and outside of which for it to fail.
          """),
      Key(
        "confidence", .nullable(.number(.closed(0.51, 0.9999))), isOptional: true,
        doc: "Of the equivalence test; absent, 0.95. The interval's is `2 · confidence − 1`."),
    ])

  static let room = RecordSchema(
    "room",
    keys: [
      Key(
        "below", .number(.closed(0, .greatestFiniteMagnitude)), default: 0,
        doc: "Largest difference downwards."),
      Key(
        "above", .number(.closed(0, .greatestFiniteMagnitude)), default: 0,
        doc: "Largest difference upwards."),
    ])

  static let margin = RecordSchema(
    "margin",
    keys: [
      Key(
        "below", .number(.open(above: 0, through: .greatestFiniteMagnitude)), example: 2,
        doc: "How far a difference downwards still counts as none."),
      Key(
        "above", .number(.open(above: 0, through: .greatestFiniteMagnitude)), example: 1,
        doc: "How far a difference upwards still counts as none."),
    ])

  static let report = RecordSchema(
    "report",
    keys: [
      Key(
        "title", .nullable(.text), isOptional: true,
        doc: "The report's heading; absent, the study's name."),
      Key(
        "interval", .choice(Study.IntervalKind.allCases.map(\.rawValue)), default: "t",
        doc: """
          Of means and differences: Student's t, or a bias-corrected accelerated bootstrap over seeds, which is too \
          narrow under twenty of them. Verdicts and claims rest on t either way.
          """),
    ])
}
