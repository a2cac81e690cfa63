import Reproducibility

/// What kind of response a problem asks for.
package enum Domain: String, CaseIterable, Sendable {
  /// A number in the answer box.
  case math
  /// A program in the answer box.
  case code
}

/// What a program must give for one input.
package struct CodeTest: Sendable, Hashable {
  package var input: Int
  package var output: Int

  package init(input: Int, output: Int) {
    self.input = input
    self.output = output
  }
}

/// One problem: what the policy reads, and what the verifier compares with.
package struct Problem: Sendable, Hashable {
  private enum Solution: Sendable, Hashable {
    case answer(String)
    case tests([CodeTest], reference: String?)
  }

  /// Unique within a pool. A generated problem's is its domain and twelve hexadecimal digits of its
  /// canonical form's digest, so the same problem has the same id in every pool.
  package let id: String
  /// What the policy reads; can be written in the vocabulary.
  package let prompt: String
  /// The generator's parameters; empty for problems from elsewhere.
  package let difficulty: [String: Int]
  /// Equal for two problems that ask the same question (see ``canonicalForm(of:domain:)``); training
  /// problems and suites are kept apart by it.
  package let canonicalForm: String
  private let solution: Solution

  /// A math problem. Without an id it gets the one that follows from its canonical form.
  package static func math(
    id: String? = nil, prompt: String, answer: String, difficulty: [String: Int] = [:]
  ) -> Problem {
    Problem(id, .math, prompt, .answer(answer), difficulty)
  }

  /// A code problem with at least one test. Without an id it gets the one that follows from its
  /// canonical form.
  ///
  /// - Parameter reference: a program that passes the tests; what demonstrations are made from.
  package static func code(
    id: String? = nil, prompt: String, tests: [CodeTest], reference: String?,
    difficulty: [String: Int] = [:]
  ) -> Problem {
    precondition(!tests.isEmpty, "a code problem needs a test")
    return Problem(id, .code, prompt, .tests(tests, reference: reference), difficulty)
  }

  private init(
    _ id: String?, _ domain: Domain, _ prompt: String, _ solution: Solution,
    _ difficulty: [String: Int]
  ) {
    let form = ReasoningTasks.canonicalForm(of: prompt, domain: domain)
    self.id = id ?? "\(domain.rawValue)-\(SHA256.digest(of: form).hex.prefix(12))"
    self.prompt = prompt
    self.solution = solution
    self.difficulty = difficulty
    canonicalForm = form
  }

  package var domain: Domain {
    switch solution {
    case .answer: .math
    case .tests: .code
    }
  }

  /// What the answer box must hold; nil in the code domain.
  package var answer: String? {
    if case .answer(let answer) = solution { answer } else { nil }
  }

  /// What the program is run on, hidden from the policy; empty in the math domain.
  package var tests: [CodeTest] {
    if case .tests(let tests, _) = solution { tests } else { [] }
  }

  /// A program that passes the tests, where one is known.
  package var reference: String? {
    if case .tests(_, let reference) = solution { reference } else { nil }
  }
}
