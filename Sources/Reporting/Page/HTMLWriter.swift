/// The text of a page as it grows. An element is closed by the call that opened it, so none stays open.
struct HTMLWriter {
  private(set) var html = ""
  /// Inside a line that must stay one.
  private var isOneLine = false

  /// Elements that stand within a line; all others end theirs.
  private static let inline: Set<String> = [
    "a", "b", "bdi", "code", "em", "span", "strong", "summary", "sup", "td", "th",
  ]

  /// - Parameter content: writes what stands between the tags.
  mutating func element(
    _ name: String, _ attributes: KeyValuePairs<String, String> = [:],
    _ content: (inout HTMLWriter) -> Void
  ) {
    html += "<"
    html += name
    for (name, value) in attributes {
      html += " "
      html += name
      html += "=\""
      html += HTMLText.attribute(value)
      html += "\""
    }
    html += ">"
    content(&self)
    html += "</"
    html += name
    html += ">"
    if !Self.inline.contains(name) { newLine() }
  }

  mutating func element(
    _ name: String, _ attributes: KeyValuePairs<String, String> = [:], text: String
  ) {
    element(name, attributes) { $0.text(text) }
  }

  /// An element that holds blocks, each on lines of its own.
  mutating func block(
    _ name: String, _ attributes: KeyValuePairs<String, String> = [:],
    _ content: (inout HTMLWriter) -> Void
  ) {
    element(name, attributes) { writer in
      writer.newLine()
      content(&writer)
    }
  }

  mutating func text(_ text: String) { html += HTMLText.escaped(text) }

  /// A name that somebody chose: whatever its script, its neighbours keep their places.
  mutating func name(_ text: String) { element("bdi", text: text) }

  /// Markup that is complete in itself.
  mutating func markup(_ html: String) { self.html += html }

  mutating func newLine() { if !isOneLine { html += "\n" } }

  /// Everything that `content` writes, on a line of its own.
  mutating func line(_ content: (inout HTMLWriter) -> Void) {
    isOneLine = true
    content(&self)
    isOneLine = false
    newLine()
  }

  /// Data for scripts, which no script runs.
  mutating func data(_ id: String, _ json: [UInt8]) {
    element("script", ["type": "application/json", "id": id]) {
      $0.markup(HTMLText.scriptSafe(json: json))
    }
  }

  /// Text with Markdown's code spans, such as a command in a sentence.
  mutating func codeSpans(_ text: String) {
    for (place, part) in text.split(separator: "`", omittingEmptySubsequences: false).enumerated() {
      if place.isMultiple(of: 2) {
        self.text(String(part))
      } else {
        element("code", text: String(part))
      }
    }
  }
}
