internal import ParallelWork
internal import Reproducibility
package import ResultStatistics

/// A file of a report.
package struct ReportFile: Sendable, Hashable {
  /// Relative to the report's folder.
  package let path: String
  package let contents: String
}

/// The report of one study as files: the same results give the same bytes, always and everywhere.
package struct StudyReport: Sendable {
  package let analysis: StudyAnalysis
  private let band: CurveBand
  private var results: StudyResults { analysis.results }

  package init(
    _ results: StudyResults, method: IntervalMethod? = nil, level: Double = 0.95,
    band: CurveBand = .range
  ) {
    analysis = StudyAnalysis(results, method: method, level: level)
    self.band = band
  }

  private init(analysis: StudyAnalysis, band: CurveBand) {
    (self.analysis, self.band) = (analysis, band)
  }

  /// Where figures lie, in the report's folder.
  package static let figureFolder = "figures"

  /// All files: the page first, then tables, then what goes into a paper, then figures.
  package func files() -> [ReportFile] {
    let report = StudyReport(analysis: analysis.withDraws(), band: band)
    let parts = chunked(Part.allCases.count, size: 1) {
      report.files(of: Part.allCases[$0.lowerBound])
    }
    let readme = parts[0].prefix(1)
    let figures = parts[0].dropFirst()
    return readme + parts.dropFirst().flatMap(\.self) + figures
  }

  /// What threads write beside each other.
  private enum Part: CaseIterable {
    /// The figures too, for the page shows them.
    case readme
    case page
    case tables
    case paper
  }

  private func files(of part: Part) -> [ReportFile] {
    switch part {
    case .readme:
      let figures = figures()
      return [ReportFile(path: "README.md", contents: page(figures))] + figures.map(\.file)
    case .page:
      return [ReportFile(path: "index.html", contents: StudyPage(analysis, band: band).html)]
    case .tables: return tables
    case .paper: return LaTeXReport(analysis: analysis).files
    }
  }

  private var tables: [ReportFile] {
    func file(_ name: String, _ table: Table) -> ReportFile {
      ReportFile(path: name, contents: CSVRenderer().render(table))
    }
    var files = [file("table.csv", analysis.scoreTable())]
    if let table = analysis.comparisonTable(measures: Array(results.measures.indices)) {
      files.append(file("comparisons.csv", table))
    }
    if let table = analysis.claimTable { files.append(file("claims.csv", table)) }
    files.append(ReportFile(path: "trials.csv", contents: LongForm(results).trials))
    if !results.curves.isEmpty {
      files.append(ReportFile(path: "curves.csv", contents: LongForm(results).curves))
    }
    return files
  }

  /// Hands every file to `write`, which may put the folder before the path.
  package func write<Fault: Error>(_ write: (ReportFile) throws(Fault) -> Void) throws(Fault) {
    for file in files() { try write(file) }
  }

  // MARK: - Figures

  struct Figure {
    let file: ReportFile
    let title: String
    let caption: String
  }

  /// The curves of the first metric, or else the scores of the first measure; nil when there are neither.
  var leadFigure: Figure? {
    let figures = StudyReport(analysis: analysis.withDraws(), band: band).figures()
    let curves = results.curves.first.map { "\(Self.figureFolder)/\(fileName($0.metric)).svg" }
    return figures.first { $0.file.path == curves } ?? figures.first
  }

  private func figures() -> [Figure] {
    var names: Set<String> = []
    func file(_ wish: String, _ svg: String) -> ReportFile {
      var (name, number) = (fileName(wish), 2)
      while !names.insert(name).inserted {
        name = "\(fileName(wish))-\(number)"
        number += 1
      }
      return ReportFile(path: "\(Self.figureFolder)/\(name).svg", contents: svg)
    }
    let ours = results.curves.compactMap { family -> Figure? in
      let chart = CurveChart(
        family, baseline: results.baseline?.label, planned: results.seeds.count, band: band)
      return chart.svg().map {
        Figure(file: file(family.metric, $0), title: chart.title, caption: chart.subtitle)
      }
    }
    let papers = results.paperFigures.compactMap { figure -> Figure? in
      let chart = CurveChart(
        figure, arms: results.arms.map(\.label), baseline: results.baseline?.label)
      return chart.svg().map {
        Figure(file: file("paper-\(figure.name)", $0), title: chart.title, caption: chart.subtitle)
      }
    }
    return scores(file) + ours + profiles(file) + matrices(file) + papers
  }

  private func scores(_ file: (String, String) -> ReportFile) -> [Figure] {
    guard results.arms.count > 1 else { return [] }
    return results.measures.indices.compactMap { measure in
      ScoreChart(analysis, measure: measure).map { chart in
        Figure(
          file: file("scores-\(results.measures[measure].heading)", SVG.document(chart.drawing())),
          title: chart.title, caption: chart.subtitle)
      }
    }
  }

  private func profiles(_ file: (String, String) -> ReportFile) -> [Figure] {
    guard let chart = CurveChart(profilesOf: analysis), let svg = chart.svg() else { return [] }
    return [Figure(file: file("profiles", svg), title: chart.title, caption: chart.subtitle)]
  }

  /// Arms by suites, and suites after each stage.
  private func matrices(_ file: (String, String) -> ReportFile) -> [Figure] {
    let charts = [
      ("trained-and-tested", MatrixChart(scoresOf: analysis)), ("stages", MatrixChart(analysis)),
    ]
    return charts.compactMap { name, chart in
      guard let chart, let drawing = chart.drawing() else { return nil }
      return Figure(
        file: file(name, SVG.document(drawing)), title: chart.title, caption: chart.subtitle)
    }
  }

  // MARK: - The page

  private func page(_ figures: [Figure]) -> String {
    let prose = ReportProse(analysis: analysis)
    let escaped = MarkdownRenderer.escaped
    var blocks = ["# \(escaped(results.title))", "**\(escaped(results.question))**"]
    if let source = results.source { blocks.append("After \(escaped(source)).") }
    blocks += results.warnings.map { "> **Warning.** \(escaped($0.sentence))" }
    if !prose.findings.isEmpty {
      blocks.append(prose.findings.map { "- \(escaped($0))" }.joined(separator: "\n"))
    }
    if let claims = analysis.claimTable {
      blocks += ["## Claims", MarkdownRenderer().render(claims), "## Scores"]
    }
    blocks.append(MarkdownRenderer().render(analysis.scoreTable()))
    if let caution = prose.fewSeeds { blocks.append("> \(escaped(caution))") }
    blocks += comparisonBlocks()
    blocks += figureBlocks(figures)
    for note in analysis.notes + results.notes {
      blocks.append("## \(escaped(note.title))")
      if !note.text.isEmpty { blocks.append(escaped(note.text)) }
      blocks += note.tables.map(MarkdownRenderer().render)
    }
    blocks.append("## How to read this")
    blocks.append(prose.method.map { "- \(escaped($0))" }.joined(separator: "\n"))
    blocks += originBlocks()
    return blocks.map { $0.hasSuffix("\n") ? String($0.dropLast()) : $0 }
      .joined(separator: "\n\n") + "\n"
  }

  private func comparisonBlocks() -> [String] {
    guard let baseline = results.baseline else { return [] }
    let tables = results.measures.indices.compactMap { analysis.comparisonTable(measures: [$0]) }
    guard !tables.isEmpty else { return [] }
    return ["## Against \(MarkdownRenderer.escaped(baseline.label)), paired by seed"]
      + tables.map(MarkdownRenderer().render)
  }

  private func figureBlocks(_ figures: [Figure]) -> [String] {
    guard !figures.isEmpty else { return [] }
    return ["## Figures"]
      + figures.map { $0.markdown(in: "") }
  }

  /// How to rebuild the report, and what its numbers depend on.
  private func originBlocks() -> [String] {
    let provenance = results.provenance
    let escaped = MarkdownRenderer.escaped
    var origin = [
      "numerics version \(provenance.numerics)", "machine class: \(escaped(provenance.machine))",
      provenance.promisesBits
        ? "equal machine class and numerics version give equal bits"
        : "bits may differ between runs of this class; `check` uses tolerances",
      "seeds: \(results.seeds.map(String.init).joined(separator: ", "))",
    ]
    if let certificate = provenance.certificate { origin.append(certificate) }
    if let commit = provenance.commit { origin.append("commit \(escaped(commit))") }
    var files = "Full precision: [table.csv](table.csv)"
    if results.baseline != nil, results.arms.count > 1 {
      files += ", [comparisons.csv](comparisons.csv)"
    }
    if !results.claims.isEmpty { files += ", [claims.csv](claims.csv)" }
    files += ". Every trial's own values: [trials.csv](trials.csv)"
    if !results.curves.isEmpty { files += ", every point of the curves: [curves.csv](curves.csv)" }
    files +=
      ". For a paper: [tables.tex](tables.tex), [numbers.tex](numbers.tex), [report.tex](report.tex)"
    return [
      "## Again", "```sh\n\(results.command)\n```", files + ".",
      origin.map { "- \($0)" }.joined(separator: "\n"), trialList,
    ].filter { !$0.isEmpty }
  }

  private var trialList: String {
    guard results.arms.contains(where: { $0.trials.contains { !$0.identity.isEmpty } }) else {
      return ""
    }
    let rows = results.arms.flatMap { arm in
      arm.trials.filter(\.isPlanned).map { trial in
        Table.Row([
          .text(arm.label), .text("\(trial.seed)"),
          trial.identity.isEmpty ? .absent : .text(String(trial.identity.prefix(12))),
        ])
      }
    }
    let table = Table(
      columns: [
        .init(key: "arm", heading: results.axis, kind: .text),
        .init(key: "seed", heading: "seed", kind: .text, alignment: .right),
        .init(key: "trial", heading: "trial", kind: .text),
      ], rows: rows)
    return "<details><summary>Trials behind the table</summary>\n\n"
      + MarkdownRenderer().render(table) + "\n</details>"
  }
}

/// Lower-case letters, digits and hyphens; `curve` for a name that has none of them.
func fileName(_ text: String) -> String {
  var name = ""
  for scalar in text.lowercased().unicodeScalars {
    let isKept = ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar)
    if isKept { name.unicodeScalars.append(scalar) } else if name.last != "-" { name += "-" }
  }
  let trimmed = name.drop { $0 == "-" }
  let end = trimmed.lastIndex { $0 != "-" }
  return end.map { String(trimmed[...$0]) } ?? "curve"
}

extension StudyReport.Figure {
  /// - Parameter folder: of the report, from the page that shows it: empty, or ended by a slash.
  func markdown(in folder: String) -> String {
    let title = MarkdownRenderer.escaped(title).replacing("[", with: "\\[")
      .replacing("]", with: "\\]")
    return "![\(title)](\(folder)\(file.path))\n\n*\(MarkdownRenderer.escaped(caption)).*"
  }
}
