package import Reproducibility
internal import ResultStatistics

extension Explanation {
  package var json: JSONValue {
    switch self {
    case .cell(let cell): cell.json
    case .claim(let claim): claim.json
    }
  }
}

extension CellExplanation {
  fileprivate var json: JSONValue {
    var members: JSONObject = [
      "study": .string(study), "arm": .string(arm.label), "measure": .string(measure.name),
      "unit": .string(measure.unit), "is_baseline": .bool(arm.isBaseline),
      "mean": numeric(estimate.mean), "standard_deviation": numeric(estimate.standardDeviation),
      "interval": ends(estimate.interval), "level": .string(level), "method": .string(method),
      "n": JSONValue(estimate.count), "planned": JSONValue(estimate.planned),
      "macros": macros(numbers), "seeds": .array(seeds.map(\.json)),
      "settings": .array(
        arm.differences.map {
          [
            "path": .string($0.path), "baseline": $0.baseline.map { .string($0) } ?? .null,
            "arm": $0.arm.map { .string($0) } ?? .null,
          ]
        }),
    ]
    if let judged = comparison {
      members["comparison"] = [
        "baseline": .string(baseline ?? ""), "difference": numeric(judged.comparison.difference),
        "interval": ends(judged.comparison.interval), "pairs": JSONValue(judged.comparison.count),
        "planned": JSONValue(judged.comparison.planned), "p": numeric(judged.comparison.pValue),
        "p_holm": numeric(judged.adjustedPValue), "family": JSONValue(family),
        "p_sign_flip": numeric(judged.comparison.signFlip?.pValue),
        "pairing_worth": numeric(judged.comparison.pairingWorth),
        "verdict": .string(judged.verdict.rawValue),
        "reason": judged.reason.map { .string(ReportProse.words(of: $0, judged.comparison)) }
          ?? .null,
      ]
    }
    if let paper {
      members["paper"] = [
        "value": .number(paper.value), "error": numeric(paper.error), "note": .string(paper.note),
      ]
    }
    return .object(members)
  }
}

extension CellExplanation.Seed {
  fileprivate var json: JSONValue {
    [
      "seed": JSONValue(seed), "value": numeric(observation.value),
      "difference": numeric(difference), "item": .string(item),
      "hole": observation.hole.map { .string($0.kind.rawValue) } ?? .null,
      "reason": observation.hole.map { .string($0.reason) } ?? .null,
      "seconds": .number(details.seconds),
      "stages": .array(
        details.stages.map {
          [
            "name": .string($0.name), "item": .string($0.item), "step": JSONValue($0.step),
            "seconds": .number($0.seconds), "policy": .string($0.policy),
          ]
        }),
    ]
  }
}

extension ClaimExplanation {
  fileprivate var json: JSONValue {
    let claim = judged.claim
    return [
      "study": .string(study), "claim": JSONValue(number), "says": .string(claim.says),
      "expect": .string(claim.expect), "verdict": .string(judged.verdict.rawValue),
      "reason": .string(judged.reason), "confidence": .number(claim.confidence),
      "post_hoc": .bool(claim.isPostHoc), "macros": macros(numbers),
      "parts": .array(
        zip(claim.parts, judged.parts).map { part, measured in
          [
            "text": .string(part.text), "arms": .array(part.arms.map { .string($0) }),
            "unit": .string(part.unit), "mean": numeric(measured.mean),
            "interval": ends(measured.interval), "n": JSONValue(measured.count),
            "planned": JSONValue(measured.planned), "verdict": .string(measured.verdict.rawValue),
            "values": .array(
              zip(seeds, measured.values).map { seed, value in
                ["seed": JSONValue(seed), "value": numeric(value.value)]
              }),
          ]
        }),
    ]
  }
}

private func numeric(_ value: Double?) -> JSONValue { value.map { .number($0) } ?? .null }

private func ends(_ interval: Interval?) -> JSONValue {
  interval.map { [.number($0.lower), .number($0.upper)] } ?? .null
}

private func macros(_ numbers: [ReportedNumber]) -> JSONValue {
  .object(JSONObject(numbers.map { ($0.macro, .string($0.text)) }))
}
