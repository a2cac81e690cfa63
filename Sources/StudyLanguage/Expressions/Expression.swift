import Reproducibility

/// A formula of the study language: numbers, truth values and texts; arithmetic, comparison chains
/// (`0 < p.S < 1`), membership (`data in ['level 1', 'level 2']`), `and`, `or`, `not`; `min`, `max`,
/// `round`, `abs`, `mean`, `sd`; dotted names; in claims, measures of arms (`final(contest | level 1)`).
/// There are no loops and no effects: every expression has one value, and it is found in time linear in
/// its length.
///
///     or         = and {"or" and}
///     and        = not {"and" not}
///     not        = "not" not | comparison
///     comparison = sum {("<" | "<=" | ">" | ">=" | "==" | "!=") sum} | sum ["not"] "in" list
///     list       = "[" sum {"," sum} "]"
///     sum        = product {("+" | "-") product}
///     product    = sign {("*" | "/") sign}
///     sign       = "-" sign | primary
///     primary    = number | text | "true" | "false" | name | call | "(" or ")"
///     call       = word "(" [or {"," or}] ")" | word "(" name {"," number} "|" arm ")"
///     name       = word {"." (word | text) | "[" number "]"}
///
/// A text stands in single quotes, without escapes; after a dot it names what is no word:
/// `p.'deep-seek'`. An arm is written as it is called, up to the bracket, or in single quotes.
package struct Expression: Sendable {
  /// As it was written.
  package let text: String
  let root: Node

  /// - Throws: ``ExpressionFault`` with the bytes of `text` at fault.
  package init(_ text: String) throws(ExpressionFault) {
    var parser = try ExpressionParser(text)
    self.text = text
    root = try parser.expression()
  }

  /// The tree of an expression; ranges are bytes of its text.
  struct Node: Sendable {
    indirect enum Form: Sendable {
      case literal(ExpressionValue)
      case name(String)
      case call(String, [Node], nameRange: Range<Int>)
      case negative(Node)
      case not(Node)
      case arithmetic(Arithmetic, Node, Node)
      /// `terms[i] relations[i] terms[i + 1]` for every i.
      case chain([Node], [Relation])
      case all([Node])
      case any([Node])
      /// Whether the first equals one of the others.
      case member(Node, [Node], isNegated: Bool)
      case measure(ArmMeasure)
    }

    var form: Form
    var range: Range<Int>
  }

  enum Arithmetic: String, Sendable {
    case plus = "+"
    case minus = "-"
    case times = "*"
    case over = "/"
  }

  enum Relation: String, Sendable {
    case less = "<"
    case atMost = "<="
    case greater = ">"
    case atLeast = ">="
    case equal = "=="
    case unequal = "!="

    /// Whether it asks for an order, which only numbers have.
    var isOrder: Bool { self != .equal && self != .unequal }
  }
}

/// A measure of one arm, as claims speak of it: `final(contest | level 1)`.
package struct ArmMeasure: Sendable, Hashable {
  package var function: String
  package var metric: String
  /// What the function takes besides, such as the threshold of `steps_to(contest, 40 | level 1)`.
  package var numbers: [Double] = []
  /// Label of an arm, or the name of a variant that only one axis has.
  package var arm: String
  /// Bytes of the expression in which the arm stands.
  package var armRange: Range<Int>
  /// Bytes of `function(metric, numbers`.
  package var measureRange: Range<Int>

  /// The measure as `measures` writes it: `final(contest)`.
  package var measure: String { "\(function)(\(inside))" }
  /// Under which its value is looked up: `final(contest | level 1)`.
  package var name: String { "\(function)(\(inside) | \(arm))" }

  private var inside: String {
    ([metric] + numbers.map { JSONValue.number($0).canonical }).joined(separator: ", ")
  }
}

extension Expression: Hashable {
  package static func == (a: Expression, b: Expression) -> Bool { a.text == b.text }
  package func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

extension Expression {
  /// The names that the expression reads, each once, in the order of the text.
  package var names: [String] {
    var found: [String] = []
    root.visit { node in
      if case .name(let name) = node.form, !found.contains(name) { found.append(name) }
    }
    return found
  }

  /// The measures of arms that it reads, in the order of the text.
  package var measures: [ArmMeasure] { root.measures }

  /// The expression as a single call of a name or text, and numbers behind it, `steps_to(contest, 40)`; nil when
  /// it is another.
  package var call: (function: String, subject: String, numbers: [Double])? {
    guard case .call(let function, let arguments, _) = root.form else { return nil }
    let numbers = arguments.dropFirst().compactMap(\.constant)
    guard numbers.count == arguments.count - 1 else { return nil }
    switch arguments[0].form {
    case .name(let name), .literal(.text(let name)): return (function, name, numbers)
    default: return nil
    }
  }
}

extension Expression.Node {
  /// A number, with its sign; nil for anything else.
  var constant: Double? {
    switch form {
    case .literal(.number(let number)): number
    case .negative(let node): node.constant.map { -$0 }
    default: nil
    }
  }

  /// The measures of arms in it, in the order of the text.
  var measures: [ArmMeasure] {
    var found: [ArmMeasure] = []
    visit { node in if case .measure(let measure) = node.form { found.append(measure) } }
    return found
  }

  /// Calls `body` with this node and all below it, in the order of the text.
  func visit(_ body: (Expression.Node) -> Void) {
    body(self)
    switch form {
    case .literal, .name, .measure: break
    case .call(_, let nodes, _), .chain(let nodes, _), .all(let nodes), .any(let nodes):
      for node in nodes { node.visit(body) }
    case .negative(let node), .not(let node): node.visit(body)
    case .member(let node, let list, _): for node in [node] + list { node.visit(body) }
    case .arithmetic(_, let left, let right):
      left.visit(body)
      right.visit(body)
    }
  }
}
