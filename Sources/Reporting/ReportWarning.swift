/// Something about the results as a whole that makes their numbers mean less than they say.
package struct ReportWarning: Sendable, Hashable {
  package let what: String
  package let why: String
  package let help: String

  package init(what: String, why: String, help: String) {
    self.what = what
    self.why = why
    self.help = help
  }

  /// In the three lines of every message.
  package var text: String { "warning: \(what)\n  why:  \(why)\n  help: \(help)" }

  /// In one paragraph.
  package var sentence: String {
    "\(what): \(why). \(help.prefix(1).uppercased())\(help.dropFirst())."
  }
}
