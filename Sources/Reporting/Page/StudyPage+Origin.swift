internal import Reproducibility
internal import ResultStatistics

extension StudyPage {
  /// How to rebuild the page, and what its numbers depend on.
  func origin(_ page: inout HTMLWriter) {
    let provenance = results.provenance
    page.element("pre") { $0.element("code", text: results.command) }
    page.element("p") { page in
      page.text("Full precision: ")
      for (place, file) in files.enumerated() {
        if place > 0 { page.text(", ") }
        page.element("a", ["href": file.path], text: file.path)
        page.text(" (\(file.holds))")
      }
      page.text(".")
    }
    page.block("ul") { page in
      page.element("li", text: "numerics version \(provenance.numerics)")
      page.element("li", text: "machine class: \(provenance.machine)")
      page.element(
        "li",
        text: provenance.promisesBits
          ? "equal machine class and numerics version give equal bits"
          : "bits may differ between runs of this class; check uses tolerances")
      page.element("li", text: "seeds: \(results.seeds.map(String.init).joined(separator: ", "))")
      if let certificate = provenance.certificate {
        page.element("li") { $0.codeSpans(certificate) }
      }
      if let commit = provenance.commit { page.element("li", text: "commit \(commit)") }
    }
  }

  private var files: [(path: String, holds: String)] {
    var files = [("table.csv", "the scores")]
    if results.baseline != nil, results.arms.count > 1 {
      files.append(("comparisons.csv", "the comparisons"))
    }
    files.append(("trials.csv", "every trial"))
    if !results.curves.isEmpty { files.append(("curves.csv", "every point of the curves")) }
    return files
  }

  // MARK: - What a clock measured

  var hasWallTimes: Bool {
    results.arms.contains { $0.trials.contains { !$0.details.stages.isEmpty } }
  }

  /// Seconds of training by arm, and those of every stage as data for the cells.
  func wallTimes(_ page: inout HTMLWriter) {
    page.element("h2", text: "Wall time")
    let rows = results.arms.map { arm in
      let times = arm.trials.filter { !$0.details.stages.isEmpty }.map(\.details.seconds)
      return Table.Row([
        .text(arm.label), times.isEmpty ? .absent : .number(times.reduce(0, +)),
        mean(times).map(Table.Cell.number) ?? .absent,
        times.max().map(Table.Cell.number) ?? .absent,
        Table.Cell(.count(times.count, of: arm.trials.count)),
      ])
    }
    let columns: [Table.Column] = [
      .init(key: "arm", heading: results.axis, kind: .text),
      .init(key: "seconds", heading: "all trials", unit: "s", kind: .number, digits: 1),
      .init(key: "mean", heading: "mean trial", unit: "s", kind: .number, digits: 1),
      .init(key: "longest", heading: "longest", unit: "s", kind: .number, digits: 1),
      .init(key: "trials", heading: "trials begun", kind: .count),
    ]
    page.table(
      Table(
        columns: columns, rows: rows,
        caption: "What the attempts that finished each stage took on their machines, whatever else "
          + "ran there. A stage that several trials share is counted with each of them."),
      title: "Wall time", links: .init("wall-time-table"))
    if let table = analysis.budgetTable([.seconds]) {
      page.element("h3", text: "At equal seconds")
      page.table(table, title: "At equal seconds", links: .init("seconds-table"))
      page.element(
        "p", ["class": "caption"],
        text:
          "The last evaluation of each trial within the seconds that every compared trial took; within a stage "
          + "they are taken to pass evenly. Another machine has other seconds.")
    }
    page.data("seconds", seconds.canonicalBytes)
  }

  /// `[arm][trial][stage]`, in hundredths of a second.
  private var seconds: JSONValue {
    .array(
      results.arms.map { arm in
        .array(
          arm.trials.map { trial in
            .array(trial.details.stages.map { .number(($0.seconds * 100).rounded() / 100) })
          })
      })
  }
}
