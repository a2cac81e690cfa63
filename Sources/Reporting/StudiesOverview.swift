/// The page above the reports of many studies: every claim with its verdict, and where it stands.
package struct StudiesOverview {
  /// In the order in which they were named.
  private let reports: [StudyReport]
  /// The command that writes the page again.
  private let command: String

  /// - Precondition: at least one report.
  package init(_ reports: [StudyReport], command: String) {
    precondition(!reports.isEmpty, "an overview of nothing")
    self.reports = reports
    self.command = command
  }

  /// How many figures are shown: those of the first studies.
  private static let figures = 2

  /// `README.md` of the folder that holds the reports.
  package var markdown: String {
    var blocks = ["# What was claimed, and what was found"]
    let (sourced, own) = (claims { $0.claim.paper != nil }, claims { $0.claim.paper == nil })
    if !sourced.isEmpty {
      blocks += [
        "## Claims with a number of the source",
        MarkdownRenderer().render(table(of: sourced)),
      ]
    }
    if !own.isEmpty {
      blocks += [
        sourced.isEmpty ? "## Claims" : "## Controls and further claims",
        MarkdownRenderer().render(table(of: own)),
      ]
    }
    blocks += reports.prefix(Self.figures).flatMap { report in
      report.leadFigure.map { figure in
        [
          "**\(link(report))**: \(MarkdownRenderer.escaped(report.analysis.results.question))",
          figure.markdown(in: folder(report)),
        ]
      } ?? []
    }
    blocks += ["## The studies", studies, "## Again", "```sh\n\(command)\n```"]
    return blocks.joined(separator: "\n\n") + "\n"
  }

  // MARK: Claims

  private struct Claim {
    let report: StudyReport
    let judged: JudgedClaim
  }

  /// In the order of the studies, but one sentence of several studies together.
  private func claims(where belongs: (JudgedClaim) -> Bool) -> [Claim] {
    let all = reports.flatMap { report in
      report.analysis.claims.filter(belongs).map { Claim(report: report, judged: $0) }
    }
    var places: [String: Int] = [:]
    for claim in all where places[claim.judged.claim.says] == nil {
      places[claim.judged.claim.says] = places.count
    }
    func place(_ index: Int) -> (Int, Int) { (places[all[index].judged.claim.says] ?? 0, index) }
    return all.indices.sorted { place($0) < place($1) }.map { all[$0] }
  }

  private func table(of claims: [Claim]) -> Table {
    let study = Table.Column(key: "study", heading: "study", kind: .text)
    let rows = claims.flatMap { claim in
      let name = claim.report.analysis.results.name
      return claim.report.analysis.claimRows(claim.judged).enumerated().map { place, row in
        Table.Row(row.cells + [.text(place == 0 ? name : "")], isEmphasized: row.isEmphasized)
      }
    }
    return Table(columns: StudyAnalysis.claimColumns + [study], rows: rows, caption: Self.caption)
  }

  /// What holds for every row; the studies' own reports say more.
  private static let caption = """
    What each comparison measured, paired by seed [interval at the claim's confidence, of the kind that its study reports; \
    of several comparisons of one claim each has Bonferroni's part]. Supported: the whole interval is on the claim's side; \
    contradicted: the whole interval is on the other. The source's numbers are its own and enter no verdict.
    """

  // MARK: Studies

  private var studies: String {
    reports.map { report in
      let results = report.analysis.results
      let size =
        "\(results.arms.count) arm\(results.arms.count == 1 ? "" : "s"), "
        + "\(results.seeds.count) seed\(results.seeds.count == 1 ? "" : "s")"
      return "- \(link(report)): \(MarkdownRenderer.escaped(results.question)) (\(size))"
    }.joined(separator: "\n")
  }

  /// Names of studies are small letters, digits and hyphens: nothing to escape.
  private func folder(_ report: StudyReport) -> String { "\(report.analysis.results.name)/" }

  private func link(_ report: StudyReport) -> String {
    "[\(report.analysis.results.name)](\(folder(report))README.md)"
  }
}
