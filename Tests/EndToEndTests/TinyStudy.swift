import Foundation

/// A study that runs in a second: one layer of 32 channels, sums of two digits, a handful of steps. Two
/// solvers, so that a level can be formed, and two arms whose scores differ.
///
/// It is text, because messages name its lines and columns.
enum TinyStudy {
  /// Work items that all trials share: two solvers, pool and suites, three gradings, the levels.
  static let preparations = 8
  /// All of its work items: beside those, a first evaluation for each seed and a stage for each trial.
  static let items = preparations + 2 + 4

  static let study = """
    {
      "study": "tiny",
      "question": "Which level?",
      "recipe": "recipe.json",
      "axes": {
        "data": {
          "unsure": {},
          "some": { "stages.first.problems": { "math": "some" } }
        }
      },
      "baseline": { "data": "unsure" },
      "seeds": { "count": 2 },
      "measures": ["final(sums)", "mean(reward)"]
    }

    """

  static let recipe = """
    {
      "model": {
        "width": 32, "layers": 1, "heads": 2, "key_value_heads": 2, "feed_forward": 48, "context": 64
      },
      "tasks": { "limit": 9 },
      "cold_start": {
        "math": { "operations_to": 1, "magnitudes": [1], "multiplication": 0, "brackets": 0 },
        "code": { "families": { "1": 1 }, "magnitudes": [1] }
      },
      "solvers": {
        "S": { "steps": 60, "batch": 24, "jump": 1, "optimizer": { "learning_rate": 8e-3 } },
        "M": { "from": "S", "steps": 30, "jump": 1, "optimizer": { "learning_rate": 4e-3 } }
      },
      "policy": "S",
      "problems": {
        "math": {
          "count": 40, "operations_to": 1, "magnitudes": [1], "multiplication": 0, "brackets": 0
        }
      },
      "grading": {
        "solvers": ["S", "M"],
        "attempts": { "count": 4, "max_tokens": { "math": 8 } }
      },
      "levels": {
        "unsure": { "math": { "rule": "p.S < 1" } },
        "some": { "math": { "rule": "p.M > 0", "share_of_rest": 0.2 } }
      },
      "stages": [
        {
          "name": "first",
          "problems": { "math": "unsure" },
          "steps": 8,
          "prompts": 4,
          "rollouts": { "per_prompt": 4 },
          "max_tokens": { "math": 8, "code": 8 },
          "optimizer": { "learning_rate": 2e-3 },
          "checkpoint_every": 2
        }
      ],
      "evaluation": {
        "every": 4,
        "suites": {
          "sums": {
            "math": { "operations_to": 1, "magnitudes": [1], "multiplication": 0, "brackets": 0 },
            "count": 12, "attempts": 8, "attempts_during": 2
          }
        }
      }
    }

    """

  /// A recipe of two stages, the second of which an arm may change.
  static let twoStages = recipe.with(
    "checkpoint_every\": 2\n    }",
    """
    checkpoint_every": 2
        },
        {
          "name": "second",
          "problems": { "math": "some" },
          "steps": 4,
          "prompts": 4,
          "rollouts": { "per_prompt": 4 },
          "max_tokens": { "math": 8, "code": 8 },
          "optimizer": { "learning_rate": 2e-3 }
        }
    """)

  /// Solvers that were never trained: they solve nothing, whatever the arithmetic.
  static let untrained = recipe.with("\"steps\": 60", "\"steps\": 0").with(
    "\"steps\": 30", "\"steps\": 0")
}

extension String {
  /// The text with its only occurrence of a part replaced.
  func with(_ part: String, _ replacement: String) -> String {
    let pieces = components(separatedBy: part)
    precondition(pieces.count == 2, "\(pieces.count - 1) times in the text: \(part)")
    return pieces.joined(separator: replacement)
  }
}
