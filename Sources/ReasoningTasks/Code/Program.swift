/// A program of the little language, ready to run (docs/task-language.md).
///
/// It is compiled to instructions for a stack of whole numbers. So running it recurses nowhere, a step
/// is one instruction, and memory is the height of the stack: three limits that can be counted.
package struct Program: Sendable, Hashable {
  enum Instruction: Sendable, Hashable {
    case push(Int)
    case input
    case negate
    case add
    case subtract
    case multiply
    /// Takes b, then a; goes on when a < b, otherwise at `to`.
    case unlessLess(to: Int)
    case jump(to: Int)
  }

  let instructions: [Instruction]
  private let limits: ProgramLimits

  /// Compiles a program.
  ///
  /// - Throws: ``ProgramFault`` for every text that is not one, whatever it is.
  package init(_ text: String, limits: ProgramLimits = .standard) throws(ProgramFault) {
    try self.init(utf8: Array(text.utf8), limits: limits)
  }

  /// Compiles a program from its bytes.
  init(utf8 text: [UInt8], limits: ProgramLimits) throws(ProgramFault) {
    var parser = ProgramParser(text, limits: limits)
    instructions = try parser.program()
    self.limits = limits
  }

  /// The value for one input.
  ///
  /// - Throws: ``RunFault`` when a limit is met.
  package func callAsFunction(_ x: Int) throws(RunFault) -> Int {
    let range = -limits.magnitude...limits.magnitude
    guard range.contains(x) else { throw .overflow(limit: limits.magnitude) }
    var stack: [Int] = []
    stack.reserveCapacity(limits.cells)
    var next = 0
    var steps = 0
    while next < instructions.count {
      steps += 1
      if steps > limits.steps { throw .stepLimit(limits.steps) }
      let instruction = instructions[next]
      next += 1
      switch instruction {
      case .push(let value): stack.append(value)
      case .input: stack.append(x)
      case .jump(let to): next = to
      case .negate: stack.append(-stack.removeLast())
      case .unlessLess(let to):
        let b = stack.removeLast()
        let a = stack.removeLast()
        if !(a < b) { next = to }
      case .add, .subtract, .multiply:
        let b = stack.removeLast()
        let a = stack.removeLast()
        // Both lie within ±10⁹, so none of these overflows before it is checked.
        let value =
          switch instruction {
          case .add: a + b
          case .subtract: a - b
          default: a * b
          }
        guard range.contains(value) else { throw .overflow(limit: limits.magnitude) }
        stack.append(value)
      }
      if stack.count > limits.cells { throw .cellLimit(limits.cells) }
    }
    return stack.removeLast()
  }
}
