/// The first line at which two texts part.
package struct LineDifference: Sendable, Hashable {
  /// From 1.
  package let line: Int
  /// nil when the text should have ended before.
  package let expected: String?
  /// nil when the text ended before.
  package let found: String?
}

extension LineDifference {
  /// - Parameter before: lines that stand above both texts, which are counted.
  /// - Returns: nil when the texts are equal.
  package init?(between found: String, and expected: String, linesBefore before: Int = 0) {
    if found == expected { return nil }
    let here = found.split(separator: "\n", omittingEmptySubsequences: false)
    let there = expected.split(separator: "\n", omittingEmptySubsequences: false)
    let place = zip(here, there).prefix { $0 == $1 }.count
    line = before + place + 1
    self.expected = place < there.count ? String(there[place]) : nil
    self.found = place < here.count ? String(here[place]) : nil
  }
}
