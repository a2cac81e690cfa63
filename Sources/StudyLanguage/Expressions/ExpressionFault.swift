/// Why a text is no expression, or why an expression cannot be used where it stands.
package struct ExpressionFault: Error, Sendable, Hashable {
  package enum Reason: Sendable, Hashable {
    // Of the text:
    case empty
    case unexpectedCharacter(String)
    case openText
    case badNumber(String)
    case tooLong(limit: Int)
    case tooDeep(limit: Int)
    case expected(String, found: String)
    case singleEquals
    // Of the types:
    case unknownName(String, suggestion: String?, known: [String])
    /// A path that leads to no setting with a single value.
    case unknownSetting(String, suggestion: String?)
    case unknownFunction(String, suggestion: String?)
    case wrongArgumentCount(function: String, expected: String, found: Int)
    case wrongType(role: String, expected: ExpressionType, found: ExpressionType)
    case incomparable(ExpressionType, ExpressionType)
    case unordered(ExpressionType)
    /// A measure of an arm where no results are.
    case measureElsewhere(String)
    // Of the values:
    case divisionByZero
    case notFinite
  }

  package var reason: Reason
  /// Bytes of the expression's text.
  package var range: Range<Int>

  package init(_ reason: Reason, at range: Range<Int>) {
    self.reason = reason
    self.range = range
  }
}

/// The kinds of values of the language.
package enum ExpressionType: String, Sendable, Hashable, CaseIterable {
  case number
  case boolean
  case text

  /// With its article, as messages say it.
  package var wording: String { "a \(rawValue)" }
}

/// A value of the language.
package enum ExpressionValue: Sendable, Hashable {
  case number(Double)
  case boolean(Bool)
  case text(String)

  package var type: ExpressionType {
    switch self {
    case .number: .number
    case .boolean: .boolean
    case .text: .text
    }
  }
}
