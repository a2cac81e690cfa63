/// Why a trial has no value. A hole is counted and shown; it never makes `N` smaller.
package struct Hole: Sendable, Hashable {
  package enum Kind: String, Sendable, Hashable, CaseIterable {
    /// The trial has not run, or not measured this.
    case missing
    /// The trial ended with an error.
    case failed
    /// The trial's numbers stopped being finite.
    case diverged
    /// What is measured had not happened by the end, such as a threshold that was never reached.
    case censored
    /// Nobody asked for it: its study adds seeds where claims are open, and none is here. Counts as neither
    /// measured nor planned.
    case unplanned
  }

  package let kind: Kind
  /// One sentence for the footnote; empty when the kind says it all.
  package let reason: String
  /// Whether the trial itself broke.
  package var isFailure: Bool { kind == .failed || kind == .diverged }
  /// Of a censored measure: up to when it had not happened.
  package let after: Double?

  package init(_ kind: Kind, reason: String = "", after: Double? = nil) {
    self.kind = kind
    self.reason = reason
    self.after = after
  }
}

extension Observation {
  /// Whether the trial has answered: with a value, or that what is measured had not happened by its end.
  package var isAnswered: Bool { value != nil || hole?.kind == .censored }

  /// Whether the study asked for it.
  package var isPlanned: Bool { hole?.kind != .unplanned }
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
