/// Why problems could not be generated.
package enum GenerationFault: Error, Sendable, Hashable {
  /// A setting of a mixture is out of its range.
  case outOfRange(setting: String, found: String, range: String)
  /// The parameters leave no problem, or hardly one: every draft had a value out of range.
  case noProblem(parameters: [String: Int])
  /// There are not that many different problems.
  case spaceTooSmall(wanted: Int, found: Int, excluded: Int, attempts: Int)
}

extension GenerationFault: CustomStringConvertible {
  package var description: String { "\(what)\n  why:  \(why)\n  help: \(help)" }

  /// The fault in a line.
  package var what: String {
    switch self {
    case .outOfRange(let setting, let found, let range):
      "'\(setting)' is \(found); it must be \(range)"
    case .noProblem(let parameters):
      "no problem with these parameters was found: "
        + parameters.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        .joined(separator: ", ")
    case .spaceTooSmall(let wanted, let found, let excluded, let attempts):
      "only \(found) of \(wanted) different problems were found; the last \(attempts) drawn were all"
        + " known (problems kept out: \(excluded))"
    }
  }

  /// Why that is not passed over.
  package var why: String {
    switch self {
    case .outOfRange: "outside its range a setting has no meaning, or no tokens to write it with"
    case .noProblem: "every draft had a value outside 0…limit and was thrown away"
    case .spaceTooSmall:
      "a pool holds no problem twice, and none that another set keeps for itself"
    }
  }

  /// What to do.
  package var help: String {
    switch self {
    case .outOfRange(let setting, _, _): "give '\(setting)' a value in that range"
    case .noProblem: "raise 'limit', or ask for fewer operations or smaller operands"
    case .spaceTooSmall(_, let found, _, _):
      "ask for at most \(found), or widen the mixture: more operations, magnitudes or families"
    }
  }
}
