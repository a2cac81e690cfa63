import Reproducibility

/// Why settings that each fit make no schedule.
package enum ScheduleFault: Error, Sendable, Hashable {
  /// Only positive numbers can be multiplied from one to the other.
  case exponentialThroughZero
  case valueCount(values: Int, boundaries: Int)
  case boundariesNotRising
  /// The first step of the warm-up lies outside what the setting allows.
  case warmUpStart(Double)
}

extension Schedule {
  static let tag = "kind"

  /// The kinds of schedules of a setting with this range.
  static func cases(_ range: NumberRange) -> [RecordSchema] {
    let warmUp = Key(
      "warm_up", .integer(0...1_000_000_000), default: 0, unit: "steps",
      source: "Goyal et al. 2017, arXiv:1706.02677, section 2.2",
      doc: "Steps over which the value first rises in a line to its start.")
    let ends = [
      Key("from", .number(range), doc: "The value at the first step."),
      Key("to", .number(range), doc: "The value at the last."),
      Key(
        "over", .nullable(.integer(1...1_000_000_000)), isOptional: true, unit: "steps",
        doc: "Steps from the first value to the last; absent means all there are."),
      warmUp,
    ]
    return [
      RecordSchema(
        "constant", keys: [Key("value", .number(range), doc: "The value at every step."), warmUp]),
      RecordSchema("linear", keys: ends),
      RecordSchema("cosine", keys: ends),
      RecordSchema("exponential", keys: ends),
      RecordSchema(
        "step",
        keys: [
          Key(
            "values", .list(of: .number(range), nonEmpty: true),
            doc: "The values one after another; one more than boundaries."),
          Key(
            "at", .list(of: .integer(1...1_000_000_000)), unit: "steps",
            doc: "The steps at which the next value begins."),
          warmUp,
        ]),
    ]
  }

  /// Reads what ``cases(_:)`` accepted, or a plain number.
  ///
  /// - Parameter range: of the setting; the warm-up must stay in it too.
  init(normalised json: JSONValue, range: NumberRange) throws(ScheduleFault) {
    if let number = json.double {
      self.init(.constant(number))
      return
    }
    let from = json["from"]?.double ?? 0
    let to = json["to"]?.double ?? 0
    let over = json["over"]?.int
    let shape: Shape
    switch json[Schedule.tag]?.string {
    case "linear": shape = .linear(from: from, to: to, over: over)
    case "cosine": shape = .cosine(from: from, to: to, over: over)
    case "exponential":
      // The quotient is what the logarithm is taken of; it must neither vanish nor overflow.
      if !(from > 0 && to > 0 && (to / from).isNormal) { throw .exponentialThroughZero }
      shape = .exponential(from: from, to: to, over: over)
    case "step":
      let values = json["values"]?.array?.compactMap(\.double) ?? []
      let boundaries = json["at"]?.array?.compactMap(\.int) ?? []
      if values.count != boundaries.count + 1 {
        throw .valueCount(values: values.count, boundaries: boundaries.count)
      }
      if zip(boundaries, boundaries.dropFirst()).contains(where: { $0 >= $1 }) {
        throw .boundariesNotRising
      }
      shape = .step(values: values, at: boundaries)
    default:
      shape = .constant(json["value"]?.double ?? 0)
    }
    self.init(shape, warmUp: json["warm_up"]?.int ?? 0)
    if warmUp > 0 {
      let first = value(step: 0, of: warmUp + 1)
      if !range.contains(first) { throw .warmUpStart(first) }
    }
  }
}
