/// Text inside a page: it reads as it was written, and no part of it becomes markup.
enum HTMLText {
  /// For the text of an element. Runs of right-to-left letters stand isolated, so that the words
  /// beside them keep their places.
  static func escaped(_ text: String) -> String {
    if isPlain(text) { return text }
    let scalars = Array(text.unicodeScalars)
    var (html, place) = ("", 0)
    while place < scalars.count {
      let end = isRightToLeft(scalars[place]) ? endOfRun(scalars, from: place) : place
      if end > place { html += "<bdi>" }
      for scalar in scalars[place..<max(end, place + 1)] { append(scalar, to: &html) }
      if end > place { html += "</bdi>" }
      place = max(end, place + 1)
    }
    return html
  }

  /// For the value of an attribute between double quotes.
  static func attribute(_ text: String) -> String {
    if isPlain(text) { return text }
    var html = ""
    for scalar in text.unicodeScalars { append(scalar, to: &html) }
    return html
  }

  /// JSON that may stand inside a `<script>` element: without a character that ends the element,
  /// opens a comment, or ends a line of JavaScript. The value is the same.
  static func scriptSafe(json: [UInt8]) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(json.count + 64)
    // Long runs without such a character are copied whole.
    var (start, place) = (0, 0)
    func pass(_ escape: String, length: Int) {
      bytes += json[start..<place]
      bytes += escape.utf8
      place += length
      start = place
    }
    while place < json.count {
      switch json[place] {
      case UInt8(ascii: "<"): pass("\\u003c", length: 1)
      case UInt8(ascii: ">"): pass("\\u003e", length: 1)
      case UInt8(ascii: "&"): pass("\\u0026", length: 1)
      case 0xE2 where isLineSeparator(json, at: place):
        pass(json[place + 2] == 0xA8 ? "\\u2028" : "\\u2029", length: 3)
      default: place += 1
      }
    }
    bytes += json[start...]
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func isLineSeparator(_ bytes: [UInt8], at place: Int) -> Bool {
    place + 2 < bytes.count && bytes[place + 1] == 0x80
      && (bytes[place + 2] == 0xA8 || bytes[place + 2] == 0xA9)
  }

  /// Nearly every text of a page is ASCII without a special character.
  static func isPlain(_ text: String) -> Bool {
    text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""),
        UInt8(ascii: "'"):
        false
      default: byte >= 0x20 && byte < 0x7F
      }
    }
  }

  private static func append(_ scalar: Unicode.Scalar, to html: inout String) {
    switch scalar {
    case "&": html += "&amp;"
    case "<": html += "&lt;"
    case ">": html += "&gt;"
    case "\"": html += "&quot;"
    case "'": html += "&#39;"
    case "\n", "\t", "\r": html += " "
    // Controls, those that turn the direction of what follows, and what is no character.
    case "\u{0}"..<"\u{20}", "\u{7F}"..<"\u{A0}", "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}",
      "\u{FFFE}", "\u{FFFF}":
      html += "\u{FFFD}"
    default: html.unicodeScalars.append(scalar)
    }
  }

  /// The place after the last right-to-left letter that no left-to-right letter parts from the first.
  private static func endOfRun(_ scalars: [Unicode.Scalar], from start: Int) -> Int {
    var end = start + 1
    for place in start..<scalars.count {
      let scalar = scalars[place]
      if isRightToLeft(scalar) { end = place + 1 } else if scalar.properties.isAlphabetic { break }
    }
    return end
  }

  /// Letters of right-to-left scripts, by their blocks (Unicode Standard Annex 9, table 4).
  private static func isRightToLeft(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x590...0x8FF, 0xFB1D...0xFDFF, 0xFE70...0xFEFE, 0x10800...0x10FFF, 0x1E800...0x1EFFF: true
    default: false
    }
  }
}
