internal import ResultStatistics

extension StudyPage {
  /// More trials than this and their tables are left to `trials.csv` and to the script, which makes one
  /// when a cell is opened: a browser takes seconds over tens of thousands of rows.
  static let mostTrialsInTables = 2_000

  private var trialCount: Int { results.arms.reduce(0) { $0 + $1.trials.count } }

  /// Arm by arm: in what its settings differ, what every trial measured, and which items made it.
  func trials(_ page: inout HTMLWriter) {
    let tabulates = trialCount <= Self.mostTrialsInTables
    for (arm, result) in results.arms.enumerated() {
      page.block("details", ["id": "arm-\(arm)"]) { page in
        page.element("summary") { page in
          page.name(result.label)
          page.element("span", ["class": "caption"], text: summary(result))
        }
        page.newLine()
        differences(result, arm, &page)
        if tabulates {
          measured(result, arm, &page)
          stages(result, arm, &page)
        } else {
          elsewhere(arm, &page)
        }
      }
    }
  }

  private func summary(_ arm: ArmResult) -> String {
    let whole = arm.trials.count { $0.observations.allSatisfy { $0.value != nil } }
    let base = arm.isBaseline ? " baseline," : ""
    return "\(base) \(whole) of \(arm.trials.count) trials have all values"
  }

  private func differences(_ arm: ArmResult, _ place: Int, _ page: inout HTMLWriter) {
    if arm.differences.isEmpty { return }
    let rows = arm.differences.map { difference in
      Table.Row([
        .text(difference.path), difference.baseline.map(Table.Cell.text) ?? .absent,
        difference.arm.map(Table.Cell.text) ?? .absent,
      ])
    }
    let table = Table(
      columns: [
        .init(key: "setting", heading: "setting", kind: .text),
        .init(key: "baseline", heading: results.baseline?.label ?? "baseline", kind: .text),
        .init(key: "arm", heading: arm.label, kind: .text),
      ], rows: rows)
    page.table(
      table, title: "Settings of \(arm.label) that differ", links: .init("settings-\(place)"))
  }

  private func measured(_ arm: ArmResult, _ place: Int, _ page: inout HTMLWriter) {
    var columns = [Table.Column(key: "seed", heading: "seed", kind: .text, alignment: .right)]
    columns += results.measures.map {
      Table.Column(
        key: $0.name, heading: $0.heading, unit: $0.unit, kind: .text, alignment: .right)
    }
    columns.append(.init(key: "trial", heading: "trial", kind: .text))
    let rows = arm.trials.map { trial in
      Table.Row(
        [.text("\(trial.seed)")] + trial.observations.map(Self.cell)
          + [Self.digest(trial.identity)])
    }
    var links = HTMLWriter.TableLinks("trials-\(place)")
    let measures = results.measures.count
    links.anchor = { column in
      column > 0 && column <= measures ? Self.anchor(place, column - 1) : nil
    }
    page.table(
      Table(columns: columns, rows: rows), title: "Trials of \(arm.label)", links: links)
  }

  /// A value as it was measured, every digit of it.
  private static func cell(_ observation: Observation) -> Table.Cell {
    switch observation {
    case .value(let value) where value.isFinite: return .text(NumberText.full(value))
    default:
      let hole = observation.hole ?? Hole(.missing)
      return Table.Cell(
        .absent,
        footnotes: [hole.kind.rawValue + (hole.reason.isEmpty ? "" : ", \(hole.reason)")])
    }
  }

  private func stages(_ arm: ArmResult, _ place: Int, _ page: inout HTMLWriter) {
    let rows = arm.trials.flatMap { trial in
      trial.details.stages.map { stage in
        Table.Row([
          .text("\(trial.seed)"), .text(stage.name), .number(Double(stage.step)),
          Self.digest(stage.item), Self.digest(stage.policy),
        ])
      }
    }
    if rows.isEmpty { return }
    let table = Table(
      columns: [
        .init(key: "seed", heading: "seed", kind: .text, alignment: .right),
        .init(key: "stage", heading: "stage", kind: .text),
        .init(key: "step", heading: "last step", kind: .number),
        .init(key: "item", heading: "item", kind: .text),
        .init(key: "policy", heading: "policy, SHA-256", kind: .text),
      ], rows: rows)
    page.table(table, title: "Stages of \(arm.label)", links: .init("stages-\(place)"))
  }

  /// The first twelve digits, as the other formats print them.
  private static func digest(_ hex: String) -> Table.Cell {
    hex.isEmpty ? .absent : .text(String(hex.prefix(12)))
  }

  private func elsewhere(_ arm: Int, _ page: inout HTMLWriter) {
    page.element("p") { page in
      for measure in results.measures.indices {
        page.element("span", ["id": Self.anchor(arm, measure)], text: "")
      }
      page.text("So many trials have no table here: every value is in ")
      page.element("a", ["href": "trials.csv"], text: "trials.csv")
      page.text(", and with scripts a score of the table opens to its own.")
    }
  }
}
