package import Reproducibility

/// Which trials a study has and which items each of them is made of: `studies/<name>.json`. The item
/// folders do not know by which studies they are asked for; this is where the index learns it.
package struct StudyNote: Sendable, Hashable {
  package struct Trial: Sendable, Hashable {
    /// Its row in the study's table, from 0.
    package var arm: Int
    package var armName: String
    /// The variant on each axis, in the order of the axes.
    package var variants: JSONObject
    package var seed: Int
    /// The items it is made of by role, in the order in which they build on each other.
    package var items: [WorkOrder.Input]

    package init(
      arm: Int, armName: String, variants: JSONObject, seed: Int, items: [WorkOrder.Input]
    ) {
      self.arm = arm
      self.armName = armName
      self.variants = variants
      self.seed = seed
      self.items = items
    }
  }

  /// What the evaluation of the initial policy is called among a trial's items.
  package static let baseRole = "base"

  package var study: String
  package var question: String
  package var trials: [Trial]
  /// Everything else that the trials build on, so that it is known before the orders of all items have been
  /// written; nil in notes of earlier versions.
  package var preparation: [Digest]?

  package init(study: String, question: String, trials: [Trial], preparation: [Digest]? = nil) {
    self.study = study
    self.question = question
    self.trials = trials
    self.preparation = preparation
  }

  /// Every item that the note names.
  package var items: Set<Digest> {
    Set(trials.flatMap { $0.items.map(\.identity) }).union(preparation ?? [])
  }
}

extension StudyNote {
  var digest: Digest { json.digest }

  package var json: JSONValue {
    var members: JSONObject = [
      "study": .string(study), "question": .string(question),
      "trials": .array(
        trials.map { trial in
          [
            "arm": JSONValue(trial.arm), "arm_name": .string(trial.armName),
            "variants": .object(trial.variants), "seed": JSONValue(trial.seed),
            "items": .array(
              trial.items.map {
                ["role": .string($0.name), "identity": .string($0.identity.hex)]
              }),
          ]
        }),
    ]
    if let preparation {
      members["preparation"] = .array(preparation.map { .string($0.hex) })
    }
    return .object(members)
  }

  package init?(json: JSONValue) {
    guard let study = json["study"]?.string, let question = json["question"]?.string,
      let list = json["trials"]?.array
    else { return nil }
    var trials: [Trial] = []
    for entry in list {
      guard let arm = entry["arm"]?.int, let armName = entry["arm_name"]?.string,
        let variants = entry["variants"]?.object, let seed = entry["seed"]?.int,
        let items = entry["items"]?.array
      else { return nil }
      var inputs: [WorkOrder.Input] = []
      for item in items {
        guard let role = item["role"]?.string,
          let identity = item["identity"]?.string.flatMap(Digest.init(hex:))
        else { return nil }
        inputs.append(.init(name: role, identity: identity))
      }
      trials.append(
        Trial(arm: arm, armName: armName, variants: variants, seed: seed, items: inputs))
    }
    var preparation: [Digest]?
    if let list = json["preparation"]?.array {
      let items = list.compactMap { $0.string.flatMap(Digest.init(hex:)) }
      guard items.count == list.count else { return nil }
      preparation = items
    }
    self.init(study: study, question: question, trials: trials, preparation: preparation)
  }
}

extension ResultsFolder {
  /// Writes down what a study is made of, replacing what was known of it.
  package func record(_ note: StudyNote) throws(StoreFault) {
    let path = "\(studiesPath)/\(note.study).json"
    let bytes = Array((note.json.pretty + "\n").utf8)
    if try files.contents(of: path) == bytes { return }
    try files.makeFolder(studiesPath)
    try files.replace(path, with: bytes)
  }

  /// The studies that were ever run here, by name.
  package func studies() throws(StoreFault) -> [StudyNote] {
    var notes: [StudyNote] = []
    for name in try files.names(in: studiesPath) where name.hasSuffix(".json") {
      let path = "\(studiesPath)/\(name)"
      guard let json = try files.json(at: path) else { continue }
      guard let note = StudyNote(json: json) else {
        throw .damaged(path: path, reason: "it is not a study's list of trials")
      }
      notes.append(note)
    }
    return notes
  }
}
