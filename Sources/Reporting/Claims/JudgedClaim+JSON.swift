package import Reproducibility
internal import ResultStatistics

extension JudgedClaim {
  /// For programs: full precision, null for what is not known.
  package var json: JSONValue {
    func number(_ value: Double?) -> JSONValue { value.map { .number($0) } ?? .null }
    let parts = zip(claim.parts, parts).map { part, judged -> JSONValue in
      [
        "compares": .string(part.text), "unit": .string(part.unit),
        "mean": number(judged.mean),
        "interval": judged.interval.map { [.number($0.lower), .number($0.upper)] } ?? .null,
        "n": JSONValue(judged.count), "planned": JSONValue(judged.planned),
        "verdict": .string(judged.verdict.rawValue),
      ]
    }
    return [
      "says": .string(claim.says), "expect": .string(claim.expect),
      "confidence": .number(claim.confidence), "verdict": .string(verdict.rawValue),
      "reason": reason.isEmpty ? .null : .string(reason), "post_hoc": .bool(claim.isPostHoc),
      "comparisons": .array(parts),
      "paper": claim.paper.map {
        ["value": .number($0.value), "error": number($0.error), "source": .string($0.note)]
      } ?? .null,
    ]
  }
}
