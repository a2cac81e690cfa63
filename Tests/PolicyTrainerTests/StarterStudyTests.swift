import PolicyTrainer
import Reproducibility
import StudyLanguage
import Testing

@Suite("The study that init writes")
struct StarterStudyTests {
  @Test("with its comments and without, the lines that count are the same")
  func comments() {
    let strict = StarterStudy.text(name: "mine", isCommented: false)
    let commented = StarterStudy.text(name: "mine", isCommented: true)
    let lines = commented.split(separator: "\n", omittingEmptySubsequences: false)
    let notes = lines.filter { $0.contains("//") }
    #expect(notes.count > 15)
    #expect(notes.allSatisfy { $0.drop { $0 == " " }.hasPrefix("// ") }, "a line of their own")
    #expect(strict == lines.filter { !$0.contains("//") }.joined(separator: "\n"))
    for text in [strict, commented] {
      #expect(!text.contains("NAME") && text.contains("\"study\": \"mine\""))
      #expect(text.hasSuffix("}\n"))
    }
    #expect(commented.contains("Reports/mine/"))
    #expect(lines.allSatisfy { $0.count <= 110 })
  }

  @Test("it is strict JSON with every key known, and every setting of its recipe fits the others")
  func reads() throws {
    let text = StarterStudy.text(name: "mine", isCommented: false)
    let json = try JSONValue(parsing: text)
    let recipe = try Settings(normalising: json["recipe"] ?? .null, as: Recipe.schema)
    #expect(Recipe(recipe).faults().isEmpty)
    _ = try Settings(normalising: json, as: StudySchema.schema)
  }

  @Test("any name is written as JSON has it")
  func escapes() throws {
    let json = try JSONValue(
      parsing: StarterStudy.text(name: "a\"b\\", isCommented: false))
    #expect(json["study"] == "a\"b\\")
  }
}
