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
        "tolerance", .record(tolerance), default: [:],
        doc: "How far a value may be from the accepted one before a check fails."),
      Key(
        "acknowledges", .list(of: .choice(Acknowledgement.allCases.map(\.rawValue))), default: [],
        doc: "Warnings that the study knows of, so that they are not said again."),
      Key("report", .record(report), default: [:], doc: "How the report looks."),
    ])

  static let seedCount = RecordSchema(
    "seeds", keys: [Key("count", .integer(1...100_000), unit: "seeds", doc: "Seeds 1, 2, … count.")]
  )

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
      Key("values", .list(of: .record(paperValue), nonEmpty: true), doc: "The numbers."),
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
        "absolute", .number(.closed(0, .greatestFiniteMagnitude)), default: 0,
        doc: "Largest difference, in the measure's unit."),
      Key(
        "relative", .number(.closed(0, .greatestFiniteMagnitude)), default: 0,
        doc: "Largest difference as a share of the accepted value."),
    ])

  static let report = RecordSchema(
    "report",
    keys: [
      Key(
        "title", .nullable(.text), isOptional: true,
        doc: "The report's heading; absent, the study's name.")
    ])
}
