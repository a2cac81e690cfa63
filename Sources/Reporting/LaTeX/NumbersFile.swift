/// `numbers.tex`: a macro for every number that prose may quote. It is written for LaTeX and read back by
/// `lint`, to see what a paper was compiled with.
package struct NumbersFile: Sendable, Hashable {
  /// The study's name.
  package let study: String
  /// What rebuilds the file, as typed in a shell.
  package let command: String
  /// Macro, without the backslash, and what it expands to; in the order of the file.
  package let macros: [Macro]

  package struct Macro: Sendable, Hashable {
    package let name: String
    package let expansion: String
  }

  private let meanings: [String]

  init(_ results: StudyResults, _ numbers: [ReportedNumber]) {
    study = LaTeXText.comment(results.name)
    command = Self.command(results)
    macros = numbers.map { Macro(name: $0.macro, expansion: $0.expansion) }
    meanings = numbers.map { LaTeXText.comment($0.meaning) }
  }

  /// The first line of a file that is written for LaTeX, after the comment sign.
  static func mark(_ part: String, _ results: StudyResults) -> String {
    mark(part, LaTeXText.comment(results.name), command(results))
  }

  private static func mark(_ part: String, _ study: String, _ command: String) -> String {
    "ablate \(part) of '\(study)', made by: \(command)"
  }

  private static func command(_ results: StudyResults) -> String {
    LaTeXText.comment(
      results.command.replacing("ablate run ", with: "ablate report ", maxReplacements: 1))
  }

  var text: String {
    var lines = ["% " + Self.mark("numbers", study, command)]
    for (macro, meaning) in zip(macros, meanings) {
      lines.append("% \(meaning)")
      lines.append("\\newcommand{\\\(macro.name)}{\(macro.expansion)}")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Whether a text is a file that ``StudyReport`` wrote for LaTeX, of whichever kind.
  package static func isGenerated(_ text: String) -> Bool {
    guard let first = text.split(separator: "\n").first else { return false }
    return first.wholeMatch(of: #/% ablate (numbers|tables|report) of '.*', made by: .*/#) != nil
  }

  /// Reads what ``text`` wrote; nil when it is another text.
  package init?(reading text: String) {
    let lines = text.split(separator: "\n").map(String.init)
    guard let first = lines.first,
      let head = first.wholeMatch(of: #/% ablate numbers of '(?<study>.*)', made by: (?<again>.*)/#)
    else { return nil }
    study = String(head.study)
    command = String(head.again)
    var macros: [Macro] = []
    var meanings: [String] = []
    for (place, line) in lines.enumerated() {
      guard let found = line.wholeMatch(of: #/\\newcommand\{\\(?<name>[A-Za-z]+)\}\{(?<text>.*)\}/#)
      else { continue }
      macros.append(Macro(name: String(found.name), expansion: String(found.text)))
      meanings.append(place > 0 ? String(lines[place - 1].dropFirst(2)) : "")
    }
    self.macros = macros
    self.meanings = meanings
  }
}
