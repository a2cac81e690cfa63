/// Rows of a table, column by column.
package struct TrackedRows: Sendable, Hashable {
  package struct Column: Sendable, Hashable {
    package var name: String
    package var cells: Cells
    /// Whether a cell may be absent. It belongs to the table: that of these rows none is says nothing.
    package var isOptional: Bool

    package init(_ name: String, _ cells: Cells, isOptional: Bool = false) {
      (self.name, self.cells, self.isOptional) = (name, cells, isOptional)
    }
  }

  package enum Cells: Sendable, Hashable {
    case texts([String?])
    case integers([Int])
    case numbers([Double])

    package var count: Int {
      switch self {
      case .texts(let cells): cells.count
      case .integers(let cells): cells.count
      case .numbers(let cells): cells.count
      }
    }
  }

  package var columns: [Column]

  package init(_ columns: [Column]) { self.columns = columns }

  package var count: Int { columns.first?.cells.count ?? 0 }
}

/// The two tables of a study: one row a measurement, and one row a trial.
package struct TrackedTables {
  private let study: TrackedStudy

  package init(_ study: TrackedStudy) { self.study = study }

  /// Hands over the measurements in the order of trials, then of parts, then as they were made.
  ///
  /// - Parameters:
  ///   - limit: rows handed over at once.
  ///   - body: called at least once, so that a table without rows has its columns.
  package func measurements<Failure: Error>(
    atMost limit: Int, _ body: (TrackedRows) throws(Failure) -> Void
  ) throws(Failure) {
    precondition(limit > 0)
    var draft = MeasurementDraft(study)
    var isFirst = true
    for trial in study.trials {
      for part in trial.parts {
        for point in part.points {
          draft.append(point, of: part, trial)
          if draft.count == limit {
            try body(draft.rows)
            draft = MeasurementDraft(study)
            isFirst = false
          }
        }
      }
    }
    if draft.count > 0 || isFirst { try body(draft.rows) }
  }

  package var trials: TrackedRows {
    typealias Column = TrackedRows.Column
    let trials = study.trials
    func texts(
      _ name: String, isOptional: Bool = false, _ cell: (TrackedTrial) -> String?
    ) -> Column {
      Column(name, .texts(trials.map(cell)), isOptional: isOptional)
    }
    var columns = [texts("study") { _ in study.name }, texts("arm") { $0.arm }]
    for (place, axis) in study.axes.enumerated() {
      columns.append(texts("axis_\(axis)", isOptional: true) { $0.variants[place] })
    }
    columns += [
      Column("seed", .integers(trials.map(\.seed))),
      texts("state") { $0.state.rawValue },
      texts("reason", isOptional: true) { $0.reason.isEmpty ? nil : $0.reason },
      Column("step", .integers(trials.map { $0.parts.last?.steps.upperBound ?? 0 })),
      Column("measurements", .integers(trials.map(\.measurements))),
      texts("trial") { $0.identity },
    ]
    for role in study.roles {
      columns.append(
        texts("item_\(role)", isOptional: true) { trial in
          trial.items.first { $0.role == role }?.identity
        })
    }
    for (place, setting) in study.settings.enumerated() {
      columns.append(texts("setting_\(setting)", isOptional: true) { $0.settings[place] })
    }
    return TrackedRows(columns)
  }
}

/// The long table while it grows.
private struct MeasurementDraft {
  private let study: TrackedStudy
  private var arms: [String?] = []
  private var variants: [[String?]]
  private var seeds: [Int] = []
  private var stages: [String?] = []
  private var steps: [Int] = []
  private var metrics: [String?] = []
  private var tags: [String?] = []
  private var values: [Double] = []

  init(_ study: TrackedStudy) {
    self.study = study
    variants = Array(repeating: [], count: study.axes.count)
  }

  var count: Int { values.count }

  mutating func append(_ point: TrackedPart.Point, of part: TrackedPart, _ trial: TrackedTrial) {
    arms.append(trial.arm)
    for place in variants.indices { variants[place].append(trial.variants[place]) }
    seeds.append(trial.seed)
    stages.append(part.role)
    steps.append(point.step)
    metrics.append(point.metric)
    tags.append(point.tags)
    values.append(point.value)
  }

  var rows: TrackedRows {
    typealias Column = TrackedRows.Column
    let axes = zip(study.axes, variants).map {
      Column("axis_\($0)", .texts($1), isOptional: true)
    }
    return TrackedRows(
      [
        Column("study", .texts(Array(repeating: study.name, count: count))),
        Column("arm", .texts(arms)),
      ] + axes + [
        Column("seed", .integers(seeds)), Column("stage", .texts(stages)),
        Column("step", .integers(steps)), Column("metric", .texts(metrics)),
        Column("tags", .texts(tags), isOptional: true), Column("value", .numbers(values)),
      ])
  }
}
