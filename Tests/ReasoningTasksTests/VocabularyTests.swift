import Reproducibility
import Testing

@testable import ReasoningTasks

@Suite("Vocabulary")
struct VocabularyTests {
  let vocabulary = Vocabulary.standard

  @Test("has 122 tokens: padding, end, 20 symbols, 100 numbers")
  func size() throws {
    #expect(vocabulary.size == 122)
    #expect(Vocabulary.symbols.count == 20)
    #expect(try vocabulary.encode("+!0 99".replacing(" ", with: "+")) == [2, 21, 22, 2, 121])
    #expect(vocabulary.token(of: 42) == 64)
  }

  @Test("decode ∘ encode is identity on every text that has tokens", arguments: 0..<64)
  func roundTrip(seed: UInt64) throws {
    var random = RandomStream(Seed(seed).derive("vocabulary"))
    var tokens: [Int32] = []
    for _ in 0..<200 {
      // No number behind a number: those two have no text.
      let isAfterNumber = (tokens.last ?? 0) >= 22
      tokens.append(Int32(random.integer(in: 2...(isAfterNumber ? 21 : 121))))
    }
    let text = vocabulary.decode(tokens)
    #expect(try vocabulary.encode(text) == tokens)
    #expect(vocabulary.decode(try vocabulary.encode(text)) == text)
  }

  @Test("two numbers in a row never read as one, and no verifier accepts them")
  func noDigitGluing() throws {
    let one = vocabulary.token(of: 1)
    #expect(vocabulary.decode([one, one]) == "1 1")
    let brackets = try vocabulary.encode("[]")
    let text = vocabulary.decode([brackets[0], one, one, brackets[1]])
    let math = Problem.math(prompt: "M5+6=", answer: "11")
    let code = Problem.code(
      prompt: "C1:11=", tests: [CodeTest(input: 1, output: 11)], reference: nil)
    for problem in [math, code] {
      #expect(Verifier().verify(problem, completion: "[11]", isFinished: true).score == 1)
      #expect(Verifier().verify(problem, completion: text, isFinished: true).score == 0)
    }
  }

  @Test("text ends at the end token; padding and unknown ids are unreadable")
  func specialTokens() {
    #expect(vocabulary.decode([23, vocabulary.end, 24]) == "1")
    #expect(vocabulary.decode([23, 0, 24, 122, -5]) == "1\u{FFFD}2\u{FFFD}\u{FFFD}")
  }

  @Test(
    "what cannot be written is said with its place",
    arguments: [
      ("M4 +7=", "' ' at character 3 is not in the vocabulary"),
      ("M4+é=", "'é' at character 4 is not in the vocabulary"),
      ("M4+100=", "the number 100 at character 4 is above 99"),
      ("M04=", "the number 04 at character 2 begins with a zero"),
      ("M12345678901234567890=", "the number 123456789… at character 2 is above 99"),
    ])
  func faults(text: String, message: String) {
    do throws(VocabularyFault) {
      Issue.record("encoded as \(try vocabulary.encode(text))")
    } catch {
      #expect(error.description == message)
    }
  }
}
