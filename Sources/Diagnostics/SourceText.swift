/// A file as it was read: its name for messages and its bytes, which need not be valid text.
package final class SourceText: Sendable {
  /// The path as a user would type it.
  package let name: String
  package let bytes: [UInt8]
  /// Offset of the first byte of each line; never empty.
  private let lineStarts: [Int]

  package init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
    var starts = [0]
    for (offset, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") {
      starts.append(offset + 1)
    }
    lineStarts = starts
  }

  /// A place in a text as editors count it, both from 1.
  package struct Position: Sendable, Hashable {
    package var line: Int
    /// In Unicode scalars, so that an accented letter is one column and a byte that is not UTF-8 is
    /// one too.
    package var column: Int
  }

  /// - Parameter offset: of a byte; beyond the end it means the end.
  package func position(of offset: Int) -> Position {
    let offset = min(max(0, offset), bytes.count)
    let line = lineIndex(of: offset)
    let column = bytes[lineStarts[line]..<offset].count { !isContinuation($0) }
    return Position(line: line + 1, column: column + 1)
  }

  /// Bytes of the line that holds `offset`, without its line end.
  func lineRange(of offset: Int) -> Range<Int> {
    let line = lineIndex(of: min(max(0, offset), bytes.count))
    let start = lineStarts[line]
    var end = line + 1 < lineStarts.count ? lineStarts[line + 1] - 1 : bytes.count
    if end > start && bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    return start..<end
  }

  /// Binary search for the last line that starts at or before `offset`.
  private func lineIndex(of offset: Int) -> Int {
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    return low
  }
}

/// Whether a byte only continues a UTF-8 character.
func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }

/// Some bytes of a file: what a message points at.
package struct SourceSpan: Sendable {
  package let source: SourceText
  /// Byte offsets; may be empty, and may lie at the end of the file.
  package let range: Range<Int>

  package init(_ source: SourceText, _ range: Range<Int>) {
    self.source = source
    self.range = range
  }

  package var position: SourceText.Position { source.position(of: range.lowerBound) }

  /// `file:line:column`, as editors jump to it.
  package var text: String {
    let position = position
    return "\(source.name):\(position.line):\(position.column)"
  }

  /// The first byte alone: for values of many lines of which only the beginning is worth a caret.
  package var beginning: SourceSpan {
    SourceSpan(source, range.lowerBound..<min(range.lowerBound + 1, range.upperBound))
  }
}

extension SourceSpan: Hashable {
  package static func == (a: SourceSpan, b: SourceSpan) -> Bool {
    a.source === b.source && a.range == b.range
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(ObjectIdentifier(source))
    hasher.combine(range)
  }
}
