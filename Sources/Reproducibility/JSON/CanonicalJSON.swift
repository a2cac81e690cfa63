extension JSONValue {
  /// The one text of this value after RFC 8785: members sorted by UTF-16 code units, numbers as
  /// ECMAScript writes them, no space. Values of equal scalars have equal texts, so digests may be
  /// taken of it; strings are written as they are, never normalised.
  package var canonical: String { String(decoding: canonicalBytes, as: UTF8.self) }

  /// The same as UTF-8.
  package var canonicalBytes: [UInt8] { written(.canonical) }

  /// SHA-256 of the canonical text.
  package var digest: Digest { SHA256.digest(of: canonicalBytes) }

  /// The value on several lines, two spaces a level, members in the order they came.
  package var pretty: String { String(decoding: written(.lines), as: UTF8.self) }

  /// One line, members in the order they came.
  package var line: String { String(decoding: written(.line), as: UTF8.self) }

  private func written(_ style: JSONWriter.Style) -> [UInt8] {
    var writer = JSONWriter(style: style)
    writer.write(self, depth: 0)
    return writer.bytes
  }
}

/// Writes a value as UTF-8.
private struct JSONWriter {
  enum Style {
    case canonical
    case line
    case lines
  }

  let style: Style
  private(set) var bytes: [UInt8] = []

  init(style: Style) {
    self.style = style
    bytes.reserveCapacity(256)
  }

  mutating func write(_ value: JSONValue, depth: Int) {
    switch value {
    case .null: add("null")
    case .bool(let value): add(value ? "true" : "false")
    case .number(let value): add(value)
    case .string(let value): add(quoted: value)
    case .array(let elements): write(elements, depth: depth)
    case .object(let object): write(object, depth: depth)
    }
  }

  private mutating func write(_ elements: [JSONValue], depth: Int) {
    // A list of plain values stays on one line: it reads better, and files stay short.
    let isFlat = elements.allSatisfy { $0.array == nil && $0.object == nil }
    add("[")
    for (index, element) in elements.enumerated() {
      if index > 0 { add(isFlat && style != .canonical ? ", " : ",") }
      if !isFlat { newLine(depth + 1) }
      write(element, depth: depth + 1)
    }
    if !isFlat { newLine(depth) }
    add("]")
  }

  private mutating func write(_ object: JSONObject, depth: Int) {
    let members = style == .canonical ? object.sortedMembers : object.members
    add("{")
    for (index, member) in members.enumerated() {
      if index > 0 { add(",") }
      newLine(depth + 1)
      add(quoted: member.key)
      add(style == .lines ? ": " : ":")
      write(member.value, depth: depth + 1)
    }
    if !members.isEmpty { newLine(depth) }
    add("}")
  }

  private mutating func newLine(_ depth: Int) {
    guard style == .lines else { return }
    add("\n")
    bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth))
  }

  private mutating func add(_ text: String) { bytes.append(contentsOf: text.utf8) }

  private mutating func add(_ value: Double) {
    guard let whole = exactInteger(value) else {
      bytes.append(contentsOf: ecmaScriptNumber(value).utf8)
      return
    }
    add(whole)
  }

  private mutating func add(_ whole: Int) {
    if whole < 0 { add("-") }
    let start = bytes.count
    var rest = whole.magnitude
    repeat {
      bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
      rest /= 10
    } while rest > 0
    bytes[start...].reverse()
  }

  private mutating func add(quoted text: String) {
    add("\"")
    let start = bytes.count
    bytes.append(contentsOf: text.utf8)
    // Nearly every text of a configuration has nothing to escape.
    if bytes[start...].contains(where: {
      $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\")
    }) {
      bytes.removeSubrange(start...)
      for byte in text.utf8 { add(escaped: byte) }
    }
    add("\"")
  }

  private mutating func add(escaped byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""): add("\\\"")
    case UInt8(ascii: "\\"): add("\\\\")
    case 0x08: add("\\b")
    case 0x0C: add("\\f")
    case UInt8(ascii: "\n"): add("\\n")
    case UInt8(ascii: "\r"): add("\\r")
    case UInt8(ascii: "\t"): add("\\t")
    case ..<0x20:
      let digits = Array("0123456789abcdef".utf8)
      add("\\u00")
      bytes += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    default: bytes.append(byte)
    }
  }
}

extension JSONObject {
  /// By the names' UTF-16 code units (RFC 8785, section 3.2.3).
  fileprivate var sortedMembers: [Member] {
    // Where all of them are ASCII, bytes stand in the same order.
    if members.allSatisfy({ $0.key.utf8.count == $0.key.utf16.count }) {
      return members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    }
    return members.sorted { $0.key.utf16.lexicographicallyPrecedes($1.key.utf16) }
  }
}

/// A whole number below the first exponent; all of these are exact.
private func exactInteger(_ value: Double) -> Int? {
  guard value.magnitude < 1e15, Double(Int(value)) == value else { return nil }
  return Int(value)
}

/// A finite double as ECMAScript's `Number::toString` writes it (RFC 8785, section 3.2.2.3). Swift
/// and ECMAScript choose the same shortest digits; only where the exponent begins differs.
package func ecmaScriptNumber(_ value: Double) -> String {
  precondition(value.isFinite, "JSON has no infinity and no not-a-number")
  if value == 0 { return "0" }
  if let whole = exactInteger(value) { return String(whole) }
  let sign = value < 0 ? "-" : ""
  // Digits d₁d₂…dₖ and the exponent n with value = 0.d₁d₂…dₖ · 10ⁿ.
  var text = "\(value.magnitude)"
  // Digits with a point among them are written alike; a whole number ends in ".0".
  if !text.utf8.contains(UInt8(ascii: "e")), !text.hasSuffix(".0") { return sign + text }
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
