internal import ResultStatistics

/// What CI servers read. Names and reasons come from people, so each format escapes them.
extension Expectations {
  /// How a row or a claim looks to a CI server.
  private enum Level {
    case error, warning, fine
  }

  private func level(_ verdict: ExpectationVerdict) -> Level {
    switch verdict {
    case .within, .excused: .fine
    case .undecided: allowsUndecided ? .warning : .error
    case .below, .above, .missing, .failed, .new: .error
    }
  }

  private func level(_ claim: ClaimExpectation) -> Level {
    switch claim.verdict {
    case _ where claim.isExcused: .fine
    case .supported: .fine
    case .undecided: allowsUndecided ? .warning : .error
    case .contradicted: .error
    }
  }

  // MARK: JUnit

  /// JUnit XML, one test case per expectation and claim, for CI servers that list them: a move is a failure, a failed
  /// trial an error; what is excused, or undecided and let pass, is skipped.
  package var junit: String {
    let cases = rows.map(testCase) + claims.map(testCase) + warnings.map(testCase)
    func count(_ outcome: String) -> String {
      "\(cases.count { $0.children.contains { $0.name == outcome } })"
    }
    let suite = XMLElement(
      "testsuite",
      [
        "name": study, "tests": "\(cases.count)", "failures": count("failure"),
        "errors": count("error"), "skipped": count("skipped"), "time": "0",
      ], children: cases)
    let document = XMLElement("testsuites", children: [suite])
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + document.written()
  }

  private func testCase(_ row: ExpectationRow) -> XMLElement {
    let outcome: XMLElement? =
      switch (row.verdict, level(row.verdict)) {
      case (.excused, _), (_, .warning): XMLElement("skipped", ["message": row.remark])
      case (_, .fine): nil
      case (let verdict, .error):
        XMLElement(
          verdict == .failed ? "error" : "failure",
          ["type": verdict.rawValue, "message": row.sentence], text: command)
      }
    return testCase("\(study).\(row.metric)", "\(row.arm), \(row.scope.text)", outcome)
  }

  private func testCase(_ warning: ReportWarning) -> XMLElement {
    testCase(
      "\(study).warnings", warning.what,
      XMLElement(
        "failure", ["type": "warning", "message": warning.sentence], text: command))
  }

  private func testCase(_ claim: ClaimExpectation) -> XMLElement {
    let outcome: XMLElement? =
      switch level(claim) {
      case .fine: claim.isExcused ? XMLElement("skipped", ["message": claim.sentence]) : nil
      case .warning: XMLElement("skipped", ["message": claim.sentence])
      case .error:
        XMLElement(
          "failure", ["type": claim.verdict.rawValue, "message": claim.sentence], text: command)
      }
    return testCase("\(study).claims", claim.says, outcome)
  }

  private func testCase(_ suite: String, _ name: String, _ outcome: XMLElement?) -> XMLElement {
    XMLElement(
      "testcase", ["classname": suite, "name": name, "time": "0"],
      children: outcome.map { [$0] } ?? [])
  }

  // MARK: GitHub

  /// GitHub's workflow commands: an error per moved value and contradicted claim, a warning for what is undecided and
  /// let pass, a notice per needless excuse. Empty when there is nothing to say.
  ///
  /// - Parameter file: the accepted file, relative to the repository.
  package func annotations(file: String) -> String {
    let found =
      rows.map { (level($0.verdict), $0.sentence) }
      + claims.map { (level($0), $0.sentence) }
      + warnings.map { (Level.error, $0.sentence) }
    let commands =
      found.compactMap { level, text -> (String, String)? in
        switch level {
        case .error: ("error", text)
        case .warning: ("warning", text)
        case .fine: nil
        }
      } + needlessExcuses.map { ("notice", $0.sentence) }
    return commands.map { kind, message in
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

  /// Rows that a job summary shows at most: GitHub refuses one of more than a mebibyte.
  private static let summaryRows = 400

  /// Markdown for the job's page: how it ended, the tables, and what the check can tell.
  package var jobSummary: String {
    let markdown = MarkdownRenderer()
    let open = rows.filter { ![.within, .excused].contains($0.verdict) }
    let shown = rows.count <= Self.summaryRows ? rows : Array(open.prefix(Self.summaryRows))
    var parts = [
      "## Check of \(MarkdownRenderer.escaped(study)): \(outcome.words)\n",
      MarkdownRenderer.escaped(summary) + "\n",
    ]
    if !shown.isEmpty { parts.append(markdown.render(table(of: shown))) }
    if shown.count < rows.count {
      parts.append(
        "Of \(rows.count) rows only those that do not hold are shown, \(shown.count) of \(open.count).\n"
      )
    }
    if let claimTable { parts.append(markdown.render(claimTable)) }
    parts.append(remarks.map { "* \(MarkdownRenderer.escaped($0))\n" }.joined())
    parts.append("Again: \(MarkdownRenderer.escaped(command))\n")
    return parts.joined(separator: "\n") + "\n"
  }
}

extension Expectations.Outcome {
  package var words: String {
    switch self {
    case .holds: "holds"
    case .moved: "does not hold"
    case .failed: "trials failed"
    case .undecided: "undecided"
    }
  }
}
