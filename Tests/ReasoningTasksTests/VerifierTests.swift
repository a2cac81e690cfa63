import Reproducibility
import Testing

@testable import ReasoningTasks

@Suite("Verifier")
struct VerifierTests {
  static let sum = Problem.math(id: "sum", prompt: "M4+7=", answer: "11")
  static let fourfold = Problem.code(
    id: "fourfold", prompt: "C1:4,2:8=",
    tests: [3, 0, 10, 12, 5].map { CodeTest(input: $0, output: 4 * $0) }, reference: "x*4")

  /// Completion, name of the reason, its wording, whether the format is kept.
  @Test(
    "math verdicts",
    arguments: [
      ("4+7=11;[11]", "correct", "correct", true),
      ("[11]", "correct", "correct", true),
      ("4+7=12;[11]", "correct", "correct", true),
      ("", "no-box", "no answer box", false),
      ("11", "no-box", "no answer box", false),
      ("[11", "broken-box", "a bracket of the answer box has no partner", false),
      ("11]", "broken-box", "a bracket of the answer box has no partner", false),
      ("]11[", "broken-box", "a bracket of the answer box has no partner", false),
      ("[11][11]", "several-boxes", "more than one answer box", false),
      ("[[11]]", "several-boxes", "more than one answer box", false),
      ("[12[11]", "several-boxes", "more than one answer box", false),
      ("[11];", "text-after-box", "text after the answer box", false),
      ("[11]\u{FFFD}", "text-after-box", "text after the answer box", false),
      ("[]", "wrong-answer", "the box is empty, expected 11", true),
      ("[12]", "wrong-answer", "12, expected 11", true),
      ("[+11]", "wrong-answer", "+11, expected 11", true),
      ("[1 1]", "wrong-answer", "1 1, expected 11", true),
      ("[4+7]", "wrong-answer", "4+7, expected 11", true),
    ])
  func math(text: String, name: String, wording: String, isWellFormed: Bool) {
    let verdict = Verifier().verify(Self.sum, completion: text, isFinished: true)
    #expect(verdict.reason.name == name)
    #expect(verdict.reason.description == wording)
    #expect(verdict.isWellFormed == isWellFormed)
    #expect(verdict.score == (name == "correct" ? 1 : 0))
    #expect(verdict.total == 1 && verdict.passed == Int(verdict.score))
    #expect(Verdict.Reason.names.contains(name))
  }

  @Test("an unfinished response scores 0, even with the answer in its box")
  func truncated() {
    for problem in [Self.sum, Self.fourfold] {
      let verdict = Verifier().verify(problem, completion: "[11]", isFinished: false)
      #expect(verdict.reason == .truncated && verdict.score == 0 && !verdict.isWellFormed)
      #expect(verdict.total == max(problem.tests.count, 1))
    }
  }

  /// Completion, passed of five, wording. Inputs in order: 3, 0, 10, 12, 5.
  @Test(
    "code verdicts",
    arguments: [
      ("!8-4=4;[x*4]", 5, "correct"),
      ("[x+x+x+x]", 5, "correct"),
      ("[x<6?x*4:0]", 3, "3 of 5 tests passed; x = 10 gives 0, expected 40"),
      ("[x*5]", 1, "1 of 5 tests passed; x = 3 gives 15, expected 12"),
      (
        "[x<11?x*4:x*99*99*99*99*99]", 4,
        "4 of 5 tests passed; x = 12: a value beyond ±1000000000 occurred"
      ),
      ("[]", 0, "the program is empty"),
      ("[x*]", 0, "the program ends after 2 characters, where a number, x, - or ( was expected"),
    ])
  func code(text: String, passed: Int, wording: String) {
    for scoring in CodeScoring.allCases {
      let verdict = Verifier(codeScoring: scoring)
        .verify(Self.fourfold, completion: text, isFinished: true)
      #expect(verdict.reason.description == wording)
      #expect(verdict.passed == passed && verdict.total == 5 && verdict.isWellFormed)
      let expected = scoring == .fraction ? Double(passed) / 5 : passed == 5 ? 1 : 0
      #expect(verdict.score == expected)
      #expect(verdict.isCorrect == (passed == 5))
    }
  }

  @Test("limits of the settings are the limits that apply")
  func limits() {
    let verifier = Verifier(limits: ProgramLimits(characters: 3, steps: 2))
    let long = verifier.verify(Self.fourfold, completion: "[x*4+0]", isFinished: true)
    #expect(long.reason == .invalidProgram(.tooLong(characters: 5, limit: 3)))
    let slow = verifier.verify(Self.fourfold, completion: "[x*4]", isFinished: true)
    #expect(slow.reason.description == "0 of 5 tests passed; x = 3: it was stopped after 2 steps")
  }

  @Test("finds the box where the regular expression finds it", arguments: 0..<8)
  func againstRegularExpression(seed: UInt64) {
    var random = RandomStream(Seed(seed).derive("box"))
    var found = 0
    for _ in 0..<500 {
      let length = random.integer(in: 0...8)
      let text = String((0..<length).map { _ in random.element(of: Array("1x[]")) })
      let match = text.wholeMatch(of: /[^\[\]]*\[([^\[\]]*)\]/)
      let content: String? =
        if case .content(let bytes) = AnswerBox(of: text.utf8) {
          String(decoding: bytes, as: UTF8.self)
        } else { nil }
      #expect(content == match.map { String($0.output.1) }, "\(text)")
      found += match == nil ? 0 : 1
    }
    #expect(found > 5)
  }

  @Test("survives 20,000 random completions and keeps its scores in range")
  func fuzz() {
    var random = RandomStream(Seed(12).derive("verifier"))
    var names: Set<String> = []
    for index in 0..<20_000 {
      let inner = randomText(length: 0...12, &random)
      let text =
        switch index % 4 {
        case 0: inner
        case 1: "[" + inner + "]"
        case 2: mutated("!8-4=4;[x*4]", &random)
        default: mutated("4+7=11;[11]", &random)
        }
      for problem in [Self.sum, Self.fourfold] {
        let verdict = Verifier().verify(problem, completion: text, isFinished: index % 9 != 0)
        names.insert(verdict.reason.name)
        #expect(verdict.isCorrect == (verdict.score == 1) && verdict.score >= 0)
        #expect(verdict.isWellFormed || verdict.score == 0)
        #expect(!verdict.reason.description.isEmpty)
      }
    }
    #expect(names == Set(Verdict.Reason.names))
  }
}
