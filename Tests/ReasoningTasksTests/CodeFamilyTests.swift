import Reproducibility
import Testing

@testable import ReasoningTasks

@Suite("Code families")
struct CodeFamilyTests {
  /// Prompt, reference, thorough response, tokens of it with the end token.
  static let examples = [
    ("C2:14,5:17=", "x+12", "!14-2=12;[x+12]", 13),
    ("C1:4,2:8=", "x*4", "!8-4=4;[x*4]", 13),
    ("C2:10,3:13=", "x*3+4", "!13-10=3;3*2=6;10-6=4;[x*3+4]", 27),
    ("C1:20,3:30=", "x*5+15", "!30-20=10;5*2=10;5*1=5;20-5=15;[x*5+15]", 33),
    ("C1:0,2:9=", "x*9-9", "!9-0=9;9*1=9;9-0=9;[x*9-9]", 27),
    ("C4:13,5:14,6:12,7:14=", "x<6?x+9:x*2", "!14-5=9;14-12=2;[x<6?x+9:x*2]", 27),
    ("C0:1,1:4,2:13=", "x*x*3+1", "!4-1=3;[x*x*3+1]", 17),
    (
      "C1:10,2:12,3:15=", "x<2?x+9:x*3+6", "!10-1=9;15-12=3;3*2=6;12-6=6;[x<2?x+9:x*3+6]", 41
    ),
    // The other sign of family 1, and a program of no family.
    ("C7:3,9:5=", "x-4", "!7-3=4;[x-4]", 13),
    ("C1:2=", "x+x", "[x+x]", 6),
  ]

  @Test("worked examples show how the constants follow", arguments: examples)
  func workedExample(prompt: String, reference: String, response: String, tokens: Int) throws {
    let shown = try #require(CodePrompt(prompt)?.examples)
    let problem = Problem.code(prompt: prompt, tests: shown, reference: reference)
    var random = RandomStream(Seed(1))
    let text = try problem.demonstration(style: .thorough, random: &random)
    #expect(text == response)
    #expect(try Vocabulary.standard.encode(text).count + 1 == tokens)
    #expect(Verifier().verify(problem, completion: text, isFinished: true).score == 1)
  }

  static let kinds = (1...8).flatMap { family in
    (1...2).map { CodeParameters(family: family, magnitude: $0) }
  }

  @Test("every kind of problem keeps its promises", arguments: kinds)
  func generatedProblems(parameters: CodeParameters) throws {
    var random = RandomStream(Seed(2).derive("\(parameters)"))
    for _ in 0..<60 {
      let problem = try CodeFamily(limit: 30).problem(parameters, random: &random)
      let shown = try #require(CodePrompt(problem.prompt)?.examples)
      let reference = try #require(problem.reference)
      let program = try Program(reference)
      #expect(shown.count == [2, 2, 2, 2, 2, 4, 3, 3][parameters.family - 1])
      for example in shown {
        #expect(try program(example.input) == example.output)
        #expect((0...30).contains(example.output) && (0...12).contains(example.input))
      }
      #expect(problem.tests.count == 5 && Set(problem.tests.map(\.input)).count == 5)
      for test in problem.tests {
        #expect(try program(test.input) == test.output)
        #expect((0...12).contains(test.input) && !shown.map(\.input).contains(test.input))
      }
      let constants = reference.split { !$0.isNumber }.compactMap { Int($0) }
      #expect(constants.allSatisfy { (1...(parameters.magnitude == 2 ? 15 : 9)).contains($0) })
      #expect(problem.canonicalForm == "code " + problem.prompt)
      for style in [DemonstrationStyle.thorough, DemonstrationStyle(jump: 0.35)] {
        let text = try problem.demonstration(style: style, random: &random)
        let verdict = Verifier(codeScoring: .allOrNothing)
          .verify(problem, completion: text, isFinished: true)
        #expect(verdict.score == 1, "\(problem.prompt) → \(text): \(verdict.reason)")
        if style == .thorough { #expect(text.hasPrefix("!"), "\(problem.prompt) → \(text)") }
        #expect(try Vocabulary.standard.encode(text).count <= 40)
      }
    }
  }

  /// Every program of a family that agrees with the examples is the same function.
  @Test("what is shown decides the program", arguments: kinds.filter { $0.magnitude == 2 })
  func determined(parameters: CodeParameters) throws {
    var random = RandomStream(Seed(3).derive("\(parameters)"))
    let rivals = FamilyProgram.all(of: parameters.family)
    for _ in 0..<20 {
      let problem = try CodeFamily(limit: 30).problem(parameters, random: &random)
      let shown = try #require(CodePrompt(problem.prompt)?.examples)
      let reference = try #require(problem.reference.flatMap { FamilyProgram($0) })
      let agreeing = rivals.filter { rival in shown.allSatisfy { rival($0.input) == $0.output } }
      #expect(agreeing.contains(reference))
      for rival in agreeing {
        #expect((0...12).allSatisfy { rival($0) == reference($0) }, "\(problem.prompt) \(rival)")
      }
    }
  }

  @Test("one prompt never has two programs, whichever family it came from")
  func onePromptOneProgram() throws {
    var programs: [String: FamilyProgram] = [:]
    var random = RandomStream(Seed(4))
    for index in 0..<8000 {
      let kind = Self.kinds[index % Self.kinds.count]
      let problem = try CodeFamily(limit: 30).problem(kind, random: &random)
      let program = try #require(problem.reference.flatMap { FamilyProgram($0) })
      if let other = programs.updateValue(program, forKey: problem.canonicalForm) {
        #expect((0...12).allSatisfy { other($0) == program($0) }, "\(other.text) \(program.text)")
      }
    }
  }

  @Test("half of the demonstrations show no work")
  func bareShare() throws {
    let problem = Problem.code(
      prompt: "C1:4,2:8=", tests: [CodeTest(input: 3, output: 12)], reference: "x*4")
    var random = RandomStream(Seed(5))
    let bare = try (0..<2000).count { _ in
      try problem.demonstration(style: DemonstrationStyle(jump: 0.35), random: &random) == "[x*4]"
    }
    // Deviation of the count: √(2000 · ¼) ≈ 22.
    #expect(abs(bare - 1000) < 110)
  }

  @Test("a limit that no program keeps is reported")
  func impossible() {
    var random = RandomStream(Seed(6))
    let kind = CodeParameters(family: 8, magnitude: 1)
    let fault = GenerationFault.noProblem(parameters: ["family": 8, "magnitude": 1, "limit": 2])
    #expect(throws: fault) { try CodeFamily(limit: 2).problem(kind, random: &random) }
  }

  @Test("without a reference there is nothing to show")
  func noReference() {
    let problem = Problem.code(
      id: "a", prompt: "C1:4=", tests: [CodeTest(input: 3, output: 12)], reference: nil)
    var random = RandomStream(Seed(7))
    #expect(throws: DemonstrationFault.noReference(id: "a")) {
      try problem.demonstration(style: .thorough, random: &random)
    }
  }
}

extension FamilyProgram {
  /// Every program of a family with constants 1…15 and thresholds 2…9.
  static func all(of family: Int) -> [FamilyProgram] {
    let constants = 1...15
    func pairs(_ make: (Int, Int) -> FamilyProgram) -> [FamilyProgram] {
      constants.flatMap { a in constants.map { make(a, $0) } }
    }
    return switch family {
    case 1: constants.flatMap { [.plus(b: $0), .minus(b: $0)] }
    case 2: constants.map { .times(a: $0) }
    case 3, 4: pairs { .line(a: $0, b: $1) }
    case 5: pairs { .lineMinus(a: $0, b: $1) }
    case 6: (2...9).flatMap { k in pairs { .split(k: k, b: $0, a: $1) } }
    case 7: pairs { .square(a: $0, b: $1) }
    default:
      (2...9).flatMap { k in
        constants.flatMap { c in pairs { .splitLine(k: k, b: $0, a: $1, c: c) } }
      }
    }
  }
}
