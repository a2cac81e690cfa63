internal import ResultStatistics

/// A number or word of a report that prose may quote, with the macro that holds it.
package struct ReportedNumber: Sendable, Hashable {
  /// What it belongs to.
  package enum Subject: Sendable, Hashable {
    /// Places in the study's arms and measures.
    case cell(arm: Int, measure: Int)
    /// Place in the study's claims.
    case claim(Int)
  }

  /// Which of the numbers of its subject it is; the raw value ends the macro's name.
  package enum Role: String, Sendable, Hashable, CaseIterable {
    case mean = ""
    case interval = "Interval"
    /// Seeds with a value.
    case count = "N"
    case planned = "Planned"
    case difference = "Difference"
    case differenceInterval = "DifferenceInterval"
    /// After Holm.
    case pValue = "P"
    case verdict = "Verdict"
  }

  /// Without the backslash.
  package let macro: String
  package let subject: Subject
  package let role: Role
  /// As the tables print it.
  package let text: String
  /// What it is, in words: `level 1, final(contest): mean`.
  package let meaning: String
  /// The numbers in it at full precision, each with the decimals of the tables.
  package let values: [Value]

  package struct Value: Sendable, Hashable {
    package let number: Double
    package let digits: Int
  }

  /// What the macro expands to.
  package var expansion: String { LaTeXText.escaped(text) }
}

extension StudyAnalysis {
  /// Every number that prose may quote: arms in the study's order, measures within them, then the claims.
  package var reportedNumbers: [ReportedNumber] {
    let scores = scoreTable(showsPaper: false)
    let digits = results.measures.indices.map { scores.digits(ofColumn: 1 + $0) }
    let differenceDigits = results.measures.indices.map {
      comparisonTable(measures: [$0])?.digits(ofColumn: 2) ?? 0
    }
    var drafts: [Draft] = []
    for arm in results.arms.indices {
      for measure in results.measures.indices {
        drafts += cellDrafts(
          arm, measure, digits: digits[measure], differenceDigits: differenceDigits[measure])
      }
    }
    for place in results.claims.indices { drafts += claimDrafts(place) }
    let names = MacroNames.names(study: results.name, drafts.map(\.name))
    return zip(drafts, names).map { draft, macro in
      ReportedNumber(
        macro: macro, subject: draft.subject, role: draft.role, text: draft.text,
        meaning: draft.meaning, values: draft.values)
    }
  }

  /// A number before it has its macro.
  private struct Draft {
    var name: [String]
    var subject: ReportedNumber.Subject
    var role: ReportedNumber.Role
    var text: String
    var meaning: String
    var values: [ReportedNumber.Value] = []
  }

  private func cellDrafts(
    _ arm: Int, _ measure: Int, digits: Int, differenceDigits: Int
  ) -> [Draft] {
    let estimate = estimates[arm][measure]
    let cell = "\(results.arms[arm].label), \(results.measures[measure].name)"
    let name = [results.arms[arm].label, Self.spokenMeasure(results.measures[measure].name)]
    func draft(
      _ role: ReportedNumber.Role, _ text: String, _ words: String, _ values: [Double] = [],
      digits: Int = 0
    ) -> Draft {
      Draft(
        name: name + (role == .mean ? [] : [role.rawValue]),
        subject: .cell(arm: arm, measure: measure), role: role, text: text,
        meaning: "\(cell): \(words)", values: values.map { .init(number: $0, digits: digits) })
    }
    var drafts = [
      draft(
        .mean, Self.text(estimate.mean, digits), "mean", estimate.mean.map { [$0] } ?? [],
        digits: digits),
      draft(
        .interval, Self.text(estimate.interval) { NumberText.fixed($0, digits: digits) },
        "\(levelText) interval", estimate.interval.ends, digits: digits),
      draft(.count, "\(estimate.count)", "seeds with a value"),
      draft(.planned, "\(estimate.planned)", "seeds planned"),
    ]
    guard let judged = comparisons[arm][measure], let baseline = results.baseline else {
      return drafts
    }
    let comparison = judged.comparison
    drafts += [
      draft(
        .difference,
        comparison.difference.map { NumberText.signed($0, digits: differenceDigits) }
          ?? "–", "paired difference from \(baseline.label)",
        comparison.difference.map { [$0] } ?? [], digits: differenceDigits),
      draft(
        .differenceInterval,
        Self.text(comparison.interval) { NumberText.signed($0, digits: differenceDigits) },
        "\(levelText) interval of that difference", comparison.interval.ends,
        digits: differenceDigits),
      draft(
        .pValue, judged.adjustedPValue.map(NumberText.pValue) ?? "–", "p after Holm",
        judged.adjustedPValue.map { $0 < 0.001 ? [] : [$0] } ?? [], digits: 3),
      draft(.verdict, judged.verdict.rawValue, "verdict against \(baseline.label)"),
    ]
    return drafts
  }

  private func claimDrafts(_ place: Int) -> [Draft] {
    let judged = claims[place]
    let words = "claim \(place + 1)"
    let name = ["claim \(place + 1)"]
    func draft(
      _ part: [String], _ role: ReportedNumber.Role, _ text: String, _ meaning: String,
      _ values: [Double] = [], digits: Int = 0
    ) -> Draft {
      Draft(
        name: name + part + (role == .mean ? [] : [role.rawValue]), subject: .claim(place),
        role: role, text: text, meaning: "\(words): \(meaning)",
        values: values.map { .init(number: $0, digits: digits) })
    }
    var drafts = [draft([], .verdict, judged.verdict.rawValue, judged.claim.says)]
    for (index, pair) in zip(judged.claim.parts, judged.parts).enumerated() {
      let (part, measured) = pair
      let digits = Self.digits(of: part, measured)
      let which = judged.parts.count == 1 ? [] : ["part \(index + 1)"]
      drafts += [
        draft(
          which, .difference,
          measured.mean.map { NumberText.signed($0, digits: digits) } ?? "–",
          "mean of \(part.text)", measured.mean.map { [$0] } ?? [], digits: digits),
        draft(
          which, .differenceInterval,
          Self.text(measured.interval) { NumberText.signed($0, digits: digits) },
          "interval of \(part.text)", measured.interval.ends, digits: digits),
        draft(which, .count, "\(measured.count)", "seeds with a value of \(part.text)"),
        draft(which, .planned, "\(measured.planned)", "seeds planned for \(part.text)"),
      ]
      if judged.parts.count > 1 {
        drafts.append(draft(which, .verdict, measured.verdict.rawValue, "verdict of \(part.text)"))
      }
    }
    return drafts
  }

  /// `final(contest)` is spoken as the tables head it, without the reduction that most measures have.
  private static func spokenMeasure(_ name: String) -> String {
    name.hasPrefix("final(") ? String(name.dropFirst("final(".count)) : name
  }

  private static func text(_ value: Double?, _ digits: Int) -> String {
    value.map { NumberText.fixed($0, digits: digits) } ?? "–"
  }

  private static func text(_ interval: Interval?, _ text: (Double) -> String) -> String {
    interval.map { "[\(text($0.lower)), \(text($0.upper))]" } ?? "[–]"
  }

  /// Decimals of a claim's part: digits follow the spread, as in tables.
  static func digits(of part: ClaimResult.Part, _ measured: JudgedPart) -> Int {
    guard let interval = measured.interval, interval.halfWidth > 0 else { return part.digits + 1 }
    return min(part.digits + 1, NumberText.digits(showing: interval.halfWidth))
  }
}

extension Interval? {
  /// Lower and upper end; none when there is no interval.
  fileprivate var ends: [Double] { map { [$0.lower, $0.upper] } ?? [] }
}
