import Testing

@testable import StudyLanguage

/// Input and full message: files that are no JSON.
@Suite("Messages: files that are no JSON")
struct JSONMessageTests {
  @Test("each fault has its message", arguments: table)
  func message(entry: MessageCase) { entry.check() }

  static let table: [MessageCase] = [
    MessageCase(
      "a comma too many",
      .study("[4, 8]", "[4, 8,]"),
      """
      ablations/s.json:6:21: error: unexpected ']'
          6 |     "loaves": [4, 8,]
            |                     ^
        why:  the file must be JSON as RFC 8259 has it: no comments, no trailing commas
        help: remove the comma before it
      1 error
      """),
    MessageCase(
      "a comma missing",
      .study(#""study": "loaves","#, #""study": "loaves""#),
      """
      ablations/s.json:3:3: error: unexpected '"'
          3 |   "question": "Do more loaves cool the oven?",
            |   ^
        why:  the file must be JSON as RFC 8259 has it: no comments, no trailing commas
        help: is there a comma missing before it?
      1 error
      """),
    MessageCase(
      "a comment",
      .study(#""study": "loaves","#, #""study": "loaves", // why"#),
      """
      ablations/s.json:2:22: error: unexpected '/'
          2 |   "study": "loaves", // why
            |                      ^
        why:  the file must be JSON as RFC 8259 has it: no comments, no trailing commas
        help: remove the comment
      1 error
      """),
    MessageCase(
      "a key twice",
      .study(#""question""#, #""study""#),
      """
      ablations/s.json:3:3: error: the key 'study' comes twice in one object
          3 |   "study": "Do more loaves cool the oven?",
            |   ^~~~~~~
        why:  one of the two values would be silently lost
        help: keep one of them
      1 error
      """),
    MessageCase(
      "a leading zero",
      .study("[4, 8]", "[04, 8]"),
      """
      ablations/s.json:6:16: error: not a number as JSON writes it
          6 |     "loaves": [04, 8]
            |                ^~
        why:  the file must be JSON as RFC 8259 has it: no comments, no trailing commas
        help: write 0.5, not .5 or 5.; no leading zeros, no plus sign
      1 error
      """),
    MessageCase(
      "a number beyond a double",
      .study("[4, 8]", "[4, 1e999]"),
      """
      ablations/s.json:6:19: error: a number beyond the range of a double
          6 |     "loaves": [4, 1e999]
            |                   ^~~~~
        why:  numbers are IEEE doubles, at most 1.8e308
        help: write a smaller number
      1 error
      """),
    MessageCase(
      "a bracket that is open",
      .wholeStudy(#"{"study": "loaves""#),
      """
      ablations/s.json:1:19: error: the text ends inside a value
          1 | {"study": "loaves"
            |                   ^
        why:  the file must be JSON as RFC 8259 has it: no comments, no trailing commas
        help: close every bracket and string that is open
      1 error
      """),
    MessageCase(
      "a second value",
      .wholeStudy("{} {}"),
      """
      ablations/s.json:1:4: error: text after the end of the value
          1 | {} {}
            |    ^
        why:  the file must be JSON as RFC 8259 has it: no comments, no trailing commas
        help: a file holds one value; remove what follows
      1 error
      """),
    MessageCase(
      "a recipe that is no JSON",
      .recipe(#""top": 2}"#, #""top": 2},"#),
      """
      ablations/recipes/rye.json:6:86: error: unexpected '}'
          6 |     {"name": "second", "heat": {"kind": "steam", "share": 0.25}, "loads": {"top": 2},}
            |                                                                                      ^
        from: ablations/s.json:4:13: the recipe of this study
        why:  the file must be JSON as RFC 8259 has it: no comments, no trailing commas
        help: remove the comma before it
      1 error
      """),
    MessageCase(
      "a study that is a number",
      .wholeStudy("3"),
      """
      ablations/s.json:1:1: error: expected an object, found a number
          1 | 3
            | ^
        why:  nothing else can be read here
        help: write an object
      1 error
      """),
    MessageCase(
      "a byte order mark",
      .wholeStudy("\u{FEFF}{}"),
      """
      ablations/s.json:1:1: error: the file begins with a byte order mark
          1 | �{}
            | ^
        why:  JSON is UTF-8 without a mark at its start (RFC 8259, section 8.1)
        help: save the file as UTF-8 without BOM
      1 error
      """),
    MessageCase(
      "a control character in a string",
      .study(#""loaves","#, "\"lo\taves\","),
      #"""
      ablations/s.json:2:15: error: a control character inside a string
          2 |   "study": "lo	aves",
            |               ^
        why:  such a character cannot be seen and is rarely meant
        help: write \n or \t, or close the string on its line
      1 error
      """#),
    MessageCase(
      "half a surrogate pair",
      .study(#""loaves","#, #""lo\ud800aves","#),
      #"""
      ablations/s.json:2:15: error: half of a surrogate pair
          2 |   "study": "lo\ud800aves",
            |               ^~~~~~
        why:  half of a character has no meaning (RFC 8259, section 8.2)
        help: remove the escape
      1 error
      """#),
    MessageCase(
      "a NUL",
      .study(#""loaves","#, #""lo\u0000aves","#),
      #"""
      ablations/s.json:2:15: error: a NUL character inside a string
          2 |   "study": "lo\u0000aves",
            |               ^~~~~~
        why:  such a character cannot be seen and is rarely meant
        help: remove the escape
      1 error
      """#),
    MessageCase(
      "an unknown escape",
      .study(#""loaves","#, #""lo\aves","#),
      #"""
      ablations/s.json:2:15: error: unknown escape '\a'
          2 |   "study": "lo\aves",
            |               ^~
        why:  the file must be JSON as RFC 8259 has it: no comments, no trailing commas
        help: a backslash itself is written \\
      1 error
      """#),
    MessageCase(
      "single quotes",
      .study(#""loaves","#, "'loaves',"),
      """
      ablations/s.json:2:12: error: unexpected '''
          2 |   "study": 'loaves',
            |            ^
        why:  the file must be JSON as RFC 8259 has it: no comments, no trailing commas
        help: strings stand in double quotes
      1 error
      """),
    MessageCase(
      "513 levels",
      .wholeStudy(String(repeating: "[", count: 513)),
      """
      ablations/s.json:1:513: error: more than 512 levels of nesting
          1 | …[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[
            |                                                              ^
        why:  the bound keeps reading any file within time and memory
        help: nothing in a study needs so many levels
      1 error
      """),
    MessageCase(
      "an empty study",
      .wholeStudy(""),
      """
      ablations/s.json:1:1: error: the text ends inside a value
          1 |
            | ^
        why:  the file must be JSON as RFC 8259 has it: no comments, no trailing commas
        help: the file is empty
      1 error
      """),
  ]
}
