internal import ResultStatistics

/// What of a report goes into a paper: `tables.tex`, `numbers.tex`, and `report.tex`, which reads both
/// and is a document by itself.
struct LaTeXReport {
  let analysis: StudyAnalysis
  private var results: StudyResults { analysis.results }

  var files: [ReportFile] {
    let numbers = analysis.reportedNumbers
    return [
      ReportFile(path: "tables.tex", contents: tables),
      ReportFile(path: "numbers.tex", contents: NumbersFile(results, numbers).text),
      ReportFile(path: "report.tex", contents: document(numbers)),
    ]
  }

  // MARK: - Tables

  private var tables: String {
    var parts = [
      "% \(NumbersFile.mark("tables", results))\n% Needs \\usepackage{booktabs}.\n"
    ]
    let name = fileName(results.name)
    func add(_ table: Table, _ caption: String..., label: String) {
      parts.append(
        LaTeXRenderer().render(
          table, caption: caption.filter { !$0.isEmpty }.joined(separator: " "),
          label: "tab:ablate-\(name)\(label)"))
    }
    let scores = analysis.scoreTable()
    add(scores, "\(results.title): \(results.question)", scores.caption, seedText, label: "")
    if let claims = analysis.claimTable {
      add(claims, "Claims.", claims.caption, seedText, label: "-claims")
    }
    for (place, measure) in results.measures.enumerated() {
      guard let table = analysis.comparisonTable(measures: [place]), let baseline = results.baseline
      else { continue }
      add(
        table, "\(measure.heading) against \(baseline.label), paired by seed",
        "[\(analysis.levelText) interval, \(analysis.methodText)].", seedText,
        label: "-comparison-\(place + 1)")
    }
    var count = 0
    for note in analysis.notes + results.notes {
      for table in note.tables {
        count += 1
        add(table, note.title + ".", note.text, table.caption, label: "-note-\(count)")
      }
    }
    return parts.joined(separator: "\n")
  }

  /// `Seeds: 1–5, 9.`
  private var seedText: String { "Seeds: \(Self.ranges(results.seeds))." }

  static func ranges(_ numbers: [Int]) -> String {
    var runs: [(first: Int, last: Int)] = []
    for number in numbers {
      if let last = runs.last?.last, last < Int.max, number == last + 1 {
        runs[runs.count - 1].last = number
      } else {
        runs.append((number, number))
      }
    }
    return runs.map { run in
      switch run.last - run.first {
      case 0: "\(run.first)"
      case 1: "\(run.first), \(run.last)"
      default: "\(run.first)–\(run.last)"
      }
    }.joined(separator: ", ")
  }

  // MARK: - The document

  private func document(_ numbers: [ReportedNumber]) -> String {
    let escaped = LaTeXText.escaped
    let prose = ReportProse(analysis: analysis)
    var lines = [
      "% \(NumbersFile.mark("report", results))", "\\documentclass{article}",
      "\\usepackage{booktabs}",
      "\\usepackage[a4paper,landscape,margin=15mm]{geometry}",
      // A page takes only so many floats: here each table stands where it is written.
      "\\makeatletter",
      "\\renewenvironment{table}[1][]{\\par\\bigskip\\noindent\\begin{minipage}{\\linewidth}"
        + "\\footnotesize\\def\\@captype{table}}{\\end{minipage}\\par\\bigskip}",
      "\\makeatother", "\\sloppy\\raggedright\\setlength{\\parindent}{0pt}",
      "\\input{numbers}", "\\begin{document}", "\\section*{\(escaped(results.title))}",
      "\\textbf{\(escaped(results.question))}\\par",
    ]
    if let source = results.source { lines.append("After \(escaped(source)).\\par") }
    lines += results.warnings.map {
      "\\par\\medskip\\textbf{Warning.} \(escaped($0.sentence))"
    }
    lines += prose.findings.map { "\\par\\medskip \(escaped($0))" }
    if let caution = prose.fewSeeds { lines.append("\\par\\medskip\\emph{\(escaped(caution))}") }
    lines += ["\\input{tables}", "\\section*{Numbers for the text}", "\\footnotesize"]
    lines += numbers.map { number in
      "\\texttt{\\textbackslash \(number.macro)}: \\\(number.macro){} (\(escaped(number.meaning)))\\par"
    }
    lines += ["\\section*{How to read this}"]
    lines += prose.method.map { "\(escaped($0))\\par" }
    lines += ["\\end{document}", ""]
    return lines.joined(separator: "\n")
  }
}
