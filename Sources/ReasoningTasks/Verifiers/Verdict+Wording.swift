extension Verdict.Reason {
  /// One word for tables that count reasons.
  package var name: String {
    switch self {
    case .correct: "correct"
    case .truncated: "truncated"
    case .noBox: "no-box"
    case .brokenBox: "broken-box"
    case .severalBoxes: "several-boxes"
    case .textAfterBox: "text-after-box"
    case .wrongAnswer: "wrong-answer"
    case .invalidProgram: "invalid-program"
    case .testsFailed: "tests-failed"
    }
  }

  /// Every name, in the order of the cases.
  package static let names = [
    "correct", "truncated", "no-box", "broken-box", "several-boxes", "text-after-box",
    "wrong-answer", "invalid-program", "tests-failed",
  ]
}

extension Verdict.Reason: CustomStringConvertible {
  /// The reason as a person reads it.
  package var description: String {
    switch self {
    case .correct: "correct"
    case .truncated: "stopped by the length cap before the end token"
    case .noBox: "no answer box"
    case .brokenBox: "a bracket of the answer box has no partner"
    case .severalBoxes: "more than one answer box"
    case .textAfterBox: "text after the answer box"
    case .wrongAnswer(let found, let expected):
      found.isEmpty ? "the box is empty, expected \(expected)" : "\(found), expected \(expected)"
    case .invalidProgram(let fault): fault.description
    case .testsFailed(let passed, let total, let first):
      "\(passed) of \(total) tests passed; \(first)"
    }
  }
}

extension Verdict.TestFailure: CustomStringConvertible {
  package var description: String {
    switch outcome {
    case .value(let value): "x = \(test.input) gives \(value), expected \(test.output)"
    case .stopped(let fault): "x = \(test.input): \(fault)"
    }
  }
}
