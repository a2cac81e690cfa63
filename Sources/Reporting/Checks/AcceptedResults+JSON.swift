package import Reproducibility

extension AcceptedResults {
  /// `{"format", "study", "numerics", "machine", "command", "tolerances", "excused", "arms": {arm:
  /// {measure: {seed: value}}}}`.
  package var json: JSONValue {
    var arms = JSONObject()
    for value in values {
      var measures = arms[value.arm]?.object ?? JSONObject()
      var seeds = measures[value.measure]?.object ?? JSONObject()
      seeds["\(value.seed)"] = .number(value.value)
      measures[value.measure] = .object(seeds)
      arms[value.arm] = .object(measures)
    }
    let tolerances = tolerances.sorted { $0.key < $1.key }.map { name, tolerance in
      (
        name,
        JSONValue.object([
          "absolute": .number(tolerance.absolute), "relative": .number(tolerance.relative),
        ])
      )
    }
    let excuses = excuses.map { excuse in
      JSONValue.object([
        "arm": .string(excuse.arm), "measure": .string(excuse.measure),
        "reason": .string(excuse.reason),
      ])
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
    let format = try file.integer("format")
    guard format == Self.format else { throw .format(found: format) }
    study = try file.string("study")
    guard study == expected else { throw .otherStudy(found: study, expected: expected) }
    numerics = try file.integer("numerics")
    machine = try file.string("machine")
    command = try file.string("command")
    values = try file.values()
    tolerances = try file.tolerances()
    excuses = try file.excuses()
    if values.isEmpty { throw .noTrials }
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
          guard let seed = Int(seed) else {
            throw .malformed(place: place, expected: "a seed as the key")
          }
          guard let value = value.double else {
            throw .malformed(place: place, expected: "a number")
          }
          values.append(.init(arm: arm, measure: measure, seed: seed, value: value))
        }
      }
    }
    return values
  }

  func tolerances() throws(ExpectationFault) -> [String: Tolerance] {
    var tolerances: [String: Tolerance] = [:]
    for (measure, value) in try object(json["tolerances"], "tolerances").members {
      let place = "tolerances.\(measure)"
      guard let absolute = value["absolute"]?.double, let relative = value["relative"]?.double,
        absolute >= 0, relative >= 0
      else {
        throw .malformed(place: place, expected: "'absolute' and 'relative', 0 or more")
      }
      tolerances[measure] = Tolerance(absolute: absolute, relative: relative)
    }
    return tolerances
  }

  func excuses() throws(ExpectationFault) -> [AcceptedResults.Excuse] {
    guard let list = json["excused"]?.array else {
      throw .malformed(place: "excused", expected: "a list")
    }
    var excuses: [AcceptedResults.Excuse] = []
    for (index, value) in list.enumerated() {
      guard let arm = value["arm"]?.string, let measure = value["measure"]?.string,
        let reason = value["reason"]?.string
      else {
        throw .malformed(place: "excused.\(index)", expected: "'arm', 'measure' and 'reason'")
      }
      excuses.append(.init(arm: arm, measure: measure, reason: reason))
    }
    return excuses
  }
}
