import Reproducibility

extension Expression {
  /// The value for given values of the names.
  ///
  /// `and` and `or` stop at the first side that decides, as a chain stops at its first false link.
  ///
  /// - Parameter value: of a name; nil when there is no such name.
  /// - Throws: ``ExpressionFault`` for a division by zero and a result beyond a double; for names and
  ///   types too, when ``faults(expecting:names:)`` was not asked first.
  package func value(
    _ value: (String) -> ExpressionValue?
  ) throws(ExpressionFault) -> ExpressionValue {
    try withoutActuallyEscaping(value) { (lookup) throws(ExpressionFault) in
      try Evaluation(lookup: lookup).value(of: root)
    }
  }
}

/// The value of an expression's nodes for given values of the names.
struct Evaluation {
  let lookup: (String) -> ExpressionValue?

  func value(of node: Expression.Node) throws(ExpressionFault) -> ExpressionValue {
    switch node.form {
    case .literal(let value):
      return value
    case .name(let name):
      guard let value = lookup(name) else {
        throw ExpressionFault(.unknownName(name, suggestion: nil, known: []), at: node.range)
      }
      return value
    case .call(let name, let arguments, let nameRange):
      return .number(try call(name, arguments, nameRange, node))
    case .negative(let operand):
      return .number(-(try number(operand)))
    case .not(let operand):
      return .boolean(!(try boolean(operand)))
    case .arithmetic(let operation, let left, let right):
      return .number(try arithmetic(operation, left, right, node))
    case .chain(let terms, let relations):
      return .boolean(try chain(terms, relations))
    case .all(let nodes):
      for node in nodes where !(try boolean(node)) { return .boolean(false) }
      return .boolean(true)
    case .any(let nodes):
      for node in nodes where try boolean(node) { return .boolean(true) }
      return .boolean(false)
    case .member(let element, let list, let isNegated):
      return .boolean(try contains(list, element) != isNegated)
    case .measure(let measure):
      // Whoever knows results looks it up under the words of the claim.
      guard let value = lookup(measure.name) else {
        throw ExpressionFault(.measureElsewhere(measure.measure), at: node.range)
      }
      return value
    }
  }

  private func contains(
    _ list: [Expression.Node], _ element: Expression.Node
  ) throws(ExpressionFault) -> Bool {
    let wanted = try value(of: element)
    for node in list {
      let value = try value(of: node)
      if value.type != wanted.type {
        throw ExpressionFault(.incomparable(wanted.type, value.type), at: node.range)
      }
      if value == wanted { return true }
    }
    return false
  }

  func number(_ node: Expression.Node) throws(ExpressionFault) -> Double {
    let value = try value(of: node)
    guard case .number(let number) = value else { throw mismatch(.number, value, node) }
    return number
  }

  private func boolean(_ node: Expression.Node) throws(ExpressionFault) -> Bool {
    let value = try value(of: node)
    guard case .boolean(let boolean) = value else { throw mismatch(.boolean, value, node) }
    return boolean
  }

  private func mismatch(
    _ expected: ExpressionType, _ found: ExpressionValue, _ node: Expression.Node
  ) -> ExpressionFault {
    ExpressionFault(
      .wrongType(role: "this part", expected: expected, found: found.type), at: node.range)
  }

  private func arithmetic(
    _ operation: Expression.Arithmetic, _ left: Expression.Node, _ right: Expression.Node,
    _ node: Expression.Node
  ) throws(ExpressionFault) -> Double {
    let a = try number(left)
    let b = try number(right)
    let result: Double
    switch operation {
    case .plus: result = a + b
    case .minus: result = a - b
    case .times: result = a * b
    case .over:
      if b == 0 { throw ExpressionFault(.divisionByZero, at: right.range) }
      result = a / b
    }
    if !result.isFinite { throw ExpressionFault(.notFinite, at: node.range) }
    return result
  }

  private func call(
    _ name: String, _ arguments: [Expression.Node], _ nameRange: Range<Int>,
    _ node: Expression.Node
  ) throws(ExpressionFault) -> Double {
    guard let function = ExpressionFunction(rawValue: name) else {
      throw ExpressionFault(.unknownFunction(name, suggestion: nil), at: nameRange)
    }
    var numbers: [Double] = []
    for argument in arguments { numbers.append(try number(argument)) }
    guard function.argumentCounts.contains(numbers.count) else {
      throw ExpressionFault(
        .wrongArgumentCount(
          function: name, expected: function.argumentWording, found: numbers.count),
        at: node.range)
    }
    switch function {
    case .min: return numbers.dropFirst().reduce(numbers[0]) { Swift.min($0, $1) }
    case .max: return numbers.dropFirst().reduce(numbers[0]) { Swift.max($0, $1) }
    case .round: return portableRound(numbers[0])
    case .abs: return numbers[0].magnitude
    case .mean: return try finite(mean(numbers), node)
    case .sd:
      let centre = mean(numbers)
      let squares = numbers.reduce(0) { $0 + ($1 - centre) * ($1 - centre) }
      return try finite((squares / Double(numbers.count - 1)).squareRoot(), node)
    }
  }

  private func mean(_ numbers: [Double]) -> Double {
    numbers.reduce(0, +) / Double(numbers.count)
  }

  private func finite(
    _ value: Double, _ node: Expression.Node
  ) throws(ExpressionFault) -> Double {
    if !value.isFinite { throw ExpressionFault(.notFinite, at: node.range) }
    return value
  }

  private func chain(
    _ terms: [Expression.Node], _ relations: [Expression.Relation]
  ) throws(ExpressionFault) -> Bool {
    var left = try value(of: terms[0])
    for (relation, node) in zip(relations, terms.dropFirst()) {
      let right = try value(of: node)
      if !(try holds(relation, left, right, node)) { return false }
      left = right
    }
    return true
  }

  private func holds(
    _ relation: Expression.Relation, _ left: ExpressionValue, _ right: ExpressionValue,
    _ node: Expression.Node
  ) throws(ExpressionFault) -> Bool {
    if left.type != right.type {
      throw ExpressionFault(.incomparable(left.type, right.type), at: node.range)
    }
    switch relation {
    case .equal: return left == right
    case .unequal: return left != right
    default: break
    }
    guard case .number(let a) = left, case .number(let b) = right else {
      throw ExpressionFault(.unordered(left.type), at: node.range)
    }
    switch relation {
    case .less: return a < b
    case .atMost: return a <= b
    case .greater: return a > b
    default: return a >= b
    }
  }
}
