/// A word, number, text or sign of an expression.
struct ExpressionToken: Sendable, Hashable {
  enum Kind: Sendable, Hashable {
    case word(String)
    case number(Double)
    case text(String)
    /// An operator or bracket.
    case sign(String)
    case end
  }

  var kind: Kind
  /// Bytes of the expression.
  var range: Range<Int>

  /// What a message calls it.
  var wording: String {
    switch kind {
    case .word(let word), .sign(let word): "'\(word)'"
    case .number: "a number"
    case .text: "a text"
    case .end: "the end"
    }
  }
}

/// Cuts an expression into tokens.
struct ExpressionLexer {
  /// Bytes that an expression may have; keeps the tree's depth, and so the stack, bounded.
  static let lengthLimit = 2000

  private let bytes: [UInt8]
  private var at = 0
  /// What comes next is the name of an arm, which need not be a word.
  private var expectsArm = false

  static func tokens(of text: String) throws(ExpressionFault) -> [ExpressionToken] {
    var lexer = ExpressionLexer(bytes: Array(text.utf8))
    if lexer.bytes.count > lengthLimit {
      throw ExpressionFault(.tooLong(limit: lengthLimit), at: lengthLimit..<lexer.bytes.count)
    }
    var tokens: [ExpressionToken] = []
    while true {
      let token = try lexer.next()
      tokens.append(token)
      if token.kind == .end { return tokens }
    }
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private mutating func next() throws(ExpressionFault) -> ExpressionToken {
    while at < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[at]) { at += 1 }
    let start = at
    guard at < bytes.count else { return ExpressionToken(kind: .end, range: start..<start) }
    let kind: ExpressionToken.Kind
    if expectsArm {
      expectsArm = false
      if bytes[at] != UInt8(ascii: "'") { return armName() }
    }
    switch bytes[at] {
    case _ where isLetter(bytes[at]): kind = .word(take { isLetter($0) || isDigit($0) })
    case _ where isDigit(bytes[at]): kind = .number(try number())
    case UInt8(ascii: "'"): kind = .text(try quotedText())
    default: kind = .sign(try sign())
    }
    return ExpressionToken(kind: kind, range: start..<at)
  }

  /// Everything up to a closing bracket or the end, without the spaces around it.
  private mutating func armName() -> ExpressionToken {
    let start = at
    var end = at
    while at < bytes.count, bytes[at] != UInt8(ascii: ")") {
      at += 1
      if bytes[at - 1] > 0x20 { end = at }
    }
    let name = String(decoding: bytes[start..<end], as: UTF8.self)
    return ExpressionToken(kind: .text(name), range: start..<end)
  }

  private mutating func take(while isPart: (UInt8) -> Bool) -> String {
    let start = at
    while at < bytes.count, isPart(bytes[at]) { at += 1 }
    return String(decoding: bytes[start..<at], as: UTF8.self)
  }

  /// Digits, a fraction, an exponent: `12`, `0.5`, `1e-4`. A sign belongs to the expression.
  private mutating func number() throws(ExpressionFault) -> Double {
    let start = at
    _ = take(while: isDigit)
    if at + 1 < bytes.count, bytes[at] == UInt8(ascii: "."), isDigit(bytes[at + 1]) {
      at += 1
      _ = take(while: isDigit)
    }
    if at < bytes.count, bytes[at] | 0x20 == UInt8(ascii: "e") {
      var end = at + 1
      if end < bytes.count, [UInt8(ascii: "+"), UInt8(ascii: "-")].contains(bytes[end]) {
        end += 1
      }
      if end < bytes.count, isDigit(bytes[end]) {
        at = end
        _ = take(while: isDigit)
      }
    }
    // `2x` and `1e` are no products.
    let isFollowedByLetter = at < bytes.count && isLetter(bytes[at])
    if isFollowedByLetter { _ = take { isLetter($0) || isDigit($0) } }
    let text = String(decoding: bytes[start..<at], as: UTF8.self)
    guard !isFollowedByLetter, let value = Double(text), value.isFinite else {
      throw ExpressionFault(.badNumber(text), at: start..<at)
    }
    return value
  }

  private mutating func quotedText() throws(ExpressionFault) -> String {
    let start = at
    at += 1
    let content = take { $0 != UInt8(ascii: "'") }
    guard at < bytes.count else { throw ExpressionFault(.openText, at: start..<bytes.count) }
    at += 1
    return content
  }

  private mutating func sign() throws(ExpressionFault) -> String {
    let signs = [
      "<=", ">=", "==", "!=", "<", ">", "=", "+", "-", "*", "/", "(", ")", ",", ".", "[", "]", "|",
    ]
    for sign in signs where bytes[at...].starts(with: sign.utf8) {
      let start = at
      at += sign.utf8.count
      if sign == "=" { throw ExpressionFault(.singleEquals, at: start..<at) }
      expectsArm = sign == "|"
      return sign
    }
    var end = at + 1
    while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
    let shown = String(decoding: bytes[at..<end], as: UTF8.self)
    throw ExpressionFault(.unexpectedCharacter(shown), at: at..<end)
  }
}

private func isDigit(_ byte: UInt8) -> Bool {
  (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}

private func isLetter(_ byte: UInt8) -> Bool {
  (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_")
}
