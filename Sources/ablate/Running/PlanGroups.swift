import PolicyTrainer
import Reporting
import Reproducibility
import RunScheduler
import RunStore
import StudyLanguage

/// The items of a large plan, counted by what they are and which arms they serve, so that a plan of ten
/// thousand arms is a page.
///
/// Arms are grouped by their variants on the first axes: on as many of them as make no more than a dozen
/// groups, on none where the first axis alone has more.
struct PlanGroups {
  private struct Key: Hashable {
    /// Place in ``works``.
    var work: Int
    /// Place in ``names``; one beyond it for what arms of several groups share.
    var group: Int
  }

  private struct Row {
    var items = 0
    var states = StateCounts()
  }

  /// Kinds of work, stages apart, in the order of the graph.
  private var works: [String] = []
  private let names: [String]
  private var rows: [Key: Row] = [:]

  private static let mostGroups = 12

  init(_ compiled: CompiledStudy, _ plan: RunPlan) {
    let (names, ofArms) = Self.groups(of: compiled.study)
    self.names = names
    var groups = [Int?](repeating: nil, count: compiled.graph.count)
    var stageNames: [Digest: String] = [:]
    var last: CompiledStudy.Trial?
    for trial in compiled.trials {
      let group = ofArms[trial.arm]
      func note(_ orders: [WorkOrder]) {
        for order in orders {
          guard let place = compiled.graph.place(of: order.identity) else { continue }
          if let other = groups[place], other != group {
            groups[place] = names.count
          } else {
            groups[place] = group
          }
        }
      }
      // Once for the trials of a group that have it in common.
      let isNoted = last.map { last in
        ofArms[last.arm] == group && trial.compiled.sharesPreparation(with: last.compiled)
      }
      if isNoted != true { note(trial.compiled.preparation) }
      note(trial.compiled.own)
      last = trial
      for stage in trial.compiled.stages { stageNames[stage.identity] = stage.name }
    }
    var places: [String: Int] = [:]
    for (place, entry) in plan.entries.enumerated() {
      let stage = stageNames[entry.identity].map { " '\($0)'" } ?? ""
      let work = entry.order.kind + stage
      if places[work] == nil {
        places[work] = works.count
        works.append(work)
      }
      let key = Key(work: places[work] ?? 0, group: groups[place] ?? names.count)
      rows[key, default: Row()].items += 1
      rows[key, default: Row()].states.add(entry.state.word)
    }
  }

  /// The names of the groups, and for each arm the place of its own.
  private static func groups(of study: Study) -> (names: [String], ofArms: [Int]) {
    struct Branch: Hashable {
      var group: Int
      var variant: String
    }
    var isFirst = true
    var best = (names: ["all"], ofArms: [Int](repeating: 0, count: study.arms.count))
    for axis in study.axes.indices {
      // A group of the axes before, and a variant of this one.
      var places: [Branch: Int] = [:]
      var names: [String] = []
      var ofArms: [Int] = []
      for (arm, before) in zip(study.arms, best.ofArms) {
        let (axis, variant) = arm.variants[axis]
        let branch = Branch(group: before, variant: variant)
        if let place = places[branch] {
          ofArms.append(place)
          continue
        }
        if names.count == mostGroups { return best }
        places[branch] = names.count
        ofArms.append(names.count)
        let name = "\(axis): \(variant)"
        names.append(isFirst ? name : "\(best.names[before]), \(name)")
      }
      (best, isFirst) = ((names, ofArms), false)
    }
    return best
  }

  var table: Table {
    Table(
      columns: [
        Table.Column(key: "work", heading: "work", kind: .text),
        Table.Column(key: "arms", heading: "arms", kind: .text),
        Table.Column(key: "items", heading: "items", kind: .number),
        Table.Column(key: "state", heading: "state", kind: .text),
      ],
      rows: rows.sorted { ($0.key.work, $0.key.group) < ($1.key.work, $1.key.group) }.map {
        key, row in
        Table.Row([
          .text(works[key.work]), .text(key.group < names.count ? names[key.group] : "several"),
          .number(Double(row.items)), .text(row.states.line),
        ])
      })
  }
}
