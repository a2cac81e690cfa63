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

  package init(
    name: String, heading: String, unit: String = "", direction: Direction = .higherIsBetter,
    digits: Int = 1
  ) {
    self.name = name
    self.heading = heading
    self.unit = unit
    self.direction = direction
    self.digits = digits
  }
}

extension Direction {
  package var arrow: String { self == .higherIsBetter ? "↑" : "↓" }
}
