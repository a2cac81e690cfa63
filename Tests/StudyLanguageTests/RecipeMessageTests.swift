import Testing

@testable import StudyLanguage

/// Input and full message: faults of the recipe.
@Suite("Messages: faults of the recipe")
struct RecipeMessageTests {
  @Test("each fault has its message", arguments: table)
  func message(entry: MessageCase) { entry.check() }

  static let table: [MessageCase] = [
    MessageCase(
      "a setting out of range in the recipe",
      .recipe(#""minutes": 20"#, #""minutes": -20"#),
      """
      ablations/recipes/rye.json:5:34: error: 'minutes' is -20, not an integer from 1 to 600
          5 |     {"name": "first", "minutes": -20},
            |                                  ^~~
        from: ablations/s.json:4:13: the recipe of this study
        why:  'minutes' means: How long it takes.
        help: write an integer from 1 to 600 (minutes); the default is 30
      1 error
      """),
    MessageCase(
      "a misspelt key of the recipe",
      .recipe(#""minutes""#, #""minuets""#),
      """
      ablations/recipes/rye.json:5:23: error: unknown key 'minuets' in 'stage'
          5 |     {"name": "first", "minuets": 20},
            |                       ^~~~~~~~~
        from: ablations/s.json:4:13: the recipe of this study
        why:  only keys that are read may be written, so a typo cannot become a silent default
        help: did you mean 'minutes'? All keys: docs/study-format.md#stage
      1 error
      """),
    MessageCase(
      "a missing key of the recipe",
      .recipe(#""baker": "anna","#, ""),
      """
      ablations/recipes/rye.json:1:1: error: 'baker' is missing in 'recipe'
          1 | {
            | ^
        from: ablations/s.json:4:13: the recipe of this study
        why:  it has no default. 'baker' means: Who bakes.
        help: add "baker": "anna"
      1 error
      """),
    MessageCase(
      "a kind that does not exist",
      .recipe(#""steam""#, #""stem""#),
      """
      ablations/recipes/rye.json:6:41: error: 'stem' is no kind of 'heat'
          6 |     {"name": "second", "heat": {"kind": "stem", "share": 0.25}, "loads": {"top": 2}}
            |                                         ^~~~~~
        from: ablations/s.json:4:13: the recipe of this study
        why:  'heat' means: Where the warmth comes from.
        help: did you mean 'steam'? There are 'stone', 'steam', 'coal'
      1 error
      """),
    MessageCase(
      "a kind without its required setting",
      .recipe(#"{"kind": "steam", "share": 0.25}"#, #""coal""#),
      """
      ablations/recipes/rye.json:6:24: error: 'kilos' is missing in 'heat' of kind 'coal'
          6 |     {"name": "second", "heat": "coal", "loads": {"top": 2}}
            |                        ^~~~~~
        from: ablations/s.json:4:13: the recipe of this study
        why:  it has no default. 'kilos' means: Of coal; somebody must say.
        help: add "kilos": 1
      1 error
      """),
    MessageCase(
      "a kind that is no word",
      .recipe(#""steam""#, "3"),
      """
      ablations/recipes/rye.json:6:41: error: expected a string for 'heat', found a number
          6 |     {"name": "second", "heat": {"kind": 3, "share": 0.25}, "loads": {"top": 2}}
            |                                         ^
        from: ablations/s.json:4:13: the recipe of this study
        why:  'heat' means: Where the warmth comes from.
        help: write a string; the default is "stone"
      1 error
      """),
    MessageCase(
      "a key of another kind in the recipe",
      .recipe(#""share": 0.25"#, #""preheat": 3"#),
      """
      ablations/recipes/rye.json:6:50: error: unknown key 'preheat' in 'heat' of kind 'steam'
          6 |     {"name": "second", "heat": {"kind": "steam", "preheat": 3}, "loads": {"top": 2}}
            |                                                  ^~~~~~~~~
        from: ablations/s.json:4:13: the recipe of this study
        why:  only keys that are read may be written, so a typo cannot become a silent default
        help: 'preheat' belongs to the kind 'stone'. All keys: docs/study-format.md#heat
      1 error
      """),
    MessageCase(
      "two stages of one name",
      .recipe(#""second""#, #""first""#),
      """
      ablations/recipes/rye.json:6:14: error: the name 'first' comes twice
          6 |     {"name": "first", "heat": {"kind": "steam", "share": 0.25}, "loads": {"top": 2}}
            |              ^~~~~~~
        from: ablations/s.json:4:13: the recipe of this study
        why:  a path could not tell the two apart
        help: give one of them another name
      1 error
      """),
    MessageCase(
      "no stages",
      .recipe(#""stages": ["#, #""stages": [], "s": ["#),
      """
      ablations/recipes/rye.json:4:13: error: 'stages' is an empty list
          4 |   "stages": [], "s": [
            |             ^~
        from: ablations/s.json:4:13: the recipe of this study
        why:  'stages' means: The phases, in order.
        help: write at least one element
      ablations/recipes/rye.json:4:17: error: unknown key 's' in 'recipe'
          4 |   "stages": [], "s": [
            |                 ^~~
        from: ablations/s.json:4:13: the recipe of this study
        why:  only keys that are read may be written, so a typo cannot become a silent default
        help: remove it. All keys: docs/study-format.md#recipe
      2 errors
      """),
    MessageCase(
      "a rule that is no expression",
      .recipe(#""baker": "anna","#, #""baker": "anna", "done": "0 < p.a < and","#),
      """
      ablations/recipes/rye.json:2:39: error: expected a value, found 'and'
          2 |   "baker": "anna", "done": "0 < p.a < and",
            |                                       ^~~
        from: ablations/s.json:4:13: the recipe of this study
        why:  an expression is numbers, names and texts joined by operators
        help: look at the place marked and just before it
      1 error
      """),
    MessageCase(
      "a rule with escapes before the fault",
      .recipe(#""baker": "anna","#, #""baker": "anna", "done": "\u0070.a\t= 1","#),
      #"""
      ablations/recipes/rye.json:2:39: error: '=' in an expression
          2 |   "baker": "anna", "done": "\u0070.a\t= 1",
            |                                       ^
        from: ablations/s.json:4:13: the recipe of this study
        why:  nothing is assigned here; equality is asked with two signs
        help: write '=='
      1 error
      """#),
    MessageCase(
      "a schedule through zero",
      .recipe(#""minutes": 20"#, #""warmth": {"kind": "exponential", "from": 0, "to": 9}"#),
      """
      ablations/recipes/rye.json:5:33: error: an exponential schedule that is not above 0 at both ends
          5 |     {"name": "first", "warmth": {"kind": "exponential", "from": 0, "to": 9}},
            |                                 ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
        from: ablations/s.json:4:13: the recipe of this study
        why:  no factor leads from one value to the other
        help: use values above 0, or "kind": "linear"
      1 error
      """),
    MessageCase(
      "a schedule with a value too few",
      .recipe(#""minutes": 20"#, #""warmth": {"kind": "step", "values": [1, 2], "at": [5, 9]}"#),
      """
      ablations/recipes/rye.json:5:33: error: 2 values for 2 boundaries of a step schedule
          5 |     {"name": "first", "warmth": {"kind": "step", "values": [1, 2], "at": [5, 9]}},
            |                                 ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
        from: ablations/s.json:4:13: the recipe of this study
        why:  each boundary lies between two values
        help: write 3 values
      1 error
      """),
    MessageCase(
      "a schedule out of range",
      .recipe(#""minutes": 20"#, #""warmth": {"kind": "linear", "from": 1, "to": 900}"#),
      """
      ablations/recipes/rye.json:5:69: error: 'to' is 900, not a number from 0 to 300
          5 |     {"name": "first", "warmth": {"kind": "linear", "from": 1, "to": 900}},
            |                                                                     ^~~
        from: ablations/s.json:4:13: the recipe of this study
        why:  'to' means: The value at the last.
        help: write a number from 0 to 300
      1 error
      """),
    MessageCase(
      "a schedule without its kind",
      .recipe(#""minutes": 20"#, #""warmth": {"from": 1, "to": 9}"#),
      """
      ablations/recipes/rye.json:5:33: error: 'kind' is missing in 'warmth'
          5 |     {"name": "first", "warmth": {"from": 1, "to": 9}},
            |                                 ^~~~~~~~~~~~~~~~~~~~
        from: ablations/s.json:4:13: the recipe of this study
        why:  'warmth' means: Of the oven.
        help: add "kind": one of 'constant', 'linear', 'cosine', 'exponential', 'step'
      1 error
      """),
    MessageCase(
      "a schedule of the wrong form",
      .recipe(#""minutes": 20"#, #""warmth": "hot""#),
      """
      ablations/recipes/rye.json:5:33: error: expected a number from 0 to 300, or a schedule object for 'warmth', found a string
          5 |     {"name": "first", "warmth": "hot"},
            |                                 ^~~~~
        from: ablations/s.json:4:13: the recipe of this study
        why:  'warmth' means: Of the oven.
        help: write a number from 0 to 300, or a schedule object (degrees); the default is 220
      1 error
      """),
    MessageCase(
      "a recipe that is a list",
      .wholeRecipe("[1]"),
      """
      ablations/recipes/rye.json:1:1: error: expected an object, found a list
          1 | [1]
            | ^~~
        from: ablations/s.json:4:13: the recipe of this study
        why:  nothing else can be read here
        help: write an object
      1 error
      """),
  ]
}
