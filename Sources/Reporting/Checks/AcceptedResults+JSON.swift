package import Reproducibility

extension AcceptedResults {
  /// `{"format", "study", "numerics", "machine", "command", "tolerances", "excused", "arms": {arm:
  /// {measure: {seed: value}}}}`; a censored value is `{"after": 240}`.
  package var json: JSONValue {
    var arms = JSONObject()
    for value in values {
      var measures = arms[value.arm]?.object ?? JSONObject()
      var seeds = measures[value.measure]?.object ?? JSONObject()
      let number = JSONValue.number(value.answer.number)
      seeds["\(value.seed)"] = value.answer.isCensored ? ["after": number] : number
      measures[value.measure] = .object(seeds)
      arms[value.arm] = .object(measures)
    }
    let tolerances = tolerances.sorted { $0.key < $1.key }.map { ($0.key, $0.value.json) }
    let excuses = excuses.map { excuse in
      var object = excuse.subject.json
      object["reason"] = .string(excuse.reason)
      return JSONValue.object(object)
    }
    return .object([
      "format": .number(Double(Self.format)), "study": .string(study),
      "numerics": .number(Double(numerics)), "machine": .string(machine),
      "command": .string(command), "tolerances": .object(JSONObject(tolerances)),
      "excused": .array(excuses), "arms": .object(arms),
    ])
  }

  /// Reads what `json` writes.
  ///
  /// - Parameter expected: the study that is being checked; a file of another one is refused.
  package init(json: JSONValue, of expected: String) throws(ExpectationFault) {
    let file = AcceptedFile(json: json)
    // The first files had none.
    let format = json["format"] == nil ? 1 : try file.integer("format")
    if format > Self.format { throw .newerFormat(found: format) }
    if format < 1 { throw .malformed(place: "format", expected: "1 or more") }
    study = try file.string("study")
    guard study == expected else { throw .otherStudy(found: study, expected: expected) }
    numerics = try file.integer("numerics")
    machine = try file.string("machine")
    command = try file.string("command")
    values = try file.values()
    tolerances = try file.tolerances()
    excuses = try file.excuses()
    if values.isEmpty { throw .noTrials }
    try Self.checkSeeds(values, tolerances)
  }
}

extension AcceptedResults.Excuse.Subject {
  var json: JSONObject {
    switch self {
    case .values(let arm, let measure): ["arm": .string(arm), "measure": .string(measure)]
    case .claim(let says): ["claim": .string(says)]
    }
  }

  init?(json: JSONValue) {
    if let arm = json["arm"]?.string, let measure = json["measure"]?.string {
      self = .values(arm: arm, measure: measure)
    } else if let says = json["claim"]?.string {
      self = .claim(says)
    } else {
      return nil
    }
  }

  /// As a sentence names it.
  var words: String {
    switch self {
    case .values(let arm, let measure): "\(arm), \(measure)"
    case .claim(let says): "claim “\(says)”"
    }
  }
}

/// Typed looks into an accepted file; every miss names its place.
private struct AcceptedFile {
  let json: JSONValue

  func string(_ key: String) throws(ExpectationFault) -> String {
    guard let value = json[key]?.string else { throw .malformed(place: key, expected: "a string") }
    return value
  }

  func integer(_ key: String) throws(ExpectationFault) -> Int {
    guard let value = json[key]?.int else {
      throw .malformed(place: key, expected: "a whole number")
    }
    return value
  }

  private func object(_ value: JSONValue?, _ place: String) throws(ExpectationFault) -> JSONObject {
    guard let object = value?.object else { throw .malformed(place: place, expected: "an object") }
    return object
  }

  func values() throws(ExpectationFault) -> [AcceptedResults.Value] {
    var values: [AcceptedResults.Value] = []
    for (arm, measures) in try object(json["arms"], "arms").members {
      for (measure, seeds) in try object(measures, "arms.\(arm)").members {
        for (seed, value) in try object(seeds, "arms.\(arm).\(measure)").members {
          let place = "arms.\(arm).\(measure).\(seed)"
          // "01" and "+1" would be further names of seed 1.
          guard let number = Int(seed), number >= 0, "\(number)" == seed else {
            throw .malformed(place: place, expected: "a seed as the key")
          }
          guard let found = value.double ?? value["after"]?.double else {
            throw .malformed(place: place, expected: "a number, or 'after' and a number")
          }
          let answer = Answer(found, isCensored: value.double == nil)
          values.append(.init(arm: arm, measure: measure, seed: number, answer: answer))
        }
      }
    }
    return values
  }

  func tolerances() throws(ExpectationFault) -> [String: Tolerance] {
    var tolerances: [String: Tolerance] = [:]
    for (measure, value) in try object(json["tolerances"], "tolerances").members {
      let place = "tolerances.\(measure)"
      guard let tolerance = Tolerance(json: value) else {
        throw .malformed(
          place: place,
          expected: "'absolute' and 'relative', 0 or more, or 'equivalence' and 'confidence'")
      }
      tolerances[measure] = tolerance
    }
    return tolerances
  }

  func excuses() throws(ExpectationFault) -> [AcceptedResults.Excuse] {
    guard let list = json["excused"]?.array else {
      throw .malformed(place: "excused", expected: "a list")
    }
    var excuses: [AcceptedResults.Excuse] = []
    for (index, value) in list.enumerated() {
      guard let reason = value["reason"]?.string,
        let subject = AcceptedResults.Excuse.Subject(json: value)
      else {
        throw .malformed(
          place: "excused.\(index)",
          expected: "'arm', 'measure' and 'reason', or 'claim' and 'reason'")
      }
      excuses.append(.init(subject, reason: reason))
    }
    return excuses
  }
}
