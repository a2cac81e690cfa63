import PolicyTrainer
import Reproducibility
import StudyLanguage
import Testing

@Suite("Faults of a recipe")
struct FaultTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var changes: [(String, JSONValue?)]
    var message: String
    var testDescription: String { message.split(separator: "\n").first.map(String.init) ?? "" }

    init(_ path: String, _ value: JSONValue?, _ message: String) {
      changes = [(path, value)]
      self.message = message
    }

    init(_ changes: [(String, JSONValue?)], _ message: String) {
      self.changes = changes
      self.message = message
    }
  }

  @Test("each fault between settings has its message", arguments: cases)
  func message(fault: Case) throws {
    let recipe = fault.changes.reduce(tinyRecipe) { $0.with($1.0, $1.1) }
    let faults = try ReadRecipe(recipe).recipe.faults()
    let text = faults.map { "\($0.path): \($0.what)\nwhy:  \($0.why)\nhelp: \($0.help)" }
    #expect(text.joined(separator: "\n\n") == fault.message)
  }

  @Test("a fault in a rule points at the place in the expression")
  func placeInRule() throws {
    let recipe = tinyRecipe.with("levels.some.math.rule", "p.S < 1 and p.XL == 0")
    let faults = try ReadRecipe(recipe).recipe.faults()
    let fault = try #require(faults.first)
    #expect(fault.inner == 12..<16)
  }

  static let outOfRange: [(path: String, value: JSONValue, message: String)] = [
    ("stages.0.steps", -1, "stages.first.steps: 'steps' is -1, not an integer from 1 to 1000000"),
    ("stages.0.steps", 0, "stages.first.steps: 'steps' is 0, not an integer from 1 to 1000000"),
    (
      "stages.0.rollouts.top_p", 0,
      "stages.first.rollouts.top_p: 'top_p' is 0, not a number above 0 up to 1"
    ),
    (
      "stages.0.rollouts.temperature", 0,
      "stages.first.rollouts.temperature: 'temperature' is 0, not a number above 0 up to 10"
    ),
    (
      "stages.0.max_tokens", ["math": 3],
      "stages.first.max_tokens.math: 'math' is 3, not an integer from 4 to 8192"
    ),
    ("stages", [], "stages: 'stages' is an empty list"),
    (
      "stages.0.objective", ["advantage": "group-relativ"],
      "stages.first.objective.advantage: 'group-relativ' is no kind of 'advantage'"
    ),
    (
      "stages.0.prompts", 1.5,
      "stages.first.prompts: expected an integer from 1 to 4096 for 'prompts', found 1.5"
    ),
  ]

  @Test("a value out of its range is refused before it is used", arguments: outOfRange.indices)
  func ranges(index: Int) {
    let (path, value, message) = Self.outOfRange[index]
    let fault = #expect(throws: SettingsFault.self) {
      _ = try ReadRecipe(tinyRecipe.with(path, value))
    }
    #expect(fault?.description == message)
  }

  static let cases: [Case] = [
    Case("model.context", 64, ""),
    Case(
      "model.width", 48,
      """
      model: width 48 is not a multiple of 32
      why:  the kernels compute 32 columns at a time
      help: change the sizes so that they fit together
      """),
    Case(
      [
        ("model.heads", 3),
        ("model.key_value_heads", 2),
      ],
      """
      model: 3 heads cannot share 2 key-value heads
      why:  each key-value head serves the same number of query heads
      help: change the sizes so that they fit together
      """),
    Case(
      "model.context", 24,
      """
      model.context: a context of 24 tokens and a length cap of 24
      why:  prompt and response together must fit into the context
      help: raise 'model.context' above the cap and the longest prompt, or lower the largest cap of stages, 'grading' and evaluation ('cap_factor' times the first stage's)
      """),
    Case(
      "stages.0.max_tokens", ["math": 40],
      """
      model.context: a context of 64 tokens and a length cap of 96
      why:  prompt and response together must fit into the context
      help: raise 'model.context' above the cap and the longest prompt, or lower the largest cap of stages, 'grading' and evaluation ('cap_factor' times the first stage's)
      """),
    Case(
      "cold_start.math.operations_from", 2,
      """
      cold_start.math.operations_to: from 2 to 1 operations
      why:  no expression has a number of operations in that range
      help: write at least 2, or lower 'operations_from'
      """),
    Case(
      "cold_start.math.magnitudes", [1, 1],
      """
      cold_start.math: 'magnitudes' is [1, 1]; it must be different numbers of 1…2, at least one
      why:  outside its range a setting has no meaning, or no tokens to write it with
      help: give 'magnitudes' a value in that range
      """),
    Case(
      "problems.code.families", ["1": 1, "9": 1],
      """
      problems.code.families.9: unknown family of programs '9'
      why:  there are 1, 2, 3, 4, 5, 6, 7, 8
      help: use one of them, or take it out
      """),
    Case(
      "problems.code.families", ["1": 0],
      """
      problems.code: 'weight' is 0 for every family; it must be above 0 for one
      why:  outside its range a setting has no meaning, or no tokens to write it with
      help: give 'weight' a value in that range
      """),
    Case(
      "evaluation.suites.lines.code.families", ["one": 1],
      """
      evaluation.suites.lines.code.families.one: unknown family of programs 'one'
      why:  there are 1, 2, 3, 4, 5, 6, 7, 8
      help: use one of them, or take it out
      """),
    Case(
      "solvers.M.from", "T",
      """
      solvers.M.from: unknown solver 'T'
      why:  there are S, M
      help: use one of them, or add 'T'
      """),
    Case(
      "solvers.S.from", "M",
      """
      solvers.S.from: solver 'S' starts from itself: S → M → S
      why:  a solver is made from one that is made before it
      help: let one of them start from random weights, without 'from'

      solvers.M.from: solver 'M' starts from itself: M → S → M
      why:  a solver is made from one that is made before it
      help: let one of them start from random weights, without 'from'
      """),
    Case(
      "solvers.S.from", "S",
      """
      solvers.S.from: solver 'S' starts from itself: S → S
      why:  a solver is made from one that is made before it
      help: let one of them start from random weights, without 'from'
      """),
    Case(
      "solvers.reference", ["steps": 1],
      """
      solvers.reference: 'reference' is the solver that is always there
      why:  it names each problem's own worked answer
      help: give this solver another name
      """),
    Case(
      "policy", "student",
      """
      policy: unknown solver 'student'
      why:  there are S, M
      help: use one of them, or add 'student'
      """),
    Case(
      "grading.solvers", ["S", "M", "K"],
      """
      grading.solvers[2]: unknown solver 'K'
      why:  there are S, M
      help: use one of them, or add 'K'
      """),
    Case(
      "grading.solvers", ["S", "M", "S"],
      """
      grading.solvers[2]: solver 'S' is listed twice
      why:  its pass rate has one name, p.S
      help: take one of the two out
      """),
    Case(
      "grading.strongest", "referense",
      """
      grading.strongest: unknown solver 'referense'
      why:  there are S, M, reference
      help: did you mean 'reference'?
      """),
    Case(
      [
        ("problems.math", nil),
        ("problems.code", nil),
        ("stages.0.problems", ["math": "some"]),
        ("stages.0.ratio", nil),
      ],
      """
      problems: the pool has neither math nor code problems
      why:  there is nothing to train on
      help: add "math": {} or "code": {}

      levels.some.math: the pool has no math problems
      why:  level 'some' would be empty
      help: add "math" to 'problems', or take it out of the level

      levels.some.code: the pool has no code problems
      why:  level 'some' would be empty
      help: add "code" to 'problems', or take it out of the level

      stages.first.problems.math: the pool has no math problems
      why:  stage 'first' trains on level 'some' of them
      help: add "math" to 'problems', or take it out of the stage
      """),
    Case(
      "levels.some.math.rule", "0 < p.XL < 1",
      """
      levels.some.math.rule: unknown name 'p.XL'
      why:  known here: p.S, p.M
      help: use one of those
      """),
    Case(
      "levels.some.math.rule", "p.S",
      """
      levels.some.math.rule: the whole expression must be a boolean, found a number
      why:  values are never turned into another type silently
      help: compare it with something: < <= > >= == !=
      """),
    Case(
      "levels.all", ["math": ["rule": "p.S < 1"]],
      """
      levels.all: 'all' is the level that is always there
      why:  it names the whole pool
      help: give this level another name
      """),
    Case(
      [
        ("stages.0.problems", [:]),
        ("stages.0.ratio", nil),
      ],
      """
      stages.first.problems: stage 'first' names no problems
      why:  a stage trains on the problems of at least one domain
      help: write "problems": {"math": "all"}
      """),
    Case(
      "stages.0.problems", ["math": "some", "maths": "some"],
      """
      stages.first.problems.maths: unknown domain 'maths'
      why:  there are math, code
      help: did you mean 'math'?
      """),
    Case(
      "stages.0.problems", ["math": "sum"],
      """
      stages.first.problems.math: unknown math level 'sum'
      why:  there are all, some
      help: use one of them, or add 'sum'
      """),
    Case(
      "stages.0.problems", ["math": "hardest"],
      """
      stages.first.problems.math: unknown math level 'hardest'
      why:  there are all, some
      help: use one of them, or add 'hardest'
      """),
    Case(
      [
        ("problems.code", nil)
      ],
      """
      levels.some.code: the pool has no code problems
      why:  level 'some' would be empty
      help: add "code" to 'problems', or take it out of the level

      stages.first.problems.code: the pool has no code problems
      why:  stage 'first' trains on level 'some' of them
      help: add "code" to 'problems', or take it out of the stage
      """),
    Case(
      "stages.0.ratio", ["math": 2, "code": 1, "prose": 1],
      """
      stages.first.ratio.prose: the ratio gives 'prose' a part, but the stage has no problems of that domain
      why:  a part of nothing would silently go to the other domain
      help: add "prose" to the stage's 'problems', or take it out of 'ratio'
      """),
    Case(
      [
        ("stages.0.problems", ["math": "some"]),
        ("stages.0.ratio", ["math": 2.1, "code": 1]),
      ],
      """
      stages.first.ratio.code: the ratio gives 'code' a part, but the stage has no problems of that domain
      why:  a part of nothing would silently go to the other domain
      help: add "code" to the stage's 'problems', or take it out of 'ratio'
      """),
    Case(
      "stages.0.rollouts", ["per_prompt": 1],
      """
      stages.first.rollouts.per_prompt: groups of 1 with the advantage 'group-relative'
      why:  it compares a rollout with the others of its group; alone, every advantage is 0
      help: use at least 2 rollouts a prompt, or "advantage": "reward"
      """),
    Case(
      [
        ("stages.0.rollouts", ["per_prompt": 1]),
        ("stages.0.objective", ["advantage": "leave-one-out"]),
      ],
      """
      stages.first.rollouts.per_prompt: groups of 1 with the advantage 'leave-one-out'
      why:  it compares a rollout with the others of its group; alone, every advantage is 0
      help: use at least 2 rollouts a prompt, or "advantage": "reward"
      """),
    Case(
      [("stages.0.rollouts", ["per_prompt": 1]), ("stages.0.objective", ["advantage": "reward"])],
      ""),
    Case(
      "stages.0.updates", 5,
      """
      stages.first.updates: 5 updates of 4 prompts
      why:  a mini-batch holds whole groups, at least one
      help: use at most as many updates as prompts
      """),
    Case(
      "stages.0.sampler", ["kind": "sorted", "by": "L"],
      """
      stages.first.sampler.by: unknown graded solver 'L'
      why:  there are S, M
      help: use one of them, or add 'L'
      """),
    Case(
      "evaluation.suites", [:],
      """
      evaluation.suites: there is no suite
      why:  an arm without a score has no row in a table
      help: add at least one suite
      """),
    Case(
      "evaluation.suites.sums.math", nil,
      """
      evaluation.suites.sums: suite 'sums' has 0 sources of problems
      why:  its score is a number about one kind of problem
      help: give it exactly one of "math", "code" and "file"
      """),
    Case(
      "evaluation.suites.sums.code", [:],
      """
      evaluation.suites.sums: suite 'sums' has 2 sources of problems
      why:  its score is a number about one kind of problem
      help: give it exactly one of "math", "code" and "file"
      """),
    Case(
      "evaluation.suites.reward", ["math": [:]],
      """
      evaluation.suites.reward: 'reward' is measured in every step
      why:  a suite's score and a number of the training would have one name
      help: give the suite another name
      """),
    Case(
      "evaluation.suites.a/b", ["math": [:]],
      """
      evaluation.suites.a/b: 'a/b' cannot name a suite
      why:  its name is a metric and part of a file's name
      help: use letters, digits, '-' and '_'
      """),
    Case("problems.math", ["file": "pool.jsonl"], ""),
    Case("problems.math", ["file": "pool.jsonl", "count": 1200, "magnitudes": [1, 2]], ""),
    Case(
      "problems.math.file", "pool.jsonl",
      """
      problems.math.count: 'count' beside a problem file
      why:  the problems are those of the file, so the setting would be read and ignored
      help: take out 'count', or the 'file'

      problems.math.operations_to: 'operations_to' beside a problem file
      why:  the problems are those of the file, so the setting would be read and ignored
      help: take out 'operations_to', or the 'file'

      problems.math.magnitudes: 'magnitudes' beside a problem file
      why:  the problems are those of the file, so the setting would be read and ignored
      help: take out 'magnitudes', or the 'file'

      problems.math.multiplication: 'multiplication' beside a problem file
      why:  the problems are those of the file, so the setting would be read and ignored
      help: take out 'multiplication', or the 'file'

      problems.math.brackets: 'brackets' beside a problem file
      why:  the problems are those of the file, so the setting would be read and ignored
      help: take out 'brackets', or the 'file'
      """),
    Case(
      "problems.code", ["file": "programs.jsonl", "families": ["1": 1], "count": 9],
      """
      problems.code.count: 'count' beside a problem file
      why:  the problems are those of the file, so the setting would be read and ignored
      help: take out 'count', or the 'file'

      problems.code.families: 'families' beside a problem file
      why:  the problems are those of the file, so the setting would be read and ignored
      help: take out 'families', or the 'file'
      """),
    // How often a problem is attempted is said beside a file too.
    Case(
      "evaluation.suites.sums", ["file": "sums.jsonl", "attempts": 5, "attempts_during": 3], ""),
    Case(
      "evaluation.suites.sums", ["file": "sums.jsonl", "count": 12, "seed": 2, "attempts": 5],
      """
      evaluation.suites.sums.count: 'count' beside a problem file
      why:  the problems are those of the file, so the setting would be read and ignored
      help: take out 'count', or the 'file'

      evaluation.suites.sums.seed: 'seed' beside a problem file
      why:  the problems are those of the file, so the setting would be read and ignored
      help: take out 'seed', or the 'file'
      """),
    Case(
      "evaluation.suites.lines.file", "lines.jsonl",
      """
      evaluation.suites.lines: suite 'lines' has 2 sources of problems
      why:  its score is a number about one kind of problem
      help: give it exactly one of "math", "code" and "file"

      evaluation.suites.lines.count: 'count' beside a problem file
      why:  the problems are those of the file, so the setting would be read and ignored
      help: take out 'count', or the 'file'
      """),
  ]
}
