/// Why results cannot be accepted, or why an accepted file cannot be used.
package enum ExpectationFault: Error, Sendable, Hashable {
  /// Results with holes describe nothing that could be compared with later.
  case holes([String])
  case noTrials
  /// Not a file that `accept` writes; the place inside it and what was expected there.
  case malformed(place: String, expected: String)
  /// Written by a later version of the program.
  case newerFormat(found: Int)
  case otherStudy(found: String, expected: String)
  /// An equivalence test of values that one seed has: there is no spread to test with.
  case oneSeed(arm: String, measure: String)
}

extension ExpectationFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .holes(let places):
      "results with holes cannot be accepted: " + places.prefix(5).joined(separator: "; ")
        + (places.count > 5 ? " and \(places.count - 5) more" : "")
    case .noTrials: "there is no trial to accept"
    case .malformed(let place, let expected): "\(place): expected \(expected)"
    case .newerFormat(let found):
      "accepted values of format \(found); this version reads up to format \(AcceptedResults.format)"
    case .otherStudy(let found, let expected):
      "accepted values of the study '\(found)', not of '\(expected)'"
    case .oneSeed(let arm, let measure):
      "an equivalence test of one seed: \(arm), \(measure); it needs the spread between two or more"
    }
  }
}
