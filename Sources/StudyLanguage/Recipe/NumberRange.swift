/// The numbers that a setting may have.
package struct NumberRange: Sendable, Hashable {
  package let lower: Double
  package let upper: Double
  /// Whether `lower` itself is allowed.
  package let includesLower: Bool

  private init(lower: Double, upper: Double, includesLower: Bool) {
    precondition(lower <= upper)
    self.lower = lower
    self.upper = upper
    self.includesLower = includesLower
  }

  /// From `lower` to `upper`, both allowed.
  package static func closed(_ lower: Double, _ upper: Double) -> NumberRange {
    NumberRange(lower: lower, upper: upper, includesLower: true)
  }

  /// Above `lower`, up to and with `upper`.
  package static func open(above lower: Double, through upper: Double) -> NumberRange {
    NumberRange(lower: lower, upper: upper, includesLower: false)
  }

  /// Every number that a file can hold.
  package static let any = closed(-.greatestFiniteMagnitude, .greatestFiniteMagnitude)

  package func contains(_ value: Double) -> Bool {
    (includesLower ? value >= lower : value > lower) && value <= upper
  }
}
