/// Why a text is not JSON, and at which byte.
package struct JSONFault: Error, Sendable, Hashable {
  package enum Reason: Sendable, Hashable {
    /// Nothing but space and comments.
    case noValue
    case endOfText
    case unexpected(String)
    /// `/*` without its `*/`.
    case openComment
    case byteOrderMark
    case notUTF8
    case controlCharacterInString
    case unknownEscape(String)
    case loneSurrogate
    case nulInString
    case numberOutOfRange
    case malformedNumber
    case duplicateKey(String)
    case tooDeep(limit: Int)
    case textAfterValue
  }

  /// Byte offset into the text.
  package var offset: Int
  /// How many bytes the fault covers; at least 1.
  package var length: Int
  package var reason: Reason

  package init(offset: Int, length: Int = 1, reason: Reason) {
    self.offset = offset
    self.length = length
    self.reason = reason
  }
}

extension JSONFault: CustomStringConvertible {
  package var description: String { "byte \(offset): \(reason.wording)" }
}

extension JSONFault.Reason {
  /// The fault in a few words.
  package var wording: String {
    switch self {
    case .noValue: "there is no value in the text"
    case .endOfText: "the text ends inside a value"
    case .unexpected(let found): "unexpected \(found)"
    case .openComment: "a comment that does not end"
    case .byteOrderMark: "the file begins with a byte order mark"
    case .notUTF8: "these bytes are not UTF-8"
    case .controlCharacterInString: "a control character inside a string"
    case .unknownEscape(let escape): "unknown escape '\(escape)'"
    case .loneSurrogate: "half of a surrogate pair"
    case .nulInString: "a NUL character inside a string"
    case .numberOutOfRange: "a number beyond the range of a double"
    case .malformedNumber: "not a number as JSON writes it"
    case .duplicateKey(let key): "the key '\(key)' comes twice in one object"
    case .tooDeep(let limit): "more than \(limit) levels of nesting"
    case .textAfterValue: "text after the end of the value"
    }
  }
}
