extension Diagnostic: CustomStringConvertible {
  package var description: String { text }

  /// The message on its lines, without a line end after the last:
  ///
  ///     ablations/group-size.json:14:7: error: unknown key 'grup_size' in 'grpo'
  ///        14 |       "grup_size": [4, 8, 16],
  ///           |       ^~~~~~~~~~~
  ///       why:  only keys that are read may be written, so a typo cannot become a silent default
  ///       help: did you mean 'group_size'? All keys: docs/study-format.md#grpo
  package var text: String {
    var lines: [String] = []
    switch place {
    case .span(let span):
      lines.append("\(span.text): \(severity.rawValue): \(what)")
      lines += excerpt(of: span)
    case .file(let name):
      lines.append("\(name): \(severity.rawValue): \(what)")
    }
    lines += chain.map { "  from: \($0.span.text): \($0.what)" }
    lines.append("  why:  \(why)")
    lines.append("  help: \(help)")
    return lines.map(printable).joined(separator: "\n")
  }

  /// The source line and the caret under it.
  private func excerpt(of span: SourceSpan) -> [String] {
    let bytes = span.source.bytes
    let line = span.source.lineRange(of: span.range.lowerBound)
    let start = min(span.range.lowerBound, line.upperBound)
    let shown = window(around: start, in: line, of: bytes)
    let cutLeft = shown.lowerBound > line.lowerBound
    let cutRight = shown.upperBound < line.upperBound

    let number = "\(span.position.line)"
    let gutter = String(repeating: " ", count: max(0, 5 - number.count)) + number
    let text =
      (cutLeft ? "…" : "") + String(decoding: bytes[shown], as: UTF8.self) + (cutRight ? "…" : "")

    // A tab before the caret stays a tab, so that both lines are indented alike.
    var padding = cutLeft ? " " : ""
    for byte in bytes[shown.lowerBound..<start] where !isContinuation(byte) {
      padding += byte == UInt8(ascii: "\t") ? "\t" : " "
    }
    let end = max(start, min(span.range.upperBound, shown.upperBound))
    let width = max(1, bytes[start..<end].count { !isContinuation($0) })
    let underline = "^" + String(repeating: "~", count: width - 1)
    let blank = String(repeating: " ", count: gutter.count)
    return [
      text.isEmpty ? "\(gutter) |" : "\(gutter) | \(text)", "\(blank) | \(padding)\(underline)",
    ]
  }

  /// At most 140 bytes of a line, on character boundaries: a file may be a single line of megabytes.
  private func window(around start: Int, in line: Range<Int>, of bytes: [UInt8]) -> Range<Int> {
    if line.count <= 140 { return line }
    var low = max(line.lowerBound, start - 60)
    while low > line.lowerBound && isContinuation(bytes[low]) { low -= 1 }
    var high = min(line.upperBound, low + 120)
    while high < line.upperBound && isContinuation(bytes[high]) { high += 1 }
    return low..<high
  }
}

/// Text with its invisible characters made visible: a file must neither steer a terminal nor show
/// another order of letters than it has.
private func printable(_ text: String) -> String {
  var result = String.UnicodeScalarView()
  for scalar in text.unicodeScalars {
    let isInvisible =
      switch scalar.properties.generalCategory {
      case .control: scalar != "\t"
      case .format, .lineSeparator, .paragraphSeparator: true
      default: false
      }
    result.append(isInvisible ? "\u{FFFD}" : scalar)
  }
  return String(result)
}
