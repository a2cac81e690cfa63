import Diagnostics

/// How the files of a study came to be read: for each the mentions that lead to it, innermost first. A fault in
/// one of them is told with its chain.
struct FileOrigins: Sendable {
  private var chains: [String: [Diagnostic.Origin]] = [:]

  /// - Parameters:
  ///   - file: just read, because `origin` names it.
  mutating func add(_ file: String, namedBy origin: Diagnostic.Origin) {
    if chains[file] != nil { return }
    chains[file] = [origin] + chain(for: origin.span)
  }

  /// The mentions that lead to the file of a place; none for the file that the user named.
  func chain(for span: SourceSpan) -> [Diagnostic.Origin] { chains[span.source.name] ?? [] }

  /// The diagnostic with the chain of its file, where it has none yet.
  func complete(_ diagnostic: Diagnostic) -> Diagnostic {
    guard diagnostic.chain.isEmpty, let span = diagnostic.span else { return diagnostic }
    var diagnostic = diagnostic
    diagnostic.chain = chain(for: span)
    return diagnostic
  }
}
