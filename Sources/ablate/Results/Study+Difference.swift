import Reporting
import Reproducibility
import StudyLanguage

extension Difference {
  /// Of two studies: what differs in the study's own part, and for arms of the same label in their
  /// recipes. What all of those arms have in common is said once.
  init(from old: Study, to new: Study) {
    changes = old.written.changes(to: new.written).map { Change(change: $0) }
    let before = old.armsByLabel
    let after = new.armsByLabel
    onlyInFirst = old.arms.map(\.label).uniqued.filter { after[$0] == nil }
    onlyInSecond = new.arms.map(\.label).uniqued.filter { before[$0] == nil }
    let shared = new.arms.map(\.label).uniqued.compactMap { label in
      before[label].flatMap { old in after[label].map { (label: label, old: old, new: $0) } }
    }
    let ofArms = shared.map { $0.old.recipe.changes(to: $0.new.recipe) }
    var counts: [JSONChange: Int] = [:]
    for changes in ofArms { for change in changes { counts[change, default: 0] += 1 } }
    let common = (ofArms.first ?? []).filter { counts[$0] == shared.count }
    changes += common.map { Change(scope: .everyArm, change: $0) }
    for (arm, changes) in zip(shared, ofArms) {
      self.changes += changes.filter { counts[$0] != shared.count }.map {
        Change(scope: .arm(arm.label), change: $0)
      }
    }
  }

  /// Of two arms: the settings of their recipes, written out in full.
  init(from old: Arm, to new: Arm) {
    changes = old.recipe.changes(to: new.recipe).map { Change(change: $0) }
  }
}

extension Study {
  fileprivate var armsByLabel: [String: Arm] {
    Dictionary(arms.map { ($0.label, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The study without its recipe, written out, under the names of the keys of a study file. What the
  /// variants change is seen in the arms' recipes.
  fileprivate var written: JSONValue {
    var members: JSONObject = ["study": .string(name), "question": .string(question)]
    if let source { members["source"] = .string(source) }
    members["axes"] = .object(
      JSONObject(
        axes.map { axis in
          var parts: JSONObject = [:]
          if let key = axis.key { parts["key"] = .string(key) }
          parts["variants"] = .array(axis.variants.map { .string($0) })
          return (axis.name, .object(parts))
        }))
    members["baseline"] = .string(arms[baseline].label)
    members["seeds"] =
      seedRule.map { ["at_least": JSONValue($0.fewest), "at_most": JSONValue($0.most)] }
      ?? (seeds == Array(1...max(1, seeds.count))
        ? ["count": JSONValue(seeds.count)] : .array(seeds.map { JSONValue($0) }))
    members["measures"] = .array(measures.map { .string($0.text) })
    if !claims.isEmpty { members["claims"] = .object(writtenClaims) }
    members["headings"] = .object(
      JSONObject(headings.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
    members["paper"] = .object(writtenPaper)
    members["tolerance"] = .object(
      JSONObject(
        checkTolerances.sorted { $0.key < $1.key }.map { ($0.key, $0.value.json) }))
    var report: JSONObject = [:]
    // By default the name, which is said already.
    if title != name { report["title"] = .string(title) }
    if interval != .studentT { report["interval"] = .string(interval.rawValue) }
    if !report.isEmpty { members["report"] = .object(report) }
    return .object(members)
  }

  /// By their sentences.
  private var writtenClaims: JSONObject {
    var members: JSONObject = [:]
    for claim in claims {
      var parts: JSONObject = [
        "expect": .string(claim.expect.text), "confidence": .number(claim.confidence),
        "margin": .number(claim.margin),
      ]
      if let axis = claim.axis { parts["axis"] = .string(axis) }
      if let paper = claim.paper {
        var number: JSONObject = ["value": .number(paper.value)]
        if let error = paper.error { number["error"] = .number(error) }
        if let source = paper.source { number["source"] = .string(source) }
        parts["paper"] = .object(number)
      }
      members[claim.says] = .object(parts)
    }
    return members
  }

  /// Values by arm and measure.
  private var writtenPaper: JSONObject {
    var members: JSONObject = [:]
    if let source = paper.source { members["source"] = .string(source) }
    var values: JSONObject = [:]
    for value in paper.values {
      var parts: JSONObject = ["value": .number(value.value)]
      if let error = value.error { parts["error"] = .number(error) }
      if let note = value.note { parts["note"] = .string(note) }
      let label = arms[value.arm].label
      var ofArm = values[label]?.object ?? [:]
      ofArm[value.measure] = .object(parts)
      values[label] = .object(ofArm)
    }
    if !values.isEmpty { members["values"] = .object(values) }
    let curves = paper.curves.map { ($0.name, JSONValue.string($0.file)) }
    if !curves.isEmpty { members["curves"] = .object(JSONObject(curves)) }
    return members
  }
}
