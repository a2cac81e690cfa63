import Foundation
import Testing

@Suite("studies that come with the program")
struct ShippedStudiesTests {
  private static let folder = AblateProgram.repository + "/ablations"

  private static func files(_ subfolder: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder + subfolder)) ?? []
    return names.filter { $0.hasSuffix(".json") }.sorted().map {
      String("\(subfolder)/\($0)".dropFirst())
    }
  }

  static let quick = files("/quick")
  static let studies = files("") + quick

  @Test("the paper's questions and their controls are there, each with a quick variant")
  func present() {
    let questions = [
      "difficulty", "staging", "stage-two-factors", "order", "mixing", "batching", "null",
    ].map { "\($0).json" }
    #expect(Set(Self.studies).isSuperset(of: questions + ["smoke.json"]))
    #expect(Set(Self.quick) == Set(questions.map { "quick/\($0)" }))
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
    let written =
      (try? FileManager.default.contentsOfDirectory(atPath: place.path + "/results")) ?? []
    #expect(written.allSatisfy { $0 == "claims" }, "a plan enters claims and writes nothing else")
  }

  @Test("each recipe is used by a study")
  func recipes() throws {
    let recipes = try FileManager.default.contentsOfDirectory(atPath: Self.folder + "/recipes")
    let texts = try (Self.studies + Self.files("/pilots")).map {
      try String(contentsOfFile: "\(Self.folder)/\($0)", encoding: .utf8)
    }
    for recipe in recipes where recipe.hasSuffix(".json") {
      #expect(
        texts.contains { $0.contains("recipes/\(recipe)\"") }, "\(recipe) is used by no study")
    }
  }
}
