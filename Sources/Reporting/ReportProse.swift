internal import ResultStatistics

/// The sentences of a report. Every one is a function of the results.
struct ReportProse {
  let analysis: StudyAnalysis
  private var results: StudyResults { analysis.results }

  /// What the verdicts say, one line for each measure: decided arms with their differences, then the
  /// undecided ones by their reasons; plain text.
  var findings: [String] {
    guard let baseline = results.baseline, results.arms.count > 1 else { return [] }
    return results.measures.indices.compactMap { measure in
      var decided: [String] = []
      var open: [(reason: String, arms: [String])] = []
      for (index, arm) in results.arms.enumerated() {
        guard let judged = analysis.comparisons[index][measure] else { continue }
        if judged.verdict != .undecided {
          decided.append(decision(arm, results.measures[measure], judged))
        } else if let place = open.firstIndex(where: { $0.reason == reason(judged) }) {
          open[place].arms.append(arm.label)
        } else {
          open.append((reason(judged), [arm.label]))
        }
      }
      let undecided = open.map { reason, arms in
        "undecided (\(reason)): \(arms.joined(separator: ", "))"
      }
      if decided.isEmpty && undecided.isEmpty { return nil }
      let name = results.measures[measure].heading
      return "\(name), against \(baseline.label): "
        + (decided + undecided).joined(separator: "; ") + "."
    }
  }

  private func decision(
    _ arm: ArmResult, _ measure: Measure, _ judged: JudgedComparison
  ) -> String {
    let comparison = judged.comparison
    let digits =
      comparison.interval.map { interval in
        min(measure.digits + 1, NumberText.digits(showing: interval.halfWidth))
      } ?? measure.digits
    let difference = Table.Cell.Content.difference(comparison).text(digits: digits)
    let unit = measure.unit == "%" ? " points" : measure.unit.isEmpty ? "" : " \(measure.unit)"
    let p = judged.adjustedPValue.map { $0 < 0.001 ? "p < 0.001" : "p = \(NumberText.pValue($0))" }
    return "\(arm.label) is \(judged.verdict.rawValue), \(difference)\(unit)"
      + (p.map { ", \($0) after Holm" } ?? "")
  }

  private func reason(_ judged: JudgedComparison) -> String {
    Self.words(of: judged.reason ?? .mayBeZero, judged.comparison)
  }

  /// Why a comparison stayed undecided.
  static func words(of reason: UndecidedReason, _ comparison: PairedComparison) -> String {
    switch reason {
    case .tooFewPairs where comparison.count == 0: "no complete pair"
    case .tooFewPairs: "one pair has no spread"
    case .holes(let missing): "\(missing) of \(comparison.planned) pairs missing"
    case .noSpread: "all differences are equal"
    case .mayBeZero: "the difference may be zero"
    }
  }

  /// What few seeds can and cannot tell; nil from ten seeds on.
  var fewSeeds: String? {
    // Sequences of intervals know how few seeds there are, and no p-value is shown.
    if results.isSequential { return nil }
    switch results.seeds.count {
    case 0: return "No seeds are planned, so there is nothing to average."
    case 1:
      return
        "One seed: no spread is known, so there is no interval and no difference can be decided."
    case let n where n < 10:
      let t = StudentT(degreesOfFreedom: n - 1).quantile(1 - (1 - analysis.level) / 2)
      let least = SignFlipTest.smallestPValue(pairs: n)
      return "Few seeds: with \(n) of them an interval reaches \(NumberText.fixed(t, digits: 1)) "
        + "standard errors to each side (2.0 with many), and the sign-flip test cannot give a p-value "
        + "below \(NumberText.fixed(least, digits: 3)). Undecided means undecided, not equal."
    default: return nil
    }
  }

  /// How to read the numbers.
  var method: [String] {
    var lines = [
      "Intervals (\(analysis.levelText), \(analysis.methodText)) vary over \(results.replication)."
    ]
    if results.baseline != nil {
      lines.append(
        "Differences are paired by seed: arms share seeds, and problem order and sampling noise as far as their settings agree. "
          + "“Pairing worth” is how many times the seeds an unpaired comparison would have needed.")
      lines.append(
        results.isSequential
          ? "Seeds were added one at a time where claims were open. Intervals are confidence sequences, which hold however often one looks; verdicts rest on them, their error shared among all \(familySize) comparisons of the study (Bonferroni). Each claim is judged with the seeds that it asked for."
          : "Verdicts rest on the paired t test after Holm's adjustment over all "
            + "\(familySize) comparisons of the study; the sign-flip test, which assumes no "
            + "distribution, stands beside it.")
    }
    lines.append(
      "Missing, failed and diverged trials stay in N: a hole shows as n/N with a footnote, and a "
        + "comparison that rests on one stays undecided.")
    if results.arms.contains(where: { !$0.paper.isEmpty }) || !results.paperFigures.isEmpty {
      lines.append(
        "The paper's numbers come from another model, another scale and other problems. They stand in "
          + "columns and figures of their own; compare directions, not values.")
    }
    return lines
  }

  private var familySize: Int { analysis.comparisons.joined().count { $0 != nil } }
}

extension StudyAnalysis {
  /// The verdicts as plain sentences, decided ones first, for the console.
  package var findings: [String] { ReportProse(analysis: self).findings }

  /// What few seeds can and cannot tell, in plain text; nil from ten seeds on.
  package var caution: String? { ReportProse(analysis: self).fewSeeds }
}
