/// Why a trial has no value. A hole is counted and shown; it never makes `N` smaller.
package struct Hole: Sendable, Hashable {
  package enum Kind: String, Sendable, Hashable, CaseIterable {
    /// The trial has not run, or not measured this.
    case missing
    /// The trial ended with an error.
    case failed
    /// The trial's numbers stopped being finite.
    case diverged
  }

  package let kind: Kind
  /// One sentence for the footnote; empty when the kind says it all.
  package let reason: String

  package init(_ kind: Kind, reason: String = "") {
    self.kind = kind
    self.reason = reason
  }
}

/// What one trial gave for one measure: a finite number or a hole.
package enum Observation: Sendable, Hashable {
  case value(Double)
  case hole(Hole)

  /// A measured number; a number that is not finite is a diverged trial, never a value.
  package init(measured value: Double) {
    self =
      value.isFinite
      ? .value(value) : .hole(Hole(.diverged, reason: "the measured value is \(value)"))
  }

  package var value: Double? {
    guard case .value(let value) = self, value.isFinite else { return nil }
    return value
  }

  package var hole: Hole? {
    switch self {
    case .value(let value) where value.isFinite: nil
    case .value(let value): Hole(.diverged, reason: "the measured value is \(value)")
    case .hole(let hole): hole
    }
  }
}
