import Reproducibility

/// What became of an input.
enum Outcome: Hashable {
  case read
  case refused
  /// What does not hold, although it should of every input.
  case wrong(String)
}

/// What holds of every text that the parser of JSON reads or refuses.
enum JSONInput {
  static func outcome(of bytes: [UInt8]) -> Outcome {
    let strict = Result { () throws(JSONFault) in try LocatedJSON.parse(bytes) }
    let commented = Result { () throws(JSONFault) in try LocatedJSON.parse(bytes, as: .jsonc) }
    for case .failure(let fault) in [strict, commented] where !isInside(fault, bytes) {
      return .wrong("the fault '\(fault)' lies outside of the text")
    }
    switch (strict, commented) {
    case (.success(let a), .success(let b)):
      if !same(a, b) { return .wrong("the dialects read two values") }
    case (.success, .failure(let fault)): return .wrong("refused as .jsonc alone: \(fault)")
    case (.failure, _): break
    }
    // The other way to read comments: by space in their place, so that no place moves.
    let isText = String(validating: bytes, as: UTF8.self) != nil
    if isText, let blanked = blanked(bytes) {
      let plain = Result { () throws(JSONFault) in try LocatedJSON.parse(blanked) }
      switch (plain, commented) {
      case (.success(let a), .success(let b)):
        if !same(a, b) { return .wrong("without comments it is another value") }
      case (.success, .failure(let fault)): return .wrong("refused for its comments: \(fault)")
      case (.failure(let fault), .success): return .wrong("read for its comments: \(fault)")
      case (.failure, .failure): break
      }
    } else if case .success = commented {
      return .wrong(isText ? "read although a comment is open" : "read although it is not UTF-8")
    }
    guard case .success(let root) = commented else { return .refused }
    let fault = placeFault(of: root, within: 0..<bytes.count, bytes) ?? writingFault(of: root.value)
    return fault.map { .wrong($0) } ?? .read
  }

  private static func isInside(_ fault: JSONFault, _ bytes: [UInt8]) -> Bool {
    // At the end of the text the caret stands one byte behind it.
    fault.offset >= 0 && fault.length >= 1 && fault.offset + fault.length <= bytes.count + 1
      && !fault.reason.wording.isEmpty
  }

  /// Equal trees at equal places.
  private static func same(_ a: LocatedJSON, _ b: LocatedJSON) -> Bool {
    guard a.range == b.range else { return false }
    switch (a.node, b.node) {
    case (.null, .null): return true
    case (.bool(let a), .bool(let b)): return a == b
    case (.number(let a), .number(let b)): return a.bitPattern == b.bitPattern
    case (.string(let a), .string(let b)): return Array(a.utf8) == Array(b.utf8)
    case (.array(let a), .array(let b)):
      return a.count == b.count && zip(a, b).allSatisfy { same($0, $1) }
    case (.object(let a), .object(let b)):
      return a.count == b.count
        && zip(a, b).allSatisfy {
          $0.key == $1.key && $0.keyRange == $1.keyRange && same($0.value, $1.value)
        }
    default: return false
    }
  }

  /// Every node lies in its parent, after its elder, and begins as its kind does.
  private static func placeFault(
    of json: LocatedJSON, within parent: Range<Int>, _ bytes: [UInt8]
  ) -> String? {
    let range = json.range
    guard !range.isEmpty, range.clamped(to: parent) == range else {
      return "bytes \(range) of a value lie outside of \(parent)"
    }
    let ends = [bytes[range.lowerBound], bytes[range.upperBound - 1]]
    let inner = range.lowerBound + 1..<max(range.lowerBound + 1, range.upperBound - 1)
    switch json.node {
    case .string: return ends == Array("\"\"".utf8) ? nil : "a string without quotes at \(range)"
    case .array(let elements):
      if ends != Array("[]".utf8) { return "a list without brackets at \(range)" }
      var rest = inner
      for element in elements {
        if let fault = placeFault(of: element, within: rest, bytes) { return fault }
        rest = element.range.upperBound..<inner.upperBound
      }
      return nil
    case .object(let members):
      if ends != Array("{}".utf8) { return "an object without braces at \(range)" }
      var rest = inner
      for member in members {
        if member.keyRange.clamped(to: rest) != member.keyRange {
          return "bytes \(member.keyRange) of a key lie outside of \(rest)"
        }
        rest = member.keyRange.upperBound..<inner.upperBound
        if let fault = placeFault(of: member.value, within: rest, bytes) { return fault }
        rest = member.value.range.upperBound..<inner.upperBound
      }
      return nil
    case .null, .bool, .number: return nil
    }
  }

  /// What is written reads back as the same value.
  private static func writingFault(of value: JSONValue) -> String? {
    let canonical = value.canonicalBytes
    guard let again = try? JSONValue(parsing: canonical), again == value,
      again.canonicalBytes == canonical
    else { return "the canonical text reads as another value" }
    for text in [value.line, value.pretty] {
      guard let again = try? JSONValue(parsing: text), again.canonicalBytes == canonical else {
        return "a written text reads as another value"
      }
    }
    return nil
  }

  /// The text with space for comments and for trailing commas; nil when a comment does not end.
  static func blanked(_ text: [UInt8]) -> [UInt8]? {
    var bytes = text
    var at = 0
    /// The last byte that is neither space nor comment, and the comma that may be a trailing one.
    var last: UInt8?
    var comma: Int?
    while at < bytes.count {
      switch bytes[at] {
      case UInt8(ascii: "\""):
        at += 1
        while at < bytes.count, bytes[at] != UInt8(ascii: "\"") {
          at += bytes[at] == UInt8(ascii: "\\") ? 2 : 1
        }
        (last, comma) = (UInt8(ascii: "\""), nil)
        at += 1
      case UInt8(ascii: "/") where bytes[at...].starts(with: "//".utf8):
        while at < bytes.count, bytes[at] != 0x0A, bytes[at] != 0x0D {
          bytes[at] = 0x20
          at += 1
        }
      case UInt8(ascii: "/") where bytes[at...].starts(with: "/*".utf8):
        let start = at
        at += 2
        while !bytes[min(at, bytes.count)...].starts(with: "*/".utf8) {
          if at >= bytes.count { return nil }
          at += 1
        }
        at += 2
        for place in start..<at { bytes[place] = 0x20 }
      case 0x20, 0x09, 0x0A, 0x0D: at += 1
      case UInt8(ascii: ","):
        comma = last.map { "[{,:".utf8.contains($0) } == false ? at : nil
        last = bytes[at]
        at += 1
      case UInt8(ascii: "]"), UInt8(ascii: "}"):
        if let comma { bytes[comma] = 0x20 }
        (last, comma) = (bytes[at], nil)
        at += 1
      default:
        (last, comma) = (bytes[at], nil)
        at += 1
      }
    }
    return bytes
  }
}
