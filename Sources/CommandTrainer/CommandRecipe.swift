package import Reproducibility
package import StudyLanguage

/// A recipe whose stages each run a command of the user's: a program that trains, of which we know nothing
/// but what it promises in docs/command-trainer.md.
package struct CommandRecipe: Sendable {
  package static let schema = RecordSchema(
    "command recipe",
    keys: [
      Key(
        "stages", .list(of: .record(CommandStage.schema), nonEmpty: true, nameKey: "name"),
        source: "ours", doc: "The phases of a trial, in order; each a command.")
    ], isBase: true)

  package let stages: [CommandStage]

  /// Reads settings that ``schema`` accepted; ``faults()`` says whether they fit together.
  package init(_ settings: Settings) {
    stages = settings.list("stages").map { CommandStage($0) }
  }

  /// Everything that any stage measures, each metric once, as the first stage declares it.
  package var metrics: [CommandStage.Metric] {
    var found: [CommandStage.Metric] = []
    for metric in stages.flatMap(\.metrics) where !found.contains(where: { $0.name == metric.name })
    {
      found.append(metric)
    }
    return found
  }
}

/// A stage of kind `command`.
package struct CommandStage: Sendable {
  static let schema = RecordSchema(
    "command stage",
    keys: [
      Key("name", .text, example: "train", doc: "By which paths and reports call it."),
      Key(
        "kind", .choice([CommandContract.kind]), example: .string(CommandContract.kind),
        doc: "Any program is the trainer. Contract: docs/command-trainer.md."),
      Key(
        "run", .list(of: .text, nonEmpty: true),
        example: ["python3", "train.py", "--lr", "{learning_rate}"],
        doc: """
          The program and its arguments, word by word; no shell reads them. {key} stands for a setting, \
          {seed} for the trial's seed, {{key}} for itself.
          """),
      Key(
        "settings", .map(of: .open), default: [:],
        doc: """
          What the command reads, any JSON. A study varies what stands here: \
          `stages.train.settings.learning_rate`.
          """),
      Key(
        "metrics", .map(of: .record(metricSchema)), example: ["reward": [:]],
        doc: "What it measures, by name; other names are refused, and each must be measured."),
      Key(
        "files", .list(of: .text), default: [],
        doc: """
          Its own files, named from the file in which this stands. Their content is part of the item; they \
          lie in the command's working folder.
          """),
      Key(
        "version", .nullable(.text), isOptional: true, example: "verl 0.4.1",
        doc: "Of what it uses and `files` cannot hold: another version is another item."),
      Key(
        "environment", .map(of: .text), default: [:],
        doc: "Variables that are set for it, part of the item."),
      Key(
        "inherit", .list(of: .text), default: [],
        doc: """
          Variables that it takes over from whoever starts `ablate`, such as a token. They are no part of \
          the item, so no number may hang on them.
          """),
      Key(
        "cores", .integer(1...1024), default: 1,
        doc: "Threads that OpenMP and the libraries of linear algebra are told to use."),
      Key(
        "grace", .integer(1...86_400), default: JSONValue(CommandContract.standardGrace),
        unit: "seconds",
        doc: "How long it may take to save and leave when it is asked to; then it is killed."),
    ])

  private static let metricSchema = RecordSchema(
    "command metric",
    keys: [
      Key(
        "better", .choice(Better.allCases.map(\.rawValue)), default: "higher",
        doc: "In which direction it improves."),
      Key("unit", .text, default: "", example: "nats", doc: "What tables print beside it."),
      Key(
        "optional", .boolean, default: false,
        doc: """
          Whether a command may end without having measured it, such as a divergence whose coefficient is 0; tables \
          then have a hole there, with its reason.
          """),
    ])

  package enum Better: String, Sendable, CaseIterable {
    case higher, lower
  }

  package struct Metric: Sendable, Hashable {
    package let name: String
    package let better: Better
    package let unit: String
    package let isOptional: Bool
  }

  package let name: String
  package let run: [String]
  package let settings: JSONObject
  package let metrics: [Metric]
  /// As they are named.
  package let files: [String]
  package let version: String?
  package let environment: [(name: String, value: String)]
  package let inherited: [String]
  package let cores: Int
  /// Seconds.
  package let grace: Int

  init(_ stage: Settings) {
    name = stage.text("name")
    run = stage.texts("run")
    settings = stage.value["settings"]?.object ?? [:]
    metrics = stage.map("metrics").map { name, metric in
      Metric(
        name: name, better: metric.choice("better", as: Better.self), unit: metric.text("unit"),
        isOptional: metric.boolean("optional"))
    }
    files = stage.texts("files")
    version = stage.optionalText("version")
    environment = stage.map("environment").map { ($0.name, $0.value.text) }
    inherited = stage.texts("inherit")
    cores = stage.integer("cores")
    grace = stage.integer("grace")
  }

  /// What a person calls the stage: its name, and in which settings it differs from another one.
  package func label(besides other: CommandStage?) -> String {
    guard let other, other.name == name else { return name }
    let changes = JSONValue.object(other.settings).changes(to: .object(settings)).map {
      "\($0.path)=\($0.to.map { $0.string ?? $0.line } ?? "absent")"
    }
    guard !changes.isEmpty else { return name }
    let words = changes.prefix(3).joined(separator: ", ") + (changes.count > 3 ? ", …" : "")
    return "\(name): " + (words.count > 60 ? words.prefix(59) + "…" : words)
  }

  /// Under which name a file lies in the command's working folder: its own path where that leads downwards,
  /// otherwise its last part.
  package static func place(ofFile name: String) -> String {
    let parts = name.split(separator: "/")
    let isInside = !name.hasPrefix("/") && !parts.contains("..")
    return isInside
      ? parts.filter { $0 != "." }.joined(separator: "/") : parts.last.map(String.init) ?? name
  }
}
