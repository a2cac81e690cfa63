internal import ResultStatistics

/// What a trial answered, so that two runs of it can be compared: a number, or that what is measured had not
/// happened up to it.
package struct Answer: Sendable, Hashable {
  /// Of a censored measure its last step: in means over seeds it counts as that, which is the mean time
  /// restricted to the training (Royston & Parmar 2013).
  package let number: Double
  package let isCensored: Bool

  package init(_ number: Double, isCensored: Bool = false) {
    self.number = number
    self.isCensored = isCensored
  }

  /// nil for a hole that answers nothing.
  init?(_ observation: Observation) {
    if let value = observation.value {
      self.init(value)
    } else if let hole = observation.hole, hole.kind == .censored, let after = hole.after {
      self.init(after, isCensored: true)
    } else {
      return nil
    }
  }

  /// `240`, `not by 240`.
  var text: String { (isCensored ? "not by " : "") + NumberText.full(number) }
}
