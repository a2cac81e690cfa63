import Reproducibility

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
        "design", .nullable(.choice(Design.allCases.map(\.rawValue))), isOptional: true,
        doc: "How variants make arms; absent means product, or arms where 'arms' is there."),
      Key(
        "arms", .nullable(.list(of: .record(arm), nonEmpty: true)), isOptional: true,
        doc: "The arms one by one, in the order of the tables."),
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
        "headings", .map(of: .text), default: [:],
        doc: "What tables print for an axis, a measure or a metric."),
      Key(
        "paper", .nullable(.record(paper)), isOptional: true,
        doc: "What the source reports, for a column of its own."),
      Key(
        "tolerance", .record(tolerance), default: [:],
        doc: "How far a value may be from the accepted one before a check fails."),
      Key("report", .record(report), default: [:], doc: "How the report looks."),
    ])

  static let seedCount = RecordSchema(
    "seeds", keys: [Key("count", .integer(1...100_000), unit: "seeds", doc: "Seeds 1, 2, … count.")]
  )

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

/// How the variants of the axes make arms.
package enum Design: String, CaseIterable, Sendable {
  /// Every combination; the last axis changes fastest.
  case product
  /// Those that the file lists.
  case arms
}
