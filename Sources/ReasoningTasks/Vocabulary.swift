/// The 122 tokens that prompts and responses are written in.
///
/// | ids | tokens |
/// |---|---|
/// | 0 | padding; never part of a text |
/// | 1 | the end of a response |
/// | 2…21 | `+ - * / ( ) = < ? : ; , [ ] x M C ~ . !`, in this order; `/ ~ .` are spare |
/// | 22…121 | the integers 0…99, one token each |
///
/// A maximal run of digits in a text is one number token. Two number tokens in a row have no text of
/// their own: ``decode(_:)`` puts a space between them, which no verifier accepts, so a policy cannot
/// glue an answer together from digits.
package struct Vocabulary: Sendable {
  package static let standard = Vocabulary()

  /// The symbols in the order of their ids.
  package static let symbols = "+-*/()=<?:;,[]xMC~.!"
  /// The numbers that have a token.
  package static let numbers = 0...99

  /// Fills the rows of a batch; a policy that writes it is refused by the verifiers.
  package let padding: Int32 = 0
  /// Ends a response.
  package let end: Int32 = 1
  /// How many tokens there are.
  package let size: Int

  private let firstSymbol: Int32 = 2
  private let firstNumber: Int32
  /// Token of each ASCII symbol; -1 where there is none.
  private let tokens: [Int32]
  /// Text of each token, as UTF-8.
  private let texts: [[UInt8]]

  private init() {
    let symbols = Array(Self.symbols.utf8)
    firstNumber = firstSymbol + Int32(symbols.count)
    size = Int(firstNumber) + Self.numbers.count
    var tokens = [Int32](repeating: -1, count: 128)
    for (index, symbol) in symbols.enumerated() { tokens[Int(symbol)] = firstSymbol + Int32(index) }
    self.tokens = tokens
    texts =
      [Self.unreadable, []] + symbols.map { [$0] } + Self.numbers.map { Array(String($0).utf8) }
  }

  /// What a token without text decodes to: the replacement character, which is in no prompt.
  private static let unreadable = Array("\u{FFFD}".utf8)

  /// The token of a number in 0…99.
  package func token(of number: Int) -> Int32 {
    precondition(Self.numbers.contains(number))
    return firstNumber + Int32(number)
  }

  /// The tokens of a text, without an end token.
  ///
  /// - Throws: ``VocabularyFault`` at the first character that cannot be written.
  package func encode(_ text: String) throws(VocabularyFault) -> [Int32] {
    var result: [Int32] = []
    let bytes = Array(text.utf8)
    result.reserveCapacity(bytes.count)
    var at = 0
    while at < bytes.count {
      let byte = bytes[at]
      if byte.isDigit {
        let start = at
        while at < bytes.count, bytes[at].isDigit { at += 1 }
        result.append(try number(bytes[start..<at]))
      } else if byte < 128, tokens[Int(byte)] >= 0 {
        result.append(tokens[Int(byte)])
        at += 1
      } else {
        throw VocabularyFault(offset: at, reason: .unknownCharacter(character(at: at, of: bytes)))
      }
    }
    return result
  }

  private func number(_ digits: ArraySlice<UInt8>) throws(VocabularyFault) -> Int32 {
    let text = String(decoding: digits, as: UTF8.self)
    if digits.count > 1, digits.first == UInt8(ascii: "0") {
      throw VocabularyFault(offset: digits.startIndex, reason: .leadingZero(text))
    }
    guard digits.count <= 2 else {
      throw VocabularyFault(offset: digits.startIndex, reason: .numberTooLarge(text))
    }
    return firstNumber + Int32(digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) })
  }

  /// The text of tokens up to the first end token, or all of them.
  ///
  /// `decode(encode(text)) == text` for every text that can be encoded. Padding and ids beyond the
  /// vocabulary become U+FFFD, and a space stands between two numbers; neither can be encoded.
  package func decode(_ tokens: some Sequence<Int32>) -> String {
    var bytes: [UInt8] = []
    var followsNumber = false
    for token in tokens {
      if token == end { break }
      let isNumber = token >= firstNumber && token < Int32(size)
      if isNumber && followsNumber { bytes.append(UInt8(ascii: " ")) }
      bytes += texts.indices.contains(Int(token)) ? texts[Int(token)] : Self.unreadable
      followsNumber = isNumber
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// Why a text has no tokens, and where.
package struct VocabularyFault: Error, Sendable, Hashable {
  package enum Reason: Sendable, Hashable {
    case unknownCharacter(Character)
    case numberTooLarge(String)
    case leadingZero(String)
  }

  /// Characters before the fault; they are all in the vocabulary, so it is the byte offset too.
  package var offset: Int
  package var reason: Reason

  package init(offset: Int, reason: Reason) {
    self.offset = offset
    self.reason = reason
  }
}

extension VocabularyFault: CustomStringConvertible {
  package var description: String {
    let place = "at character \(offset + 1)"
    return switch reason {
    case .unknownCharacter(let character): "'\(character)' \(place) is not in the vocabulary"
    case .numberTooLarge(let text):
      "the number \(text.count <= 12 ? text : "\(text.prefix(9))…") \(place) is above 99"
    case .leadingZero(let text):
      "the number \(text.count <= 12 ? text : "\(text.prefix(9))…") \(place) begins with a zero"
    }
  }
}

extension UInt8 {
  /// An ASCII digit.
  var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }
}

/// The character whose UTF-8 begins at `offset`; the replacement character where there is none.
func character(at offset: Int, of bytes: [UInt8]) -> Character {
  // One scalar has at most four bytes; what follows it does not matter to the first character shown.
  let tail = String(decoding: bytes[offset..<min(offset + 4, bytes.count)], as: UTF8.self)
  return tail.unicodeScalars.first.map(Character.init) ?? "\u{FFFD}"
}
