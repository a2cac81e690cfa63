import Reproducibility

/// A study as an experiment of MLflow's file store, and each trial as a run of it.
///
/// ```
/// mlruns/<experiment>/meta.yaml, tags/
/// mlruns/<experiment>/<run>/meta.yaml, params/, metrics/, tags/, artifacts/
/// ```
///
/// A file for each value, named by it; a metric's file has a line `milliseconds value step` for each point. The
/// numbers of experiment and runs are made of digests. Times are counted from the trial's start, as no clock
/// belongs to a result: MLflow shows them as seconds after 1970.
/// Source: mlflow/store/tracking/file_store.py.
package struct MLflowStore {
  /// The store's folder, in the folder that is written.
  package static let root = "mlruns"

  private let study: TrackedStudy
  /// Eighteen digits, as MLflow's own; databases take it as a number.
  private let experiment: String

  package init(_ study: TrackedStudy) {
    self.study = study
    let digest = SHA256.digest(of: Array("mlflow experiment \(study.name)".utf8))
    experiment = "\(100_000_000_000_000_000 + digest.leadingBits % 900_000_000_000_000_000)"
  }

  /// Hands over each file by its path in the folder. A path that ends in a slash is a folder that has to be
  /// there, whatever is in it: from 3.13 on MLflow takes nothing else for a run.
  package func write<Failure: Error>(
    _ body: (String, [UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    let home = "\(Self.root)/\(experiment)"
    try body(
      "\(home)/meta.yaml",
      Self.yaml([
        ("artifact_location", .text("mlflow-artifacts:/\(experiment)")),
        ("creation_time", .number(0)), ("experiment_id", .text(experiment)),
        ("last_update_time", .number(0)), ("lifecycle_stage", .text("active")),
        ("name", .text(study.name)),
      ]))
    try body("\(home)/tags/mlflow.note.content", Array(study.question.utf8))
    // So that its pages begin with runs and metrics, not with conversations.
    try body("\(home)/tags/mlflow.experimentKind", Array("custom_model_development".utf8))
    for trial in study.trials { try write(trial, in: home, body) }
  }

  private func write<Failure: Error>(
    _ trial: TrackedTrial, in home: String, _ body: (String, [UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    let run = number(of: trial)
    let name = "\(trial.arm), seed \(trial.seed)"
    try body("\(home)/\(run)/meta.yaml", metadata(of: trial, run, name))
    for folder in ["artifacts", "metrics"] { try body("\(home)/\(run)/\(folder)/", []) }
    for (key, value) in Self.keyed(parameters(of: trial)) {
      try body("\(home)/\(run)/params/\(key)", Array(value.utf8))
    }
    for (key, value) in Self.keyed(tags(of: trial, name)) {
      try body("\(home)/\(run)/tags/\(key)", Array(value.utf8))
    }
    for (key, lines) in Self.keyed(metrics(of: trial)) {
      try body("\(home)/\(run)/metrics/\(key)", lines)
    }
  }

  /// 32 hexadecimal digits that say which trial of which study it is, and what it is made of.
  private func number(of trial: TrackedTrial) -> String {
    let place: JSONValue = [
      "study": .string(study.name), "arm": .string(trial.arm), "seed": JSONValue(trial.seed),
      "items": .array(trial.items.map { .string($0.identity) }),
    ]
    return String(place.digest.hex.prefix(32))
  }

  // MARK: What a run says

  private func metadata(of trial: TrackedTrial, _ run: String, _ name: String) -> [UInt8] {
    // Numbers of `RunStatus`: 1 runs, 3 finished, 4 failed.
    let status =
      switch trial.state {
      case .unfinished: 1
      case .finished: 3
      case .failed, .diverged: 4
      }
    let end = trial.state == .unfinished ? nil : Self.milliseconds(trial.seconds)
    return Self.yaml([
      ("artifact_uri", .text("mlflow-artifacts:/\(experiment)/\(run)/artifacts")),
      ("end_time", end.map(Scalar.number) ?? .absent),
      ("entry_point_name", .text("")), ("experiment_id", .text(experiment)),
      ("lifecycle_stage", .text("active")), ("run_id", .text(run)), ("run_name", .text(name)),
      ("run_uuid", .text(run)), ("source_name", .text("")), ("source_type", .number(4)),
      ("source_version", .text("")), ("start_time", .number(0)), ("status", .number(status)),
      ("tags", .noList), ("user_id", .text("ablate")),
    ])
  }

  private func parameters(of trial: TrackedTrial) -> [(String, String)] {
    let values = zip(study.axes + study.settings, trial.variants + trial.settings)
    return [("arm", trial.arm), ("seed", "\(trial.seed)")]
      + values.compactMap { name, value in value.map { (name, $0) } }
  }

  private func tags(of trial: TrackedTrial, _ name: String) -> [(String, String)] {
    var tags = [
      ("mlflow.runName", name), ("mlflow.user", "ablate"), ("mlflow.source.name", "ablate"),
      ("mlflow.source.type", "LOCAL"), ("ablate.study", study.name),
      ("ablate.state", trial.state.rawValue), ("ablate.trial", trial.identity),
    ]
    if !trial.reason.isEmpty {
      tags += [("ablate.reason", trial.reason), ("mlflow.note.content", trial.reason)]
    }
    return tags + trial.items.map { ("ablate.item.\($0.role)", $0.identity) }
  }

  /// The lines of each metric, in the order in which the metrics were first measured.
  private func metrics(of trial: TrackedTrial) -> [(String, [UInt8])] {
    var names: [String] = []
    var lines: [String: [UInt8]] = [:]
    for (began, part) in trial.timedParts {
      for point in part.points {
        if lines[point.curve] == nil { names.append(point.curve) }
        let time = Self.milliseconds(began + part.seconds(at: point.step))
        lines[point.curve, default: []] += Array(
          "\(time) \(Self.text(point.value)) \(point.step)\n".utf8)
      }
    }
    return names.map { ($0, lines[$0] ?? []) }
  }

  private static func keyed<Value>(_ values: [(String, Value)]) -> [(String, Value)] {
    Array(zip(SafeName.distinct(values.map { SafeName.key($0.0) }), values.map(\.1)))
  }

  /// As Python writes and reads it.
  private static func text(_ value: Double) -> String {
    value.isNaN ? "nan" : value.isInfinite ? (value > 0 ? "inf" : "-inf") : "\(value)"
  }

  private static func milliseconds(_ seconds: Double) -> Int {
    Int(exactly: (seconds * 1000).rounded()) ?? 0
  }
}

// MARK: YAML

extension MLflowStore {
  fileprivate enum Scalar {
    case text(String)
    case number(Int)
    case absent
    case noList
  }

  fileprivate static func yaml(_ members: [(String, Scalar)]) -> [UInt8] {
    Array(members.map { "\($0): \(yaml($1))\n" }.joined().utf8)
  }

  private static func yaml(_ scalar: Scalar) -> String {
    switch scalar {
    case .text(let text): quoted(text)
    case .number(let number): "\(number)"
    case .absent: "null"
    case .noList: "[]"
    }
  }

  /// In double quotes, whatever YAML would take for something else escaped: YAML 1.2, section 5.7.
  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x22, 0x5C: quoted += "\\" + String(scalar)
      case 0x20...0x7E: quoted.unicodeScalars.append(scalar)
      default:
        let digits = String(scalar.value, radix: 16)
        let (letter, width) =
          scalar.value < 0x100 ? ("x", 2) : scalar.value < 0x1_0000 ? ("u", 4) : ("U", 8)
        quoted += "\\" + letter + String(repeating: "0", count: width - digits.count) + digits
      }
    }
    return quoted + "\""
  }
}
