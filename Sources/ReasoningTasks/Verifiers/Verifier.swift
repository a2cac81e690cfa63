/// Scores completions. A pure function of problem, text and settings; survives any text.
package struct Verifier: Sendable, Hashable {
  package var codeScoring: CodeScoring
  package var limits: ProgramLimits

  package init(codeScoring: CodeScoring = .fraction, limits: ProgramLimits = .standard) {
    self.codeScoring = codeScoring
    self.limits = limits
  }

  /// The verdict on one completion.
  ///
  /// - Parameters:
  ///   - text: the completion without its end token, as ``Vocabulary/decode(_:)`` gives it.
  ///   - isFinished: whether the end token was written before the length cap.
  package func verify(_ problem: Problem, completion text: String, isFinished: Bool) -> Verdict {
    let total = max(problem.tests.count, 1)
    func refused(_ reason: Verdict.Reason) -> Verdict {
      Verdict(score: 0, reason: reason, passed: 0, total: total, isWellFormed: false)
    }
    guard isFinished else { return refused(.truncated) }
    switch AnswerBox(of: text.utf8) {
    case .missing: return refused(.noBox)
    case .broken: return refused(.brokenBox)
    case .several: return refused(.severalBoxes)
    case .followedByText: return refused(.textAfterBox)
    case .content(let content):
      guard let answer = problem.answer else { return run(content, on: problem.tests) }
      return compare(content, with: answer)
    }
  }

  /// Right when the box holds the answer, byte for byte: `07`, `+7` and `7 ` are not 7.
  private func compare(_ content: [UInt8], with answer: String) -> Verdict {
    if content.elementsEqual(answer.utf8) {
      return Verdict(score: 1, reason: .correct, passed: 1, total: 1, isWellFormed: true)
    }
    let found = String(decoding: content, as: UTF8.self)
    return Verdict(
      score: 0, reason: .wrongAnswer(found: found, expected: answer), passed: 0, total: 1,
      isWellFormed: true)
  }

  /// Runs the program on every test, so that the fraction does not depend on their order.
  private func run(_ content: [UInt8], on tests: [CodeTest]) -> Verdict {
    let program: Program
    do throws(ProgramFault) {
      program = try Program(utf8: content, limits: limits)
    } catch {
      return Verdict(
        score: 0, reason: .invalidProgram(error), passed: 0, total: tests.count, isWellFormed: true)
    }
    let failures = tests.compactMap { failure(of: program, in: $0) }
    let passed = tests.count - failures.count
    guard let first = failures.first else {
      return Verdict(
        score: 1, reason: .correct, passed: passed, total: tests.count, isWellFormed: true)
    }
    let score =
      switch codeScoring {
      case .fraction: Double(passed) / Double(tests.count)
      case .allOrNothing: 0.0
      }
    return Verdict(
      score: score, reason: .testsFailed(passed: passed, total: tests.count, first: first),
      passed: passed, total: tests.count, isWellFormed: true)
  }

  private func failure(of program: Program, in test: CodeTest) -> Verdict.TestFailure? {
    do throws(RunFault) {
      let value = try program(test.input)
      return value == test.output ? nil : .init(test: test, outcome: .value(value))
    } catch {
      return .init(test: test, outcome: .stopped(error))
    }
  }
}
