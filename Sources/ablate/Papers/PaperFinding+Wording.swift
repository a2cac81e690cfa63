import Diagnostics
import Reporting

extension PaperFinding {
  /// One word for programs.
  var kind: String {
    switch fault {
    case .unknownMacro: "unknown macro"
    case .unwrittenMacro: "unwritten macro"
    case .staleMacro: "stale macro"
    case .handTyped: "hand-typed"
    case .otherRounding: "other rounding"
    case .staleNumber: "stale number"
    }
  }

  /// - Parameters:
  ///   - known: every macro, for a suggestion.
  ///   - report: the command that writes `numbers.tex`.
  func diagnostic(in source: SourceText, known: [String], report: String) -> Diagnostic {
    let (what, why, help) = words(known: known, report: report)
    return Diagnostic(what, at: SourceSpan(source, range), why: why, help: help)
  }

  private func words(known: [String], report: String) -> (String, String, String) {
    switch fault {
    case .unknownMacro(let wasThere, let studies):
      let names = studies.map { "'\($0)'" }.joined(separator: ", ")
      let suggestion = Suggestion.closest(to: text, among: known).map { "did you mean \\\($0)? " }
      return (
        "no present number is called \\\(text)" + (wasThere.map { "; it was \($0)" } ?? ""),
        "the studies that were named, \(names), have no arm, measure or claim of that name any more",
        "\(suggestion ?? "")numbers.tex of its report lists the names; name its study if it is of another"
      )
    case .unwrittenMacro:
      return (
        "\\\(text) is not in the numbers.tex that the paper reads",
        "that file is older than the study is now", report
      )
    case .staleMacro(let was, let now):
      return (
        "\\\(text) is stale: numbers.tex says \(was), the results say \(now)",
        "the paper is compiled with numbers of an earlier report", report
      )
    case .handTyped:
      return (
        "hand-typed: \(text) is \(listed)", "a typed number stays when the results change",
        "use the macro"
      )
    case .otherRounding(let table):
      return (
        "\(text) is rounded differently: the table says \(table)",
        "a reader who compares text and table finds two numbers for one",
        "use the macro \(listed)"
      )
    case .staleNumber(let macro, let now):
      return (
        "\(text) is stale: \\\(macro) was that in numbers.tex and is \(now ?? "gone") now",
        "a typed number stays when the results change",
        now == nil ? "look at what it was to say" : "use the macro \\\(macro)"
      )
    }
  }

  /// At most three of the macros.
  private var listed: String {
    let shown = macros.prefix(3).map { macro in
      (macro.hasSuffix(ReportedNumber.Role.interval.rawValue) ? "an end of " : "") + "\\" + macro
    }.joined(separator: " or ")
    return macros.count > 3 ? shown + " or \(macros.count - 3) others" : shown
  }
}
