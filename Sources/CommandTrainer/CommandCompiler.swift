package import Reproducibility
import StudyLanguage

/// Compiles the trials of a commands' recipe into work items: a chain of stages for each seed, of which trials
/// that begin alike share the beginning.
package struct CommandCompiler: Sendable {
  /// A trial as its stages in order.
  package struct Trial: Sendable {
    package var orders: [WorkOrder]
  }

  package init() {}

  /// - Parameters:
  ///   - labels: what a person calls each stage of this recipe.
  ///   - texts: content of the files of a stage, by the stage's place and the file's name.
  package func compile(
    _ recipe: CommandRecipe, seeds: [Int], labels: [String], texts: (Int, String) -> String
  ) -> [Trial] {
    let configurations = recipe.stages.enumerated().map { place, stage in
      JSONValue.object(stage.configuration { texts(place, $0) })
    }
    return seeds.map { seed in
      var orders: [WorkOrder] = []
      for place in recipe.stages.indices {
        orders.append(
          WorkOrder(
            kind: CommandContract.kind, configuration: configurations[place],
            inputs: orders.last.map { [.init(name: "parent", identity: $0.identity)] } ?? [],
            seedPath: "trial/\(seed)/stage/\(place)", numerics: CommandContract.version,
            label: "\(labels[place]), seed \(seed)"))
      }
      return Trial(orders: orders)
    }
  }
}

extension CommandStage {
  /// What decides what the command does. In which direction a metric improves, what is inherited and how long
  /// it may take to leave decide nothing of it.
  func configuration(_ text: (String) -> String) -> JSONObject {
    var parts: JSONObject = [
      "stage": .string(name), "run": .array(run.map { .string($0) }),
      "metrics": .array(metrics.map(\.name).sorted().map { .string($0) }),
    ]
    let optional = metrics.filter(\.isOptional).map(\.name).sorted()
    if !optional.isEmpty { parts["optional"] = .array(optional.map { .string($0) }) }
    if !settings.isEmpty { parts["settings"] = .object(settings) }
    if !files.isEmpty {
      parts["files"] = .object(
        JSONObject(files.map { (Self.place(ofFile: $0), .string(text($0))) }))
    }
    if let version { parts["version"] = .string(version) }
    if !environment.isEmpty {
      parts["environment"] = .object(
        JSONObject(environment.map { ($0.name, .string($0.value)) }))
    }
    if cores != 1 { parts["cores"] = JSONValue(cores) }
    return parts
  }
}

/// What a work item of kind `command` is to do.
package struct CommandOrder: Sendable {
  package let stage: String
  package let run: [String]
  package let settings: JSONObject
  package let metrics: [String]
  /// Those of them that may be missing at the end.
  package let optionalMetrics: [String]
  /// By their places in the working folder.
  package let files: [(name: String, text: String)]
  package let environment: [(name: String, value: String)]
  package let cores: Int
  package let seed: Int

  /// - Returns: nil when another version of the program wrote the order.
  package init?(_ order: WorkOrder) {
    let parts = order.configuration
    func texts(_ name: String) -> [String]? {
      let all = parts[name]?.array ?? []
      let texts = all.compactMap(\.string)
      return texts.count == all.count ? texts : nil
    }
    func named(_ name: String) -> [(name: String, value: String)]? {
      let all = parts[name]?.object?.members ?? []
      let texts = all.compactMap { member in member.value.string.map { (member.key, $0) } }
      return texts.count == all.count ? texts : nil
    }
    let path = (order.seedPath ?? "").split(separator: "/")
    guard order.kind == CommandContract.kind, order.numerics == CommandContract.version,
      let stage = parts["stage"]?.string, let run = texts("run"), !run.isEmpty,
      let metrics = texts("metrics"), let optional = texts("optional"), let files = named("files"),
      let environment = named("environment"), path.count == 4, let seed = Int(path[1])
    else { return nil }
    self.stage = stage
    self.run = run
    self.metrics = metrics
    optionalMetrics = optional
    self.environment = environment
    self.seed = seed
    self.files = files.map { ($0.name, $0.value) }
    settings = parts["settings"]?.object ?? [:]
    cores = parts["cores"]?.int ?? 1
  }

  /// The words of the command with its values.
  var words: [String] { run.map { CommandWord($0).filled(settings, seed: seed) ?? $0 } }

  /// Settings that the words themselves name.
  package var settingsInWords: [String] {
    run.flatMap { CommandWord($0).placeholders.map(\.name) }.filter { $0 != CommandWord.seed }
  }
}
