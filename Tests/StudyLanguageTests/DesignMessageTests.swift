import Testing

@testable import StudyLanguage

/// Input and full message: faults of designs, conditions, formulas and claims.
@Suite("Messages: faults of designs, conditions, formulas and claims")
struct DesignMessageTests {
  @Test("each fault has its message", arguments: table)
  func message(entry: MessageCase) { entry.check() }

  /// - Parameters:
  ///   - axes: in place of the bakery's.
  ///   - more: members before 'seeds'.
  private static func varied(_ axes: String, _ more: String = "") -> MessageCase.Fault {
    .wholeStudy(
      Bakery.study.with("\"loaves\": [4, 8]", axes).with(
        "\"seeds\"", more.isEmpty ? "\"seeds\"" : "\(more), \"seeds\""))
  }

  private static let two = ##""lid": {"off": {}, "on": {"cover": true}}, "loaves": [4, 8]"##
  private static let three =
    ##""lid": {"off": {}, "on": {"cover": true}}, "flour": {"key": "dough.flour", "values": [400, 500, 600]}"##

  static let table: [MessageCase] = [
    MessageCase(
      "zip of unequal lengths",
      varied(three, #""design": "zip""#),
      """
      ablations/s.json:8:13: error: the design 'zip' with axes of unequal length
          8 |   "design": "zip", "seeds": {"count": 2},
            |             ^~~~~
        why:  their variants are walked together: 'lid' has 2, 'flour' has 3
        help: give each axis as many variants, or write "design": "product"
      1 error
      """),
    MessageCase(
      "leave-one-out of three variants",
      varied(three, #""design": "leave-one-out""#),
      """
      ablations/s.json:6:48: error: the design 'leave-one-out' with 3 variants on axis 'flour'
          6 |     "lid": {"off": {}, "on": {"cover": true}}, "flour": {"key": "dough.flour", "values": [400, 500, 600]}
            |                                                ^~~~~~~
        why:  each axis of this design is either off or on
        help: keep two variants: the first is off, the second on
      1 error
      """),
    MessageCase(
      "a fraction that two axes do not have",
      varied(two, #""design": {"kind": "factorial", "fraction": "1/4"}"#),
      """
      ablations/s.json:8:47: error: no factorial of 2 axes has the fraction 1/4
          8 |   "design": {"kind": "factorial", "fraction": "1/4"}, "seeds": {"count": 2},
            |                                               ^~~~~
        why:  each halving makes one axis the product of two or more others; at most 10 axes
        help: ask for a larger fraction, or write "design": "product"
      1 error
      """),
    MessageCase(
      "a fraction that is none",
      varied(two, #""design": {"kind": "factorial", "fraction": "1/3"}"#),
      """
      ablations/s.json:8:47: error: '1/3' is no choice for 'fraction'
          8 |   "design": {"kind": "factorial", "fraction": "1/3"}, "seeds": {"count": 2},
            |                                               ^~~~~
        why:  'fraction' means: The share of all combinations that is run; `ablate plan` shows what it confounds.
        help: did you mean '1/2'? There are '1', '1/2', '1/4', '1/8', '1/16', '1/32'
      1 error
      """),
    MessageCase(
      "an unknown design",
      varied(two, #""design": "one-at-time""#),
      """
      ablations/s.json:8:13: error: 'one-at-time' is no kind of 'design'
          8 |   "design": "one-at-time", "seeds": {"count": 2},
            |             ^~~~~~~~~~~~~
        why:  'design' means: How variants make arms; absent means product, or arms where 'arms' is there.
        help: did you mean 'one-at-a-time'? There are 'product', 'zip', 'one-at-a-time', 'leave-one-out', 'path', 'factorial', 'arms'
      1 error
      """),
    MessageCase(
      "a design without axes",
      varied("", #""design": "path""#),
      """
      ablations/s.json:8:13: error: the design 'path' without an axis
          8 |   "design": "path", "seeds": {"count": 2},
            |             ^~~~~~
        why:  there is nothing to vary
        help: add an axis to 'axes'
      1 error
      """),
    MessageCase(
      "a design beside blocks",
      varied(two, #""design": "zip", "blocks": [{"axes": ["lid"]}]"#),
      """
      ablations/s.json:8:3: error: 'design' beside 'blocks'
          8 |   "design": "zip", "blocks": [{"axes": ["lid"]}], "seeds": {"count": 2},
            |   ^~~~~~~~
        why:  each block has a design of its own
        help: move it into a block
      1 error
      """),
    MessageCase(
      "a block that varies and holds",
      varied(two, #""blocks": [{"axes": ["lid"], "variants": {"lid": "on"}}]"#),
      """
      ablations/s.json:8:24: error: the block varies axis 'lid' and holds it
          8 |   "blocks": [{"axes": ["lid"], "variants": {"lid": "on"}}], "seeds": {"count": 2},
            |                        ^~~~~
        why:  an axis is either varied or held
        help: take it out of 'variants' or of 'axes'
      1 error
      """),
    MessageCase(
      "a block of an unknown axis",
      varied(two, #""blocks": [{"axes": ["ldi", "loafs"]}]"#),
      """
      ablations/s.json:8:24: error: unknown axis 'ldi'
          8 |   "blocks": [{"axes": ["ldi", "loafs"]}], "seeds": {"count": 2},
            |                        ^~~~~
        why:  a block varies axes of the study
        help: did you mean 'lid'? There are 'lid', 'loaves'
      ablations/s.json:8:31: error: unknown axis 'loafs'
          8 |   "blocks": [{"axes": ["ldi", "loafs"]}], "seeds": {"count": 2},
            |                               ^~~~~~~
        why:  a block varies axes of the study
        help: there are 'lid', 'loaves'
      2 errors
      """),
    MessageCase(
      "conditions that leave nothing",
      varied(two, #""exclude": "loaves > 0""#),
      """
      ablations/s.json:8:3: error: the conditions leave no arm
          8 |   "exclude": "loaves > 0", "seeds": {"count": 2},
            |   ^~~~~~~~~
        why:  each of the 4 combinations is cut
        help: loosen 'exclude' or 'only_if'
      1 error
      """),
    MessageCase(
      "conditions on settings that leave nothing",
      varied(two, #""only_if": "dough.flour < 10""#),
      """
      ablations/s.json:8:3: error: the conditions leave no arm
          8 |   "only_if": "dough.flour < 10", "seeds": {"count": 2},
            |   ^~~~~~~~~
        why:  each of the 4 combinations is cut
        help: loosen 'exclude' or 'only_if'
      1 error
      """),
    MessageCase(
      "a condition that compares a text with a number",
      varied(two, #""exclude": "lid == 4""#),
      """
      ablations/s.json:8:15: error: a text is compared with a number
          8 |   "exclude": "lid == 4", "seeds": {"count": 2},
            |               ^~~~~~~~
        why:  values of different types are neither equal nor ordered
        help: compare numbers with numbers and texts with texts
      1 error
      """),
    MessageCase(
      "a condition that is a number",
      varied(two, #""exclude": ["loaves == 4", "loaves + 1"]"#),
      """
      ablations/s.json:8:31: error: the whole expression must be a boolean, found a number
          8 |   "exclude": ["loaves == 4", "loaves + 1"], "seeds": {"count": 2},
            |                               ^~~~~~~~~~
        why:  values are never turned into another type silently
        help: compare it with something: < <= > >= == !=
      1 error
      """),
    MessageCase(
      "a condition that divides by zero",
      varied(two, #""exclude": "1 / (loaves - 4) > 2""#),
      """
      ablations/s.json:8:19: error: division by zero
          8 |   "exclude": "1 / (loaves - 4) > 2", "seeds": {"count": 2},
            |                   ^~~~~~~~~~~~
        why:  there is no such number
        help: guard it: x != 0 and 1 / x > 2
      1 error
      """),
    MessageCase(
      "a condition on nothing known",
      varied(two, #""exclude": "loafs == 4""#),
      """
      ablations/s.json:8:15: error: unknown name 'loafs'
          8 |   "exclude": "loafs == 4", "seeds": {"count": 2},
            |               ^~~~~
        why:  known here: lid, loaves, arm.lid, arm.loaves
        help: use one of those
      1 error
      """),
    MessageCase(
      "a condition that reads a result",
      varied(two, #""exclude": "final(crumb | on) > 2""#),
      """
      ablations/s.json:8:15: error: 'final(crumb)' is measured, and only claims may read it
          8 |   "exclude": "final(crumb | on) > 2", "seeds": {"count": 2},
            |               ^~~~~~~~~~~~~~~~~
        why:  this is decided before anything runs
        help: use settings and axes, or make it a claim
      1 error
      """),
    MessageCase(
      "a condition that is no expression",
      varied(two, #""exclude": "loaves ==""#),
      """
      ablations/s.json:8:24: error: expected a value, found the end
          8 |   "exclude": "loaves ==", "seeds": {"count": 2},
            |                        ^
        why:  an expression is numbers, names and texts joined by operators
        help: look at the place marked and just before it
      1 error
      """),
    MessageCase(
      "a condition of an unknown axis",
      varied(two, #""only_if": {"lids": "loaves == 4"}"#),
      """
      ablations/s.json:8:15: error: unknown axis 'lids'
          8 |   "only_if": {"lids": "loaves == 4"}, "seeds": {"count": 2},
            |               ^~~~~~
        why:  the condition says where an axis of the study is varied
        help: did you mean 'lid'? There are 'lid', 'loaves'
      1 error
      """),
    MessageCase(
      "a formula that reads itself",
      varied(#""a": {"x": {}, "y": {"loaves": "= loaves + 1"}}"#),
      """
      ablations/s.json:6:36: error: 'loaves' is computed from itself
          6 |     "a": {"x": {}, "y": {"loaves": "= loaves + 1"}}
            |                                    ^~~~~~~~~~~~~~
        why:  a value must be known before another is computed from it
        help: write one of them as a number
      1 error
      """),
    MessageCase(
      "formulas that read each other",
      varied(
        #""a": {"x": {}, "y": {"loaves": "= stages.first.minutes", "stages.first.minutes": "= loaves"}}"#
      ),
      """
      ablations/s.json:6:86: error: 'stages[0].minutes' and 'loaves' are computed from each other
          6 |     "a": {"x": {}, "y": {"loaves": "= stages.first.minutes", "stages.first.minutes": "= loaves"}}
            |                                                                                      ^~~~~~~~~~
        why:  a value must be known before another is computed from it
        help: write one of them as a number
      1 error
      """),
    MessageCase(
      "a formula of an unknown setting",
      varied(#""a": {"x": {}, "y": {"loaves": "= stages.first.minuets * 2"}}"#),
      """
      ablations/s.json:6:39: error: the recipe has no value 'stages.first.minuets'
          6 |     "a": {"x": {}, "y": {"loaves": "= stages.first.minuets * 2"}}
            |                                       ^~~~~~~~~~~~~~~~~~~~
        why:  names are paths of the recipe that lead to a number, truth value or text
        help: did you mean 'stages.first.minutes'?
      1 error
      """),
    MessageCase(
      "a formula that divides by zero",
      varied(#""a": {"x": {}, "y": {"loaves": "= 8 / (dough.rests - 2)"}}"#),
      """
      ablations/s.json:6:43: error: division by zero
          6 |     "a": {"x": {}, "y": {"loaves": "= 8 / (dough.rests - 2)"}}
            |                                           ^~~~~~~~~~~~~~~~~
        why:  there is no such number
        help: guard it: x != 0 and 1 / x > 2
      1 error
      """),
    MessageCase(
      "a formula of the wrong type",
      varied(#""a": {"x": {}, "y": {"loaves": "= dough.rests > 1"}}"#),
      """
      ablations/s.json:6:36: error: expected an integer from 1 to 64 for 'loaves', found a boolean
          6 |     "a": {"x": {}, "y": {"loaves": "= dough.rests > 1"}}
            |                                    ^~~~~~~~~~~~~~~~~~~
        why:  'loaves' means: Loaves of a batch.
        help: write an integer from 1 to 64 (loaves); the default is 4
      1 error
      """),
    MessageCase(
      "a formula that is out of range",
      varied(#""a": {"x": {}, "y": {"loaves": "= 100 * dough.rests"}}"#),
      """
      ablations/s.json:6:36: error: 'loaves' is 200, not an integer from 1 to 64
          6 |     "a": {"x": {}, "y": {"loaves": "= 100 * dough.rests"}}
            |                                    ^~~~~~~~~~~~~~~~~~~~~
        why:  'loaves' means: Loaves of a batch.
        help: write an integer from 1 to 64 (loaves); the default is 4
      1 error
      """),
    MessageCase(
      "a formula that adds a text",
      varied(#""a": {"x": {}, "y": {"loaves": "= crust + 1"}}"#),
      """
      ablations/s.json:6:39: error: the left side of '+' must be a number, found a text
          6 |     "a": {"x": {}, "y": {"loaves": "= crust + 1"}}
            |                                       ^~~~~
        why:  values are never turned into another type silently
        help: use a number, or compare before joining with 'and' or 'or'
      1 error
      """),
    MessageCase(
      "a formula that is no expression",
      varied(#""a": {"x": {}, "y": {"loaves": "= 2 *"}}"#),
      """
      ablations/s.json:6:42: error: expected a value, found the end
          6 |     "a": {"x": {}, "y": {"loaves": "= 2 *"}}
            |                                          ^
        why:  an expression is numbers, names and texts joined by operators
        help: look at the place marked and just before it
      1 error
      """),
    MessageCase(
      "a claim of an unknown arm",
      varied(
        two, #""claims": [{"says": "x", "expect": "final(crumb | lid=on) > final(crumb | of)"}]"#),
      """
      ablations/s.json:8:53: error: unknown arm 'lid=on'
          8 |   "claims": [{"says": "x", "expect": "final(crumb | lid=on) > final(crumb | of)"}], "seeds": {"count": 2},
            |                                                     ^~~~~~
        why:  an arm is called by its label, or by a variant that one axis alone has
        help: there are 'off, loaves=4', 'off, loaves=8', 'on, loaves=4', 'on, loaves=8', 'off', 'on', '4', '8'
      ablations/s.json:8:77: error: unknown arm 'of'
          8 |   "claims": [{"says": "x", "expect": "final(crumb | lid=on) > final(crumb | of)"}], "seeds": {"count": 2},
            |                                                                             ^~
        why:  an arm is called by its label, or by a variant that one axis alone has
        help: there are 'off, loaves=4', 'off, loaves=8', 'on, loaves=4', 'on, loaves=8', 'off', 'on', '4', '8'
      2 errors
      """),
    MessageCase(
      "a claim of two axes' variant",
      varied(
        #""a": {"x": {}, "y": {"loaves": 4}}, "b": {"x": {}, "y": {"cover": true}}"#,
        #""claims": [{"says": "x", "expect": "final(crumb | y) > 1"}]"#),
      """
      ablations/s.json:8:53: error: unknown arm 'y'
          8 |   "claims": [{"says": "x", "expect": "final(crumb | y) > 1"}], "seeds": {"count": 2},
            |                                                     ^
        why:  several axes have a variant of that name, so it names no arm
        help: there are 'a=x, b=x', 'a=x, b=y', 'a=y, b=x', 'a=y, b=y', 'x', 'y'
      1 error
      """),
    MessageCase(
      "a claim that is a number",
      varied(
        two, #""claims": [{"says": "x", "expect": "final(crumb | on) - final(crumb | off)"}]"#),
      """
      ablations/s.json:8:39: error: the whole expression must be a boolean, found a number
          8 |   "claims": [{"says": "x", "expect": "final(crumb | on) - final(crumb | off)"}], "seeds": {"count": 2},
            |                                       ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
        why:  values are never turned into another type silently
        help: compare it with something: < <= > >= == !=
      1 error
      """),
    MessageCase(
      "a claim that measures nothing",
      varied(two, #""claims": [{"says": "x", "expect": "1 < 2"}]"#),
      """
      ablations/s.json:8:38: error: the claim reads no measure
          8 |   "claims": [{"says": "x", "expect": "1 < 2"}], "seeds": {"count": 2},
            |                                      ^~~~~~~
        why:  a claim is about what was measured
        help: write for example final(reward | level 1) - final(reward | level 3) > 0
      1 error
      """),
    MessageCase(
      "a claim about an unknown axis",
      varied(two, #""claims": [{"says": "x", "expect": "final(crumb | on) > 0", "axis": "lids"}]"#),
      """
      ablations/s.json:8:71: error: unknown axis 'lids'
          8 |   "claims": [{"says": "x", "expect": "final(crumb | on) > 0", "axis": "lids"}], "seeds": {"count": 2},
            |                                                                       ^~~~~~
        why:  a claim is about an axis of the study
        help: did you mean 'lid'? There are 'lid', 'loaves'
      1 error
      """),
    MessageCase(
      "a claim without an arm",
      varied(two, #""claims": [{"says": "x", "expect": "final(crumb | ) > 0"}]"#),
      """
      ablations/s.json:8:53: error: expected an arm, found nothing
          8 |   "claims": [{"says": "x", "expect": "final(crumb | ) > 0"}], "seeds": {"count": 2},
            |                                                     ^
        why:  an expression is numbers, names and texts joined by operators
        help: look at the place marked and just before it
      1 error
      """),
    MessageCase(
      "a new element with parts",
      varied(#""a": {"x": {}, "y": {"stages[+].minutes": 4}}"#),
      """
      ablations/s.json:6:26: error: the new element of 'stages' has no parts yet
          6 |     "a": {"x": {}, "y": {"stages[+].minutes": 4}}
            |                          ^~~~~~~~~~~~~~~~~~~
        why:  a change must find what it changes, so a typo cannot become a silent default
        help: write [+] last, with the whole element as its value
      1 error
      """),
    MessageCase(
      "an extended study without a name",
      .wholeStudy(#"{"extends": "s.json", "seeds": {"count": 3}}"#),
      """
      ablations/s.json:1:1: error: 'study' is missing in 'study'
          1 | {"extends": "s.json", "seeds": {"count": 3}}
            | ^
        why:  it has no default. 'study' means: The study's name, and its report's folder.
        help: add "study": "group-size"
      ablations/s.json:1:1: error: 'question' is missing in 'study'
          1 | {"extends": "s.json", "seeds": {"count": 3}}
            | ^
        why:  it has no default. 'question' means: What the study is to find out, in one sentence.
        help: add "question": "Do larger groups learn faster?"
      ablations/s.json:1:1: error: 'recipe' is missing in 'study'
          1 | {"extends": "s.json", "seeds": {"count": 3}}
            | ^
        why:  it has no default. 'recipe' means: What every arm starts from: a file, relative to this one, or the recipe itself.
        help: add "recipe": "recipes/standard.json"
      ablations/s.json:1:1: error: 'measures' is missing in 'study'
          1 | {"extends": "s.json", "seeds": {"count": 3}}
            | ^
        why:  it has no default. 'measures' means: The columns of the table: a function of a metric, such as final(reward).
        help: add "measures": ["final(reward)"]
      ablations/s.json:1:13: error: a study that extends another needs a name of its own
          1 | {"extends": "s.json", "seeds": {"count": 3}}
            |             ^~~~~~~~
        why:  report and accepted values lie under the name, and would be written over
        help: add "study": "…"
      ablations/s.json:1:13: error: 's.json' leads back to itself
          1 | {"extends": "s.json", "seeds": {"count": 3}}
            |             ^~~~~~~~
        why:  the files name each other: ablations/s.json → ablations/s.json
        help: remove one of the mentions
      6 errors
      """),
  ]
}
