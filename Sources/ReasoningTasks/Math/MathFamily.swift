package import Reproducibility

/// What makes one math problem harder than another.
package struct MathParameters: Sendable, Hashable {
  /// How many operations to work out; 1…8.
  package var operations: Int
  /// 1: operands 1…9. 2: each operand with probability ½ from 10…15 instead.
  package var magnitude: Int
  /// Whether `*` may occur beside `+` and `-`; each allowed operation is as likely.
  package var multiplication: Bool
  /// Whether right operands may be bracketed sub-expressions, each with probability 0.45.
  package var brackets: Bool

  package init(operations: Int, magnitude: Int, multiplication: Bool, brackets: Bool) {
    precondition(Self.operationRange.contains(operations) && Self.magnitudes.contains(magnitude))
    self.operations = operations
    self.magnitude = magnitude
    self.multiplication = multiplication
    self.brackets = brackets
  }

  package static let operationRange = 1...8
  package static let magnitudes = 1...2
}

/// Arithmetic over small numbers: `M<expression>=` asks for its value.
///
/// Every value on the way, operands included, lies in 0…`limit`, so that the facts a policy needs are
/// a table of a size it can learn (about 1,200 at 30).
package struct MathFamily: Sendable, Hashable {
  /// Largest value on the way; 1…99, the numbers with a token.
  package let limit: Int

  package static let limits = 1...99

  package init(limit: Int) {
    precondition(Self.limits.contains(limit))
    self.limit = limit
  }

  /// How often an expression with a value out of range is thrown away before giving up. The hardest
  /// parameters at limit 30 keep one in about a thousand.
  static let attemptLimit = 1_000_000

  /// A problem of those parameters: expressions are drawn until every value lies in range.
  ///
  /// - Throws: ``GenerationFault/noProblem(parameters:)`` when none was found, as with operands that
  ///   are all above the limit.
  package func problem(
    _ parameters: MathParameters, random: inout RandomStream
  ) throws(GenerationFault) -> Problem {
    var draft = ExpressionDraft(parameters, limit: limit)
    for _ in 0..<Self.attemptLimit where draft.draw(&random) {
      let expression = draft.expression
      return .math(
        prompt: expression.prompt, answer: String(expression.value),
        difficulty: difficulty(of: parameters))
    }
    throw .noProblem(parameters: difficulty(of: parameters))
  }

  private func difficulty(of parameters: MathParameters) -> [String: Int] {
    [
      "operations": parameters.operations, "magnitude": parameters.magnitude,
      "multiplication": parameters.multiplication ? 1 : 0, "brackets": parameters.brackets ? 1 : 0,
      "limit": limit,
    ]
  }
}

/// One expression while it is drawn. The first value out of range ends the attempt, which leaves the
/// distribution that of whole expressions drawn and thrown away.
struct ExpressionDraft {
  private(set) var expression = MathExpression()
  private let parameters: MathParameters
  private let limit: Int
  private let operations: [MathExpression.Operation]

  init(_ parameters: MathParameters, limit: Int) {
    self.parameters = parameters
    self.limit = limit
    operations = parameters.multiplication ? [.plus, .minus, .times] : [.plus, .minus]
  }

  /// Probability that a right operand is a bracketed sub-expression.
  static let bracketProbability = 0.45

  /// Draws one expression; false when a value lay out of range.
  mutating func draw(_ random: inout RandomStream) -> Bool {
    expression.removeAll()
    let root =
      parameters.brackets ? tree(parameters.operations, &random) : chain(&random)
    return root != nil
  }

  /// Operands and operations in a row, read with `*` before `+` and `-`.
  private mutating func chain(_ random: inout RandomStream) -> Int? {
    var sum: (place: Int, operation: MathExpression.Operation)?
    guard var term = operand(&random) else { return nil }
    for _ in 0..<parameters.operations {
      let operation = random.element(of: operations)
      if operation == .times {
        guard let right = operand(&random), let product = combine(.times, term, right) else {
          return nil
        }
        term = product
      } else {
        if let open = sum {
          guard let closed = combine(open.operation, open.place, term) else { return nil }
          term = closed
        }
        sum = (term, operation)
        guard let next = operand(&random) else { return nil }
        term = next
      }
    }
    guard let sum else { return term }
    return combine(sum.operation, sum.place, term)
  }

  /// A tree that grows to the left, with sub-trees on the right by chance.
  private mutating func tree(_ count: Int, _ random: inout RandomStream) -> Int? {
    if count == 0 { return operand(&random) }
    let right =
      count > 1 && random.chance(Self.bracketProbability) ? random.integer(in: 1...count - 1) : 0
    let operation = random.element(of: operations)
    guard let leftPlace = tree(count - 1 - right, &random), let rightPlace = tree(right, &random)
    else { return nil }
    return combine(operation, leftPlace, rightPlace)
  }

  private mutating func operand(_ random: inout RandomStream) -> Int? {
    let isLarge = parameters.magnitude == 2 && random.chance(0.5)
    let value = random.integer(in: isLarge ? 10...15 : 1...9)
    return value <= limit ? expression.append(value) : nil
  }

  private mutating func combine(
    _ operation: MathExpression.Operation, _ left: Int, _ right: Int
  ) -> Int? {
    guard let place = expression.append(operation, left, right),
      (0...limit).contains(expression.nodes[place].value)
    else { return nil }
    return place
  }
}
