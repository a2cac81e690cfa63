/// An element of an XML document, such as an SVG figure: a tree of values that is written once.
struct XMLElement {
  let name: String
  /// In the order in which they are written.
  let attributes: [(name: String, value: String)]
  let text: String
  let children: [XMLElement]

  init(
    _ name: String, _ attributes: KeyValuePairs<String, String> = [:], text: String = "",
    children: [XMLElement] = []
  ) {
    self.name = name
    self.attributes = attributes.map { ($0.key, $0.value) }
    self.text = text
    self.children = children
  }

  /// One element a line, two spaces a level.
  func written(indent: Int = 0) -> String {
    let space = String(repeating: " ", count: indent)
    let head =
      space + "<" + name
      + attributes.map { " \($0.name)=\"\(Self.escaped($0.value))\"" }.joined()
    if text.isEmpty && children.isEmpty { return head + "/>\n" }
    if children.isEmpty { return head + ">\(Self.escaped(text))</\(name)>\n" }
    return head + ">\(Self.escaped(text))\n"
      + children.map { $0.written(indent: indent + 2) }.joined() + "\(space)</\(name)>\n"
  }

  /// Text and attribute values alike. Characters that XML 1.0 forbids become a replacement mark.
  static func escaped(_ text: String) -> String {
    if HTMLText.isPlain(text) { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\n", "\t", "\r": result += " "
      case "\u{0}"..<"\u{20}", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
