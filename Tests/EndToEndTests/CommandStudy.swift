import Foundation

/// A study whose trainer is a script of the shell: two rates, two seeds, four steps with a state after each.
enum CommandStudy {
  static let study = """
    {
      "study": "script",
      "question": "Which rate?",
      "recipe": "recipe.json",
      "axes": { "rate": { "key": "stages.train.settings.rate", "values": [0.1, 0.2] } },
      "baseline": { "rate": "0.1" },
      "seeds": { "count": 2 },
      "measures": ["final(reward)", "mean(reward)"]
    }

    """

  static let recipe = """
    {
      "stages": [
        {
          "name": "train",
          "kind": "command",
          "run": ["sh", "train.sh", "{rate}"],
          "settings": { "rate": 0.1, "optimizer": { "beta": 0.9 } },
          "metrics": { "reward": {} },
          "files": ["train.sh"],
          "inherit": ["HOLD"]
        }
      ]
    }

    """

  /// Measures the rate with step and seed as its digits. After measuring step 3 it waits for as long as there is a
  /// file that HOLD names.
  static let script = """
    say() { echo "$1" >> "$ABLATE_MEASUREMENTS"; }
    save() {
      mkdir -p "$ABLATE_CHECKPOINT_OUT/$step/inner"
      echo "$step" > "$ABLATE_CHECKPOINT_OUT/$step/inner/step"
      say "{\\"checkpoint\\": $step}"
    }
    trap 'save; exit 1' TERM
    step=0
    if [ "$ABLATE_RESUMED" = 1 ]; then step=$(cat "$ABLATE_CHECKPOINT_IN/inner/step"); fi
    while [ "$step" -lt 4 ]; do
      step=$((step + 1))
      say "{\\"metric\\": \\"reward\\", \\"step\\": $step, \\"value\\": $1$step$ABLATE_SEED}"
      if [ "$step" = 3 ]; then while [ -e "$HOLD" ]; do sleep 0.02; done; fi
      save
    done

    """

  static func place(
    study: String = study, recipe: String = recipe, script: String = script
  ) throws -> Place {
    let place = try Place(study: study, recipe: recipe)
    try place.write("train.sh", script)
    return place
  }
}

/// Bad commands, each with the message that it gets.
extension MessageTests {
  private static let one = CommandStudy.study.with(
    "\"axes\": { \"rate\": { \"key\": \"stages.train.settings.rate\", \"values\": [0.1, 0.2] } },\n  \"baseline\": { \"rate\": \"0.1\" },\n  ",
    ""
  ).with("\"count\": 2", "\"count\": 1")

  /// A fault that is found before anything runs.
  private static func plan(
    _ name: String, study: String = CommandStudy.study, recipe: String = CommandStudy.recipe,
    files: [String: String] = ["train.sh": CommandStudy.script]
  ) -> MessageCase {
    MessageCase(
      name: "command-\(name)", study: study, recipe: recipe, files: files,
      command: ["plan", "study.json"])
  }

  /// A fault of the command itself, which runs.
  private static func run(
    _ name: String, _ script: String, code: Int32 = 3, recipe: String = CommandStudy.recipe
  ) -> MessageCase {
    MessageCase(
      name: "command-\(name)", study: one, recipe: recipe, files: ["train.sh": script],
      command: ["run", "study.json", "--quiet", "--retries", "0"], code: code)
  }

  private static func says(_ line: String) -> String {
    "echo '\(line)' >> \"$ABLATE_MEASUREMENTS\"\n"
  }

  private static let measured = says(#"{"metric": "reward", "step": 1, "value": 1}"#)

  static let commands: [MessageCase] = [
    plan("placeholder", recipe: CommandStudy.recipe.with("{rate}", "{rat}")),
    plan(
      "unknown-setting", study: CommandStudy.study.with("settings.rate", "settings.raet")),
    plan(
      "added-setting",
      study: CommandStudy.study.with(
        "{ \"key\": \"stages.train.settings.rate\", \"values\": [0.1, 0.2] }",
        "{ \"low\": {}, \"high\": { \"stages.train.settings\": { \"rates\": 0.2 } } }"
      ).with("\"0.1\"", "\"low\"")),
    plan("no-parts", study: CommandStudy.study.with("settings.rate", "settings.rate.low")),
    plan(
      "mixed",
      recipe: CommandStudy.recipe.with(
        "\"inherit\": [\"HOLD\"]\n    }",
        "\"inherit\": [\"HOLD\"]\n    },\n    { \"name\": \"second\", \"steps\": 8 }")),
    plan("kind", recipe: CommandStudy.recipe.with("\"command\"", "\"comand\"")),
    plan("no-metrics", recipe: CommandStudy.recipe.with("{ \"reward\": {} }", "{}")),
    plan(
      "unknown-metric-of-study", study: CommandStudy.study.with("final(reward)", "final(rewrad)")),
    plan("suite-measure", study: CommandStudy.study.with("mean(reward)", "pass(reward, 2)")),
    plan("file-missing", files: [:]),
    plan(
      "program-not-among-files",
      recipe: CommandStudy.recipe.with("\"sh\", \"train.sh\"", "\"./other.sh\"")),
    plan(
      "shared-key",
      recipe: CommandStudy.recipe.with("{\n  \"stages\"", "{\n  \"solvers\": {},\n  \"stages\"")),
    run(
      "no-program", measured, code: 2,
      recipe: CommandStudy.recipe.with("\"sh\"", "\"no-such-shell\"")),
    run("exit", "echo starting\necho 'ValueError: bad batch' >&2\nexit 3\n"),
    run("crash", "kill -SEGV $$\n"),
    run("killed", "kill -KILL $$\n"),
    run("machine", "echo 'no GPU is free'\nexit 75\n"),
    run("nothing-measured", "true\n"),
    run(
      "never-measured", measured,
      recipe: CommandStudy.recipe.with("{ \"reward\": {} }", "{ \"reward\": {}, \"loss\": {} }")),
    run("unknown-metric", says(#"{"metric": "rewrad", "step": 1, "value": 1}"#)),
    run("malformed", measured + says(#"{"metric": "reward", "step": 2}"#)),
    run("half-a-line", measured + "printf '{\"metric\"' >> \"$ABLATE_MEASUREMENTS\"\n"),
    run("nan", measured + says(#"{"metric": "reward", "step": 2, "value": NaN}"#)),
    run(
      "overwritten",
      measured + "while [ ! -s \"$ABLATE_ITEM/measurements.jsonl\" ]; do sleep 0.02; done\n"
        + ": > \"$ABLATE_MEASUREMENTS\"\n"),
    run("steps-fall", says(#"{"metric": "reward", "step": 2, "value": 1}"#) + measured),
    run("no-checkpoint", measured + says(#"{"checkpoint": 1}"#)),
    run(
      "linked-checkpoint",
      measured
        + "mkdir \"$ABLATE_CHECKPOINT_OUT/1\"\nln -s /etc/hosts \"$ABLATE_CHECKPOINT_OUT/1/hosts\"\n"
        + says(#"{"checkpoint": 1}"#)),
    run("unknown-read", measured + says(#"{"read": "optimizer.beat"}"#)),
    run("endless-output", "yes 0123456789012345678901234567890123456789 | head -c 1000000000\n"),
  ]
}
