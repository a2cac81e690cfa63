import Diagnostics
import Reproducibility
import Testing

@testable import StudyLanguage

/// Settings that nobody declared: a study varies what is there.
@Suite("open settings")
struct OpenSettingTests {
  private static let schema = RecordSchema(
    "machine",
    keys: [Key("settings", .map(of: .open), default: [:], doc: "Of the machine.")])

  private static let recipe: JSONValue = [
    "settings": [
      "rate": 0.1, "optimizer": ["beta": 0.9, "kind": "adam"], "betas": [0.9, 0.95],
      "nothing": .null, "text": "a",
    ]
  ]

  private func changed(
    _ path: String, _ value: JSONValue, mayAdd: Bool = false
  ) throws -> JSONValue {
    var change = Change(path: try RecipePath(parsing: path), value: SourcedJSON(value))
    change.mayAdd = mayAdd
    return try change.applied(to: SourcedJSON(Self.recipe), schema: Self.schema).value["settings"]
      ?? .null
  }

  @Test("what is there is changed, inner parts too")
  func changes() throws {
    #expect(try changed("settings.rate", 2)["rate"] == 2)
    #expect(try changed("settings.rate", .null)["rate"] == .null, "null is a value")
    #expect(
      try changed("settings.optimizer.beta", 0.5)["optimizer"] == ["beta": 0.5, "kind": "adam"])
    #expect(
      try changed("settings.optimizer", ["beta": 0.5])["optimizer"] == [
        "beta": 0.5, "kind": "adam",
      ])
    #expect(try changed("settings.betas[1]", 1)["betas"] == [0.9, 1])
    #expect(try changed("settings.betas", [1])["betas"] == [1])
    #expect(try changed("settings.rate", ["kind": "cosine"])["rate"] == ["kind": "cosine"])
    #expect(try changed("settings.nothing", ["a": 1])["nothing"] == ["a": 1])
    #expect(try changed("settings.optimizer", "sgd")["optimizer"] == "sgd")
  }

  @Test(
    "what is not there is refused",
    arguments: [
      ("settings.raet", JSONValue.number(1), "'settings' has no entry 'raet'"),
      ("settings.optimizer.betas", 1, "'settings.optimizer' has no entry 'betas'"),
      ("settings", ["raet": 1], "'settings' has no entry 'raet'"),
      ("settings", ["optimizer": ["betas": 1]], "'settings.optimizer' has no entry 'betas'"),
      ("settings.rate.low", 1, "'settings.rate' is a single value and has no parts"),
      ("settings.betas[2]", 1, "'settings.betas' has no element [2], only 2"),
    ] as [(String, JSONValue, String)])
  func refused(path: String, value: JSONValue, what: String) throws {
    do {
      let result = try changed(path, value)
      Issue.record("it became \(result.line)")
    } catch let fault as SettingFault {
      #expect(fault.what == what)
    }
  }

  @Test("a recipe that extends another may add")
  func additions() throws {
    #expect(try changed("settings.more", 1, mayAdd: true)["more"] == 1)
    #expect(
      try changed("settings", ["optimizer": ["more": 1]], mayAdd: true)["optimizer"]?["more"] == 1)
  }
}
