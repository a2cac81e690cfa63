internal import ResultStatistics

/// Per-seed values, one number a record, at full precision: for pandas, R and reviewers.
struct LongForm {
  private let results: StudyResults

  init(_ results: StudyResults) { self.results = results }

  /// Holes are records too: no value, but kind and reason.
  var trials: String {
    let axes = results.arms.flatMap(\.variants).map(\.axis).reduce(into: [String]()) { seen, axis in
      if !seen.contains(axis) { seen.append(axis) }
    }
    var records = [
      ["study", "arm"] + axes.map { "axis_\($0)" }
        + ["seed", "trial", "measure", "unit", "value", "hole", "reason"]
    ]
    for arm in results.arms {
      let variants = axes.map { axis in arm.variants.first { $0.axis == axis }?.name ?? "" }
      for trial in arm.trials where trial.isPlanned {
        for (measure, observation) in zip(results.measures, trial.observations) {
          records.append(
            [results.name, arm.label] + variants
              + [
                "\(trial.seed)", trial.identity, measure.name, measure.unit,
                observation.value.map(NumberText.full) ?? "",
                observation.hole?.kind.rawValue ?? "", observation.hole?.reason ?? "",
              ])
        }
      }
    }
    return CSVRenderer.text(records)
  }

  var curves: String {
    var records = [["metric", "unit", "arm", "seed", "step", "value"]]
    for family in results.curves {
      for arm in family.arms {
        for line in arm.lines {
          for point in line.points {
            records.append([
              family.metric, family.unit, arm.arm, "\(line.seed)", "\(point.step)",
              point.value.isFinite ? NumberText.full(point.value) : "",
            ])
          }
        }
      }
    }
    return CSVRenderer.text(records)
  }
}
