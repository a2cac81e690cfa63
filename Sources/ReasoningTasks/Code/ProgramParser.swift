/// Recursive descent over the bytes of a program, writing instructions as it goes.
///
/// ```
/// cond := sum ['<' sum '?' cond ':' cond]
/// sum  := term (('+' | '-') term)*
/// term := atom ('*' atom)*
/// atom := number | 'x' | '-' atom | '(' cond ')'
/// ```
struct ProgramParser {
  private let text: [UInt8]
  private let limits: ProgramLimits
  private var at = 0
  private var nesting = 0
  private var instructions: [Program.Instruction] = []

  init(_ text: [UInt8], limits: ProgramLimits) {
    self.text = text
    self.limits = limits
  }

  mutating func program() throws(ProgramFault) -> [Program.Instruction] {
    if text.isEmpty { throw .empty }
    if text.count > limits.characters {
      throw .tooLong(characters: text.count, limit: limits.characters)
    }
    instructions.reserveCapacity(text.count)
    try cond()
    if at < text.count { throw unexpected(where: "an operator or the end") }
    return instructions
  }

  private mutating func cond() throws(ProgramFault) {
    try sum()
    guard take("<") else { return }
    try sum()
    try expect("?")
    let branch = add(.unlessLess(to: 0))
    try nested { (parser) throws(ProgramFault) in try parser.cond() }
    try expect(":")
    let jump = add(.jump(to: 0))
    instructions[branch] = .unlessLess(to: instructions.count)
    try nested { (parser) throws(ProgramFault) in try parser.cond() }
    instructions[jump] = .jump(to: instructions.count)
  }

  private mutating func sum() throws(ProgramFault) {
    try term()
    while true {
      if take("+") {
        try term()
        add(.add)
      } else if take("-") {
        try term()
        add(.subtract)
      } else {
        return
      }
    }
  }

  private mutating func term() throws(ProgramFault) {
    try atom()
    while take("*") {
      try atom()
      add(.multiply)
    }
  }

  private mutating func atom() throws(ProgramFault) {
    if take("x") {
      add(.input)
    } else if take("-") {
      try nested { (parser) throws(ProgramFault) in try parser.atom() }
      add(.negate)
    } else if take("(") {
      try nested { (parser) throws(ProgramFault) in try parser.cond() }
      try expect(")")
    } else if at < text.count, text[at].isDigit {
      add(.push(try number()))
    } else {
      throw unexpected(where: "a number, x, - or (")
    }
  }

  private mutating func number() throws(ProgramFault) -> Int {
    let start = at
    var value = 0
    while at < text.count, text[at].isDigit {
      value = value * 10 + Int(text[at] - UInt8(ascii: "0"))
      // Checked at every digit, so a thousand digits cannot overflow either.
      if value > limits.magnitude {
        throw .constantTooLarge(offset: start, limit: limits.magnitude)
      }
      at += 1
    }
    return value
  }

  /// One level deeper, just behind the symbol that opened it.
  private mutating func nested(
    _ body: (inout ProgramParser) throws(ProgramFault) -> Void
  ) throws(ProgramFault) {
    nesting += 1
    if nesting > limits.nesting { throw .tooNested(offset: at - 1, limit: limits.nesting) }
    try body(&self)
    nesting -= 1
  }

  @discardableResult
  private mutating func add(_ instruction: Program.Instruction) -> Int {
    instructions.append(instruction)
    return instructions.count - 1
  }

  private mutating func take(_ symbol: Unicode.Scalar) -> Bool {
    guard at < text.count, text[at] == UInt8(ascii: symbol) else { return false }
    at += 1
    return true
  }

  private mutating func expect(_ symbol: Unicode.Scalar) throws(ProgramFault) {
    guard take(symbol) else { throw unexpected(where: "'\(symbol)'") }
  }

  private func unexpected(where expected: String) -> ProgramFault {
    at < text.count
      ? .unexpected(character(at: at, of: text), offset: at, expected: expected)
      : .unexpectedEnd(offset: at, expected: expected)
  }
}
