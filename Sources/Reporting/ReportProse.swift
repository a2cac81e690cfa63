internal import ResultStatistics

/// The sentences of a report. Every one is a function of the results.
struct ReportProse {
  let analysis: StudyAnalysis
  private var results: StudyResults { analysis.results }

  /// What the verdicts say, decided ones first, one line each; plain text.
  var findings: [String] {
    guard let baseline = results.baseline, results.arms.count > 1 else { return [] }
    var decided: [String] = []
    var open: [String] = []
    for (measureIndex, measure) in results.measures.enumerated() {
      for (armIndex, arm) in results.arms.enumerated() {
        guard let judged = analysis.comparisons[armIndex][measureIndex] else { continue }
        if judged.verdict == .undecided {
          open.append("\(arm.label) on \(measure.heading) (\(reason(judged)))")
        } else {
          decided.append(decision(arm, measure, judged, baseline: baseline))
        }
      }
    }
    let undecided =
      open.isEmpty
      ? [] : ["Undecided against \(baseline.label): " + open.joined(separator: "; ") + "."]
    return decided + undecided
  }

  private func decision(
    _ arm: ArmResult, _ measure: Measure, _ judged: JudgedComparison, baseline: ArmResult
  ) -> String {
    let comparison = judged.comparison
    let digits =
      comparison.interval.map { interval in
        min(measure.digits + 1, NumberText.digits(showing: interval.halfWidth))
      } ?? measure.digits
    let difference = Table.Cell.Content.difference(comparison).text(digits: digits)
    let unit = measure.unit == "%" ? " points" : measure.unit.isEmpty ? "" : " \(measure.unit)"
    let p = judged.adjustedPValue.map { $0 < 0.001 ? "p < 0.001" : "p = \(NumberText.pValue($0))" }
    return "\(arm.label) is \(judged.verdict.rawValue) than \(baseline.label) on "
      + "\(measure.heading): \(difference)\(unit)" + (p.map { ", \($0) after Holm" } ?? "") + "."
  }

  private func reason(_ judged: JudgedComparison) -> String {
    switch judged.reason {
    case .tooFewPairs where judged.comparison.count == 0: "no complete pair"
    case .tooFewPairs: "one pair has no spread"
    case .holes(let missing): "\(missing) of \(judged.comparison.planned) pairs missing"
    case .mayBeZero, nil: "the difference may be zero"
    }
  }

  /// What few seeds can and cannot tell; nil from ten seeds on.
  var fewSeeds: String? {
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
        "Verdicts rest on the paired t test after Holm's adjustment over all "
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
