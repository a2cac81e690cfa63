/// What the verifier says of one completion.
package struct Verdict: Sendable, Hashable {
  package enum Reason: Sendable, Hashable {
    case correct
    /// Stopped by the length cap; whatever it holds does not count.
    case truncated
    case noBox
    case brokenBox
    case severalBoxes
    case textAfterBox
    case wrongAnswer(found: String, expected: String)
    case invalidProgram(ProgramFault)
    case testsFailed(passed: Int, total: Int, first: TestFailure)
  }

  /// A hidden test that a program did not pass.
  package struct TestFailure: Sendable, Hashable {
    package enum Outcome: Sendable, Hashable {
      case value(Int)
      case stopped(RunFault)
    }

    package var test: CodeTest
    package var outcome: Outcome

    package init(test: CodeTest, outcome: Outcome) {
      self.test = test
      self.outcome = outcome
    }
  }

  /// 0…1; unitless.
  package let score: Double
  package let reason: Reason
  /// Tests passed; a math problem counts as one test.
  package let passed: Int
  package let total: Int
  /// Whether the response is finished and ends in exactly one box, whatever is in it.
  package let isWellFormed: Bool

  package init(score: Double, reason: Reason, passed: Int, total: Int, isWellFormed: Bool) {
    precondition((0...1).contains(score) && (0...total).contains(passed))
    self.score = score
    self.reason = reason
    self.passed = passed
    self.total = total
    self.isWellFormed = isWellFormed
  }

  /// Everything was right.
  package var isCorrect: Bool { reason == .correct }
}

/// What a program's score is when it passes some of its tests.
package enum CodeScoring: String, CaseIterable, Sendable {
  /// Tests passed over all tests. arXiv:2504.00829, section 3.2.
  case fraction
  /// 1 when every test passes, otherwise 0. The same team's AM-Thinking-v1, arXiv:2505.08311.
  case allOrNothing = "all-or-nothing"
}
