package import Reproducibility

/// How far a running item is: `progress.json`, replaced a few times a second for people to look at.
/// Nothing is decided by it.
package struct ItemProgress: Sendable, Hashable {
  package var step: Int
  /// Steps there will be; 0 when not known.
  package var of: Int
  /// What it is doing, in a word or two: "training", "evaluating contest".
  package var phase: String
  /// Latest mean reward, when the work has one.
  package var reward: Double?
  /// Other latest numbers, by metric, in the order to show them.
  package var values: JSONObject

  package init(
    step: Int, of: Int, phase: String = "", reward: Double? = nil, values: JSONObject = [:]
  ) {
    self.step = step
    self.of = of
    self.phase = phase
    self.reward = reward
    self.values = values
  }

  /// Share of the work that is done, 0…1; nil when the number of steps is not known.
  package var fraction: Double? {
    of > 0 ? min(max(Double(step) / Double(of), 0), 1) : nil
  }
}

extension ItemProgress {
  package var json: JSONValue {
    var members: JSONObject = [
      "step": JSONValue(step), "of": JSONValue(of), "phase": .string(phase),
      "values": .object(values),
    ]
    if let reward { members["reward"] = Measurement.json(reward) }
    return .object(members)
  }

  package init?(json: JSONValue) {
    guard let step = json["step"]?.int, let of = json["of"]?.int else { return nil }
    self.init(
      step: step, of: of, phase: json["phase"]?.string ?? "",
      reward: json["reward"].flatMap(Measurement.number), values: json["values"]?.object ?? [:])
  }
}
