import Reproducibility

extension ScheduleFault {
  var what: String {
    switch self {
    case .exponentialThroughZero: "an exponential schedule that is not above 0 at both ends"
    case .valueCount(let values, let boundaries):
      "\(values) values for \(boundaries) boundaries of a step schedule"
    case .boundariesNotRising: "the boundaries of a step schedule do not rise"
    case .warmUpStart(let value):
      "the warm-up begins at \(ecmaScriptNumber(value)), outside the setting's range"
    }
  }

  var why: String {
    switch self {
    case .exponentialThroughZero: "no factor leads from one value to the other"
    case .valueCount: "each boundary lies between two values"
    case .boundariesNotRising: "a step cannot come before the one before it"
    case .warmUpStart: "the first step already uses its share of the value"
    }
  }

  var help: String {
    switch self {
    case .exponentialThroughZero: "use values above 0, or \"kind\": \"linear\""
    case .valueCount(_, let boundaries): "write \(boundaries + 1) values"
    case .boundariesNotRising: "write each step once, in order"
    case .warmUpStart: "shorten the warm-up or leave it out"
    }
  }
}
