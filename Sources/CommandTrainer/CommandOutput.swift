import Glibc

/// What a command says, on its way into the log: all of it up to a limit, and its last words for messages.
struct CommandOutput {
  private let pipe: Int32
  private let limit: Int
  private var count = 0
  private var tail: [UInt8] = []

  /// More was said than is kept.
  private(set) var isTooMuch = false
  /// Nobody can say anything any more.
  private(set) var isOver = false

  init(_ pipe: Int32, limit: Int) {
    self.pipe = pipe
    self.limit = limit
  }

  /// Waits until something is said, and hands it on.
  ///
  /// - Parameter milliseconds: at most.
  mutating func take(within milliseconds: Int32, _ say: ([UInt8]) throws -> Void) rethrows {
    var wanted = pollfd(fd: pipe, events: Int16(POLLIN), revents: 0)
    guard unsafe poll(&wanted, 1, milliseconds) > 0 else { return }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let got = unsafe bytes.withUnsafeMutableBytes { unsafe read(pipe, $0.baseAddress, $0.count) }
    if got == 0 { isOver = true }
    guard got > 0 else { return }
    bytes.removeLast(bytes.count - got)
    let kept = bytes.prefix(max(0, limit - count))
    count += got
    if count > limit { isTooMuch = true }
    tail = Array((tail + bytes).suffix(1 << 12))
    if !kept.isEmpty { try say(Array(kept)) }
  }

  /// The end of what was said, on one line.
  func lastWords(atMost letters: Int) -> String {
    let text = String(decoding: tail, as: UTF8.self)
    let lines = text.split { $0.isNewline }.map { $0.trimmed }.filter { !$0.isEmpty }
    var words = ""
    for line in lines.reversed() {
      let longer = words.isEmpty ? line : "\(line) / \(words)"
      if longer.count > letters { break }
      words = longer
    }
    return words.isEmpty ? String((lines.last ?? "").suffix(letters)) : words
  }
}

extension Substring {
  /// Without control characters, which a terminal would obey, and without spaces at its ends.
  fileprivate var trimmed: String {
    let visible = unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7f }
    var text = String(String.UnicodeScalarView(visible))[...]
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
