package import Reproducibility

extension Expectations {
  /// One row per expectation, as `check` prints it.
  package var table: Table {
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
    let rows = rows.map { row in
      // Full precision: two values that differ in their last bit must not look alike here.
      let cells =
        [row.arm, row.metric, row.scope.text]
        + [row.measured, row.accepted].map { $0.map(NumberText.full) ?? "–" }
        + [row.allowed, row.unit]
      return Table.Row(
        cells.map(Table.Cell.text)
          + [
            Table.Cell(.text(row.verdict.rawValue), footnotes: row.note.isEmpty ? [] : [row.note])
          ],
        isEmphasized: ![.within, .excused].contains(row.verdict))
    }
    return Table(columns: columns, rows: rows, caption: summary)
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
    let excuses = needlessExcuses
    let needless =
      excuses.isEmpty
      ? ""
      : " \(excuses.count == 1 ? "An excused expectation holds" : "\(excuses.count) excused expectations hold") again: the excuse can go."
    return "\(study): \(rows.count) expectations, \(how): \(counts.joined(separator: ", "))."
      + needless
  }

  /// For `--json`.
  package var json: JSONValue {
    func number(_ value: Double?) -> JSONValue { value.map { .number($0) } ?? .null }
    let rows = rows.map { row in
      JSONValue.object([
        "metric": .string(row.metric), "arm": .string(row.arm), "of": .string(row.scope.text),
        "measured": number(row.measured), "accepted": number(row.accepted),
        "lower": number(row.lower), "upper": number(row.upper), "unit": .string(row.unit),
        "verdict": .string(row.verdict.rawValue), "note": .string(row.note),
      ])
    }
    return .object([
      "study": .string(study), "holds": .bool(exitCode == 0), "summary": .string(summary),
      "rows": .array(rows),
    ])
  }

  /// JUnit XML, one test case per expectation, for CI servers that list them.
  package var junit: String {
    let cases = rows.map { row in
      let failure =
        row.isFailure
        ? [
          XMLElement(
            "failure", ["type": row.verdict.rawValue, "message": row.sentence], text: command)
        ]
        : row.verdict == .excused ? [XMLElement("skipped", ["message": row.note])] : []
      return XMLElement(
        "testcase",
        [
          "classname": "\(study).\(row.metric)", "name": "\(row.arm), \(row.scope.text)",
          "time": "0",
        ], children: failure)
    }
    let suite = XMLElement(
      "testsuite",
      [
        "name": study, "tests": "\(rows.count)", "failures": "\(rows.count { $0.isFailure })",
        "errors": "0", "skipped": "\(rows.count { $0.verdict == .excused })", "time": "0",
      ], children: cases)
    let document = XMLElement("testsuites", children: [suite])
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + document.written()
  }

  /// GitHub's workflow commands: an error per moved value, a notice per needless excuse.
  ///
  /// - Parameter file: the accepted file, relative to the repository.
  package func annotations(file: String) -> String {
    let failures = rows.filter(\.isFailure).map { ("error", $0.sentence) }
    let notices = needlessExcuses.map { ("notice", "\($0.sentence); the excuse can go") }
    return (failures + notices).map { kind, message in
      "::\(kind) file=\(Self.escaped(file, isProperty: true)),title=\(Self.escaped("ablate check \(study)", isProperty: true))"
        + "::\(Self.escaped(message, isProperty: false))\n"
    }.joined()
  }

  /// By scalars: CR LF is a single Character, and a line break would end the command.
  private static func escaped(_ text: String, isProperty: Bool) -> String {
    text.unicodeScalars.map { scalar in
      switch scalar {
      case "%": "%25"
      case "\r": "%0D"
      case "\n": "%0A"
      case ":" where isProperty: "%3A"
      case "," where isProperty: "%2C"
      default: String(scalar)
      }
    }.joined()
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

extension ExpectationRow {
  /// `= 25.1` where nothing may move, a range otherwise.
  fileprivate var allowed: String {
    guard let lower, let upper else { return "–" }
    if lower == upper { return "= \(NumberText.full(lower))" }
    return "[\(NumberText.full(lower)), \(NumberText.full(upper))]"
  }

  fileprivate var isFailure: Bool { verdict != .within && verdict != .excused }

  /// The row in a sentence, for annotations.
  fileprivate var sentence: String {
    func text(_ value: Double?) -> String {
      value.map { NumberText.full($0) + (unit.isEmpty ? "" : " \(unit)") } ?? "nothing"
    }
    let head =
      "\(arm), \(metric), \(scope.text): \(verdict.rawValue), measured \(text(measured)), "
      + "accepted \(text(accepted))"
    return head + (lower == upper ? "" : ", allowed \(allowed)")
      + (note.isEmpty ? "" : " (\(note))")
  }
}
