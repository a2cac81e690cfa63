import Reproducibility

/// The study that `ablate init` writes: one file, learns something that can be seen, ends in seconds.
package enum StarterStudy {
  /// Of files that take comments and of files that do not.
  package static let suffix = "jsonc"

  /// - Parameters:
  ///   - name: of the study.
  ///   - isCommented: whether it explains itself; strict JSON has no place for that. Without comments
  ///     the text is the same line for line.
  package static func text(name: String, isCommented: Bool) -> String {
    let text = template.replacing("\"NAME\"", with: JSONValue.string(name).line)
      .replacing("NAME", with: name)
    if isCommented { return text }
    return text.split(separator: "\n", omittingEmptySubsequences: false)
      .filter { !$0.drop { $0 == " " }.hasPrefix("//") }.joined(separator: "\n")
  }

  /// Every comment has lines of its own.
  private static let template = """
    // A study asks one question. Run this one, read Reports/NAME/README.md, then change a line and run
    // it again: only what hangs on that line is done anew. Every key: docs/study-format.md, or ablate keys.
    {
      // Small letters, digits and '-'. The report goes to Reports/NAME/.
      "study": "NAME",
      "question": "Do larger groups of rollouts learn more in the same number of steps?",
      // What is varied. This axis sweeps one setting of the recipe, found by its path: every value is an
      // arm, a row of the table. With two axes every combination is an arm.
      "axes": {
        "group size": { "key": "stages.first.rollouts.per_prompt", "values": [4, 8, 16] }
      },
      // The arm that the others are compared with.
      "baseline": { "group size": 4 },
      // Every arm is trained with seeds 1 to 5: one run could not tell a difference from luck.
      "seeds": { "count": 5 },
      // The columns of the table: final, mean, best or initial of a suite or of a number of the training,
      // such as mean(reward). The first leads: arms are compared by it.
      "measures": ["mean(sums)", "final(sums)", "initial(sums)"],
      // Larger groups cost more rollouts, which is the question here. Without this line ablate would warn
      // that a difference may come from more training alone.
      "acknowledges": ["unequal budgets"],
      // What every arm starts from. Studies that share a recipe name its file: "recipes/small.json".
      "recipe": {
        // As small as can learn this. What is left out has a default.
        "model": {
          "width": 32, "layers": 1, "heads": 2, "key_value_heads": 2, "feed_forward": 64, "context": 64
        },
        // The largest number on the way to an answer.
        "tasks": { "limit": 9 },
        // What supervised training shows before reinforcement begins: sums of digits, no programs.
        "cold_start": {
          "math": { "operations_to": 2, "magnitudes": [1], "multiplication": 0, "brackets": 0 },
          "code": { "families": { "1": 1 }, "magnitudes": [1] },
          "math_share": 1
        },
        // Models by name. The policy is the one that reinforcement trains.
        "solvers": {
          "S": { "steps": 800, "optimizer": { "learning_rate": 6e-3 } }
        },
        "policy": "S",
        // The pool to train on, and who attempts it to find out how hard each problem is.
        "problems": {
          "math": {
            "count": 200, "operations_to": 2, "magnitudes": [1], "multiplication": 0, "brackets": 0
          }
        },
        "grading": { "solvers": ["S"] },
        // A level is a rule over pass rates: here what S solves now and then.
        "levels": {
          "unsure": { "math": { "rule": "0 < p.S < 1" } }
        },
        // The phases of a trial. The axis above changes per_prompt in the stage that is named first.
        "stages": [
          {
            "name": "first",
            "problems": { "math": "unsure" },
            "steps": 150,
            "rollouts": { "per_prompt": 8 },
            "max_tokens": { "math": 24, "code": 24 },
            "optimizer": { "learning_rate": 1.5e-4 }
          }
        ],
        // Held-out problems. The name of a suite is a metric: final(sums).
        "evaluation": {
          "every": 10,
          "suites": {
            "sums": {
              "math": { "operations_to": 2, "magnitudes": [1], "multiplication": 0, "brackets": 0 },
              "count": 48
            }
          }
        }
      }
    }

    """
}
