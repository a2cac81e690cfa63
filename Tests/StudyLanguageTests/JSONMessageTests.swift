import Diagnostics
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
        help: remove the comma before it; a file named .jsonc may have one there
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
        help: remove the comment; a file named .jsonc may have // and /* */ comments
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
        help: remove the comma before it; a file named .jsonc may have one there
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
      ablations/s.json:1:1: error: there is no value in the text
          1 |
            | ^
        why:  the file must be JSON as RFC 8259 has it: no comments, no trailing commas
        help: the file is empty
      1 error
      """),
    MessageCase(
      "a study of space alone",
      .wholeStudy(" \n"),
      """
      ablations/s.json:2:1: error: there is no value in the text
          2 |
            | ^
        why:  the file must be JSON as RFC 8259 has it: no comments, no trailing commas
        help: write an object, { … }
      1 error
      """),
    MessageCase(
      "a comment of several lines",
      .study(#""study": "loaves","#, #""study": "loaves", /* why"#),
      """
      ablations/s.json:2:22: error: unexpected '/'
          2 |   "study": "loaves", /* why
            |                      ^
        why:  the file must be JSON as RFC 8259 has it: no comments, no trailing commas
        help: remove the comment; a file named .jsonc may have // and /* */ comments
      1 error
      """),
    MessageCase(
      "a comment after the value",
      .wholeStudy("{} # done"),
      """
      ablations/s.json:1:4: error: text after the end of the value
          1 | {} # done
            |    ^
        why:  the file must be JSON as RFC 8259 has it: no comments, no trailing commas
        help: remove the comment; a file named .jsonc may have // and /* */ comments
      1 error
      """),
    MessageCase(
      "a number without its zero",
      .study("[4, 8]", "[.4, 8]"),
      """
      ablations/s.json:6:16: error: unexpected '.'
          6 |     "loaves": [.4, 8]
            |                ^
        why:  the file must be JSON as RFC 8259 has it: no comments, no trailing commas
        help: write 0.5, not .5 or 5.; no leading zeros, no plus sign
      1 error
      """),
    MessageCase(
      "a number with a plus sign",
      .study("[4, 8]", "[+4, 8]"),
      """
      ablations/s.json:6:16: error: unexpected '+'
          6 |     "loaves": [+4, 8]
            |                ^
        why:  the file must be JSON as RFC 8259 has it: no comments, no trailing commas
        help: write 0.5, not .5 or 5.; no leading zeros, no plus sign
      1 error
      """),
    MessageCase(
      "NaN",
      .study("[4, 8]", "[NaN, 8]"),
      """
      ablations/s.json:6:16: error: unexpected 'NaN'
          6 |     "loaves": [NaN, 8]
            |                ^~~
        why:  the file must be JSON as RFC 8259 has it: no comments, no trailing commas
        help: look at the place marked and just before it
      1 error
      """),
    MessageCase(
      "an escape of three digits",
      .study(#""loaves","#, #""lo\u12é","#),
      #"""
      ablations/s.json:2:15: error: unknown escape '\u12é'
          2 |   "study": "lo\u12é",
            |               ^~~~~
        why:  the file must be JSON as RFC 8259 has it: no comments, no trailing commas
        help: \u is followed by four hexadecimal digits
      1 error
      """#),
    MessageCase(
      "the second half of a surrogate pair alone",
      .study(#""loaves","#, #""lo\ude00aves","#),
      #"""
      ablations/s.json:2:15: error: half of a surrogate pair
          2 |   "study": "lo\ude00aves",
            |               ^~~~~~
        why:  half of a character has no meaning (RFC 8259, section 8.2)
        help: remove the escape
      1 error
      """#),
    MessageCase(
      "a string that does not end on its line",
      .study(#""loaves","#, #""loaves,"#),
      #"""
      ablations/s.json:2:20: error: a control character inside a string
          2 |   "study": "loaves,
            |                    ^
        why:  such a character cannot be seen and is rarely meant
        help: write \n or \t, or close the string on its line
      1 error
      """#),
  ]

  @Test(
    "bytes that are not UTF-8 are refused at the first of them",
    arguments: [
      ("a byte that begins nothing", [0xFF]), ("a byte that only continues", [0x80]),
      ("a character cut short", [0xE2, 0x82]), ("a longer form than needed", [0xC0, 0xAF]),
      ("half of a surrogate pair", [0xED, 0xA0, 0x80]),
      ("a scalar beyond the last", [0xF4, 0x90, 0x80, 0x80]),
    ] as [(String, [UInt8])])
  func notUTF8(name: String, bytes: [UInt8]) {
    var files = MemoryFiles([:])
    files.files["s.json"] = Array("{\n  \"é\": \"".utf8) + bytes + Array("\"}".utf8)
    let message = complaint(about: "s.json", in: files)
    #expect(
      message.hasPrefix("s.json:2:9: error: these bytes are not UTF-8\n    2 |   \"é\": \""),
      "\(name): \(message)")
    #expect(
      message.hasSuffix(
        """
              |         ^
          why:  JSON is UTF-8 without a mark at its start (RFC 8259, section 8.1)
          help: save the file as UTF-8
        1 error
        """), "\(name): \(message)")
  }

  @Test("a million open brackets are refused at once")
  func millionBrackets() {
    for (opening, column) in [("[", 513), ("{\"a\":", 2561), ("[[{\"a\":", 1193)] {
      let text = String(repeating: opening, count: 1_000_000)
      let files = MemoryFiles(["s.json": text])
      let clock = ContinuousClock()
      let start = clock.now
      let message = complaint(about: "s.json", in: files)
      // Some ten milliseconds; more only where the machine is busy with other tests.
      #expect(clock.now - start < .seconds(2))
      #expect(
        message.hasPrefix("s.json:1:\(column): error: more than 512 levels of nesting\n"),
        "\(message)")
    }
  }
}

/// Input and full message: files that may have comments.
@Suite("Messages: files named .jsonc")
struct CommentedJSONMessageTests {
  @Test("a commented study reads as the plain one does, at its own places")
  func commented() throws {
    let study = """
      // Ovens.
      {
        "study": "loaves", /* the name
                              of the folder */
        "question": "Do more loaves cool the oven?", // "quoted", [bracketed]
        "recipe": "recipes/rye.jsonc",
        "axes": {
          "loaves": [4, 8,], // trailing
        },
        "seeds": {"count": 2,},
        "measures": ["final(crumb)", "mean(crust)" /* last */,]
      } // end
      """
    let recipe = "/* \u{1F35E} */" + Bakery.recipe.with(#""top": 2}}"#, #""top": 2,},},"#)
    let files = MemoryFiles(["ablations/s.jsonc": study, "ablations/recipes/rye.jsonc": recipe])
    let read = try StudyReader(files: files, recipe: Bakery.schema).read("ablations/s.jsonc")
    let plain = try StudyLanguageTests.read()
    #expect(read.arms.map(\.canonicalRecipe) == plain.arms.map(\.canonicalRecipe))
    #expect(read.arms.map(\.label) == plain.arms.map(\.label))
    #expect(read.measures.map(\.text) == plain.measures.map(\.text))
    #expect(read.arms.map { $0.origin?.position.line } == [8, 8])
  }

  @Test("places are those of the file")
  func places() {
    let study =
      "/* é\n*/ " + Bakery.study.with(#"{"count": 2},"#, "[1, /* é */ 1,], // twice")
    let files = MemoryFiles(["s.jsonc": study, "recipes/rye.json": Bakery.recipe])
    #expect(
      StudyLanguageTests.complaint(about: "s.jsonc", in: files) == """
        s.jsonc:9:24: error: seed 1 comes twice
            9 |   "seeds": [1, /* é */ 1,], // twice
              |                        ^
          why:  a repeated trial is the same trial: it adds nothing to the mean
          help: write another number
        1 error
        """)
  }

  @Test("each fault has its message", arguments: table)
  func message(entry: (name: String, text: String, message: String)) {
    #expect(complaint(jsonc: entry.text) == entry.message, "\(entry.name)")
  }

  static let table: [(name: String, text: String, message: String)] = [
    (
      "a comment that does not end", "{\n  /* \"study\": \"loaves\" *\n}",
      """
      s.jsonc:2:3: error: a comment that does not end
          2 |   /* "study": "loaves" *
            |   ^~
        why:  all that follows would be part of it
        help: close it with */
      1 error
      """
    ),
    (
      "a comment that does not end after the value", "{} /*/",
      """
      s.jsonc:1:4: error: a comment that does not end
          1 | {} /*/
            |    ^~
        why:  all that follows would be part of it
        help: close it with */
      1 error
      """
    ),
    (
      "comments do not nest", "{ /* /* */ */ }",
      """
      s.jsonc:1:12: error: unexpected '*'
          1 | { /* /* */ */ }
            |            ^
        why:  a .jsonc file is JSON as RFC 8259 has it, with comments and trailing commas
        help: look at the place marked and just before it
      1 error
      """
    ),
    (
      "a hash", "{ # why\n}",
      """
      s.jsonc:1:3: error: unexpected '#'
          1 | { # why
            |   ^
        why:  a .jsonc file is JSON as RFC 8259 has it, with comments and trailing commas
        help: a comment is // to the end of the line, or /* */
      1 error
      """
    ),
    (
      "a comma alone", "{,}",
      """
      s.jsonc:1:2: error: unexpected ','
          1 | {,}
            |  ^
        why:  a .jsonc file is JSON as RFC 8259 has it, with comments and trailing commas
        help: look at the place marked and just before it
      1 error
      """
    ),
    (
      "two trailing commas", "[1,/**/,]",
      """
      s.jsonc:1:8: error: unexpected ','
          1 | [1,/**/,]
            |        ^
        why:  a .jsonc file is JSON as RFC 8259 has it, with comments and trailing commas
        help: look at the place marked and just before it
      1 error
      """
    ),
    (
      "the wrong bracket after a comma", "[1,}",
      """
      s.jsonc:1:4: error: unexpected '}'
          1 | [1,}
            |    ^
        why:  a .jsonc file is JSON as RFC 8259 has it, with comments and trailing commas
        help: look at the place marked and just before it
      1 error
      """
    ),
    (
      "comments alone", "// nothing",
      """
      s.jsonc:1:11: error: there is no value in the text
          1 | // nothing
            |           ^
        why:  a .jsonc file is JSON as RFC 8259 has it, with comments and trailing commas
        help: write an object, { … }
      1 error
      """
    ),
    (
      "a leading zero", "[01] // one",
      """
      s.jsonc:1:2: error: not a number as JSON writes it
          1 | [01] // one
            |  ^~
        why:  a .jsonc file is JSON as RFC 8259 has it, with comments and trailing commas
        help: write 0.5, not .5 or 5.; no leading zeros, no plus sign
      1 error
      """
    ),
  ]

  private func complaint(jsonc text: String) -> String {
    StudyLanguageTests.complaint(about: "s.jsonc", in: MemoryFiles(["s.jsonc": text]))
  }
}
