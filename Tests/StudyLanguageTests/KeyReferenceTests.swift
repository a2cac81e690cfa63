import Reproducibility
import Testing

@testable import StudyLanguage

@Suite("The reference page")
struct KeyReferenceTests {
  private let reference = KeyReference(of: [StudySchema.schema, Bakery.schema])

  @Test("each object has a section, once, with its keys")
  func sections() {
    #expect(
      reference.titles == [
        "study", "design", "arm", "block", "seeds", "claim", "paper's number", "paper",
        "paper value", "paper's curves", "tolerance", "room", "margin", "report", "executor",
        "slurm",
        "recipe", "dough", "glaze", "stage", "schedule", "heat",
      ])
    let page = reference.markdown
    #expect(
      page.contains(
        """
        ## dough

        | key | what it may be | default | unit | meaning | source |
        |---|---|---|---|---|---|
        | `flour` | a number above 0 up to 1000 | `500` | grams | Flour of a loaf. | Hamelman 2004, chapter 3 |
        | `salt` | a number from 0 to 1 | `0.02` | share | Salt to flour. |  |
        | `rests` | an integer from 0 to 8 | `2` |  | Times that the dough rests. |  |
        """))
    #expect(page.contains("| `baker` | a string | required: `\"anna\"` |  | Who bakes. |  |"))
    #expect(page.contains("| `glaze` | [glaze](#glaze), or null | – |  | What goes on. |  |"))
    #expect(page.contains("| `stages` | list of [stage](#stage) | required |"))
    #expect(page.contains("`\"kind\": \"coal\"`:\n\n| key |"))
    #expect(page.contains("| `heat` | [heat](#heat) | `\"stone\"` |"))
  }

  @Test("every link of a message and of the page leads to a section")
  func links() {
    let anchors = Set(reference.titles.map { "#\(anchor($0))" })
    let cases =
      StudyMessageTests.table + StudyMessageTests.toleranceTable + RecipeMessageTests.table
      + ChangeMessageTests.table
    let texts = cases.map(\.message) + [reference.markdown]
    var count = 0
    for text in texts {
      for match in text.matches(of: /(?:study-format\.md|\()(#[^\s)]*)/) {
        #expect(anchors.contains(String(match.1)), "\(match.1)")
        count += 1
      }
    }
    #expect(count > 15)
  }

  @Test("objects of one name and other defaults are told apart by where they stand")
  func sameName() {
    func oven(_ degrees: Int) -> RecordSchema {
      RecordSchema(
        "oven", keys: [Key("degrees", .integer(0...300), default: JSONValue(degrees), doc: "D.")])
    }
    func owner(_ name: String, _ degrees: Int) -> RecordSchema {
      RecordSchema(name, keys: [Key("oven", .record(oven(degrees)), default: [:], doc: "O.")])
    }
    let reference = KeyReference(of: [owner("a", 100), owner("b", 200), owner("c", 100)])
    #expect(reference.titles == ["a", "oven", "b", "oven of b", "c"])
    // Each owner's row leads to the oven with its own default.
    let links = reference.markdown.matches(of: /\[oven\]\((#[^)]*)\)/).map { String($0.1) }
    #expect(links == ["#oven", "#oven-of-b", "#oven"])
  }
}
