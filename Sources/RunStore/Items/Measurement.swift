package import Reproducibility

/// One measured number: a line of `measurements.jsonl`.
package struct Measurement: Sendable, Hashable {
  /// Step of the item at which it was made; 0 before the first.
  package var step: Int
  package var metric: String
  /// Any double; not-a-number and the infinities are kept as such.
  package var value: Double
  /// What else places the number, such as `"suite"` or `"problem"`: texts, numbers or booleans. Not
  /// `step`, `metric` or `value`.
  package var tags: JSONObject

  package init(step: Int, metric: String, value: Double, tags: JSONObject = [:]) {
    self.step = step
    self.metric = metric
    self.value = value
    self.tags = tags
  }
}

extension Measurement {
  /// The line without its end: members in a fixed order, tags in theirs.
  package var line: String {
    var members: JSONObject = [
      "step": JSONValue(step), "metric": .string(metric), "value": Self.json(value),
    ]
    for (name, tag) in tags.members { members[name] = tag }
    return JSONValue.object(members).line
  }

  /// Reads what ``line`` wrote; nil for anything else.
  package init?(json: JSONValue) {
    guard var members = json.object, let step = json["step"]?.int,
      let metric = json["metric"]?.string, let value = json["value"].flatMap(Self.number)
    else { return nil }
    for name in Self.ownNames { members[name] = nil }
    self.init(step: step, metric: metric, value: value, tags: members)
  }

  /// Why the store cannot take this measurement; nil when it can.
  var refusal: String? {
    if metric.isEmpty { return "a measurement without a metric" }
    if let name = Self.ownNames.first(where: { tags[$0] != nil }) {
      return "a measurement of '\(metric)' with a tag named '\(name)'"
    }
    for (name, tag) in tags.members {
      switch tag {
      case .string, .bool: continue
      case .number(let number) where number.isFinite: continue
      default: return "a measurement of '\(metric)' whose tag '\(name)' is \(tag.kindName)"
      }
    }
    return nil
  }

  private static let ownNames = ["step", "metric", "value"]

  // JSON has no numbers for these three, and losing a diverged loss would hide it.
  package static func json(_ value: Double) -> JSONValue {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value > 0 ? "Infinity" : "-Infinity" }
    return .number(value)
  }

  static func number(_ json: JSONValue) -> Double? {
    switch json {
    case .number(let value): value
    case .string("NaN"): .nan
    case .string("Infinity"): .infinity
    case .string("-Infinity"): -.infinity
    default: nil
    }
  }
}

extension Array where Element == Measurement {
  /// Reads the lines of a `measurements.jsonl`.
  ///
  /// - Throws: ``StoreFault/damaged(path:reason:)`` with the number of the first bad line.
  package init(lines bytes: [UInt8], path: String) throws(StoreFault) {
    self = []
    for (index, line) in bytes.split(separator: UInt8(ascii: "\n")).enumerated() {
      let value: JSONValue
      do throws(JSONFault) {
        value = try JSONValue(parsing: [UInt8](line))
      } catch {
        throw .damaged(path: path, reason: "line \(index + 1), \(error)")
      }
      guard let measurement = Measurement(json: value) else {
        throw .damaged(path: path, reason: "line \(index + 1) is not a measurement")
      }
      append(measurement)
    }
  }
}
