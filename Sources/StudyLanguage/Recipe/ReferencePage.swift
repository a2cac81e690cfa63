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
  package func difference(from expected: String) -> Difference? {
    if generated == expected { return nil }
    let found = generated.split(separator: "\n", omittingEmptySubsequences: false)
    let wanted = expected.split(separator: "\n", omittingEmptySubsequences: false)
    let place = zip(found, wanted).prefix { $0 == $1 }.count
    return Difference(
      line: written.count { $0 == "\n" } + place + 1,
      expected: place < wanted.count ? String(wanted[place]) : nil,
      found: place < found.count ? String(found[place]) : nil)
  }

  /// The first line at which two pages part.
  package struct Difference: Sendable, Hashable {
    /// Of the whole page, from 1.
    package let line: Int
    /// nil when the page should have ended before.
    package let expected: String?
    /// nil when the page ended before.
    package let found: String?
  }
}

extension String {
  /// The pieces between all occurrences of a text.
  fileprivate func components(splitBy text: String) -> [String] {
    split(separator: text, omittingEmptySubsequences: false).map(String.init)
  }
}
