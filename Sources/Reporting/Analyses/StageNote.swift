internal import ResultStatistics

extension StudyAnalysis {
  /// Suites after each stage: what a stage taught, and what a later one unlearnt. nil when every arm has one stage.
  var stageNote: ReportNote? {
    guard let matrix = stageMatrix else { return nil }
    var columns = [Table.Column(key: "after", heading: "after", kind: .text)]
    columns += matrix.suites.map {
      Table.Column(
        key: $0, heading: $0, unit: "%", remark: "[\(levelText)]", kind: .estimate, digits: 1)
    }
    let rows = matrix.rows.map { row in
      Table.Row(
        [.text(row.label)]
          + row.cells.map { Table.Cell($0.mean == nil ? .absent : .estimate($0)) })
    }
    return ReportNote(
      title: "After each stage",
      text: "Every suite at the end of every stage, mean over seeds.",
      tables: [Table(columns: columns, rows: rows)])
  }

  struct StageMatrix {
    var suites: [String]
    var rows: [(label: String, cells: [MeanEstimate])]
  }

  /// Stages by suites; nil when every arm has one stage or nothing was evaluated.
  var stageMatrix: StageMatrix? {
    let families = results.curves.filter { family in
      results.suites.contains { $0.suite == family.metric }
    }
    let stages = results.arms.map { arm in
      arm.trials.map(\.details.stages).max { $0.count < $1.count } ?? []
    }
    guard !families.isEmpty, stages.contains(where: { $0.count > 1 }) else { return nil }
    var rows: [(label: String, cells: [MeanEstimate])] = []
    for (arm, stages) in zip(results.arms, stages) {
      for (place, stage) in stages.enumerated() {
        let cells = families.map { family in
          MeanEstimate(
            of: arm.trials.filter(\.isPlanned).map { trial in
              value(of: family, arm: arm.label, trial, afterStage: place)
            }, method: method, level: level)
        }
        rows.append(("\(arm.label): \(stage.name)", cells))
      }
    }
    return StageMatrix(suites: families.map(\.heading), rows: rows)
  }

  private func value(
    of family: CurveFamily, arm: String, _ trial: TrialResult, afterStage place: Int
  ) -> Observation {
    guard place < trial.details.stages.count else { return .hole(Hole(.missing)) }
    let step = trial.details.stages[place].step
    let line = family.arms.first { $0.arm == arm }?.lines.first { $0.seed == trial.seed }
    guard let point = line?.points.last(where: { $0.step <= step && $0.step > 0 }) else {
      return .hole(Hole(.missing, reason: "no evaluation in this stage"))
    }
    return Observation(measured: point.value)
  }
}
