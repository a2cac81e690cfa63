internal import ResultStatistics

extension Explanation {
  /// What the page says of it, in lines for a terminal.
  package var text: String {
    switch self {
    case .cell(let cell): written(cell.lines)
    case .claim(let claim): written(claim.lines)
    }
  }
}

/// Names may hold anything; a terminal is not steered by them.
private func written(_ lines: [String]) -> String {
  lines.map(ConsoleRenderer.plain).joined(separator: "\n")
}

/// A line of a section, its value under the others'.
private func row(_ name: String, _ value: String) -> String {
  "  " + name + String(repeating: " ", count: max(1, 14 - name.count)) + value
}

extension CellExplanation {
  fileprivate var lines: [String] {
    let base = arm.isBaseline ? " (base)" : ""
    let unit = measure.unit.isEmpty ? "" : " \(measure.unit)"
    var lines = [
      "\(study) · \(arm.label)\(base) · \(measure.name)",
      row("mean", "\(text(.mean))\(unit) \(text(.interval))"),
      row("interval", "\(level), \(method), over \(replication)"),
      row("seeds", "\(estimate.count) of \(estimate.planned)"),
    ]
    if let deviation = estimate.standardDeviation {
      lines.append(row("deviation", NumberText.fixed(deviation, digits: digits + 1) + unit))
    }
    if let paper { lines.append(row("paper", paper.words)) }
    if let macro = numbers.first(where: { $0.role == .mean })?.macro {
      lines.append(row("macro", "\\" + macro))
    }
    return lines + comparisonLines + settingLines + seedLines
  }

  private var comparisonLines: [String] {
    guard let judged = comparison, let baseline else { return [] }
    let measured = judged.comparison
    func line(_ name: String, _ p: Double?, _ remark: String = "") -> [String] {
      p.map { [row(name, NumberText.pValue($0) + remark)] } ?? []
    }
    let worth = measured.pairingWorth.map {
      row("pairing", "worth \(NumberText.fixed($0, digits: 1)) times the seeds")
    }
    let reason = judged.reason.map { ": " + ReportProse.words(of: $0, measured) } ?? ""
    return [
      "against \(baseline), paired by seed",
      row("difference", "\(text(.difference)) \(text(.differenceInterval))"),
      row("pairs", "\(measured.count) of \(measured.planned)"),
    ] + line("p, paired t", measured.pValue)
      + line("p, Holm", judged.adjustedPValue, ", over \(family) comparisons of the study")
      + line("p, sign flip", measured.signFlip?.pValue) + (worth.map { [$0] } ?? [])
      + [row("verdict", judged.verdict.rawValue + reason)]
  }

  private var settingLines: [String] {
    guard !arm.differences.isEmpty, let baseline else { return [] }
    return ["settings, \(baseline) → \(arm.label)"]
      + arm.differences.map { "  \($0.path): \($0.baseline ?? "–") → \($0.arm ?? "–")" }
  }

  private var seedLines: [String] {
    ["seeds"] + seeds.flatMap { $0.lines(digits: digits + 1) }
  }
}

extension CellExplanation.Seed {
  fileprivate func lines(digits: Int) -> [String] {
    var line =
      "  \(seed)  " + (observation.value.map { NumberText.fixed($0, digits: digits) } ?? "–")
    if let difference { line += " (\(NumberText.signed(difference, digits: digits)))" }
    if !item.isEmpty { line += "  item \(item.prefix(12))" }
    if let hole = observation.hole { line += "  " + hole.words }
    return [line]
      + details.stages.map { stage in
        "     \(stage.name), step \(stage.step): \(NumberText.fixed(stage.seconds, digits: 1)) s, "
          + "item \(stage.item.prefix(12)), policy \(stage.policy.prefix(12))"
      }
  }
}

extension ClaimExplanation {
  fileprivate var lines: [String] {
    let claim = judged.claim
    let confidence = NumberText.full((claim.confidence * 1e6).rounded() / 1e4) + " %"
    let shared = claim.parts.count > 1 ? ", shared by \(claim.parts.count) comparisons" : ""
    let reason = judged.reason.isEmpty ? "" : ": \(judged.reason)"
    var lines = [
      "\(study) · claim \(number): \(claim.says)", row("expect", claim.expect),
      row("verdict", judged.verdict.rawValue + reason), row("confidence", confidence + shared),
      row(
        "written",
        claim.isPostHoc
          ? "after results of its arms were there" : "before any result of its arms was there"),
    ]
    if let paper = claim.paper { lines.append(row("paper", paper.words)) }
    if let macro = numbers.first(where: { $0.role == .verdict })?.macro {
      lines.append(row("macro", "\\" + macro))
    }
    for (part, measured) in zip(claim.parts, judged.parts) { lines += self.lines(part, measured) }
    return lines
  }

  private func lines(_ part: ClaimResult.Part, _ measured: JudgedPart) -> [String] {
    let digits = StudyAnalysis.digits(of: part, measured)
    func text(_ value: Double) -> String { NumberText.signed(value, digits: digits) }
    let interval = measured.interval.map { "[\(text($0.lower)), \(text($0.upper))]" } ?? "[–]"
    let unit = part.unit.isEmpty ? "" : " \(part.unit)"
    let values = zip(seeds, measured.values).map { seed, observation in
      "\(seed): " + (observation.value.map(text) ?? "– (\(observation.hole?.words ?? ""))")
    }
    return [
      part.text, row("arms", part.arms.joined(separator: "; ")),
      row("difference", "\(measured.mean.map(text) ?? "–")\(unit) \(interval)"),
      row("holds", part.region.words(unit: unit)), row("verdict", measured.verdict.rawValue),
      row(
        "seeds",
        "\(measured.count) of \(measured.planned): \(values.joined(separator: ", "))"),
    ]
  }
}

extension PaperValue {
  fileprivate var words: String {
    NumberText.full(value) + (error.map { " ± " + NumberText.full($0) } ?? "")
      + (note.isEmpty ? "" : "; \(note)")
  }
}

extension Hole {
  fileprivate var words: String {
    [kind.rawValue, reason].filter { !$0.isEmpty }.joined(separator: ", ")
  }
}

extension ClaimRegion {
  /// Where the mean has to lie.
  fileprivate func words(unit: String) -> String {
    switch self {
    case .above(let bound): "when it is above \(NumberText.full(bound))\(unit)"
    case .below(let bound): "when it is below \(NumberText.full(bound))\(unit)"
    case .within(let limit): "when it is within ± \(NumberText.full(limit))\(unit)"
    case .outside(let limit): "when it is outside ± \(NumberText.full(limit))\(unit)"
    }
  }
}
