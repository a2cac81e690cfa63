import Diagnostics
import Testing

@testable import StudyLanguage

@Suite("Counting a study without making its arms")
struct StudyCountTests {
  private static let axes = """
    "lid": {"no lid": {}, "lid": {"cover": true}},
    "crust": {"thin": {}, "thick": {"crust": "thick"}, "plain": {"crust": "thin"}},
    "flour": {"key": "dough.flour", "values": [400, 500, 600]}
    """

  static let studies = [
    "", #""blocks": [{"axes": ["crust", "flour"], "design": "zip"}]"#,
    #""design": "one-at-a-time""#, #""design": "path""#,
    #""exclude": "flour > 500 and lid == 'lid'""#, #""only_if": {"flour": "crust == 'thick'"}"#,
    #""exclude": "dough.flour > 500 and cover""#,
    #""blocks": [{"axes": ["lid", "flour"]}, {"axes": ["flour", "crust"]}]"#,
    #""arms": [{"variants": {"lid": "lid"}}, {"label": "b", "changes": {"loaves": 7}}]"#,
  ]

  private func files(_ more: String) -> MemoryFiles {
    let study = Bakery.study.with("\"loaves\": [4, 8]", Self.axes).with(
      "\"seeds\"", more.isEmpty ? "\"seeds\"" : "\(more), \"seeds\"")
    return MemoryFiles(["ablations/s.json": study, "ablations/recipes/rye.json": Bakery.recipe])
  }

  @Test("counts are those of the arms that reading makes", arguments: studies)
  func agrees(more: String) throws {
    let reader = StudyReader(files: files(more), recipe: Bakery.schema)
    let study = try reader.read("ablations/s.json")
    let count = try reader.count("ablations/s.json")
    #expect(count.arms == study.arms.count + study.merged.count)
    #expect(count.seeds == 2 && count.trials == 2 * count.arms)
    if let distinct = count.distinct { #expect(distinct == study.arms.count) }
    #expect(count.combinations >= count.arms)
  }

  @Test("a million arms are counted, though nobody could read them")
  func million() throws {
    let ten = (1...10).map { "\"v\($0)\": {\"PATH\": \($0)}" }.joined(separator: ", ")
    let paths = [
      "loaves", "dough.flour", "dough.rests", "stages.first.minutes", "stages.second.minutes",
      "stages.first.warmth",
    ]
    let axes = paths.map { path in
      let variants = ten.replacing("PATH", with: path)
      return
        "\"\(path)\": {\(path == "dough.rests" ? variants.replacing(": 9}", with: ": 0}").replacing(": 10}", with: ": 8}") : variants)}"
    }.joined(separator: ", ")
    let study = Bakery.study.with("\"loaves\": [4, 8]", axes)
    let reader = StudyReader(
      files: MemoryFiles([
        "ablations/s.json": study, "ablations/recipes/rye.json": Bakery.recipe,
      ]), recipe: Bakery.schema)
    let count = try reader.count("ablations/s.json")
    #expect(count.arms == 1_000_000 && count.combinations == 1_000_000)
    #expect(count.distinct == 900_000, "two of the rests are one")
    #expect(throws: StudyFaults.self) { try reader.read("ablations/s.json") }
  }

  @Test("faults of axes and conditions are said as reading says them")
  func faults() {
    for more in [#""exclude": "lid == 4""#, #""exclude": "1 / (flour - 400) > 2""#] {
      let reader = StudyReader(files: files(more), recipe: Bakery.schema)
      var said: [[String]] = []
      func note(_ faults: StudyFaults) {
        said.append(faults.diagnostics.filter { $0.severity == .error }.map(\.text))
      }
      do { _ = try reader.read("ablations/s.json") } catch { note(error) }
      do { _ = try reader.count("ablations/s.json") } catch { note(error) }
      #expect(said.count == 2 && said[0] == said[1])
    }
  }
}
