/// Why a text is no expression.
package enum ExpressionFault: Error, Sendable, Hashable {
  /// Byte offset into the prompt.
  case unexpected(offset: Int)
  case tooNested(limit: Int)
  case overflow
}

extension MathExpression {
  /// Reads `M<expression>=`.
  ///
  /// `expression := term (('+' | '-') term)*`, `term := atom ('*' atom)*`,
  /// `atom := number | '(' expression ')'`. Brackets nest at most 32 deep; values must fit an `Int`.
  package init(prompt: String) throws(ExpressionFault) {
    var parser = ExpressionParser(Array(prompt.utf8))
    self = try parser.prompt()
  }
}

/// Recursive descent; adds nodes as it goes, which puts them in post-order.
private struct ExpressionParser {
  private let text: [UInt8]
  private var at = 0
  private var nesting = 0
  private var expression = MathExpression()

  private static let nestingLimit = 32

  init(_ text: [UInt8]) { self.text = text }

  mutating func prompt() throws(ExpressionFault) -> MathExpression {
    try expect(UInt8(ascii: "M"))
    _ = try sum()
    try expect(UInt8(ascii: "="))
    guard at == text.count else { throw .unexpected(offset: at) }
    return expression
  }

  private mutating func sum() throws(ExpressionFault) -> Int {
    var left = try product()
    while at < text.count,
      let operation = MathExpression.Operation(rawValue: text[at]), operation != .times
    {
      at += 1
      left = try combine(operation, left, product())
    }
    return left
  }

  private mutating func product() throws(ExpressionFault) -> Int {
    var left = try atom()
    while take(UInt8(ascii: "*")) { left = try combine(.times, left, atom()) }
    return left
  }

  private mutating func atom() throws(ExpressionFault) -> Int {
    guard take(UInt8(ascii: "(")) else { return try number() }
    nesting += 1
    if nesting > Self.nestingLimit { throw .tooNested(limit: Self.nestingLimit) }
    let inner = try sum()
    try expect(UInt8(ascii: ")"))
    nesting -= 1
    return inner
  }

  private mutating func number() throws(ExpressionFault) -> Int {
    let start = at
    var value = 0
    while at < text.count, text[at].isDigit {
      guard
        let tenfold = MathExpression.Operation.times(value, 10),
        let next = MathExpression.Operation.plus(tenfold, Int(text[at] - UInt8(ascii: "0")))
      else { throw .overflow }
      value = next
      at += 1
    }
    if at == start { throw .unexpected(offset: at) }
    return expression.append(value)
  }

  private mutating func combine(
    _ operation: MathExpression.Operation, _ left: Int, _ right: Int
  ) throws(ExpressionFault) -> Int {
    guard let place = expression.append(operation, left, right) else { throw .overflow }
    return place
  }

  private mutating func take(_ symbol: UInt8) -> Bool {
    guard at < text.count, text[at] == symbol else { return false }
    at += 1
    return true
  }

  private mutating func expect(_ symbol: UInt8) throws(ExpressionFault) {
    guard take(symbol) else { throw .unexpected(offset: at) }
  }
}
