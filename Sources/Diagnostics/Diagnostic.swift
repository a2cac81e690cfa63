/// One thing that is wrong with a file, in the form that teaches: what, where, why, and how to mend it.
package struct Diagnostic: Error, Sendable, Hashable {
  package enum Severity: String, Sendable, Hashable {
    case error
    case warning
  }

  /// Where a fault is.
  package enum Place: Sendable, Hashable {
    case span(SourceSpan)
    /// The whole file, by its path: it could not be read at all.
    case file(String)
  }

  /// How the file at fault came to be read: `from: ablations/a.json:5:13: the recipe of this study`.
  package struct Origin: Sendable, Hashable {
    package var span: SourceSpan
    package var what: String

    package init(span: SourceSpan, what: String) {
      self.span = span
      self.what = what
    }
  }

  package var severity: Severity
  /// The fault in one line, without a full stop.
  package var what: String
  package var place: Place
  /// The reason for the rule that was broken.
  package var why: String
  /// What to type.
  package var help: String
  /// Innermost file first.
  package var chain: [Origin]

  package init(
    _ what: String, severity: Severity = .error, at place: Place, why: String, help: String,
    chain: [Origin] = []
  ) {
    self.severity = severity
    self.what = what
    self.place = place
    self.why = why
    self.help = help
    self.chain = chain
  }
}

extension Diagnostic {
  package init(
    _ what: String, severity: Severity = .error, at span: SourceSpan, why: String, help: String,
    chain: [Origin] = []
  ) {
    self.init(what, severity: severity, at: .span(span), why: why, help: help, chain: chain)
  }

  package var span: SourceSpan? {
    if case .span(let span) = place { span } else { nil }
  }

  /// Name of the file at fault.
  package var file: String {
    switch place {
    case .span(let span): span.source.name
    case .file(let name): name
    }
  }
}
