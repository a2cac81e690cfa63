package import Reproducibility
internal import ResultStatistics

extension Expectations {
  /// One row per expectation, as `check` prints it.
  package var table: Table { table(of: rows, caption: summary) }

  func table(of rows: [ExpectationRow], caption: String = "") -> Table {
    let columns: [Table.Column] = [
      .init(key: "arm", heading: "arm", kind: .text),
      .init(key: "metric", heading: "metric", kind: .text),
      .init(key: "of", heading: "of", kind: .text),
      .init(key: "measured", heading: "measured", kind: .text, alignment: .right),
      .init(key: "accepted", heading: "accepted", kind: .text, alignment: .right),
      .init(key: "allowed", heading: "allowed", kind: .text, alignment: .right),
      .init(key: "unit", heading: "unit", kind: .text),
      .init(key: "verdict", heading: "verdict", kind: .text),
    ]
    let cells = rows.map { row in
      // Full precision: two values that differ in their last bit must not look alike here.
      let cells =
        [row.arm, row.metric, row.scope.text]
        + [row.measured, row.accepted].map { $0.map(NumberText.full) ?? "–" }
        + [row.allowed, row.unit]
      let remark = row.remark
      return Table.Row(
        cells.map(Table.Cell.text)
          + [
            Table.Cell(.text(row.verdict.rawValue), footnotes: remark.isEmpty ? [] : [remark])
          ],
        isEmphasized: ![.within, .excused].contains(row.verdict))
    }
    return Table(columns: columns, rows: cells, caption: caption)
  }

  /// One row per claim; nil when the study makes none.
  package var claimTable: Table? {
    if claims.isEmpty { return nil }
    let rows = claims.map { claim in
      Table.Row(
        [
          .text(claim.says),
          Table.Cell(
            .text(claim.verdict.rawValue + (claim.isExcused ? ", excused" : "")),
            footnotes: claim.remark.isEmpty ? [] : [claim.remark]),
        ], isEmphasized: claim.verdict != .supported && !claim.isExcused)
    }
    return Table(
      columns: [
        .init(key: "claim", heading: "claim", kind: .text),
        .init(key: "verdict", heading: "verdict", kind: .text),
      ], rows: rows)
  }

  /// What was compared, how, and how it ended, in a sentence or two.
  package var summary: String {
    let counts = ExpectationVerdict.allCases.compactMap { verdict -> String? in
      let count = rows.count { $0.verdict == verdict }
      return count > 0 ? "\(count) \(verdict.rawValue)" : nil
    }
    let how =
      switch comparison {
      case .bits: "bit for bit, seed by seed"
      case .tolerances(let reason): "means within tolerances (\(reason))"
      }
    let verdicts = ClaimVerdict.allCases.compactMap { verdict -> String? in
      let count = claims.count { $0.verdict == verdict }
      return count > 0 ? "\(count) \(verdict.rawValue)" : nil
    }
    let ofClaims =
      claims.isEmpty
      ? ""
      : " \(claims.count) claim\(claims.count == 1 ? "" : "s"): \(verdicts.joined(separator: ", "))."
    return "\(study): \(rows.count) expectations, \(how): \(counts.joined(separator: ", "))."
      + ofClaims
  }

  /// What is printed below the tables: needless excuses, failed trials, and what the check can tell.
  package var remarks: [String] {
    warnings.map { "Warning: \($0.sentence)" } + needlessExcuses.map(\.sentence)
      + failures.map { "Failed: \($0.arm), seed \($0.seed): \($0.reason)." }
      + sensitivity.sentences
  }

  /// For `--json`.
  package var json: JSONValue {
    func number(_ value: Double?) -> JSONValue { value.map { .number($0) } ?? .null }
    let rows = rows.map { row in
      var object = JSONObject([
        ("metric", .string(row.metric)), ("arm", .string(row.arm)), ("of", .string(row.scope.text)),
        ("measured", number(row.measured)), ("accepted", number(row.accepted)),
        ("lower", number(row.lower)), ("upper", number(row.upper)), ("unit", .string(row.unit)),
        ("verdict", .string(row.verdict.rawValue)), ("note", .string(row.note)),
      ])
      if let test = row.test {
        object["difference_interval"] = [
          .number(test.interval.lower), .number(test.interval.upper),
        ]
        object["p_value"] = .number(test.pValue)
      }
      if let excuse = row.excuse { object["excuse"] = .string(excuse) }
      return JSONValue.object(object)
    }
    var members: JSONObject = [
      "study": .string(study), "holds": .bool(outcome == .holds),
      "exit": .number(Double(outcome.rawValue)), "summary": .string(summary), "rows": .array(rows),
      "claims": .array(
        claims.map { claim in
          var object: JSONObject = [
            "says": .string(claim.says), "verdict": .string(claim.verdict.rawValue),
            "note": .string(claim.note),
          ]
          if let excuse = claim.excuse { object["excuse"] = .string(excuse) }
          return .object(object)
        }),
      "needless_excuses": .array(
        needlessExcuses.map { needless in
          var object = needless.excuse.subject.json
          object["reason"] = .string(needless.excuse.reason)
          object["known"] = .bool(needless.isKnown)
          return .object(object)
        }),
      "failed_trials": .array(
        failures.map {
          [
            "arm": .string($0.arm), "seed": .number(Double($0.seed)), "reason": .string($0.reason),
          ]
        }),
      "false_alarm_rate": number(sensitivity.falseAlarmRate),
      "rows_without_spread": .number(Double(sensitivity.rowsWithoutSpread)),
      "smallest_shifts": .array(
        sensitivity.shifts.map {
          [
            "metric": .string($0.metric), "unit": .string($0.unit),
            "down": number($0.down.flatMap { $0.isFinite ? $0 : nil }),
            "up": number($0.up.flatMap { $0.isFinite ? $0 : nil }),
          ]
        }),
    ]
    if !warnings.isEmpty {
      members["warnings"] = .array(
        warnings.map {
          ["what": .string($0.what), "why": .string($0.why), "help": .string($0.help)]
        })
    }
    return .object(members)
  }
}

extension ExpectationRow.Scope {
  package var text: String {
    switch self {
    case .seed(let seed): "seed \(seed)"
    case .mean(let seeds): "mean of \(seeds)"
    }
  }
}

extension Expectations.NeedlessExcuse {
  var sentence: String {
    let place = excuse.subject.words
    return isKnown
      ? "\(place) holds again: its excuse can go (\(excuse.reason))."
      : "Nothing is called \(place): its excuse excuses nothing (\(excuse.reason))."
  }
}

extension ExpectationRow {
  /// `= 25.1` where nothing may move, a range otherwise.
  fileprivate var allowed: String {
    guard let lower, let upper else { return "–" }
    if lower == upper { return "= \(NumberText.full(lower))" }
    return "[\(NumberText.full(lower)), \(NumberText.full(upper))]"
  }

  /// What stands beside the verdict: the excuse, the test and the reason; empty for none of them.
  var remark: String {
    [verdict == .excused ? excuse ?? "" : "", test?.text ?? "", note].filter { !$0.isEmpty }.joined(
      separator: "; ")
  }

  /// The row in a sentence, for annotations.
  var sentence: String {
    func text(_ value: Double?) -> String {
      value.map { NumberText.full($0) + (unit.isEmpty ? "" : " \(unit)") } ?? "nothing"
    }
    let head =
      "\(arm), \(metric), \(scope.text): \(verdict.rawValue), measured \(text(measured)), "
      + "accepted \(text(accepted))"
    return head + (lower == upper ? "" : ", allowed \(allowed)")
      + (remark.isEmpty ? "" : " (\(remark))")
  }
}

extension ClaimExpectation {
  /// What stands beside the verdict: the excuse, and what the verdict rests on; empty for neither.
  var remark: String {
    [isExcused ? excuse ?? "" : "", note].filter { !$0.isEmpty }.joined(separator: "; ")
  }

  /// The claim in a sentence, for annotations.
  var sentence: String {
    "claim \(verdict.rawValue): \(says)" + (remark.isEmpty ? "" : " (\(remark))")
  }
}

extension EquivalenceTest {
  /// `difference in [−0.3, +0.5], p = 0.012`, with the digits that the width asks for.
  fileprivate var text: String {
    let digits = NumberText.digits(showing: interval.halfWidth)
    let ends = [interval.lower, interval.upper].map { NumberText.signed($0, digits: digits) }
    let p = pValue < 0.001 ? "p < 0.001" : "p = \(NumberText.pValue(pValue))"
    return "difference in [\(ends[0]), \(ends[1])], equivalence \(p)"
  }
}
