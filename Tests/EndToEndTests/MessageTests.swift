import Foundation
import Testing

/// One line of the table: what is wrong, and which command meets it. What the person then sees, to the
/// byte, stands in `Golden/messages/<name>.txt`.
struct MessageCase: Sendable, CustomTestStringConvertible {
  var name: String
  var study = TinyStudy.study
  var recipe = TinyStudy.recipe
  var files: [String: String] = [:]
  var command: [String]
  var code: Int32 = 2

  var testDescription: String { name }

  /// A fault of the study file, found before anything runs.
  static func study(
    _ name: String, _ part: String, _ replacement: String, command: String = "plan"
  ) -> MessageCase {
    MessageCase(
      name: name, study: TinyStudy.study.with(part, replacement), command: [command, "study.json"])
  }

  /// A fault of the recipe, found before anything runs.
  static func recipe(_ name: String, _ part: String, _ replacement: String) -> MessageCase {
    MessageCase(
      name: name, recipe: TinyStudy.recipe.with(part, replacement), command: ["plan", "study.json"])
  }

  /// A fault that shows when the work is done. The solvers are untrained, so no arithmetic is in it.
  static func work(
    _ name: String, _ part: String, _ replacement: String, files: [String: String] = [:],
    code: Int32 = 2
  ) -> MessageCase {
    MessageCase(
      name: name, study: TinyStudy.study.with("\"count\": 2", "\"count\": 1"),
      recipe: TinyStudy.untrained.with(part, replacement), files: files,
      command: ["run", "study.json", "-j", "1", "--quiet"], code: code)
  }

  /// A fault of a problem file.
  static func problems(_ name: String, _ text: String) -> MessageCase {
    MessageCase(
      name: name, files: ["problems.jsonl": text], command: ["problems", "check", "problems.jsonl"])
  }

  /// A fault of what was typed.
  static func typed(_ name: String, _ words: String..., code: Int32 = 2) -> MessageCase {
    MessageCase(name: name, command: words, code: code)
  }
}

@Suite("bad input gets its message")
struct MessageTests {
  static let studies: [MessageCase] = [
    .typed("study-missing", "run", "studdy.json"),
    .typed("study-is-a-folder", "plan", "."),
    MessageCase(name: "study-not-json", study: "study: tiny\n", command: ["plan", "study.json"]),
    .study("study-trailing-comma", "\"count\": 2 }", "\"count\": 2, }"),
    .study("study-unknown-key", "\"measures\"", "\"measure\""),
    .study("study-wrong-type", "{ \"count\": 2 }", "\"two\""),
    .study("study-unknown-path", "stages.first.problems", "stages.first.problem"),
    .study("study-unknown-stage", "stages.first.problems", "stages.fist.problems"),
    .study("study-wrong-value", "{ \"math\": \"some\" }", "7"),
    .study(
      "study-empty-axis",
      "\"unsure\": {},\n      \"some\": { \"stages.first.problems\": { \"math\": \"some\" } }", ""),
    .study("study-no-seeds", "\"seeds\": { \"count\": 2 },\n  ", ""),
    .study("study-zero-seeds", "\"count\": 2", "\"count\": 0"),
    .study("study-unknown-baseline", "\"data\": \"unsure\"", "\"data\": \"unsur\""),
    .study("study-unknown-metric", "final(sums)", "final(sum)", command: "report"),
    .study("study-measure-with-number", "final(sums)", "final(sums, 3)"),
    .study("study-measure-without-number", "final(sums)", "pass(sums)"),
    .study("study-measure-number-out-of-range", "final(sums)", "plateau(sums, 2)"),
    .study("study-measure-two-numbers", "final(sums)", "steps_to(sums, 1, 2)"),
    .study("study-measure-of-suites", "final(sums)", "pass(reward, 2)"),
    .study("study-seeds-empty", "{ \"count\": 2 }", "{}"),
    .study("study-until-without-most", "{ \"count\": 2 }", "{ \"until\": \"claims decided\" }"),
    .study(
      "study-until-without-claims", "{ \"count\": 2 }",
      "{ \"until\": \"claims decided\", \"at_most\": 9 }"),
    .study(
      "study-until-with-count", "{ \"count\": 2 }",
      "{ \"until\": \"claims decided\", \"at_most\": 9, \"count\": 2 }"),
    .study(
      "study-until-least-above-most", "{ \"count\": 2 }",
      "{ \"until\": \"claims decided\", \"at_most\": 4, \"at_least\": 5 }"),
    .study("study-most-without-until", "{ \"count\": 2 }", "{ \"count\": 2, \"at_most\": 4 }"),
    .study("study-recipe-missing", "\"recipe.json\"", "\"recipes/none.json\""),
  ]

  static let recipes: [MessageCase] = [
    .recipe("recipe-negative-steps", "\"steps\": 8", "\"steps\": -8"),
    .recipe("recipe-group-of-one", "\"per_prompt\": 4", "\"per_prompt\": 1"),
    .recipe("recipe-top-p-zero", "\"every\": 4", "\"every\": 4, \"top_p\": 0"),
    .recipe("recipe-context-too-short", "\"context\": 64", "\"context\": 16"),
    .recipe("recipe-unknown-solver-in-rule", "p.S < 1", "p.X < 1"),
    .recipe(
      "recipe-ratio-without-problems", "\"steps\": 8",
      "\"ratio\": { \"math\": 2.1, \"code\": 1 }, \"steps\": 8"),
    .recipe(
      "recipe-domain-without-pool", "{ \"math\": \"unsure\" }",
      "{ \"math\": \"unsure\", \"code\": \"all\" }"),
    .recipe("recipe-unknown-level", "{ \"math\": \"unsure\" }", "{ \"math\": \"unsur\" }"),
    .recipe("recipe-unknown-policy", "\"policy\": \"S\"", "\"policy\": \"XL\""),
    .recipe("recipe-unknown-key", "\"width\": 32", "\"widht\": 32"),
    MessageCase(
      name: "recipe-three-faults",
      recipe: TinyStudy.recipe.with("\"steps\": 8", "\"steps\": 0").with(
        "\"limit\": 9", "\"limit\": 8"
      )
      .with("\"prompts\": 4", "\"prompts\": \"4\""), command: ["plan", "study.json"]),
  ]

  static let works: [MessageCase] = [
    .work("work-empty-level", "p.M > 0\", \"share_of_rest\": 0.2", "p.M > 0\""),
    .work(
      "work-prompt-too-long", "\"count\": 40,", "\"count\": 40, \"file\": \"long.jsonl\",",
      files: ["long.jsonl": longPrompt]),
    .work(
      "work-problem-in-suite", "\"count\": 40,", "\"count\": 40, \"file\": \"all.jsonl\",",
      files: ["all.jsonl": everySum]),
    .work(
      "work-diverges", "\"optimizer\": { \"learning_rate\": 2e-3 }",
      "\"optimizer\": { \"learning_rate\": 10, \"weight_decay\": 10, \"clip_norm\": 1e9 }",
      code: 3),
  ]

  /// A prompt that fits any file but not the context beside the cap: 64 − 2 · 8 leaves 48 tokens.
  private static let longPrompt =
    #"{"id":"long","domain":"math","prompt":"M1\#(String(repeating: "+0", count: 29))=","answer":"1"}"#
    + "\n"

  /// Every sum and difference of digits whose result is from 0 to 9: the suite's are among them.
  private static let everySum: String = {
    var lines = ""
    for a in 0...9 {
      for b in 0...9 {
        for (sign, value) in [("+", a + b), ("-", a - b)] where (0...9).contains(value) {
          let sum = "\(a)\(sign)\(b)"
          lines +=
            #"{"id":"\#(sum)","domain":"math","prompt":"M\#(sum)=","answer":"\#(value)"}"# + "\n"
        }
      }
    }
    return lines
  }()

  static let problemFiles: [MessageCase] = [
    .problems(
      "problems-bad-line",
      """
      {"id":"a","domain":"math","prompt":"M4+7=","answer":"11"}
      {"id":"b","domain":"math","prompt":"M4+5=" "answer":"9"}

      """),
    .problems(
      "problems-duplicate-id",
      """
      {"id":"a","domain":"math","prompt":"M4+7=","answer":"11"}
      {"id":"a","domain":"math","prompt":"M4+5=","answer":"9"}

      """),
    .problems(
      "problems-reference-fails",
      """
      {"id":"line","domain":"code","prompt":"C1:4,2:8=","tests":[{"input":3,"output":13}],"reference":"x*4"}

      """),
    .problems(
      "problems-outside-vocabulary",
      """
      {"id":"a","domain":"math","prompt":"Whät is 4+7?","answer":"11"}

      """),
    .problems("problems-empty", "\n"),
    .typed("problems-missing", "problems", "check", "none.jsonl"),
    MessageCase(
      name: "problems-bad-line-of-a-study",
      recipe: TinyStudy.recipe.with("\"count\": 40,", "\"count\": 40, \"file\": \"pool.jsonl\","),
      files: ["pool.jsonl": #"{"id":"a","domain":"math","prompt":"M4+7=","answer":"12"}"# + "\n"],
      command: ["plan", "study.json"]),
    MessageCase(
      name: "problems-of-a-study-missing",
      recipe: TinyStudy.recipe.with("\"count\": 40,", "\"count\": 40, \"file\": \"pool.jsonl\","),
      command: ["plan", "study.json"]),
  ]

  static let requests: [MessageCase] = [
    .typed("typed-nothing"),
    .typed("typed-unknown-command", "rum", "study.json"),
    .typed("typed-unknown-option", "run", "study.json", "--reslts", "here"),
    .typed("typed-missing-value", "run", "study.json", "--results"),
    .typed("typed-value-is-an-option", "run", "study.json", "--results", "--quiet"),
    .typed("typed-not-a-number", "run", "study.json", "-j", "none"),
    .typed("typed-no-workers", "run", "study.json", "-j", "0"),
    .typed("typed-unknown-choice", "run", "study.json", "--progress", "line"),
    .typed("typed-no-study", "run"),
    .typed("typed-two-studies", "run", "study.json", "other.json"),
    .typed("typed-option-twice", "run", "study.json", "--results", "a", "--results", "b"),
    .typed("typed-unknown-item", "show", "3f9a2c"),
    .typed("typed-help-of-nothing", "help", "rum"),
    .typed("typed-problems-of-what", "problems", "generate", "maths", "file.jsonl"),
    .typed("typed-work-without-order", "work", "results/items/3f", code: 3),
    MessageCase(
      name: "results-below-a-file", files: ["file.txt": "a file\n"],
      command: ["run", "study.json", "--results", "file.txt/results", "--quiet"], code: 3),
    MessageCase(
      name: "reports-below-a-file", recipe: TinyStudy.untrained, files: ["file.txt": "a file\n"],
      command: ["run", "study.json", "--reports", "file.txt/Reports", "--quiet"], code: 3),
    MessageCase(
      name: "report-of-nothing", recipe: TinyStudy.untrained, command: ["report", "study.json"],
      code: 3),
    MessageCase(
      name: "accept-compares-nothing", command: ["check", "study.json", "--accept", "--json"],
      code: 2),
    MessageCase(
      name: "reports-of-a-plan", command: ["plan", "study.json", "--reports", "elsewhere"], code: 2),
    .typed("validate-nothing", "validate"),
    .typed("validate-standard-input", "validate", "study.json", "-"),
    MessageCase(
      name: "validate-many", files: ["one.json": TinyStudy.study.with("\"unsure\": {},", "")],
      command: ["validate", "none.json", "one.json", "study.json"]),
    MessageCase(
      name: "validate-missing-curves",
      files: [
        "one.json": TinyStudy.study.with(
          "\"measures\":",
          "\"paper\": { \"source\": \"Fig. 1\", \"curves\": [{ \"name\": \"fig-1\", \"heading\": \"score\", "
            + "\"file\": \"fig-1.csv\" }] },\n  \"measures\":")
      ],
      command: ["validate", "one.json"]),
    .typed("init-bad-name", "init", "Group Size"),
    .typed("init-two-names", "init", "group", "size"),
    MessageCase(
      name: "init-twice", files: ["ablations/first-study.jsonc": "{}\n"], command: ["init"]),
    MessageCase(
      name: "init-below-a-file", files: ["ablations": "a file\n"], command: ["init"], code: 3),
    .typed("schema-missing", "schema", "--check", "none.json"),
    MessageCase(
      name: "schema-not-current", files: ["old.json": "{\n  \"type\": \"object\"\n}\n"],
      command: ["schema", "--recipe", "--check", "old.json"], code: 1),
    .typed("plan-two-forms", "plan", "study.json", "--count", "--tree"),
    .typed("plan-tree-workers", "plan", "study.json", "--tree", "-j", "2"),
    .typed("plan-count-exit-code", "plan", "study.json", "--count", "--exit-code"),
    .typed("diff-one", "diff", "study.json"),
    .typed("diff-mixed", "diff", "study.json", "study.json#some"),
    .typed("diff-unknown-arm", "diff", "study.json#unsur", "study.json#some"),
    .typed("diff-arm-beyond", "diff", "study.json#3", "study.json#some"),
    .typed("diff-unknown-item", "diff", "3f9a2c", "77aa01"),
    .typed("diff-no-study", "diff", "study.json", "studdy.json"),
    MessageCase(name: "index-of-nothing", command: ["index", "--results", "nowhere"], code: 2),
  ]

  private static let paper = "It is 51.7.\n"

  static let leaving: [MessageCase] = [
    .typed("lint-nothing", "lint"),
    .typed("lint-missing", "lint", "none.tex", "study.json"),
    MessageCase(
      name: "lint-no-study", files: ["paper.tex": paper], command: ["lint", "paper.tex"]),
    MessageCase(
      name: "lint-nothing-measured", files: ["paper.tex": paper],
      command: ["lint", "paper.tex", "study.json"]),
    MessageCase(
      name: "lint-study-missing", files: ["paper.tex": "% ablate: studdy.json\n"],
      command: ["lint", "paper.tex"]),
    .typed("explain-no-cell", "explain", "study.json"),
    .typed("explain-no-report", "explain", ".", "some, sums"),
    .typed("explain-nothing-measured", "explain", "study.json", "some, sums"),
    .typed("export-nothing-measured", "export", "study.json", code: 3),
    .typed("set-without-executor", "run", "study.json", "--set", "executor.slurm.time=5"),
    .typed(
      "set-unknown-key", "run", "study.json", "--executor", "slurm", "--set",
      "executor.slurm.partion=main"),
    .typed("set-out-of-range", "submit", "study.json", "--set", "executor.slurm.cpus=0"),
    .typed("set-not-executor", "submit", "study.json", "--set", "stages.first.steps=5"),
    .typed("executor-unknown", "run", "study.json", "--executor", "slrum"),
    .typed("submission-missing", "work", "--submission", "results/submissions/ablate-tiny-1"),
    .study(
      "executor-unknown-key", "\"measures\"",
      "\"executor\": { \"slurm\": { \"tme\": 5 } }, \"measures\""),
    .study(
      "executor-not-a-number", "\"measures\"",
      "\"executor\": { \"slurm\": { \"time\": { \"stage\": \"2h\" } } }, \"measures\""),
    .typed("export-no-tar", "export", "study.json", "--to", "study.json"),
    .typed("export-almost-a-tool", "export", "study.json", "--to", "tensorbord"),
    .typed("export-tool-nothing-measured", "export", "study.json", "--to", "csv", code: 3),
    .typed("export-into-without-tool", "export", "study.json", "--into", "there"),
    .typed(
      "export-tool-without-weights", "export", "study.json", "--to", "csv", "--without-weights"),
    MessageCase(
      name: "export-into-taken", files: ["there/mine.txt": "mine"],
      command: ["export", "study.json", "--to", "mlflow", "--into", "there"]),
    .typed("import-nothing", "import"),
    .typed("import-missing", "import", "none.tar"),
    MessageCase(
      name: "import-no-archive", files: ["one.tar": "this is no archive\n"],
      command: ["import", "one.tar"], code: 3),
  ]

  static let all = studies + recipes + works + problemFiles + requests + leaving + commands

  @Test("to the byte, with its exit code", arguments: all)
  func message(_ example: MessageCase) throws {
    let place = try Place(study: example.study, recipe: example.recipe)
    for (name, text) in example.files { try place.write(name, text) }
    let ended = try place.start(example.command).end()
    #expect(ended.code == example.code)
    try expectGolden(ended.transcript(of: example.command), "messages/\(example.name).txt")
    if example.command.first != "run" || example.files.isEmpty && example.code == 2 {
      #expect(!ended.error.contains(place.path), "a person typed no such path")
    }
  }

  @Test("every message says what, why and what to do", arguments: all)
  func parts(_ example: MessageCase) throws {
    if example.command.isEmpty { return }
    let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "Golden/messages/\(example.name).txt")
    let text = try String(contentsOf: golden, encoding: .utf8)
    for part in ["  why:  ", "  help: "] { #expect(text.contains(part)) }
    #expect(text.contains("error: ") || text.contains("failed: "))
  }

  @Test("no golden file is left of a case that is gone")
  func goldenFiles() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "Golden/messages")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(Set(names) == Set(Self.all.map { "\($0.name).txt" }))
    #expect(Set(Self.all.map(\.name)).count == Self.all.count)
  }

  @Test("nothing runs and nothing is written when the study is wrong", arguments: studies + recipes)
  func nothingWritten(_ example: MessageCase) throws {
    let place = try Place(study: example.study, recipe: example.recipe)
    let ended = try place.ablate("run", "study.json", "--quiet")
    if example.command.last != "study.json" { return }
    #expect(ended.code == 2)
    #expect(!place.exists("results") && !place.exists("Reports"))
  }
}
