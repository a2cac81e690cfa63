import Reproducibility

extension StudyPass {
  /// The tolerance of each measure that has one.
  ///
  /// - Parameter seeds: how many the study has; 0 when they could not be read.
  mutating func readTolerances(
    of measures: [MeasureCall], seeds: Int
  ) -> [String: Study.Tolerance] {
    guard let value = root["tolerance"], let members = value.members else { return [:] }
    guard StudySchema.tolerance.isByName(members) else {
      guard let forAll = tolerance(value, seeds: seeds) else { return [:] }
      return Dictionary(measures.map { ($0.text, forAll) }) { first, _ in first }
    }
    var tolerances: [String: Study.Tolerance] = [:]
    var others: Study.Tolerance?
    var named: Set<String> = []
    for member in members {
      let found = tolerance(member.value, seeds: seeds)
      if member.key == "*" {
        others = found
        continue
      }
      named.insert(member.key)
      // Without any, that they are missing says it all.
      if root["measures"] != nil, !measures.contains(where: { $0.text == member.key }) {
        report(
          "'\(member.key)' is no measure of this study", at: member.keySpan,
          why: "a tolerance is that of a measure, or of all others under '*'",
          help: choices(measures.map(\.text) + ["*"], for: member.key))
      }
      tolerances[member.key] = found
    }
    for measure in measures where !named.contains(measure.text) {
      tolerances[measure.text] = others
    }
    return tolerances
  }

  /// - Returns: nil when it allows nothing, and when it has a fault.
  private mutating func tolerance(_ value: SourcedJSON, seeds: Int) -> Study.Tolerance? {
    let absolute = Study.Tolerance.Room(value["absolute"])
    let relative = Study.Tolerance.Room(value["relative"])
    guard let margin = value["equivalence"], !margin.isNull else {
      if let confidence = value.member("confidence"), !confidence.value.isNull {
        report(
          "'confidence' without 'equivalence'", at: confidence.keySpan,
          why: "only a test has a confidence; a distance is kept or not",
          help: "add \"equivalence\": with the margin, or remove 'confidence'")
      }
      return absolute.isEmpty && relative.isEmpty
        ? nil : .room(absolute: absolute, relative: relative)
    }
    let place = value.member("equivalence")?.keySpan
    for other in ["absolute", "relative"] where value[other] != nil {
      report(
        "'equivalence' beside '\(other)'", at: place,
        why: "either a distance decides, or a test against a margin",
        help: "remove one of them")
    }
    if seeds == 1 {
      report(
        "an equivalence test with one seed", at: place,
        why: "a t test needs the spread between seeds, and one seed has none",
        help: "use at least 2 seeds, or 'absolute' or 'relative' in its place")
    }
    return .equivalence(
      margin: Study.Tolerance.Room(margin), confidence: value["confidence"]?.double ?? 0.95)
  }
}

extension Study.Tolerance.Room {
  /// A number for both directions, or an object with one for each; what has another form was reported.
  fileprivate init(_ value: SourcedJSON?) {
    below = value?.double ?? value?["below"]?.double ?? 0
    above = value?.double ?? value?["above"]?.double ?? 0
  }

  fileprivate var isEmpty: Bool { below == 0 && above == 0 }
}
