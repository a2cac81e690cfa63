import Testing

@testable import StudyLanguage

/// Input and full message: faults of the rest of the study.
@Suite("Messages: faults of the rest of the study")
struct StudyMessageTests {
  @Test("each fault has its message", arguments: table + toleranceTable)
  func message(entry: MessageCase) { entry.check() }

  static let table: [MessageCase] = [
    MessageCase(
      "a misspelt key of the study",
      .study(#""question""#, #""qestion""#),
      """
      ablations/s.json:3:3: error: unknown key 'qestion' in 'study'
          3 |   "qestion": "Do more loaves cool the oven?",
            |   ^~~~~~~~~
        why:  only keys that are read may be written, so a typo cannot become a silent default
        help: did you mean 'question'? All keys: docs/study-format.md#study
      1 error
      """),
    MessageCase(
      "a key that nothing resembles",
      .study(#""question": "Do more loaves cool the oven?","#, #""question": "?", "colour": 1,"#),
      """
      ablations/s.json:3:20: error: unknown key 'colour' in 'study'
          3 |   "question": "?", "colour": 1,
            |                    ^~~~~~~~
        why:  only keys that are read may be written, so a typo cannot become a silent default
        help: remove it. All keys: docs/study-format.md#study
      1 error
      """),
    MessageCase(
      "no seeds",
      .study(#""seeds": {"count": 2},"#, ""),
      """
      ablations/s.json:1:1: error: 'seeds' is missing in 'study'
          1 | {
            | ^
        why:  it has no default. 'seeds' means: The replicates of every arm; without them a difference could not be told from luck.
        help: add "seeds": {"count": 5}
      1 error
      """),
    MessageCase(
      "an empty list of seeds",
      .study(#"{"count": 2}"#, "[]"),
      """
      ablations/s.json:8:12: error: 'seeds' is an empty list
          8 |   "seeds": [],
            |            ^~
        why:  'seeds' means: The replicates of every arm; without them a difference could not be told from luck.
        help: write at least one element
      1 error
      """),
    MessageCase(
      "a seed twice",
      .study(#"{"count": 2}"#, "[1, 2, 1]"),
      """
      ablations/s.json:8:19: error: seed 1 comes twice
          8 |   "seeds": [1, 2, 1],
            |                   ^
        why:  a repeated trial is the same trial: it adds nothing to the mean
        help: write another number
      1 error
      """),
    MessageCase(
      "seeds of the wrong form",
      .study(#"{"count": 2}"#, "3"),
      """
      ablations/s.json:8:12: error: expected an object or a list of at least one element for 'seeds', found a number
          8 |   "seeds": 3,
            |            ^
        why:  'seeds' means: The replicates of every arm; without them a difference could not be told from luck.
        help: write an object or a list of at least one element (seeds)
      1 error
      """),
    MessageCase(
      "no seed at all",
      .study(#"{"count": 2}"#, #"{"count": 0}"#),
      """
      ablations/s.json:8:22: error: 'count' is 0, not an integer from 1 to 100000
          8 |   "seeds": {"count": 0},
            |                      ^
        why:  'count' means: Seeds 1, 2, … count.
        help: write an integer from 1 to 100000 (seeds)
      1 error
      """),
    MessageCase(
      "a name that is no folder",
      .study(#""study": "loaves""#, #""study": "My Study/1""#),
      """
      ablations/s.json:2:12: error: 'My Study/1' is no name for a study
          2 |   "study": "My Study/1",
            |            ^~~~~~~~~~~~
        why:  the name is also that of the report's folder
        help: use small letters, digits and '-', at most 64, such as "group-size"
      1 error
      """),
    MessageCase(
      "a missing recipe",
      .study("rye.json", "wheat.json"),
      """
      ablations/s.json:4:13: error: 'ablations/recipes/wheat.json': there is no such file
          4 |   "recipe": "recipes/wheat.json",
            |             ^~~~~~~~~~~~~~~~~~~~
        why:  it is named as the recipe of this study; paths are relative to the file that they stand in
        help: look at the spelling and the directory
      1 error
      """),
    MessageCase(
      "a directory for a recipe",
      .study("recipes/rye.json", "recipes"),
      """
      ablations/s.json:4:13: error: 'ablations/recipes': this is a directory, not a file
          4 |   "recipe": "recipes",
            |             ^~~~~~~~~
        why:  it is named as the recipe of this study; paths are relative to the file that they stand in
        help: name a file in it
      1 error
      """),
    MessageCase(
      "a recipe of the wrong form",
      .study(#""recipes/rye.json""#, #"["recipes/rye.json"]"#),
      """
      ablations/s.json:4:13: error: expected a string or an object for 'recipe', found a list
          4 |   "recipe": ["recipes/rye.json"],
            |             ^~~~~~~~~~~~~~~~~~~~
        why:  'recipe' means: What every arm starts from: a file, relative to this one, or the recipe itself.
        help: write a string or an object
      1 error
      """),
    MessageCase(
      "a word that is no measure",
      .study("final(crumb)", "crumb"),
      """
      ablations/s.json:9:16: error: 'crumb' is no measure
          9 |   "measures": ["crumb", "mean(crust)"]
            |                ^~~~~~~
        why:  a measure is a function of a metric, so that the table says which steps it is of
        help: write for example final(reward) or mean(reward)
      1 error
      """),
    MessageCase(
      "a measure that is no expression",
      .study("final(crumb)", "final(crumb"),
      """
      ablations/s.json:9:28: error: expected ')', found the end
          9 |   "measures": ["final(crumb", "mean(crust)"]
            |                            ^
        why:  an expression is numbers, names and texts joined by operators
        help: look at the place marked and just before it
      1 error
      """),
    MessageCase(
      "a measure twice",
      .study("mean(crust)", "final(crumb)"),
      """
      ablations/s.json:9:32: error: the measure 'final(crumb)' comes twice
          9 |   "measures": ["final(crumb)", "final(crumb)"]
            |                                ^~~~~~~~~~~~~~
        why:  each is a column of the table
        help: remove one of them
      1 error
      """),
    MessageCase(
      "a baseline that no axis has",
      .study(#""seeds""#, #""baseline": {"loafs": 4}, "seeds""#),
      """
      ablations/s.json:8:16: error: unknown axis 'loafs'
          8 |   "baseline": {"loafs": 4}, "seeds": {"count": 2},
            |                ^~~~~~~
        why:  an arm is named by its variants on the study's axes
        help: there is only 'loaves'
      1 error
      """),
    MessageCase(
      "a baseline that no variant is",
      .study(#""seeds""#, #""baseline": {"loaves": 5}, "seeds""#),
      """
      ablations/s.json:8:26: error: unknown variant '5'
          8 |   "baseline": {"loaves": 5}, "seeds": {"count": 2},
            |                          ^
        why:  axis 'loaves' does not have it
        help: there are '4', '8'
      1 error
      """),
    MessageCase(
      "a baseline that no arm is called",
      .study(#""seeds""#, #""baseline": "loaves=5", "seeds""#),
      """
      ablations/s.json:8:15: error: unknown arm 'loaves=5'
          8 |   "baseline": "loaves=5", "seeds": {"count": 2},
            |               ^~~~~~~~~~
        why:  an arm is named by its label or by its variants
        help: did you mean 'loaves=4'? There are 'loaves=4', 'loaves=8'
      1 error
      """),
    MessageCase(
      "a heading of nothing",
      .study(#""seeds""#, #""headings": {"crum": "Crumb"}, "seeds""#),
      """
      ablations/s.json:8:16: error: nothing is called 'crum'
          8 |   "headings": {"crum": "Crumb"}, "seeds": {"count": 2},
            |                ^~~~~~
        why:  a heading belongs to an axis, a measure or a metric of a measure
        help: did you mean 'crumb'? There are 'loaves', 'final(crumb)', 'mean(crust)', 'crumb', 'crust'
      1 error
      """),
    MessageCase(
      "a paper's value of no measure",
      .study(
        #""seeds""#,
        #""paper": {"source": "x", "values": [{"arm": {"loaves": 4}, "measure": "final(crum)", "value": 3}]}, "seeds""#
      ),
      """
      ablations/s.json:8:73: error: 'final(crum)' is no measure of this study
          8 |   "paper": {"source": "x", "values": [{"arm": {"loaves": 4}, "measure": "final(crum)", "value": 3}]}, "seeds": {"count": 2},
            |                                                                         ^~~~~~~~~~~~~
        why:  the paper's number stands beside a measured one
        help: did you mean 'final(crumb)'? There are 'final(crumb)', 'mean(crust)'
      1 error
      """),
    MessageCase(
      "misspelt measures say nothing of those that name one",
      .study(
        #""measures""#,
        #""paper": {"source": "x", "values": [{"arm": {"loaves": 4}, "measure": "final(crumb)", "value": 3}]}, "mesures""#
      ),
      """
      ablations/s.json:9:104: error: unknown key 'mesures' in 'study'
          9 | …": {"loaves": 4}, "measure": "final(crumb)", "value": 3}]}, "mesures": ["final(crumb)", "mean(crust)"]
            |                                                              ^~~~~~~~~
        why:  only keys that are read may be written, so a typo cannot become a silent default
        help: did you mean 'measures'? All keys: docs/study-format.md#study
      1 error
      """),
    MessageCase(
      "a paper's value of no arm",
      .study(
        #""seeds""#,
        #""paper": {"source": "x", "values": [{"arm": {"loaves": 3}, "measure": "final(crumb)", "value": 3}]}, "seeds""#
      ),
      """
      ablations/s.json:8:58: error: unknown variant '3'
          8 |   "paper": {"source": "x", "values": [{"arm": {"loaves": 3}, "measure": "final(crumb)", "value": 3}]}, "seeds": {"count": 2},
            |                                                          ^
        why:  axis 'loaves' does not have it
        help: there are '4', '8'
      1 error
      """),
    MessageCase(
      "a negative tolerance",
      .study(#""seeds""#, #""tolerance": {"absolute": -1}, "seeds""#),
      """
      ablations/s.json:8:29: error: 'absolute' is -1, not a number of at least 0
          8 |   "tolerance": {"absolute": -1}, "seeds": {"count": 2},
            |                             ^~
        why:  'absolute' means: Largest difference, in the measure's unit.
        help: write a number of at least 0; the default is 0
      1 error
      """),
    MessageCase(
      "a design without its list",
      .study(#""seeds""#, #""design": "arms", "seeds""#),
      """
      ablations/s.json:8:13: error: the design 'arms' without a list of arms
          8 |   "design": "arms", "seeds": {"count": 2},
            |             ^~~~~~
        why:  the arms of this design are those that the file lists
        help: add "arms": [{"variants": {…}}], or write "design": "product"
      1 error
      """),
    MessageCase(
      "two designs",
      .study(#""seeds""#, #""design": "product", "arms": [{"variants": {"loaves": 4}}], "seeds""#),
      """
      ablations/s.json:8:24: error: 'arms' beside "design": "product"
          8 |   "design": "product", "arms": [{"variants": {"loaves": 4}}], "seeds": {"count": 2},
            |                        ^~~~~~
        why:  either a design makes the arms, or the file lists them
        help: remove 'arms', or write "design": "arms"
      1 error
      """),
    MessageCase(
      "two arms of one label",
      .study(
        #""seeds""#,
        #""arms": [{"label": "a"}, {"label": "a", "variants": {"loaves": 8}}], "seeds""#),
      """
      ablations/s.json:8:38: error: a second arm is called 'a'
          8 |   "arms": [{"label": "a"}, {"label": "a", "variants": {"loaves": 8}}], "seeds": {"count": 2},
            |                                      ^~~
        why:  rows of a table are told apart by their labels
        help: give each a "label" of its own
      1 error
      """),
  ]
}
