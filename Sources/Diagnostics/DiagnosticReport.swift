/// All that was found in one pass, in the order in which a reader of the files meets it.
package struct DiagnosticReport: Error, Sendable, Hashable, CustomStringConvertible {
  /// Each said once; the main file's first, then other files in the order they came; within a file
  /// by place.
  package let diagnostics: [Diagnostic]

  /// - Parameter file: whose diagnostics come first; nil means that of the first diagnostic.
  package init(_ diagnostics: [Diagnostic], first file: String? = nil) {
    var files = file.map { [$0] } ?? []
    var seen: Set<Said> = []
    var kept: [(file: Int, offset: Int, order: Int, diagnostic: Diagnostic)] = []
    for diagnostic in diagnostics {
      if !seen.insert(Said(place: diagnostic.place, what: diagnostic.what)).inserted { continue }
      let place = files.firstIndex(of: diagnostic.file) ?? files.count
      if place == files.count { files.append(diagnostic.file) }
      let offset = diagnostic.span?.range.lowerBound ?? -1
      kept.append((place, offset, kept.count, diagnostic))
    }
    kept.sort { ($0.file, $0.offset, $0.order) < ($1.file, $1.offset, $1.order) }
    self.diagnostics = kept.map(\.diagnostic)
  }

  /// What makes two diagnostics the same message: the arms of a study repeat their recipe's faults.
  private struct Said: Hashable {
    var place: Diagnostic.Place
    var what: String
  }

  package var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

  /// Every message, then their count.
  package var description: String {
    (diagnostics.map(\.text) + [count]).joined(separator: "\n")
  }

  /// `2 errors, 1 warning`
  package var count: String {
    func counted(_ severity: Diagnostic.Severity) -> String? {
      let count = diagnostics.count { $0.severity == severity }
      return count == 0 ? nil : "\(count) \(severity.rawValue)\(count == 1 ? "" : "s")"
    }
    let parts = [counted(.error), counted(.warning)].compactMap(\.self)
    return parts.isEmpty ? "no faults" : parts.joined(separator: ", ")
  }
}
