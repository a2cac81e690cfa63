import Diagnostics

extension Expression {
  /// Every fault of the types, in the order of the text: names that nobody knows, functions that do
  /// not exist, values that do not fit together. An expression without them has a value of the
  /// expected type for all values of its names, unless it divides by zero.
  ///
  /// - Parameters:
  ///   - names: what may be read, with its type; the order is that of the messages.
  ///   - allowsMeasures: whether measures of arms have a value here.
  package func faults(
    expecting expected: ExpressionType, names: [(name: String, type: ExpressionType)],
    allowsMeasures: Bool = false
  ) -> [ExpressionFault] {
    var checker = TypeChecker(names: names, allowsMeasures: allowsMeasures)
    if let found = checker.type(of: root), found != expected {
      checker.faults.append(
        ExpressionFault(
          .wrongType(role: "the whole expression", expected: expected, found: found),
          at: root.range))
    }
    return checker.faults.sorted { $0.range.lowerBound < $1.range.lowerBound }
  }
}

/// A function of the language.
enum ExpressionFunction: String, CaseIterable {
  case min
  case max
  /// To the nearest integer, halves away from zero.
  case round
  case abs
  case mean
  /// The sample standard deviation, n − 1 in its denominator.
  case sd

  /// How many numbers it takes.
  var argumentCounts: ClosedRange<Int> {
    switch self {
    case .min, .max, .mean: 1...ExpressionLexer.lengthLimit
    case .sd: 2...ExpressionLexer.lengthLimit
    case .round, .abs: 1...1
    }
  }

  var argumentWording: String {
    switch argumentCounts {
    case 1...1: "one number"
    case let counts: counts.lowerBound == 1 ? "numbers" : "at least \(counts.lowerBound) numbers"
    }
  }
}

/// Finds the type of each part; nil where a fault below makes it unknown, so that one mistake is
/// reported once.
private struct TypeChecker {
  let names: [(name: String, type: ExpressionType)]
  let allowsMeasures: Bool
  var faults: [ExpressionFault] = []

  init(names: [(name: String, type: ExpressionType)], allowsMeasures: Bool) {
    self.names = names
    self.allowsMeasures = allowsMeasures
  }

  mutating func type(of node: Expression.Node) -> ExpressionType? {
    switch node.form {
    case .literal(let value):
      return value.type
    case .name(let name):
      if let known = names.first(where: { $0.name == name }) { return known.type }
      let known = names.map(\.name)
      let suggestion = Suggestion.closest(to: name, among: known)
      faults.append(
        ExpressionFault(.unknownName(name, suggestion: suggestion, known: known), at: node.range))
      return nil
    case .call(let name, let arguments, let nameRange):
      return call(name, arguments, nameRange, node)
    case .negative(let operand):
      require(.number, operand, as: "what '-' is applied to")
      return .number
    case .not(let operand):
      require(.boolean, operand, as: "what 'not' is applied to")
      return .boolean
    case .arithmetic(let operation, let left, let right):
      require(.number, left, as: "the left side of '\(operation.rawValue)'")
      require(.number, right, as: "the right side of '\(operation.rawValue)'")
      return .number
    case .chain(let terms, let relations):
      compare(terms, relations)
      return .boolean
    case .all(let nodes):
      for node in nodes { require(.boolean, node, as: "each side of 'and'") }
      return .boolean
    case .any(let nodes):
      for node in nodes { require(.boolean, node, as: "each side of 'or'") }
      return .boolean
    case .member(let element, let list, _):
      belong(element, list)
      return .boolean
    case .measure(let measure):
      if !allowsMeasures {
        faults.append(ExpressionFault(.measureElsewhere(measure.measure), at: node.range))
      }
      return .number
    }
  }

  private mutating func call(
    _ name: String, _ arguments: [Expression.Node], _ nameRange: Range<Int>,
    _ node: Expression.Node
  ) -> ExpressionType? {
    guard let function = ExpressionFunction(rawValue: name) else {
      let known = ExpressionFunction.allCases.map(\.rawValue)
      let suggestion = Suggestion.closest(to: name, among: known)
      faults.append(
        ExpressionFault(.unknownFunction(name, suggestion: suggestion), at: nameRange))
      return nil
    }
    if !function.argumentCounts.contains(arguments.count) {
      faults.append(
        ExpressionFault(
          .wrongArgumentCount(
            function: name, expected: function.argumentWording, found: arguments.count),
          at: node.range))
    }
    for argument in arguments { require(.number, argument, as: "what '\(name)' is applied to") }
    return .number
  }

  private mutating func require(
    _ expected: ExpressionType, _ node: Expression.Node, as role: String
  ) {
    guard let found = type(of: node), found != expected else { return }
    faults.append(
      ExpressionFault(.wrongType(role: role, expected: expected, found: found), at: node.range))
  }

  private mutating func belong(_ element: Expression.Node, _ list: [Expression.Node]) {
    let expected = type(of: element)
    for node in list {
      guard let found = type(of: node), let expected, found != expected else { continue }
      faults.append(ExpressionFault(.incomparable(expected, found), at: node.range))
    }
  }

  private mutating func compare(_ terms: [Expression.Node], _ relations: [Expression.Relation]) {
    let types = terms.map { type(of: $0) }
    for (index, relation) in relations.enumerated() {
      guard let left = types[index], let right = types[index + 1] else { continue }
      let range = terms[index].range.lowerBound..<terms[index + 1].range.upperBound
      if left != right {
        faults.append(ExpressionFault(.incomparable(left, right), at: range))
      } else if relation.isOrder && left != .number {
        faults.append(ExpressionFault(.unordered(left), at: range))
      }
    }
  }
}
