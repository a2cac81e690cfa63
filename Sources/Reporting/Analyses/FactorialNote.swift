internal import ResultStatistics

extension StudyAnalysis {
  /// Main effects and two-way interactions where the arms are every combination of at least two axes; nil elsewhere.
  var factorialNote: ReportNote? {
    guard !results.isSequential, let axes = factorialAxes, axes.count > 1 else { return nil }
    let tables = results.measures.indices.compactMap { factorialTable($0, axes) }
    if tables.isEmpty { return nil }
    return ReportNote(
      title: "Main effects and interactions",
      text: """
        Every arm takes part in every row. A main effect is the mean of all arms with a variant less that of all arms \
        with the axis' first one; an interaction is by how much one effect differs between the variants of the other \
        axis. Where an interaction is not small, a main effect is true of no single arm. p-values are adjusted after \
        Holm within each table.
        """, tables: tables)
  }

  private struct FactorialAxis {
    var name: String
    /// In the order of their first appearance.
    var variants: [String]
  }

  /// The axes that vary, when every combination of their variants is one arm.
  private var factorialAxes: [FactorialAxis]? {
    guard let first = results.arms.first, !first.variants.isEmpty else { return nil }
    let axes = first.variants.indices.map { place in
      var variants: [String] = []
      for arm in results.arms where arm.variants.count > place {
        let name = arm.variants[place].name
        if !variants.contains(name) { variants.append(name) }
      }
      return FactorialAxis(name: first.variants[place].axis, variants: variants)
    }.filter { $0.variants.count > 1 }
    let combinations = axes.reduce(1) { $0 * $1.variants.count }
    return combinations == results.arms.count ? axes : nil
  }

  private func factorialTable(_ measure: Int, _ axes: [FactorialAxis]) -> Table? {
    let cells = results.arms.map { arm in
      FactorialCell(
        levels: axes.map { axis in
          let name = arm.variants.first { $0.axis == axis.name }?.name ?? ""
          return axis.variants.firstIndex(of: name) ?? 0
        }, values: results.observations(arm, measure: measure).map(\.value))
    }
    guard
      let effects = try? FactorialEffects(
        levels: axes.map(\.variants.count), cells: cells, level: level)
    else { return nil }
    let all = effects.main + effects.interactions
    let adjusted = holmAdjusted(all.map(\.pValue))
    let heading = results.measures[measure]
    let columns: [Table.Column] = [
      .init(key: "effect", heading: "\(heading.heading): effect", kind: .text),
      .init(
        key: "size", heading: "size", unit: heading.unit, remark: "[\(levelText)]",
        kind: .effect, digits: heading.digits + 1),
      .init(key: "p_t", heading: "p", kind: .pValue),
      .init(key: "p_holm", heading: "p, Holm", kind: .pValue),
    ]
    let rows = zip(all, adjusted).map { effect, p in
      Table.Row([
        .text(Self.name(effect.kind, axes)), Table.Cell(.effect(effect.mean, effect.interval)),
        effect.pValue.map { Table.Cell(.pValue($0)) } ?? .absent,
        p.map { Table.Cell(.pValue($0)) } ?? .absent,
      ])
    }
    return Table(columns: columns, rows: rows)
  }

  private static func name(_ kind: FactorialEffect.Kind, _ axes: [FactorialAxis]) -> String {
    func part(_ factor: Int, _ level: Int) -> String {
      "\(axes[factor].name): \(axes[factor].variants[level]) − \(axes[factor].variants[0])"
    }
    switch kind {
    case .main(let factor, let level): return part(factor, level)
    case .interaction(let factor, let level, let other, let otherLevel):
      return "(\(part(factor, level))) × (\(part(other, otherLevel)))"
    }
  }
}
