internal import ResultStatistics

extension StudyAnalysis {
  /// Times to a threshold with those trials in it that never got there; nil when no measure has such a trial.
  var waitingNote: ReportNote? {
    let tables = results.measures.indices.compactMap(waitingTable)
    if tables.isEmpty { return nil }
    return ReportNote(
      title: "Trials that did not get there",
      text: """
        Some trials ended before they reached the threshold. Leaving them out, or counting their last step as a success, \
        would both look too fast, so the times are estimated with them (Kaplan and Meier). The restricted mean counts at \
        most the steps that every arm was watched for.
        """, tables: tables)
  }

  private func waitingTable(_ measure: Int) -> Table? {
    let times = results.arms.map { arm in
      results.observations(arm, measure: measure).compactMap(\.waited)
    }
    guard times.joined().contains(where: \.isCensored) else { return nil }
    let horizon = times.compactMap { $0.map(\.time).max() }.min() ?? 0
    let heading = results.measures[measure]
    let columns: [Table.Column] = [
      .init(key: "arm", heading: results.axis, kind: .text),
      .init(key: "median", heading: "\(heading.heading): median", kind: .number),
      .init(
        key: "restricted", heading: "mean up to \(NumberText.fixed(horizon, digits: 0))",
        remark: "[\(levelText)]", kind: .measured),
      .init(key: "reached", heading: "reached", kind: .count),
    ]
    let rows = zip(results.arms, times).map { arm, times -> Table.Row in
      let reached = Table.Cell(.count(times.count { !$0.isCensored }, of: times.count))
      if times.isEmpty { return Table.Row([.text(arm.label), .absent, .absent, reached]) }
      let curve = KaplanMeier(times)
      let restricted = RestrictedMeanTime(curve, horizon: horizon, level: level)
      return Table.Row([
        .text(arm.label), curve.median.map { Table.Cell.number($0) } ?? .absent,
        Table.Cell(restricted.map { .measured($0.value, $0.interval) } ?? .absent), reached,
      ])
    }
    return Table(columns: columns, rows: rows)
  }
}

extension Observation {
  /// When it happened, or until when it had not; nil for a hole of another kind.
  fileprivate var waited: CensoredTime? {
    if let value { return CensoredTime(value) }
    guard let hole, hole.kind == .censored, let after = hole.after else { return nil }
    return CensoredTime(after, isCensored: true)
  }
}
