package import ResultStatistics

/// One number per trial, a column of the table.
package struct Measure: Sendable, Hashable {
  /// The name in studies, files and the store, such as `final(contest)`.
  package let name: String
  /// The column's heading, such as `contest`.
  package let heading: String
  /// Such as `%`; empty for a pure number.
  package let unit: String
  package let direction: Direction
  /// The most decimals that this measure is worth; tables show fewer when the spread is wide.
  package let digits: Int
  /// What values are possible; nil when there is no bound.
  package let range: Interval?

  package init(
    name: String, heading: String, unit: String = "", direction: Direction = .higherIsBetter,
    digits: Int = 1, range: Interval? = nil
  ) {
    self.name = name
    self.heading = heading
    self.unit = unit
    self.direction = direction
    self.digits = digits
    self.range = range
  }
}

extension Direction {
  package var arrow: String { self == .higherIsBetter ? "↑" : "↓" }
}
