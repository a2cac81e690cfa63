import Testing

@testable import StudyLanguage

/// Input and full message: faults of axes and changes.
@Suite("Messages: faults of axes and changes")
struct ChangeMessageTests {
  @Test("each fault has its message", arguments: table)
  func message(entry: MessageCase) { entry.check() }

  static let table: [MessageCase] = [
    MessageCase(
      "a sweep of a misspelt setting",
      .study(#""loaves": [4, 8]"#, #""lovaes": [4, 8]"#),
      """
      ablations/s.json:6:5: error: unknown key 'lovaes' in 'recipe'
          6 |     "lovaes": [4, 8]
            |     ^~~~~~~~
        why:  only keys that are read may be written, so a typo cannot become a silent default
        help: did you mean 'loaves'? All keys: docs/study-format.md#recipe
      1 error
      """),
    MessageCase(
      "an axis with a name of its own",
      .study(#""loaves": [4, 8]"#, #""oven size": [4, 8]"#),
      """
      ablations/s.json:6:5: error: unknown key 'oven size' in 'recipe'
          6 |     "oven size": [4, 8]
            |     ^~~~~~~~~~~
        why:  only keys that are read may be written, so a typo cannot become a silent default
        help: an axis with a name of its own is {"key": "stages.first.steps", "values": […]}
      1 error
      """),
    MessageCase(
      "an empty sweep",
      .study(#""loaves": [4, 8]"#, #""loaves": []"#),
      """
      ablations/s.json:6:5: error: axis 'loaves' has no variants
          6 |     "loaves": []
            |     ^~~~~~~~
        why:  an axis without variants leaves no arm to run
        help: write at least one variant, or remove the axis
      1 error
      """),
    MessageCase(
      "an axis without variants",
      .study(#""loaves": [4, 8]"#, #""size": {}"#),
      """
      ablations/s.json:6:5: error: axis 'size' has no variants
          6 |     "size": {}
            |     ^~~~~~
        why:  an axis without variants leaves no arm to run
        help: write at least one variant, or remove the axis
      1 error
      """),
    MessageCase(
      "an empty sweep of a named setting",
      .study(#""loaves": [4, 8]"#, #""size": {"key": "loaves", "values": []}"#),
      """
      ablations/s.json:6:5: error: axis 'size' has no variants
          6 |     "size": {"key": "loaves", "values": []}
            |     ^~~~~~
        why:  an axis without variants leaves no arm to run
        help: write at least one variant, or remove the axis
      1 error
      """),
    MessageCase(
      "a key that no sweep has",
      .study(#""loaves": [4, 8]"#, #""size": {"key": "loaves", "values": [4], "unit": 1}"#),
      """
      ablations/s.json:6:46: error: unknown key 'unit' in a sweep
          6 |     "size": {"key": "loaves", "values": [4], "unit": 1}
            |                                              ^~~~~~
        why:  a sweep is a setting and its values
        help: remove it
      1 error
      """),
    MessageCase(
      "a value out of range",
      .study(#""loaves": [4, 8]"#, #""loaves": [4, 128]"#),
      """
      ablations/s.json:6:19: error: 'loaves' is 128, not an integer from 1 to 64
          6 |     "loaves": [4, 128]
            |                   ^~~
        why:  'loaves' means: Loaves of a batch.
        help: write an integer from 1 to 64 (loaves); the default is 4
      1 error
      """),
    MessageCase(
      "a fraction for an integer",
      .study(#""loaves": [4, 8]"#, #""loaves": [4, 4.5]"#),
      """
      ablations/s.json:6:19: error: expected an integer from 1 to 64 for 'loaves', found 4.5
          6 |     "loaves": [4, 4.5]
            |                   ^~~
        why:  'loaves' means: Loaves of a batch.
        help: write an integer from 1 to 64 (loaves); the default is 4
      1 error
      """),
    MessageCase(
      "a string for an integer",
      .study(#""loaves": [4, 8]"#, #""loaves": [4, "8"]"#),
      """
      ablations/s.json:6:19: error: expected an integer from 1 to 64 for 'loaves', found a string
          6 |     "loaves": [4, "8"]
            |                   ^~~
        why:  'loaves' means: Loaves of a batch.
        help: write an integer from 1 to 64 (loaves); the default is 4
      1 error
      """),
    MessageCase(
      "a value above an open bound",
      .study(#""loaves": [4, 8]"#, #""dough.flour": [0, 8]"#),
      """
      ablations/s.json:6:21: error: 'flour' is 0, not a number above 0 up to 1000
          6 |     "dough.flour": [0, 8]
            |                     ^
        why:  'flour' means: Flour of a loaf.
        help: write a number above 0 up to 1000 (grams); the default is 500
      1 error
      """),
    MessageCase(
      "a word that is no choice",
      .study(#""loaves": [4, 8]"#, #""crust": ["thin", "thik"]"#),
      """
      ablations/s.json:6:23: error: 'thik' is no choice for 'crust'
          6 |     "crust": ["thin", "thik"]
            |                       ^~~~~~
        why:  'crust' means: What it sounds like.
        help: did you mean 'thick'? There are 'thin', 'thick'
      1 error
      """),
    MessageCase(
      "a value twice",
      .study(#""loaves": [4, 8]"#, #""loaves": [4, 4]"#),
      """
      ablations/s.json:6:19: error: axis 'loaves' has the value 4 twice
          6 |     "loaves": [4, 4]
            |                   ^
        why:  each value is an arm of its own
        help: remove one of them
      1 error
      """),
    MessageCase(
      "an axis whose variants are one experiment",
      .study(#""loaves": [4, 8]"#, #""size": {"base": {}, "eight": {"loaves": 8}}"#),
      """
      ablations/s.json:6:5: error: axis 'size' changes nothing in any arm
          6 |     "size": {"base": {}, "eight": {"loaves": 8}}
            |     ^~~~~~
        why:  its variants differ in no setting that is read, so its rows would repeat each other
        help: look for the setting that was meant to differ, or remove the axis
      1 error
      """),
    MessageCase(
      "a dead axis that is never moved alone",
      .study(
        #""loaves": [4, 8]"#,
        #""loaves": [4, 6], "b": {"x": {}, "y": {"crust": "thin"}}}, "design": {"kind": "zip""#),
      """
      ablations/s.json:6:23: error: axis 'b' changes nothing in any arm
          6 |     "loaves": [4, 6], "b": {"x": {}, "y": {"crust": "thin"}}}, "design": {"kind": "zip"
            |                       ^~~
        why:  its variants differ in no setting that is read, so its rows would repeat each other
        help: look for the setting that was meant to differ, or remove the axis
      1 error
      """),
    MessageCase(
      "dead axes of a product",
      .study(
        #""loaves": [4, 8]"#,
        #""loaves": [4, 6], "b": {"x": {"loaves": 9}, "y": {"loaves": 9}}, "cover": [true, false]"#),
      """
      ablations/s.json:6:5: error: axis 'loaves' changes nothing in any arm
          6 |     "loaves": [4, 6], "b": {"x": {"loaves": 9}, "y": {"loaves": 9}}, "cover": [true, false]
            |     ^~~~~~~~
        why:  its variants differ in no setting that is read, so its rows would repeat each other
        help: look for the setting that was meant to differ, or remove the axis
      ablations/s.json:6:23: error: axis 'b' changes nothing in any arm
          6 |     "loaves": [4, 6], "b": {"x": {"loaves": 9}, "y": {"loaves": 9}}, "cover": [true, false]
            |                       ^~~
        why:  its variants differ in no setting that is read, so its rows would repeat each other
        help: look for the setting that was meant to differ, or remove the axis
      2 errors
      """),
    MessageCase(
      "a name that no element has",
      .study(#""loaves": [4, 8]"#, #""a": {"x": {"stages.secnd.minutes": 3}}"#),
      """
      ablations/s.json:6:17: error: 'stages' has no element 'secnd'
          6 |     "a": {"x": {"stages.secnd.minutes": 3}}
            |                 ^~~~~~~~~~~~~~~~~~~~~~
        why:  a change must find what it changes, so a typo cannot become a silent default
        help: did you mean 'second'? There are 'first', 'second'
      1 error
      """),
    MessageCase(
      "an index beyond the list",
      .study(#""loaves": [4, 8]"#, #""a": {"x": {"stages[2].minutes": 3}}"#),
      """
      ablations/s.json:6:17: error: 'stages' has no element [2], only 2
          6 |     "a": {"x": {"stages[2].minutes": 3}}
            |                 ^~~~~~~~~~~~~~~~~~~
        why:  a change must find what it changes, so a typo cannot become a silent default
        help: elements are counted from 0 to 1
      1 error
      """),
    MessageCase(
      "a key of another kind",
      .study(#""loaves": [4, 8]"#, #""a": {"x": {"stages.second.heat.preheat": 3}}"#),
      """
      ablations/s.json:6:17: error: unknown key 'preheat' in 'heat' of kind 'steam'
          6 |     "a": {"x": {"stages.second.heat.preheat": 3}}
            |                 ^~~~~~~~~~~~~~~~~~~~~~~~~~~~
        why:  only keys that are read may be written, so a typo cannot become a silent default
        help: 'preheat' belongs to the kind 'stone'. All keys: docs/study-format.md#heat
      1 error
      """),
    MessageCase(
      "a path through a name that no map has",
      .study(#""loaves": [4, 8]"#, #""a": {"x": {"stages.second.loads.tip.no": 3}}"#),
      """
      ablations/s.json:6:17: error: 'stages.second.loads' has no entry 'tip'
          6 |     "a": {"x": {"stages.second.loads.tip.no": 3}}
            |                 ^~~~~~~~~~~~~~~~~~~~~~~~~~~~
        why:  a change must find what it changes, so a typo cannot become a silent default
        help: did you mean 'top'? There is only 'top'
      1 error
      """),
    MessageCase(
      "a path into a number",
      .study(#""loaves": [4, 8]"#, #""a": {"x": {"loaves.each": 3}}"#),
      """
      ablations/s.json:6:17: error: 'loaves' is an integer from 1 to 64 and has no parts
          6 |     "a": {"x": {"loaves.each": 3}}
            |                 ^~~~~~~~~~~~~
        why:  a path leads from the whole to a part
        help: end the path here and give an integer from 1 to 64
      1 error
      """),
    MessageCase(
      "a path with a hole",
      .study(#""loaves": [4, 8]"#, #""a": {"x": {"stages..minutes": 3}}"#),
      """
      ablations/s.json:6:17: error: 'stages..minutes' is no path: a name is missing beside a dot
          6 |     "a": {"x": {"stages..minutes": 3}}
            |                 ^~~~~~~~~~~~~~~~~
        why:  a path is names with dots between them
        help: write for example stages.second.steps or stages[1].steps
      1 error
      """),
    MessageCase(
      "a path with a bad index",
      .study(#""loaves": [4, 8]"#, #""a": {"x": {"stages[-1].minutes": 3}}"#),
      """
      ablations/s.json:6:17: error: 'stages[-1].minutes' is no path: '[-1]' is no index
          6 |     "a": {"x": {"stages[-1].minutes": 3}}
            |                 ^~~~~~~~~~~~~~~~~~~~
        why:  a path is names with dots between them
        help: write for example stages.second.steps or stages[1].steps
      1 error
      """),
    MessageCase(
      "an empty path",
      .study(#""loaves": [4, 8]"#, #""a": {"x": {"": 3}}"#),
      """
      ablations/s.json:6:17: error: '' is no path: it is empty
          6 |     "a": {"x": {"": 3}}
            |                 ^~
        why:  a path is names with dots between them
        help: write for example stages.second.steps or stages[1].steps
      1 error
      """),
    MessageCase(
      "a variant that is no object",
      .study(#""loaves": [4, 8]"#, #""a": {"x": 3}"#),
      """
      ablations/s.json:6:16: error: expected an object of changes for variant 'x', found a number
          6 |     "a": {"x": 3}
            |                ^
        why:  a named variant changes settings by their paths
        help: write {"stages.first.steps": 100}, or {} for no change
      1 error
      """),
    MessageCase(
      "an axis that is neither list nor object",
      .study(#""loaves": [4, 8]"#, #""a": 3"#),
      """
      ablations/s.json:6:10: error: expected a list or an object for 'axes', found a number
          6 |     "a": 3
            |          ^
        why:  'axes' means: What is varied. A list is a sweep of the setting that names the axis; {"key": …, "values": […]} one of another setting; otherwise an object names variants, each an object of changes by path.
        help: write a list or an object
      1 error
      """),
    MessageCase(
      "too many arms",
      .study(
        #""loaves": [4, 8]"#,
        #""loaves": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], "a": {"key": "dough.salt", "values": ["#
          + (0..<101).map { "0.\(100 + $0)" }.joined(separator: ", ")
          + #"]}, "b": {"key": "dough.flour", "values": ["#
          + (1..<102).map { "\($0)" }.joined(separator: ", ") + "]}"),
      """
      ablations/s.json:5:3: error: the axes make more than 100000 arms
          5 |   "axes": {
            |   ^~~~~~
        why:  every arm is trained with every seed
        help: list the arms that matter, or vary one axis at a time
      1 error
      """),
  ]
}
