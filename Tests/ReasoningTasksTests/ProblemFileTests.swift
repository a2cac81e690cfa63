import Reproducibility
import Testing

@testable import ReasoningTasks

@Suite("Problem files")
struct ProblemFileTests {
  @Test("what was written is read back", arguments: 0..<8)
  func roundTrip(seed: UInt64) throws {
    let problems =
      try ProblemGenerator(.math(.pool), seed: Seed(seed)).problems(count: 40)
      + ProblemGenerator(.code(.coldStart), seed: Seed(seed)).problems(count: 40)
      + [
        .math(id: "é \"quoted\"", prompt: "?", answer: "-5"),
        .code(
          id: "b", prompt: "C1:1=", tests: [CodeTest(input: -3, output: -1_000_000_000)],
          reference: nil),
      ]
    let text = ProblemFile.write(problems)
    #expect(try ProblemFile.read(text, name: "pool.jsonl") == problems)
    #expect(ProblemFile.write(try ProblemFile.read(text, name: "pool.jsonl")) == text)
  }

  @Test("a line reads as documented")
  func line() {
    let code = Problem.code(
      id: "line-1", prompt: "C1:4,2:8=", tests: [CodeTest(input: 3, output: 12)], reference: "x*4",
      difficulty: ["magnitude": 1, "family": 2])
    #expect(
      ProblemFile.write([code])
        == #"{"id":"line-1","domain":"code","prompt":"C1:4,2:8=","tests":[{"input":3,"output":12}],"#
        + #""reference":"x*4","difficulty":{"family":2,"magnitude":1}}"# + "\n")
  }

  @Test("blank lines, carriage returns and a missing last newline do not matter")
  func layout() throws {
    let text = "\r\n" + Self.sum + "\r\n  \n" + Self.line + ""
    #expect(try ProblemFile.read(text, name: "a").map(\.id) == ["s", "l"])
  }

  static let sum = #"{"id":"s","domain":"math","prompt":"M4+7=","answer":"11"}"#
  static let line =
    #"{"id":"l","domain":"code","prompt":"C1:4,2:8=","tests":[{"input":3,"output":12}],"reference":"x*4"}"#
  private static let rule =
    "only keys that are read may be written, so that a typo cannot become a silent omission"
  private static let example =
    #"a line looks like {"id":"sum-1","domain":"math","prompt":"M4+7=","answer":"11"}"#
  private static let tokens =
    "the tokens are + - * / ( ) = < ? : ; , [ ] x M C ~ . ! and the numbers 0…99, without spaces"

  /// File, full message without the count.
  static let messages: [(String, String)] = [
    (
      "\n \n",
      """
      f:1:1: error: the file has no problem
        why:  there would be nothing to train or to be tested on
        help: write one problem a line, or generate some: ablate problems generate
      """
    ),
    (
      sum + "\n{\"id\":\"a\",}",
      """
      f:2:11: error: not JSON: unexpected '}'
        why:  a problem file is JSON Lines: every line is one problem
        help: \(example)
      """
    ),
    (
      "[1]",
      """
      f:1:1: error: expected an object, found a list
        why:  a problem file is JSON Lines: every line is one problem
        help: \(example)
      """
    ),
    (
      #"{"id":"é","domain":"math","prompt":"M4+7=","answers":"11"}"#,
      """
      f:1:1: error: the key 'answer' is missing
        why:  a problem without it cannot be posed or verified
        help: add 'answer'
      f:1:44: error: unknown key 'answers' in a math problem
        why:  \(rule)
        help: the keys are id, domain, prompt, answer, difficulty
      """
    ),
    (
      #"{"id":"a","domain":"maths","prompt":"M4+7=","answr":"11"}"#,
      """
      f:1:20: error: unknown domain 'maths'
        why:  the domain decides how a response is verified
        help: the domains are math, code
      f:1:45: error: unknown key 'answr'
        why:  \(rule)
        help: math has id, domain, prompt, answer, difficulty; \
      code has id, domain, prompt, tests, reference, difficulty
      """
    ),
    (
      #"{"id":"a","domain":"math","prompt":"M4+7=","answer":11}"#,
      """
      f:1:53: error: 'answer' must be a string, found a number
        why:  a value of another type would have to be guessed at
        help: give 'answer' a string
      """
    ),
    (
      #"{"id":"","domain":"math","prompt":"M4+7=","answer":"11"}"#,
      """
      f:1:7: error: 'id' is empty
        why:  a problem without it cannot be posed or verified
        help: add 'id'
      """
    ),
    (
      #"{"id":"a","domain":"math","prompt":"M4 + 7=","answer":"11"}"#,
      """
      f:1:36: error: 'prompt' cannot be written in tokens: ' ' at character 3 is not in the vocabulary
        why:  the policy reads and writes nothing but the tokens of the vocabulary
        help: \(tokens)
      """
    ),
    (
      #"{"id":"a","domain":"math","prompt":"M60+60=","answer":"120"}"#,
      """
      f:1:55: error: 'answer' cannot be written in tokens: the number 120 at character 1 is above 99
        why:  the policy reads and writes nothing but the tokens of the vocabulary
        help: \(tokens)
      """
    ),
    (
      #"{"id":"a","domain":"math","prompt":"\#(String(repeating: "+", count: 65))","answer":"1"}"#,
      """
      f:1:36: error: the prompt has 65 tokens; at most 64 are allowed
        why:  prompt and response share the policy's context
        help: shorten the prompt
      """
    ),
    (
      #"{"id":"a","domain":"math","prompt":"M4+7=","answer":"[11]"}"#,
      """
      f:1:53: error: the answer holds a square bracket
        why:  square brackets mark the answer box, so no response could be right
        help: write the answer without brackets, as it would stand in the box
      """
    ),
    (
      #"{"id":"a","domain":"math","prompt":"M4+7=","answer":"12"}"#,
      """
      f:1:53: error: the answer is '12', but the prompt's expression is 11
        why:  a right response would be scored 0, and a wrong one 1
        help: write "11", or mend the prompt
      """
    ),
    (
      #"{"id":"a","domain":"code","prompt":"C1:4=","tests":[]}"#,
      """
      f:1:52: error: 'tests' is empty
        why:  a program that is run on nothing would always pass
        help: add tests such as {"input":3,"output":12}
      """
    ),
    (
      #"{"id":"a","domain":"code","prompt":"C1:4=","tests":[{"input":3,"outptu":12}]}"#,
      """
      f:1:53: error: the key 'tests[0].output' is missing
        why:  a problem without it cannot be posed or verified
        help: add 'tests[0].output'
      f:1:64: error: unknown key 'outptu' in a test
        why:  \(rule)
        help: the keys are input, output
      """
    ),
    (
      #"{"id":"a","domain":"code","prompt":"C1:4=","tests":[{"input":1.5,"output":1e12}]}"#,
      """
      f:1:62: error: 'tests[0].input' must be a whole number in −1000000000…1000000000
        why:  programs compute within these limits, so none could pass the test
        help: use a smaller whole number
      f:1:75: error: 'tests[0].output' must be a whole number in −1000000000…1000000000
        why:  programs compute within these limits, so none could pass the test
        help: use a smaller whole number
      """
    ),
    (
      #"{"id":"a","domain":"code","prompt":"C1:4=","tests":[{"input":3,"output":12}],"reference":"x+4"}"#,
      """
      f:1:90: error: the reference program is refused: 0 of 1 tests passed; x = 3 gives 7, expected 12
        why:  a problem that its own reference does not solve cannot be trusted
        help: mend the program or the tests, or leave 'reference' out
      """
    ),
    (
      #"{"id":"a","domain":"code","prompt":"C1:4=","tests":[{"input":3,"output":12}],"reference":"x*"}"#,
      """
      f:1:90: error: the reference program is refused: the program ends after 2 characters, \
      where a number, x, - or ( was expected
        why:  a problem that its own reference does not solve cannot be trusted
        help: mend the program or the tests, or leave 'reference' out
      """
    ),
    (
      sum + "\n" + #"{"id":"s","domain":"math","prompt":"M1+1=","answer":"2"}"#,
      """
      f:2:7: error: the id 's' is already that of line 1
        why:  pass rates and scores are kept by id
        help: give every problem an id of its own
      """
    ),
    (
      sum + "\n\n" + #"{"id":"t","domain":"math","prompt":"M(4+7)=","answer":"11"}"#,
      """
      f:3:36: error: the problem is the same as that of line 1
        why:  a problem that comes twice counts twice
        help: remove one of the two
      """
    ),
  ]

  @Test("each fault has its message", arguments: messages)
  func message(text: String, message: String) {
    do throws(ProblemFileFaults) {
      Issue.record("read as \(try ProblemFile.read(text, name: "f"))")
    } catch {
      let count = error.faults.count == 1 ? "1 error" : "\(error.faults.count) errors"
      #expect(error.description == message + "\n" + count)
    }
  }

  @Test("the bytes of a fault are those of the file")
  func range() throws {
    let text = Self.sum + "\n" + #"{"id":"é","domain":"math","prompt":"M4+7=","answers":"11"}"#
    do throws(ProblemFileFaults) {
      _ = try ProblemFile.read(text, name: "f")
      Issue.record("accepted")
    } catch {
      let unknown = try #require(error.faults.last)
      #expect(String(decoding: Array(text.utf8)[unknown.range], as: UTF8.self) == #""answers""#)
    }
  }

  @Test("all faults of a file are found in one pass, and any text is survived")
  func fuzz() {
    var random = RandomStream(Seed(13).derive("files"))
    var faults = 0
    var files = 0
    for _ in 0..<2000 {
      let lines = (0..<3).map { _ in mutated(random.element(of: [Self.sum, Self.line]), &random) }
      do throws(ProblemFileFaults) {
        _ = try ProblemFile.read(lines.joined(separator: "\n"), name: "f")
        files += 1
      } catch {
        faults += error.faults.count
        #expect(!error.faults.isEmpty)
        let places = error.faults.map { ($0.line, $0.range.lowerBound) }
        #expect(zip(places, places.dropFirst()).allSatisfy { $0 <= $1 })
      }
    }
    #expect(faults > 2000)
  }
}
