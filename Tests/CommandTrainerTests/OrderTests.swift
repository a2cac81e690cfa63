@testable import CommandTrainer
import Reproducibility
import StudyLanguage
import Testing

@Suite("orders of commands")
struct OrderTests {
  private static func recipe(_ change: (inout JSONObject) -> Void = { _ in }) throws
    -> CommandRecipe
  {
    var stage: JSONObject = [
      "name": "train", "kind": "command", "run": ["sh", "train.sh", "{rate}"],
      "settings": ["rate": 0.1, "unused": 1], "metrics": ["reward": [:]],
      "files": ["train.sh"],
    ]
    change(&stage)
    let value: JSONValue = ["stages": [.object(stage)]]
    return CommandRecipe(try Settings(normalising: value, as: CommandRecipe.schema))
  }

  private static func identity(
    text: String = "echo", seed: Int = 1, _ change: (inout JSONObject) -> Void = { _ in }
  ) throws -> Digest {
    CommandCompiler().compile(try recipe(change), seeds: [seed], labels: ["a", "b"]) { _, _ in text
    }[0]
    .orders[0].identity
  }

  @Test("what decides what the command does decides the item")
  func identities() throws {
    let plain = try Self.identity()
    let others = [
      try Self.identity(text: "echo 2"), try Self.identity(seed: 2),
      try Self.identity { $0["settings"] = ["rate": 0.2, "unused": 1] },
      try Self.identity { $0["run"] = ["sh", "train.sh"] },
      try Self.identity { $0["name"] = "other" },
      try Self.identity { $0["version"] = "2" },
      try Self.identity { $0["environment"] = ["A": "1"] },
      try Self.identity { $0["cores"] = 2 },
      try Self.identity { $0["metrics"] = ["reward": [:], "loss": [:]] },
    ]
    #expect(Set(others + [plain]).count == others.count + 1)
  }

  @Test("what decides nothing of it does not")
  func notIdentities() throws {
    let plain = try Self.identity()
    let same = [
      try Self.identity { $0["inherit"] = ["TOKEN"] },
      try Self.identity { $0["grace"] = 60 },
      try Self.identity { $0["metrics"] = ["reward": ["better": "lower", "unit": "nats"]] },
      try Self.identity { $0["settings"] = ["unused": 1, "rate": 0.1] },
      try Self.identity { $0["files"] = ["/elsewhere/train.sh"] },
      try Self.identity { $0["cores"] = 1 },
    ]
    #expect(same.allSatisfy { $0 == plain })
  }

  @Test("an order is read back as it was written")
  func reading() throws {
    let trial = CommandCompiler().compile(
      try Self.recipe { $0["environment"] = ["A": "1"] }, seeds: [101], labels: ["train"]
    ) { _, name in "text of \(name)" }[0]
    let written = try WorkOrder(json: trial.orders[0].json)
    let order = try #require(CommandOrder(written))
    #expect(order.words == ["sh", "train.sh", "0.1"])
    #expect(order.seed == 101 && order.stage == "train" && order.metrics == ["reward"])
    #expect(order.files.map(\.name) == ["train.sh"])
    #expect(order.files.map(\.text) == ["text of train.sh"])
    #expect(order.settingsInWords == ["rate"])
    let foreign = WorkOrder(
      kind: "command", configuration: written.configuration, seedPath: "trial/1/stage/0",
      numerics: CommandContract.version + 1, label: "later")
    #expect(CommandOrder(foreign) == nil, "an order of another contract is not guessed at")
  }

  @Test(
    "where a file lies in the working folder",
    arguments: [
      ("train.py", "train.py"), ("lib/util.py", "lib/util.py"), ("./train.py", "train.py"),
      ("../common/train.py", "train.py"), ("/opt/train.py", "train.py"),
    ])
  func places(name: String, place: String) {
    #expect(CommandStage.place(ofFile: name) == place)
  }

  @Test("what does not fit together is said, each with its place")
  func faults() throws {
    func faults(_ change: (inout JSONObject) -> Void) throws -> [String] {
      try Self.recipe(change).faults().map { "\($0.path): \($0.what)" }
    }
    #expect(try faults { _ in }.isEmpty)
    #expect(
      try faults { $0["run"] = ["sh", "--lr={rat}"] }
        == ["stages.train.run[1]: '{rat}' names no setting of stage 'train'"])
    #expect(
      try faults { $0["settings"] = ["rate": 1, "seed": 2] }
        == ["stages.train.settings.seed: stage 'train' has a setting called 'seed'"])
    #expect(
      try faults { $0["metrics"] = [:] } == ["stages.train.metrics: stage 'train' measures nothing"]
    )
    #expect(
      try faults { $0["metrics"] = ["eval/reward": [:]] }
        == ["stages.train.metrics.eval/reward: 'eval/reward' is no name for a metric"])
    #expect(
      try faults { $0["files"] = ["a/x.py", "../a/x.py", "../b/x.py"] }
        == [
          "stages.train.files[2]: '../b/x.py' and '../a/x.py' both lie as 'x.py' in the command's working folder"
        ])
    #expect(
      try faults { $0["inherit"] = ["ABLATE_SEED"] }
        == ["stages.train.inherit[0]: 'ABLATE_SEED' is not for a study to set"])
    #expect(
      try faults { $0["environment"] = ["A=B": "1"] }
        == ["stages.train.environment.A=B: 'A=B' is no name of a variable"])
  }
}
