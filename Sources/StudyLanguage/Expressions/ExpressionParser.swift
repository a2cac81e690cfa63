import Reproducibility

/// Recursive descent, one function a rule of the grammar in ``Expression``.
struct ExpressionParser {
  /// Brackets and signs that may stand in one another.
  static let depthLimit = 100

  private let tokens: [ExpressionToken]
  private var at = 0
  private var depth = 0

  init(_ text: String) throws(ExpressionFault) {
    tokens = try ExpressionLexer.tokens(of: text)
    if tokens.count == 1 { throw ExpressionFault(.empty, at: 0..<text.utf8.count) }
  }

  /// The whole text as one expression.
  mutating func expression() throws(ExpressionFault) -> Expression.Node {
    let node = try or()
    if token.kind != .end {
      throw ExpressionFault(
        .expected("an operator or the end", found: token.wording), at: token.range)
    }
    return node
  }

  private var token: ExpressionToken { tokens[at] }

  private mutating func take(_ kind: ExpressionToken.Kind) -> Bool {
    if token.kind != kind { return false }
    at += 1
    return true
  }

  private mutating func or() throws(ExpressionFault) -> Expression.Node {
    var nodes = [try and()]
    while take(.word("or")) { nodes.append(try and()) }
    return joined(nodes, as: Expression.Node.Form.any)
  }

  private mutating func and() throws(ExpressionFault) -> Expression.Node {
    var nodes = [try not()]
    while take(.word("and")) { nodes.append(try not()) }
    return joined(nodes, as: Expression.Node.Form.all)
  }

  private func joined(
    _ nodes: [Expression.Node], as form: ([Expression.Node]) -> Expression.Node.Form
  ) -> Expression.Node {
    if nodes.count == 1 { return nodes[0] }
    let end = nodes[nodes.count - 1].range.upperBound
    return Expression.Node(form: form(nodes), range: nodes[0].range.lowerBound..<end)
  }

  private mutating func not() throws(ExpressionFault) -> Expression.Node {
    let start = token.range.lowerBound
    guard take(.word("not")) else { return try comparison() }
    let node = try nested { (parser) throws(ExpressionFault) in try parser.not() }
    return Expression.Node(form: .not(node), range: start..<node.range.upperBound)
  }

  private mutating func comparison() throws(ExpressionFault) -> Expression.Node {
    var terms = [try sum()]
    var relations: [Expression.Relation] = []
    while case .sign(let sign) = token.kind, let relation = Expression.Relation(rawValue: sign) {
      at += 1
      relations.append(relation)
      terms.append(try sum())
    }
    if relations.isEmpty, let isNegated = takeIn() {
      let list = try list()
      return Expression.Node(
        form: .member(terms[0], list, isNegated: isNegated),
        range: terms[0].range.lowerBound..<tokens[at - 1].range.upperBound)
    }
    return joined(terms) { .chain($0, relations) }
  }

  /// Takes `in` or `not in`; nil when neither comes.
  private mutating func takeIn() -> Bool? {
    if take(.word("in")) { return false }
    guard token.kind == .word("not"), tokens[at + 1].kind == .word("in") else { return nil }
    at += 2
    return true
  }

  private mutating func list() throws(ExpressionFault) -> [Expression.Node] {
    try expect("[")
    var nodes: [Expression.Node] = []
    repeat {
      nodes.append(try nested { (parser) throws(ExpressionFault) in try parser.sum() })
    } while take(.sign(","))
    try expect("]")
    return nodes
  }

  private mutating func sum() throws(ExpressionFault) -> Expression.Node {
    var node = try product()
    while case .sign(let sign) = token.kind, sign == "+" || sign == "-" {
      at += 1
      node = combine(node, sign == "+" ? .plus : .minus, try product())
    }
    return node
  }

  private mutating func product() throws(ExpressionFault) -> Expression.Node {
    var node = try sign()
    while case .sign(let sign) = token.kind, sign == "*" || sign == "/" {
      at += 1
      node = combine(node, sign == "*" ? .times : .over, try self.sign())
    }
    return node
  }

  private func combine(
    _ left: Expression.Node, _ operation: Expression.Arithmetic, _ right: Expression.Node
  ) -> Expression.Node {
    Expression.Node(
      form: .arithmetic(operation, left, right),
      range: left.range.lowerBound..<right.range.upperBound)
  }

  private mutating func sign() throws(ExpressionFault) -> Expression.Node {
    let start = token.range.lowerBound
    guard take(.sign("-")) else { return try primary() }
    let node = try nested { (parser) throws(ExpressionFault) in try parser.sign() }
    return Expression.Node(form: .negative(node), range: start..<node.range.upperBound)
  }

  private mutating func primary() throws(ExpressionFault) -> Expression.Node {
    let first = token
    switch first.kind {
    case .number(let value):
      at += 1
      return Expression.Node(form: .literal(.number(value)), range: first.range)
    case .text(let value):
      at += 1
      return Expression.Node(form: .literal(.text(value)), range: first.range)
    case .word(let word) where !["and", "or", "not"].contains(word):
      at += 1
      if word == "true" || word == "false" {
        return Expression.Node(form: .literal(.boolean(word == "true")), range: first.range)
      }
      if take(.sign("(")) { return try call(word, first) }
      return try name(word, first)
    case .sign("("):
      at += 1
      var node = try nested { (parser) throws(ExpressionFault) in try parser.or() }
      node.range = first.range.lowerBound..<token.range.upperBound
      try expect(")")
      return node
    default:
      throw ExpressionFault(.expected("a value", found: first.wording), at: first.range)
    }
  }

  private mutating func name(
    _ word: String, _ first: ExpressionToken
  ) throws(ExpressionFault) -> Expression.Node {
    var name = word
    var end = first.range.upperBound
    while true {
      if try takeIndex(&name, &end) { continue }
      guard take(.sign(".")) else { break }
      switch token.kind {
      case .word(let part), .text(let part): name += ".\(part)"
      default:
        throw ExpressionFault(.expected("a name", found: token.wording), at: token.range)
      }
      end = token.range.upperBound
      at += 1
    }
    return Expression.Node(form: .name(name), range: first.range.lowerBound..<end)
  }

  /// Takes the place of an element of a list: `[0]`.
  private mutating func takeIndex(
    _ name: inout String, _ end: inout Int
  ) throws(ExpressionFault) -> Bool {
    guard take(.sign("[")) else { return false }
    guard case .number(let number) = token.kind, let index = wholeNumber(number) else {
      throw ExpressionFault(.expected("a whole number", found: token.wording), at: token.range)
    }
    at += 1
    name += "[\(index)]"
    end = token.range.upperBound
    try expect("]")
    return true
  }

  /// The arguments, after the opening bracket.
  private mutating func call(
    _ function: String, _ first: ExpressionToken
  ) throws(ExpressionFault) -> Expression.Node {
    var arguments: [Expression.Node] = []
    if token.kind != .sign(")") {
      repeat {
        arguments.append(try nested { (parser) throws(ExpressionFault) in try parser.or() })
        if token.kind == .sign("|") { return try measure(function, of: arguments, first) }
      } while take(.sign(","))
    }
    let end = token.range.upperBound
    try expect(")")
    return Expression.Node(
      form: .call(function, arguments, nameRange: first.range),
      range: first.range.lowerBound..<end)
  }

  /// A measure of an arm, from its `|` on.
  private mutating func measure(
    _ function: String, of arguments: [Expression.Node], _ first: ExpressionToken
  ) throws(ExpressionFault) -> Expression.Node {
    let metric = arguments[0]
    let name: String
    switch metric.form {
    case .name(let word), .literal(.text(let word)): name = word
    default: throw ExpressionFault(.expected("a metric", found: "a value"), at: metric.range)
    }
    var numbers: [Double] = []
    for argument in arguments.dropFirst() {
      guard let number = argument.constant else {
        throw ExpressionFault(.expected("a number", found: "a value"), at: argument.range)
      }
      numbers.append(number)
    }
    at += 1
    guard case .text(let arm) = token.kind, !arm.isEmpty else {
      throw ExpressionFault(.expected("an arm", found: "nothing"), at: token.range)
    }
    let armRange = token.range
    at += 1
    let start = first.range.lowerBound
    let measure = ArmMeasure(
      function: function, metric: name, numbers: numbers, arm: arm, armRange: armRange,
      measureRange: start..<(arguments.last ?? metric).range.upperBound)
    let end = token.range.upperBound
    try expect(")")
    return Expression.Node(form: .measure(measure), range: start..<end)
  }

  private mutating func expect(_ sign: String) throws(ExpressionFault) {
    if !take(.sign(sign)) {
      throw ExpressionFault(.expected("'\(sign)'", found: token.wording), at: token.range)
    }
  }

  private mutating func nested(
    _ body: (inout ExpressionParser) throws(ExpressionFault) -> Expression.Node
  ) throws(ExpressionFault) -> Expression.Node {
    depth += 1
    if depth > Self.depthLimit {
      throw ExpressionFault(.tooDeep(limit: Self.depthLimit), at: token.range)
    }
    let node = try body(&self)
    depth -= 1
    return node
  }
}
