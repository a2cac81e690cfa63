import Diagnostics
import Testing

@Suite("Suggestions")
struct SuggestionTests {
  @Test(
    "a word is suggested when at most a third of its letters are wrong",
    arguments: [
      ("grup_size", ["group_size", "steps"], "group_size"),
      ("stpes", ["group_size", "steps"], "steps"),
      // 5 letters allow 1 mistake, not 2.
      ("stapz", ["steps"], nil),
      // 2 letters are near to everything.
      ("lr", ["ls", "kl"], nil),
      ("abc", ["abd"], "abd"),
      // Equally near: the first of the alphabet, not of the list.
      ("beta3", ["beta2", "beta1"], "beta1"),
      ("steps", [], nil),
      ("", ["a"], nil),
    ] as [(String, [String], String?)])
  func closest(word: String, among: [String], expected: String?) {
    #expect(Suggestion.closest(to: word, among: among) == expected)
  }

  @Test(
    "distances are those of Damerau's four mistakes",
    arguments: [
      ("", "", 0), ("", "abc", 3), ("abc", "", 3), ("abc", "abc", 0),
      ("abc", "abd", 1), ("abc", "ab", 1), ("abc", "abcd", 1), ("abc", "acb", 1),
      // "CA" to "ABC" is 3 in optimal string alignment, which edits no part twice.
      ("ca", "abc", 3), ("kitten", "sitting", 3),
    ])
  func distances(a: String, b: String, expected: Int) {
    #expect(Suggestion.distance(Array(a), Array(b)) == expected)
    #expect(Suggestion.distance(Array(b), Array(a)) == expected)
  }
}
