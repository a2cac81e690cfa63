/// An expression over whole numbers with `+ - *`, every node with its value.
///
/// The nodes lie in post-order: operands before their operation, the left one's first, the root last.
/// So the operations in array order are the steps in which a person would work it out.
package struct MathExpression: Sendable, Hashable {
  package enum Operation: UInt8, Sendable, CaseIterable {
    case plus = 0x2B
    case minus = 0x2D
    case times = 0x2A

    /// The value, or nil on overflow.
    func callAsFunction(_ a: Int, _ b: Int) -> Int? {
      let (value, overflow) =
        switch self {
        case .plus: a.addingReportingOverflow(b)
        case .minus: a.subtractingReportingOverflow(b)
        case .times: a.multipliedReportingOverflow(by: b)
        }
      return overflow ? nil : value
    }
  }

  struct Node: Sendable, Hashable {
    var value: Int
    /// nil for an operand.
    var operation: Operation?
    /// Places of the operands in the array; 0 for an operand.
    var left = 0
    var right = 0
  }

  private(set) var nodes: [Node] = []

  init() {}

  /// The value of the whole.
  package var value: Int { nodes.last?.value ?? 0 }

  /// How many operations there are.
  package var operationCount: Int { nodes.count / 2 }

  /// The operations in the order in which they are worked out.
  package var steps: [MathStep] {
    nodes.compactMap { node in
      node.operation.map {
        MathStep(nodes[node.left].value, $0, nodes[node.right].value, node.value)
      }
    }
  }

  /// Makes room for another expression in the same memory.
  mutating func removeAll() { nodes.removeAll(keepingCapacity: true) }

  /// Adds an operand and returns its place.
  mutating func append(_ operand: Int) -> Int {
    nodes.append(Node(value: operand, operation: nil))
    return nodes.count - 1
  }

  /// Adds an operation over two places and returns its own; nil on overflow.
  mutating func append(_ operation: Operation, _ left: Int, _ right: Int) -> Int? {
    guard let value = operation(nodes[left].value, nodes[right].value) else { return nil }
    nodes.append(Node(value: value, operation: operation, left: left, right: right))
    return nodes.count - 1
  }
}

/// `a op b = c`: one line of the work.
package struct MathStep: Sendable, Hashable {
  package let a: Int
  package let operation: MathExpression.Operation
  package let b: Int
  package let result: Int

  init(_ a: Int, _ operation: MathExpression.Operation, _ b: Int, _ result: Int) {
    self.a = a
    self.operation = operation
    self.b = b
    self.result = result
  }

  /// Adds `a op b=c;`, six tokens.
  func write(to text: inout [UInt8]) {
    text.append(number: a)
    text.append(operation.rawValue)
    text.append(number: b)
    text.append(UInt8(ascii: "="))
    text.append(number: result)
    text.append(UInt8(ascii: ";"))
  }
}

// MARK: - Text

extension MathExpression {
  /// The problem that asks for the value: `M<expression>=`, with only the brackets that the order of
  /// evaluation needs.
  package var prompt: String {
    var text: [UInt8] = [UInt8(ascii: "M")]
    if !nodes.isEmpty { write(nodes.count - 1, to: &text) }
    text.append(UInt8(ascii: "="))
    return String(decoding: text, as: UTF8.self)
  }

  private func write(_ place: Int, to text: inout [UInt8]) {
    let node = nodes[place]
    guard let operation = node.operation else { return text.append(number: node.value) }
    let left = nodes[node.left].operation
    let right = nodes[node.right].operation
    // `*` binds tighter and chains run from the left, so these would be read differently unbracketed.
    let bracketsLeft = operation == .times && (left == .plus || left == .minus)
    let bracketsRight = right != nil && (operation == .times || right != .times)
    write(node.left, to: &text, inBrackets: bracketsLeft)
    text.append(operation.rawValue)
    write(node.right, to: &text, inBrackets: bracketsRight)
  }

  private func write(_ place: Int, to text: inout [UInt8], inBrackets: Bool) {
    if inBrackets { text.append(UInt8(ascii: "(")) }
    write(place, to: &text)
    if inBrackets { text.append(UInt8(ascii: ")")) }
  }
}

extension [UInt8] {
  /// Adds a number in decimal.
  mutating func append(number: Int) {
    if (0...9).contains(number) {
      append(UInt8(ascii: "0") + UInt8(number))
    } else {
      append(contentsOf: String(number).utf8)
    }
  }
}
