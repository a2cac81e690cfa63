import Reproducibility

/// A study as TensorBoard's runs: a folder for each trial, `level 3/seed-101/events.out.tfevents.…`.
///
/// The variants and settings are hyperparameters, and the trials of an arm are one group of sessions, so that
/// TensorBoard averages them over the seeds.
package struct TensorBoardRuns {
  private let study: TrackedStudy
  /// The axes and settings, and whether each value of one is a number.
  private let hyperparameters: [(name: String, isNumber: Bool)]

  package init(_ study: TrackedStudy) {
    self.study = study
    let rows = study.trials.map { $0.variants + $0.settings }
    hyperparameters = SafeName.distinct(study.axes + study.settings).enumerated().map {
      place, name in
      let values = rows.compactMap { $0[place] }
      return (name, values.allSatisfy { Self.number($0) != nil })
    }
  }

  /// nil for a text that is not written as a JSON number.
  private static func number(_ text: String) -> Double? { (try? JSONValue(parsing: text))?.double }

  /// TensorBoard opens files whose names hold `tfevents`. Where others have a time and a host, there is nothing.
  private static let fileName = "events.out.tfevents.0000000000.ablate"

  /// Hands over each file by its path in the folder.
  package func write<Failure: Error>(
    _ body: (String, [UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    let paths = SafeName.distinct(
      study.trials.map { "\(SafeName.component($0.arm))/seed-\($0.seed)" })
    for (trial, path) in zip(study.trials, paths) {
      try body("\(path)/\(Self.fileName)", events(of: trial))
    }
  }

  private func events(of trial: TrackedTrial) -> [UInt8] {
    var file = EventFile()
    file.append(
      step: 0, time: 0,
      [
        ("_hparams_/session_start_info", .hyperparameters(start(of: trial))),
        ("trial", .text(description(of: trial))),
      ])
    for (began, part) in trial.timedParts {
      var place = 0
      while place < part.points.count {
        let step = part.points[place].step
        var values: [(tag: String, value: EventFile.Value)] = []
        while place < part.points.count, part.points[place].step == step {
          values.append((part.points[place].curve, .scalar(part.points[place].value)))
          place += 1
        }
        file.append(step: step, time: began + part.seconds(at: step), values)
      }
    }
    if trial.state != .unfinished {
      file.append(
        step: 0, time: trial.seconds,
        [("_hparams_/session_end_info", .hyperparameters(end(of: trial)))])
    }
    return file.bytes
  }

  /// `HParamsPluginData` with `SessionStartInfo`; tensorboard/plugins/hparams/plugin_data.proto.
  private func start(of trial: TrackedTrial) -> ProtobufMessage {
    let session = ProtobufMessage.made { session in
      for (parameter, value) in zip(hyperparameters, trial.variants + trial.settings) {
        guard let value else { continue }
        session.add(
          1,
          .made {
            $0.add(1, text: parameter.name)
            $0.add(2, Self.value(value, isNumber: parameter.isNumber))
          })
      }
      session.add(4, text: trial.arm)
      session.add(5, double: 0)
    }
    return .made { $0.add(3, session) }
  }

  /// A `google.protobuf.Value`.
  private static func value(_ text: String, isNumber: Bool) -> ProtobufMessage {
    .made {
      if isNumber, let number = number(text) {
        $0.add(2, double: number)
      } else {
        $0.add(3, text: text)
      }
    }
  }

  /// `HParamsPluginData` with `SessionEndInfo`: 1 is success, 2 failure.
  private func end(of trial: TrackedTrial) -> ProtobufMessage {
    let session = ProtobufMessage.made {
      $0.add(1, integer: trial.state == .finished ? 1 : 2)
      $0.add(2, double: trial.seconds)
    }
    return .made { $0.add(4, session) }
  }

  /// What else is known of a trial, as a list in Markdown.
  private func description(of trial: TrackedTrial) -> String {
    var facts = [
      ("study", study.name), ("question", study.question), ("arm", trial.arm),
      ("seed", "\(trial.seed)"), ("state", trial.state.rawValue),
    ]
    if !trial.reason.isEmpty { facts.append(("reason", trial.reason)) }
    facts += trial.items.map { ("item \($0.role)", $0.identity) }
    return facts.map { name, fact in
      "- \(Self.oneLine(name)): `\(Self.oneLine(fact))`\n"
    }.joined()
  }

  /// What may stand between two backticks of a line.
  private static func oneLine(_ text: String) -> String {
    var line = ""
    for scalar in text.unicodeScalars {
      line.unicodeScalars.append(
        scalar == "`" ? "'" : scalar.properties.generalCategory == .control ? " " : scalar)
    }
    return line
  }
}
