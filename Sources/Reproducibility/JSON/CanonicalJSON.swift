extension JSONValue {
  /// The one text of this value after RFC 8785: members sorted by UTF-16 code units, numbers as
  /// ECMAScript writes them, no space. Equal values have equal texts, so digests may be taken of it.
  package var canonical: String {
    var text = ""
    write(to: &text, indent: nil, depth: 0)
    return text
  }

  /// The value on several lines, two spaces a level, members in the order they came.
  package var pretty: String {
    var text = ""
    write(to: &text, indent: 2, depth: 0)
    return text
  }

  /// One line, members in the order they came.
  package var line: String {
    var text = ""
    write(to: &text, indent: 0, depth: 0)
    return text
  }

  /// - Parameter indent: nil canonical; 0 one line in file order; otherwise spaces a level.
  private func write(to text: inout String, indent: Int?, depth: Int) {
    func newLine(_ depth: Int) {
      if let indent, indent > 0 { text += "\n" + String(repeating: " ", count: indent * depth) }
    }
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .number(let value): text += ecmaScriptNumber(value)
    case .string(let value): writeString(value, to: &text)
    case .array(let elements):
      // A list of plain values stays on one line: it reads better, and files stay short.
      let isFlat = elements.allSatisfy { $0.array == nil && $0.object == nil }
      text += "["
      for (index, element) in elements.enumerated() {
        if index > 0 { text += isFlat && indent != nil ? ", " : "," }
        if !isFlat { newLine(depth + 1) }
        element.write(to: &text, indent: indent, depth: depth + 1)
      }
      if !isFlat { newLine(depth) }
      text += "]"
    case .object(let object):
      let members =
        indent == nil
        ? object.members.sorted { $0.key.utf16.lexicographicallyPrecedes($1.key.utf16) }
        : object.members
      text += "{"
      for (index, member) in members.enumerated() {
        if index > 0 { text += "," }
        newLine(depth + 1)
        writeString(member.key, to: &text)
        text += (indent ?? 0) > 0 ? ": " : ":"
        member.value.write(to: &text, indent: indent, depth: depth + 1)
      }
      if !members.isEmpty { newLine(depth) }
      text += "}"
    }
  }
}

private func writeString(_ value: String, to text: inout String) {
  text += "\""
  // Nearly every text of a configuration has nothing to escape, and goes in at once.
  if value.utf8.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
    text += value
    text += "\""
    return
  }
  for scalar in value.unicodeScalars {
    switch scalar {
    case "\"": text += "\\\""
    case "\\": text += "\\\\"
    case "\u{08}": text += "\\b"
    case "\u{0C}": text += "\\f"
    case "\n": text += "\\n"
    case "\r": text += "\\r"
    case "\t": text += "\\t"
    case "\u{00}"..<"\u{20}":
      let hex = String(scalar.value, radix: 16)
      text += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
    default: text.unicodeScalars.append(scalar)
    }
  }
  text += "\""
}

/// A finite double as ECMAScript's `Number::toString` writes it (RFC 8785, section 3.2.2.3). Swift
/// and ECMAScript choose the same shortest digits; only where the exponent begins differs.
package func ecmaScriptNumber(_ value: Double) -> String {
  precondition(value.isFinite, "JSON has no infinity and no not-a-number")
  if value == 0 { return "0" }
  // Whole numbers below the first exponent; all of these are exact.
  if value.magnitude < 1e15, Double(Int(value)) == value { return String(Int(value)) }
  let sign = value < 0 ? "-" : ""
  // Digits d₁d₂…dₖ and the exponent n with value = 0.d₁d₂…dₖ · 10ⁿ.
  var text = "\(value.magnitude)"
  var exponent = 0
  if let mark = text.firstIndex(of: "e") {
    exponent = Int(text[text.index(after: mark)...]) ?? 0
    text = String(text[..<mark])
  }
  let parts = text.split(separator: ".", omittingEmptySubsequences: false)
  let whole = String(parts[0])
  var digits = whole + (parts.count > 1 ? parts[1] : "")
  var n = whole.count + exponent
  while digits.hasPrefix("0") {
    digits.removeFirst()
    n -= 1
  }
  while digits.hasSuffix("0") { digits.removeLast() }
  let k = digits.count
  switch n {
  case k...21 where k <= n:
    return sign + digits + String(repeating: "0", count: n - k)
  case 1...21:
    return sign + digits.prefix(n) + "." + digits.dropFirst(n)
  case -5...0:
    return sign + "0." + String(repeating: "0", count: -n) + digits
  default:
    let mantissa = k == 1 ? digits : "\(digits.prefix(1)).\(digits.dropFirst())"
    return sign + mantissa + "e" + (n > 0 ? "+" : "-") + "\(abs(n - 1))"
  }
}
