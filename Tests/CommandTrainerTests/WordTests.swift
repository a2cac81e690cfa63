@testable import CommandTrainer
import Reproducibility
import Testing

@Suite("words of a command")
struct WordTests {
  private static let settings: JSONObject = [
    "rate": 1e-4, "name": "adam w", "flag": true, "optimizer": ["beta": 0.9],
    "betas": [0.9, 0.95],
  ]

  @Test(
    "placeholders become values; other braces are left to shells and awk",
    arguments: [
      ("{rate}", "0.0001"), ("--lr={rate}", "--lr=0.0001"), ("{name}", "adam w"),
      ("{flag}", "true"), ("{optimizer.beta}", "0.9"), ("{betas[1]}", "0.95"),
      ("{betas}", "[0.9,0.95]"), ("{seed}/{seed}", "7/7"), ("{{rate}}", "{rate}"),
      ("${rate}", "${rate}"), ("BEGIN { print $1 }", "BEGIN { print $1 }"), ("{}", "{}"),
      ("{rate", "{rate"), ("", ""), ("é{rate}é", "é0.0001é"),
    ])
  func filled(word: String, expected: String) {
    #expect(CommandWord(word).filled(Self.settings, seed: 7) == expected)
  }

  @Test("a placeholder without a value leaves no word")
  func missing() {
    #expect(CommandWord("{rates}").filled(Self.settings, seed: 7) == nil)
    #expect(CommandWord("é{rates}").placeholders.map(\.range) == [2..<9])
  }
}
