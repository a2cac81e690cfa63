import Foundation
import Reproducibility
import Testing

/// A result is found by the identity of its order, so an identity that changes loses results that took
/// days. `Golden/identities.json` holds those of every study that is shipped and of recipes that use
/// many settings. It may only grow.
@Suite("identities")
struct IdentityTests {
  private static let path = "\(AblateProgram.repository)/Tests/EndToEndTests/Golden/identities.json"

  /// Recipes that set what the shipped ones leave alone.
  private static let recipes: [(name: String, recipe: String)] = [
    ("tiny", TinyStudy.recipe), ("tiny, two stages", TinyStudy.twoStages),
    ("tiny, untrained", TinyStudy.untrained),
    ("tiny, digests", TinyStudy.recipe.with("checkpoint_every\": 2", "digest_every\": 2")),
    (
      "tiny, a schedule",
      TinyStudy.recipe.with(
        "\"optimizer\": { \"learning_rate\": 2e-3 }",
        "\"optimizer\": { \"learning_rate\": { \"kind\": \"step\", \"values\": [2e-3, 1e-3], \"at\": [5] } }"
      )
    ),
  ]

  /// Name of a study, then label of an item: its identity.
  private func present() throws -> JSONObject {
    var found: JSONObject = [:]
    let repository = try Place()
    for study in try FileManager.default.contentsOfDirectory(
      atPath: "\(AblateProgram.repository)/ablations"
    ).sorted() where study.hasSuffix(".json") {
      found[study] = try items(of: "\(AblateProgram.repository)/ablations/\(study)", in: repository)
    }
    for (name, recipe) in Self.recipes {
      found[name] = try items(of: "study.json", in: Place(recipe: recipe))
    }
    return found
  }

  private func items(of study: String, in place: Place) throws -> JSONValue {
    let ended = try place.ablate("plan", study, "--json")
    #expect(ended.code == 0, "\(ended.error)")
    var items: JSONObject = [:]
    for item in try JSONValue(parsing: ended.output)["items"]?.array ?? [] {
      guard let label = item["label"]?.string, let identity = item["identity"]?.string else {
        continue
      }
      // Arms of one study may call different items alike.
      var name = label
      var number = 2
      while items[name] != nil {
        name = "\(label) (\(number))"
        number += 1
      }
      items[name] = .string(identity)
    }
    return .object(items)
  }

  @Test("every identity that was ever listed is still that of its order")
  func unchanged() throws {
    let bytes = FileManager.default.contents(atPath: Self.path)
    var listed = try bytes.map { try JSONValue(parsing: Array($0)).object ?? [:] } ?? [:]
    let present = try present()
    var news = 0
    for (study, items) in present.members {
      var known = listed[study]?.object ?? [:]
      for (label, identity) in items.object?.members ?? [] where known[label] == nil {
        known[label] = identity
        news += 1
      }
      listed[study] = .object(known)
    }
    for (study, items) in listed.members {
      for (label, identity) in items.object?.members ?? [] {
        #expect(
          present[study]?[label] == identity,
          """
          '\(label)' of '\(study)' was \(identity.string ?? "") and is another item now: results of it \
          are not found any more. Give a new setting a default that changes nothing. If a study itself \
          was meant to change, remove its entries by hand and say so in the changelog.
          """)
      }
    }
    if ProcessInfo.processInfo.environment["ABLATE_RECORD"] != nil, news > 0 {
      try Data((JSONValue.object(listed).pretty + "\n").utf8).write(
        to: URL(fileURLWithPath: Self.path))
      Issue.record("\(news) identities were added to \(Self.path); run again without ABLATE_RECORD")
    } else {
      #expect(
        news == 0, "\(news) items are not listed: ABLATE_RECORD=1 ./test --filter IdentityTests")
    }
  }
}
