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
    _ results: StudyResults, method: IntervalMethod = .studentT, level: Double = 0.95,
    band: CurveBand = .range
  ) {
    analysis = StudyAnalysis(results, method: method, level: level)
    self.band = band
  }

  /// All files: the page first, then tables, then figures.
  package func files() -> [ReportFile] {
    let figures = figures()
    var files = [ReportFile(path: "README.md", contents: page(figures))]
    files.append(
      ReportFile(path: "table.csv", contents: CSVRenderer().render(analysis.scoreTable())))
    if let table = analysis.comparisonTable(measures: Array(results.measures.indices)) {
      files.append(ReportFile(path: "comparisons.csv", contents: CSVRenderer().render(table)))
    }
    files.append(ReportFile(path: "trials.csv", contents: LongForm(results).trials))
    if !results.curves.isEmpty {
      files.append(ReportFile(path: "curves.csv", contents: LongForm(results).curves))
    }
    return files + figures.map(\.file)
  }

  /// Hands every file to `write`, which may put the folder before the path.
  package func write<Fault: Error>(_ write: (ReportFile) throws(Fault) -> Void) throws(Fault) {
    for file in files() { try write(file) }
  }

  // MARK: - Figures

  private struct Figure {
    let file: ReportFile
    let title: String
    let caption: String
  }

  private func figures() -> [Figure] {
    var names: Set<String> = []
    func file(_ wish: String, _ svg: String) -> ReportFile {
      var (name, number) = (fileName(wish), 2)
      while !names.insert(name).inserted {
        name = "\(fileName(wish))-\(number)"
        number += 1
      }
      return ReportFile(path: "\(name).svg", contents: svg)
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
    return ours + papers
  }

  // MARK: - The page

  private func page(_ figures: [Figure]) -> String {
    let prose = ReportProse(analysis: analysis)
    let escaped = MarkdownRenderer.escaped
    var blocks = ["# \(escaped(results.title))", "**\(escaped(results.question))**"]
    if let source = results.source { blocks.append("After \(escaped(source)).") }
    if !prose.findings.isEmpty {
      blocks.append(prose.findings.map { "- \(escaped($0))" }.joined(separator: "\n"))
    }
    blocks.append(MarkdownRenderer().render(analysis.scoreTable()))
    if let caution = prose.fewSeeds { blocks.append("> \(escaped(caution))") }
    blocks += comparisonBlocks()
    blocks += figureBlocks(figures)
    for note in results.notes {
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
    return ["## Curves"]
      + figures.map { figure in
        let title = MarkdownRenderer.escaped(figure.title).replacing("[", with: "\\[")
          .replacing("]", with: "\\]")
        return "![\(title)](\(figure.file.path))\n\n*\(MarkdownRenderer.escaped(figure.caption)).*"
      }
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
    files += ". Every trial's own values: [trials.csv](trials.csv)"
    if !results.curves.isEmpty { files += ", every point of the curves: [curves.csv](curves.csv)" }
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
      arm.trials.map { trial in
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
