internal import Reproducibility
internal import ResultStatistics

/// The report as one HTML page that needs nothing beside it: no network, no server, and for reading no
/// script either. Scripts add sorting, filtering, curves with values, and cells that open.
///
/// The same results give the same bytes. What a clock measured stands on one line of its own, the one
/// that begins with ``wallTimeLine``; a run that was killed and resumed changes no other.
struct StudyPage {
  /// How the line begins that depends on how long the runs took.
  static let wallTimeLine = "<section id=\"wall-time\""

  let analysis: StudyAnalysis
  let charts: [CurveChart]
  var results: StudyResults { analysis.results }

  init(_ analysis: StudyAnalysis, band: CurveBand) {
    let results = analysis.results
    let baseline = results.baseline?.label
    self.analysis = analysis
    charts =
      results.curves.map {
        CurveChart($0, baseline: baseline, planned: results.seeds.count, band: band).sparing
      }
      + results.paperFigures.map {
        CurveChart($0, arms: results.arms.map(\.label), baseline: baseline)
      }
  }

  /// The whole document.
  var html: String {
    var page = HTMLWriter()
    page.markup("<!DOCTYPE html>\n")
    page.block("html", ["lang": "en"]) { page in
      head(&page)
      page.block("body") { page in
        opening(&page)
        page.block("main") { page in
          for section in sections {
            if section.id == Self.wallTime {
              page.line { $0.element("section", ["id": section.id], section.write) }
              continue
            }
            page.block("section", ["id": section.id]) { page in
              page.element("h2", text: section.title)
              section.write(&page)
            }
          }
        }
        let data = PageData(analysis, charts: charts)
        page.data("cells", data.cells.canonicalBytes)
        page.data("curves-data", data.curves.canonicalBytes)
        page.element("script") { $0.markup(PageScript.text) }
      }
    }
    return page.html
  }

  /// A part of the page with its place in the table of contents.
  struct Section {
    let id: String
    let title: String
    let write: (inout HTMLWriter) -> Void
  }

  static let wallTime = "wall-time"

  private var sections: [Section] {
    let prose = ReportProse(analysis: analysis)
    var sections: [Section] = []
    func add(_ id: String, _ title: String, _ write: @escaping (inout HTMLWriter) -> Void) {
      sections.append(Section(id: id, title: title, write: write))
    }
    if !prose.findings.isEmpty {
      add("findings", "Findings") { $0.list(prose.findings) }
    }
    if let claims = analysis.claimTable {
      add("claims", "Claims") { $0.table(claims, title: "Claims", links: .init("claims-table")) }
    }
    add("scores", "Scores") { scores(&$0, caution: prose.fewSeeds) }
    let comparisons = results.measures.indices.compactMap { measure in
      analysis.comparisonTable(measures: [measure]).map { (measure, $0) }
    }
    if let baseline = results.baseline, !comparisons.isEmpty {
      add("comparisons", "Against \(baseline.label), paired by seed") { page in
        for (measure, table) in comparisons {
          page.element("h3") { $0.name(results.measures[measure].heading) }
          page.table(
            table, title: "Differences on \(results.measures[measure].heading)",
            links: .init("comparison-\(measure)"))
        }
      }
    }
    if results.arms.count > 1, !results.measures.isEmpty {
      add("figures", "Means and intervals", stills)
    }
    if charts.contains(where: { $0.extent != nil }) { add("curves", "Curves", curves) }
    if !results.arms.isEmpty { add("trials", "Behind the numbers", trials) }
    for (place, note) in (analysis.notes + results.notes).enumerated() {
      add("note-\(place)", note.title) { page in
        if !note.text.isEmpty { page.element("p", text: note.text) }
        for (number, table) in note.tables.enumerated() {
          page.table(table, title: note.title, links: .init("note-\(place)-\(number)"))
        }
      }
    }
    add("method", "How to read this") { $0.list(prose.method) }
    add("origin", "Again", origin)
    if hasWallTimes { add(Self.wallTime, "Wall time", wallTimes) }
    return sections
  }

  // MARK: - Head and opening

  private func head(_ page: inout HTMLWriter) {
    page.block("head") { page in
      page.markup("<meta charset=\"utf-8\"/>\n")
      page.markup("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n")
      page.markup("<meta name=\"color-scheme\" content=\"light dark\"/>\n")
      page.markup(
        "<meta http-equiv=\"Content-Security-Policy\" content=\"\(ContentPolicy.text)\"/>\n")
      page.element("title", text: results.title)
      page.element("style") { $0.markup(PageStyle.text) }
    }
  }

  private func opening(_ page: inout HTMLWriter) {
    page.block("header") { page in
      page.element("h1") { $0.name(results.title) }
      page.element("p", ["class": "question"]) { $0.name(results.question) }
      if let source = results.source {
        page.element("p", ["class": "source"]) { page in
          page.text("After ")
          page.name(source)
          page.text(".")
        }
      }
      for warning in results.warnings {
        page.element("p", ["class": "caution"]) { page in
          page.element("strong", text: "Warning.")
          page.text(" \(warning.sentence)")
        }
      }
      page.block("nav", ["aria-label": "Sections"]) { page in
        for section in sections {
          page.element("a", ["href": "#\(section.id)"]) { $0.name(section.title) }
          page.newLine()
        }
      }
    }
  }

  // MARK: - Scores

  private func scores(_ page: inout HTMLWriter, caution: String?) {
    let table = analysis.scoreTable()
    let measureOfColumn = table.columns.map { column in
      column.kind == .estimate
        ? results.measures.firstIndex { $0.name == column.key } : nil
    }
    var links = HTMLWriter.TableLinks("score-table")
    links.target = { arm, column in measureOfColumn[column].map { "#" + Self.anchor(arm, $0) } }
    page.table(table, title: "Scores", links: links)
    page.element("p", ["class": "hint"]) {
      $0.text(
        "Bold: best mean; underlined: second of several; †: differs from the baseline. ")
      $0.text("A score leads to its trials: values by seed, settings, digests.")
    }
    if let caution { page.element("p", ["class": "caution"], text: caution) }
  }

  /// Where the values behind a cell stand.
  static func anchor(_ arm: Int, _ measure: Int) -> String { "arm-\(arm)-measure-\(measure)" }
}

extension HTMLWriter {
  mutating func list(_ items: [String]) {
    block("ul") { page in for item in items { page.element("li", text: item) } }
  }
}
