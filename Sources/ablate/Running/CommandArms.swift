import CommandTrainer
import Diagnostics
import PolicyTrainer
import Reproducibility
import StudyLanguage

extension RecipeSchemas {
  /// The recipes of every trainer that this program knows.
  static let all = RecipeSchemas(
    standard: Recipe.schema, kinds: [CommandContract.kind: CommandRecipe.schema])
}

extension StudyReader {
  init(files: some FileReading) { self.init(files: files, recipes: .all) }
}

extension Study {
  /// Whether commands train in it, and not the shared trainer.
  var isOfCommands: Bool { stageKind == CommandContract.kind }
}

/// What a study has to know of its commands beside their items.
struct CommandFacts: Sendable {
  /// By name, as they are first declared.
  var metrics: [CommandStage.Metric] = []
  /// Variables that any of them takes over from the caller.
  var inherited: [String] = []
  /// Seconds that the most patient of them may take to leave.
  var grace = 0
  /// Programs, each with the first place that names it.
  var programs: [(name: String, span: SourceSpan?)] = []

  mutating func add(_ recipe: CommandRecipe, of arm: Arm) {
    for metric in recipe.metrics where !metrics.contains(where: { $0.name == metric.name }) {
      metrics.append(metric)
    }
    for stage in recipe.stages {
      for name in stage.inherited where !inherited.contains(name) { inherited.append(name) }
      grace = max(grace, stage.grace)
      if let program = stage.run.first, !programs.contains(where: { $0.name == program }) {
        programs.append((program, arm.location(of: "stages.\(stage.name).run[0]")))
      }
    }
  }

  mutating func add(_ other: CommandFacts) {
    for metric in other.metrics where !metrics.contains(where: { $0.name == metric.name }) {
      metrics.append(metric)
    }
    for name in other.inherited where !inherited.contains(name) { inherited.append(name) }
    grace = max(grace, other.grace)
    for program in other.programs where !programs.contains(where: { $0.name == program.name }) {
      programs.append(program)
    }
  }
}

extension ArmWork {
  /// The work of arms whose stages are commands.
  init(ofCommands arms: ArraySlice<Arm>, _ study: Study, files: any FileReading) {
    var texts = CommandTexts(of: study, files: files)
    var facts = CommandFacts()
    let baseline = CommandRecipe(study.arms[study.baseline].settings).stages
    for arm in arms {
      let recipe = CommandRecipe(arm.settings)
      if !recipe.faults().isEmpty {
        hasFault = true
        return
      }
      facts.add(recipe, of: arm)
      let contents = texts.contents(of: recipe, in: arm)
      let labels = recipe.stages.enumerated().map { place, stage in
        stage.label(besides: baseline.indices.contains(place) ? baseline[place] : nil)
      }
      trials.append(
        CommandCompiler().compile(recipe, seeds: study.seeds, labels: labels) {
          contents[$0][$1] ?? ""
        }.map {
          trial in
          CompiledTrial(
            own: trial.orders,
            stages: zip(recipe.stages, trial.orders).map { ($0.name, $1.identity) })
        })
    }
    commands = facts
    fileFault = texts.fault
  }
}

/// The files of commands, each read once.
private struct CommandTexts {
  private let study: Study
  private let files: any FileReading
  private var texts: [String: String] = [:]
  /// Of the first file that cannot be used.
  private(set) var fault: (any Error)?

  init(of study: Study, files: any FileReading) {
    self.study = study
    self.files = files
  }

  /// For each stage its files' contents by name.
  mutating func contents(of recipe: CommandRecipe, in arm: Arm) -> [[String: String]] {
    recipe.stages.map { stage in
      var contents: [String: String] = [:]
      for (place, name) in stage.files.enumerated() {
        let span = arm.location(of: "stages.\(stage.name).files[\(place)]")
        contents[name] = text(of: name, namedAt: span)
      }
      return contents
    }
  }

  /// nil when it cannot be used.
  private mutating func text(of name: String, namedAt span: SourceSpan?) -> String? {
    let path = path(name, besideFile: span?.source.name ?? study.path)
    if let text = texts[path] { return text }
    do throws(FileFault) {
      let bytes = try files.read(path)
      if let text = String(validating: bytes, as: UTF8.self) {
        texts[path] = text
      } else {
        fault =
          fault
          ?? complaint(
            "'\(path)' is no text", at: span, path,
            why: "the content of a command's file is part of its items, which are JSON",
            help: "let a program that 'version' names bring it along")
      }
    } catch {
      fault =
        fault
        ?? complaint(
          "'\(path)': \(error.what)", at: span, path,
          why:
            "a command's own files are part of its items; paths are relative to the file that names them",
          help: error.help)
    }
    return texts[path]
  }

  private func complaint(
    _ what: String, at span: SourceSpan?, _ path: String, why: String, help: String
  ) -> DiagnosticReport {
    let diagnostic =
      span.map { Diagnostic(what, at: $0, why: why, help: help) }
      ?? Diagnostic(what, at: .file(path), why: why, help: help)
    return DiagnosticReport([diagnostic], first: study.path)
  }

  private func path(_ name: String, besideFile file: String) -> String {
    if name.hasPrefix("/") { return name }
    let folder = file.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    return (folder + [Substring(name)]).joined(separator: "/")
  }
}
