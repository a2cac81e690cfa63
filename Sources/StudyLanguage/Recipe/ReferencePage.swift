/// A page that people begin and the program ends: what stands below the marker line is generated, and
/// nothing above it is ever touched.
package struct ReferencePage: Sendable, Hashable {
  /// The line that separates the two.
  package static let marker = "<!-- generated: ablate keys -->"

  /// Everything up to the end of the marker line.
  private let written: String
  private let generated: String

  /// - Returns: nil when the text has no marker line, or more than one.
  package init?(_ text: String) {
    let parts = text.components(splitBy: Self.marker + "\n")
    guard parts.count == 2, parts[0].isEmpty || parts[0].hasSuffix("\n") else { return nil }
    written = parts[0] + Self.marker + "\n"
    generated = parts[1]
  }

  /// The page with another generated part.
  package func ending(in generated: String) -> String { written + generated }

  /// Where the page first differs from one that ends in `expected`; nil when it does not.
  package func difference(from expected: String) -> LineDifference? {
    LineDifference(
      between: generated, and: expected, linesBefore: written.count { $0 == "\n" })
  }
}

extension String {
  /// The pieces between all occurrences of a text.
  fileprivate func components(splitBy text: String) -> [String] {
    split(separator: text, omittingEmptySubsequences: false).map(String.init)
  }
}
