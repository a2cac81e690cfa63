import Foundation
import Testing

@Suite("studies that come with the program")
struct ShippedStudiesTests {
  private static let folder = AblateProgram.repository + "/ablations"

  static let studies: [String] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix(".json") }.sorted()
  }()

  @Test("the four of them are there")
  func present() {
    #expect(
      Set(Self.studies).isSuperset(of: [
        "smoke.json", "difficulty.json", "staging.json", "mixing.json",
      ]))
  }

  @Test(
    "each can be planned, and asks for as many trials as it has arms and seeds", arguments: studies)
  func plans(study: String) throws {
    let place = try Place()
    // A copy, so that nothing could be written into the repository.
    try FileManager.default.copyItem(atPath: Self.folder, toPath: place.path + "/ablations")
    let plan = try place.ablate("plan", "ablations/\(study)")
    #expect(plan.code == 0, "\(plan.error)")
    #expect(plan.error.isEmpty, "a shipped study has no warnings: \(plan.error)")
    #expect(plan.output.contains(/0 of [0-9]+ items are done/))
    #expect(!place.exists("results"), "a plan writes nothing")
  }

  @Test("each recipe is used by a study")
  func recipes() throws {
    let recipes = try FileManager.default.contentsOfDirectory(atPath: Self.folder + "/recipes")
    let texts = try Self.studies.map {
      try String(contentsOfFile: "\(Self.folder)/\($0)", encoding: .utf8)
    }
    for recipe in recipes where recipe.hasSuffix(".json") {
      #expect(
        texts.contains { $0.contains("\"recipes/\(recipe)\"") }, "\(recipe) is used by no study")
    }
  }
}
