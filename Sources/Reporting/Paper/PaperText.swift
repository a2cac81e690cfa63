/// What `lint` sees of a LaTeX file: numbers with a decimal point that somebody typed, the macros of
/// ``NumbersFile`` that it uses, the files that it reads, and the studies that it names.
///
/// It is no TeX: it knows comments, verbatim text, arguments that are not prose, and lengths, and takes
/// everything else for text. Ranges are of bytes.
package struct PaperText: Sendable, Hashable {
  package struct Number: Sendable, Hashable {
    package let range: Range<Int>
    /// Digits, a point, digits.
    package let text: String
    /// Whether a minus or a plus stands before it; nil for neither.
    package let isNegative: Bool?
  }

  /// A word at a place.
  package struct Mention: Sendable, Hashable {
    package let range: Range<Int>
    package let text: String
  }

  package fileprivate(set) var numbers: [Number] = []
  /// Without the backslash.
  package fileprivate(set) var macros: [Mention] = []
  /// As `\input` and `\include` write them.
  package fileprivate(set) var inputs: [Mention] = []
  /// Of lines `% ablate: ablations/difficulty.json`.
  package fileprivate(set) var studies: [Mention] = []

  package init(_ bytes: [UInt8]) {
    var scanner = PaperScanner(bytes)
    scanner.scan()
    self = scanner.text
  }

  fileprivate init() {}
}

private struct PaperScanner {
  var text = PaperText()
  private let bytes: [UInt8]
  private var place = 0
  /// Numbers count from here: `\begin{document}`, or the start of a file that has none.
  private let body: Int
  /// Where the last number ended that numbers a section, a figure, ….
  private var lastReference: Int?

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    body = bytes.firstRange(of: Array("\\begin{document}".utf8))?.lowerBound ?? 0
  }

  mutating func scan() {
    while place < bytes.count {
      switch bytes[place] {
      case UInt8(ascii: "%"): comment()
      case UInt8(ascii: "\\"): command()
      case let byte where isDigit(byte): number()
      default: place += 1
      }
    }
  }

  // MARK: What is not prose

  private mutating func comment() {
    let start = place
    skip { $0 != UInt8(ascii: "\n") }
    let line = string(start..<place)
    guard let found = line.wholeMatch(of: #/%\s*ablate:\s*(?<path>\S.*?)\s*/#) else { return }
    let offset = line[..<found.path.startIndex].utf8.count
    text.studies.append(
      .init(
        range: start + offset..<start + offset + found.path.utf8.count, text: String(found.path)))
  }

  private mutating func command() {
    let start = place
    place += 1
    skip(isLetter)
    if place == start + 1 {
      // `\%`, `\\`, …: one character.
      place = min(place + 1, bytes.count)
      return
    }
    let name = string(start + 1..<place)
    if name.hasPrefix("ablate") {
      text.macros.append(.init(range: start..<place, text: name))
    } else if name == "verb" || name == "lstinline" {
      verbatim()
    } else if name == "begin" {
      environment()
    } else if name == "input" || name == "include" {
      if let range = argument() {
        text.inputs.append(.init(range: range, text: string(range)))
      }
    } else {
      for _ in 0..<Self.unreadArguments(of: name) { _ = argument() }
    }
  }

  private mutating func verbatim() {
    if at("*") { place += 1 }
    guard place < bytes.count, bytes[place] != UInt8(ascii: "\n") else { return }
    let mark = bytes[place]
    place += 1
    skip { $0 != mark && $0 != UInt8(ascii: "\n") }
    place = min(place + 1, bytes.count)
  }

  private mutating func environment() {
    guard let range = argument() else { return }
    let name = string(range)
    guard Self.unreadEnvironments.contains(name.replacing("*", with: "")) else { return }
    let end = bytes[place...].firstRange(of: Array("\\end{\(name)}".utf8))
    place = end?.upperBound ?? bytes.count
  }

  /// Steps over `*`, `[…]` and one `{…}`.
  ///
  /// - Returns: where the content of the braces is; nil when there are none.
  private mutating func argument() -> Range<Int>? {
    let start = place
    if at("*") { place += 1 }
    skip { $0 == UInt8(ascii: " ") }
    while at("[") {
      skip { $0 != UInt8(ascii: "]") && $0 != UInt8(ascii: "\n") }
      if at("]") { place += 1 }
    }
    guard at("{") else {
      place = start
      return nil
    }
    let open = place
    var depth = 0
    while place < bytes.count {
      if at("\\") {
        place = min(place + 2, bytes.count)
        continue
      }
      if at("{") { depth += 1 }
      if at("}") { depth -= 1 }
      place += 1
      if depth == 0 { break }
    }
    return open + 1..<max(open + 1, place - 1)
  }

  /// How many arguments of a command are keys, places, lengths or colours.
  private static func unreadArguments(of name: String) -> Int {
    if name.hasPrefix("cite") || name.hasSuffix("cite") || name.hasSuffix("ref") { return 1 }
    return switch name {
    case "setlength", "addtolength", "setcounter", "fontsize", "resizebox", "rule": 2
    case "definecolor": 3
    case "label", "includegraphics", "bibliography", "bibliographystyle", "url", "path", "href",
      "usepackage", "documentclass", "vspace", "hspace", "bibitem", "doi", "arxiv", "textcolor",
      "color", "rowcolor", "cellcolor", "raisebox", "scalebox", "linespread", "tag",
      "lstinputlisting", "addbibresource", "pgfplotsset", "tikzset", "import", "subimport":
      1
    default: 0
    }
  }

  private static let unreadEnvironments: Set<String> = [
    "verbatim", "Verbatim", "lstlisting", "minted", "comment", "filecontents", "tikzpicture",
    "pgfpicture", "thebibliography", "alltt",
  ]

  // MARK: Numbers

  private mutating func number() {
    let start = place
    skip { isDigit($0) || $0 == UInt8(ascii: ".") }
    var end = place
    // The full stop of a sentence.
    while end > start, bytes[end - 1] == UInt8(ascii: ".") { end -= 1 }
    let digits = string(start..<end)
    let isPartOfWord = start > 0 && (isLetter(bytes[start - 1]) || isJoining(bytes[start - 1]))
    if isPartOfWord || isFollowedByUnit(end) {
      skip(isLetter)
      return
    }
    if isReference(start) {
      lastReference = end
      return
    }
    guard start >= body, digits.split(separator: ".", omittingEmptySubsequences: false).count == 2
    else { return }
    text.numbers.append(.init(range: start..<end, text: digits, isNegative: sign(before: start)))
  }

  /// A digit after these goes on with something: a path, a name, a version, the rest of `.5`.
  private func isJoining(_ byte: UInt8) -> Bool {
    [UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "/"), UInt8(ascii: "@")].contains(byte)
  }

  /// Lengths, powers of ten, sizes such as `1.5B`, and paths.
  private func isFollowedByUnit(_ end: Int) -> Bool {
    guard end < bytes.count else { return false }
    if isLetter(bytes[end]) || bytes[end] == UInt8(ascii: "/") || bytes[end] == UInt8(ascii: "_") {
      return true
    }
    var next = end
    if bytes[next] == UInt8(ascii: " ") || bytes[next] == UInt8(ascii: "~") { next += 1 }
    if ends("\\,", at: next + 2) { next += 2 }
    guard next < bytes.count else { return false }
    if bytes[next] == UInt8(ascii: "\\") { return Self.lengths.contains(word(from: next + 1)) }
    return next > end && Self.units.contains(word(from: next))
  }

  /// An inch is none of them: “51.7 in all”.
  private static let units: Set<String> = ["em", "ex", "pt", "cm", "mm", "bp"]
  private static let lengths: Set<String> = [
    "textwidth", "linewidth", "columnwidth", "paperwidth", "hsize", "textheight", "paperheight",
    "baselineskip", "times", "cdot",
  ]

  /// Whether the words before say that the number only counts sections, figures, versions ….
  private func isReference(_ start: Int) -> Bool {
    var end = start
    while end > 0, " \n~:(\\".utf8.contains(bytes[end - 1]) { end -= 1 }
    if ends("§", at: end) { return true }
    if end > 0, bytes[end - 1] == UInt8(ascii: ".") { end -= 1 }
    if Self.references.contains(word(before: end).lowercased()) { return true }
    guard let last = lastReference, last <= start, start - last <= 12 else { return false }
    // The next of a list: “Sections 3.1 and 3.2”, “Tables 2.1–2.3”.
    let between = string(last..<start).filter { !" \n~,()-–".contains($0) }
    return ["", "and", "or", "to"].contains(between)
  }

  private static let references: Set<String> = [
    "section", "sections", "sec", "secs", "chapter", "chapters", "chap", "figure", "figures", "fig",
    "figs", "table", "tables", "tab", "tabs", "equation", "equations", "eq", "eqs", "eqn", "eqns",
    "appendix", "appendices", "algorithm", "algorithms", "alg", "theorem", "theorems", "lemma",
    "lemmas", "proposition", "propositions", "definition", "definitions", "corollary", "listing",
    "listings", "line", "lines", "step", "steps", "version", "versions", "arxiv", "python",
    "pytorch", "cuda", "gpt", "swift", "ubuntu", "debian",
  ]

  /// What stands before a number: nil for no sign of its own.
  private func sign(before start: Int) -> Bool? {
    let minuses = ["−", "$-$", "\\ensuremath{-}", "\\textminus", "\\textminus{}", "\\textminus "]
    if minuses.contains(where: { ends($0, at: start) }) { return true }
    if ends("$+$", at: start) { return false }
    guard start > 0 else { return nil }
    // A hyphen between two numbers or words is none.
    let joins = start > 1 && (isWord(bytes[start - 2]) || bytes[start - 2] == bytes[start - 1])
    switch bytes[start - 1] {
    case UInt8(ascii: "-"): return joins ? nil : true
    case UInt8(ascii: "+"): return joins ? nil : false
    default: return nil
    }
  }

  // MARK: Bytes

  private func at(_ character: Unicode.Scalar) -> Bool {
    place < bytes.count && bytes[place] == UInt8(ascii: character)
  }

  private mutating func skip(_ condition: (UInt8) -> Bool) {
    while place < bytes.count, condition(bytes[place]) { place += 1 }
  }

  /// Whether the bytes before a place are these.
  private func ends(_ text: String, at end: Int) -> Bool {
    let start = end - text.utf8.count
    return start >= 0 && end <= bytes.count && bytes[start..<end].elementsEqual(text.utf8)
  }

  /// The letters from a place on.
  private func word(from start: Int) -> String {
    string(start..<(bytes[start...].firstIndex { !isLetter($0) } ?? bytes.count))
  }

  /// The letters up to a place.
  private func word(before end: Int) -> String {
    let start = bytes[..<end].lastIndex { !isLetter($0) }.map { $0 + 1 } ?? 0
    return string(start..<end)
  }

  private func string(_ range: Range<Int>) -> String {
    String(decoding: bytes[range], as: UTF8.self)
  }
}

private func isDigit(_ byte: UInt8) -> Bool {
  (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}

private func isLetter(_ byte: UInt8) -> Bool {
  (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
}

private func isWord(_ byte: UInt8) -> Bool {
  isLetter(byte) || isDigit(byte) || byte == UInt8(ascii: "_") || byte >= 0x80
}
