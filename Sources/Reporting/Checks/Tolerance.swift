package import Reproducibility

/// How far a value may lie from the accepted one, where bits are not promised.
package enum Tolerance: Sendable, Hashable {
  /// Downwards and upwards, 0 or more.
  package struct Room: Sendable, Hashable {
    package let below: Double
    package let above: Double

    package init(below: Double, above: Double) {
      precondition(below >= 0 && above >= 0, "a tolerance is not negative")
      self.below = below
      self.above = above
    }

    /// As much downwards as upwards.
    package init(_ both: Double) { self.init(below: both, above: both) }
  }

  /// The mean lies within `absolute + relative · |accepted|`; absolute in the measure's unit.
  case room(absolute: Room, relative: Room)
  /// The mean difference passes an equivalence test against this margin, in the measure's unit.
  ///
  /// - level: one minus the chance of a false claim of equivalence; inside (0.5, 1).
  case equivalence(margin: Room, level: Double)

  package static let exact = room(absolute: Room(0), relative: Room(0))

  /// The same in both directions.
  package static func room(absolute: Double = 0, relative: Double = 0) -> Tolerance {
    .room(absolute: Room(absolute), relative: Room(relative))
  }

  func allowed(around value: Double) -> (lower: Double, upper: Double) {
    switch self {
    case .room(let absolute, let relative):
      (
        value - (absolute.below + relative.below * abs(value)),
        value + (absolute.above + relative.above * abs(value))
      )
    case .equivalence(let margin, _): (value - margin.below, value + margin.above)
    }
  }
}

// MARK: As JSON

extension Tolerance {
  /// `{"absolute", "relative"}` or `{"equivalence", "confidence"}`; a room is a number when it is the same in both
  /// directions, otherwise `{"below", "above"}`.
  package var json: JSONValue {
    switch self {
    case .room(let absolute, let relative):
      ["absolute": absolute.json, "relative": relative.json]
    case .equivalence(let margin, let level):
      ["equivalence": margin.json, "confidence": .number(level)]
    }
  }

  /// - Returns: nil for anything that `json` does not write.
  init?(json: JSONValue) {
    if let equivalence = json["equivalence"] {
      guard let margin = Room(json: equivalence), margin.below > 0, margin.above > 0,
        let level = json["confidence"]?.double, level > 0.5, level < 1
      else { return nil }
      self = .equivalence(margin: margin, level: level)
    } else {
      guard let absolute = json["absolute"].flatMap(Room.init(json:)),
        let relative = json["relative"].flatMap(Room.init(json:))
      else { return nil }
      self = .room(absolute: absolute, relative: relative)
    }
  }
}

extension Tolerance.Room {
  fileprivate var json: JSONValue {
    below == above ? .number(below) : ["below": .number(below), "above": .number(above)]
  }

  fileprivate init?(json: JSONValue) {
    guard let below = json.double ?? json["below"]?.double,
      let above = json.double ?? json["above"]?.double, below >= 0, above >= 0
    else { return nil }
    self.init(below: below, above: above)
  }
}
