import Testing

/// A text and whether it is JSON: written from RFC 8259, and in the last groups from what a `.jsonc`
/// file may have.
struct JSONCase: Sendable, CustomTestStringConvertible {
  enum Verdict: Sendable {
    /// By both dialects, as the same value.
    case accepted
    /// By both dialects.
    case refused
    /// Accepted in a `.jsonc` file and refused in a `.json` one.
    case commented
    /// Allowed by the grammar of RFC 8259 and refused by us in both dialects.
    case bounded
  }

  let name: String
  let bytes: [UInt8]
  let verdict: Verdict

  init(_ name: String, _ text: String, _ verdict: Verdict) {
    self.init(name, Array(text.utf8), verdict)
  }

  init(_ name: String, _ bytes: [UInt8], _ verdict: Verdict) {
    self.name = name
    self.bytes = bytes
    self.verdict = verdict
  }

  var testDescription: String { name }

  static let all =
    structure + scalars + numbers + strings + escapes + encodings + space + bounds + comments
    + trailingCommas

  /// Sections 2, 4 and 5.
  static let structure: [JSONCase] = [
    JSONCase("an empty object", "{}", .accepted),
    JSONCase("an empty list", "[]", .accepted),
    JSONCase("a list of one", "[1]", .accepted),
    JSONCase("a list of every type", #"[null,true,false,1,"a",[],{}]"#, .accepted),
    JSONCase("an object of one", #"{"a":1}"#, .accepted),
    JSONCase("an object of two", #"{"a":1,"b":2}"#, .accepted),
    JSONCase("an empty key", #"{"":0}"#, .accepted),
    JSONCase("keys that differ by case", #"{"a":1,"A":2}"#, .accepted),
    JSONCase("one key in two objects", #"[{"a":1},{"a":2}]"#, .accepted),
    JSONCase("one key at two depths", #"{"a":{"a":{"a":null}}}"#, .accepted),
    JSONCase("lists in lists", "[[[[[]]]],[[]]]", .accepted),
    JSONCase("600 lists side by side", "[" + repeated("[],", 599) + "{}]", .accepted),
    JSONCase("512 lists", nested(512, "[", "]"), .accepted),
    JSONCase("512 objects", nested(512, #"{"a":"#, "}", inner: "0"), .accepted),
    JSONCase("an open list", "[", .refused),
    JSONCase("an open list after a value", "[1", .refused),
    JSONCase("an open list after a comma", "[1,", .refused),
    JSONCase("an open object", "{", .refused),
    JSONCase("an open object after a key", #"{"a""#, .refused),
    JSONCase("an open object after a colon", #"{"a":"#, .refused),
    JSONCase("an open object after a value", #"{"a":1"#, .refused),
    JSONCase("an open object after a comma", #"{"a":1,"#, .refused),
    JSONCase("a closing bracket alone", "]", .refused),
    JSONCase("a closing brace alone", "}", .refused),
    JSONCase("a bracket too many", "[1]]", .refused),
    JSONCase("a brace too many", "{}}", .refused),
    JSONCase("a list closed by a brace", "[1}", .refused),
    JSONCase("an object closed by a bracket", #"{"a":1]"#, .refused),
    JSONCase("brackets that cross", "[{]}", .refused),
    JSONCase("a comma alone", ",", .refused),
    JSONCase("a colon alone", ":", .refused),
    JSONCase("a list of a comma", "[,]", .refused),
    JSONCase("a comma first in a list", "[,1]", .refused),
    JSONCase("two commas in a list", "[1,,2]", .refused),
    JSONCase("a comma missing in a list", "[1 2]", .refused),
    JSONCase("a comma missing after a string", #"["a" "b"]"#, .refused),
    JSONCase("a colon in a list", "[1:2]", .refused),
    JSONCase("a semicolon in a list", "[1;2]", .refused),
    JSONCase("an object of a comma", "{,}", .refused),
    JSONCase("a comma first in an object", #"{,"a":1}"#, .refused),
    JSONCase("two commas in an object", #"{"a":1,,"b":2}"#, .refused),
    JSONCase("a comma missing in an object", #"{"a":1 "b":2}"#, .refused),
    JSONCase("a colon missing", #"{"a" 1}"#, .refused),
    JSONCase("two colons", #"{"a"::1}"#, .refused),
    JSONCase("a comma for a colon", #"{"a",1}"#, .refused),
    JSONCase("an equals sign for a colon", #"{"a"=1}"#, .refused),
    JSONCase("a key without a value", #"{"a"}"#, .refused),
    JSONCase("a value missing before the brace", #"{"a":}"#, .refused),
    JSONCase("a value without a key", "{:1}", .refused),
    JSONCase("a bare key", "{a:1}", .refused),
    JSONCase("a key in single quotes", "{'a':1}", .refused),
    JSONCase("a number as key", "{1:1}", .refused),
    JSONCase("null as key", "{null:1}", .refused),
    JSONCase("a list as key", "{[]:1}", .refused),
    JSONCase("a list in braces", "{1,2}", .refused),
    JSONCase("two lists", "[][]", .refused),
    JSONCase("two objects on two lines", "{}\n{}", .refused),
    JSONCase("a comma after the value", "{},", .refused),
    JSONCase("three dots in a list", "[1, ...]", .refused),
    JSONCase("round brackets", "(1)", .refused),
    JSONCase("a key twice", #"{"a":1,"a":1}"#, .refused),
    JSONCase("a key twice, far apart", #"{"a":1,"b":{"a":2},"c":3,"a":4}"#, .refused),
    JSONCase("a key twice, once as an escape", #"{"a":1,"\u0061":2}"#, .refused),
    JSONCase("the empty key twice", #"{"":1,"":2}"#, .refused),
  ]

  /// Sections 2 and 3: any value may be a whole text.
  static let scalars: [JSONCase] = [
    JSONCase("null", "null", .accepted),
    JSONCase("true", "true", .accepted),
    JSONCase("false", "false", .accepted),
    JSONCase("a number", "1", .accepted),
    JSONCase("a string", #""a""#, .accepted),
    JSONCase("an empty string", #""""#, .accepted),
    JSONCase("nothing", "", .refused),
    JSONCase("two numbers", "1 2", .refused),
    JSONCase("two strings", #""a""b""#, .refused),
    JSONCase("a word cut short", "tru", .refused),
    JSONCase("a word too long", "nulll", .refused),
    JSONCase("two words without space", "truefalse", .refused),
    JSONCase("True", "True", .refused),
    JSONCase("NULL", "NULL", .refused),
    JSONCase("undefined", "undefined", .refused),
    JSONCase("a bare word", "a", .refused),
    JSONCase("a word of other letters", "ｎull", .refused),
  ]

  /// Section 6.
  static let numbers: [JSONCase] = [
    JSONCase("zero", "[0]", .accepted),
    JSONCase("minus zero", "[-0]", .accepted),
    JSONCase("minus one", "[-1]", .accepted),
    JSONCase("a long number", "[12345678901234567890123456789012345678901234567890]", .accepted),
    JSONCase("a number of 400 digits after the dot", "[0." + repeated("7", 400) + "]", .accepted),
    JSONCase("a fraction", "[0.5]", .accepted),
    JSONCase("a fraction that ends with zeros", "[1.500]", .accepted),
    JSONCase("zero with a fraction of zeros", "[-0.000]", .accepted),
    JSONCase("an exponent", "[1e2]", .accepted),
    JSONCase("a capital exponent", "[1E2]", .accepted),
    JSONCase("an exponent with plus", "[1e+2]", .accepted),
    JSONCase("an exponent with minus", "[1E-2]", .accepted),
    JSONCase("an exponent with leading zeros", "[1e0002]", .accepted),
    JSONCase("an exponent of zero", "[0e0]", .accepted),
    JSONCase("a fraction with an exponent", "[-1.25e+3]", .accepted),
    JSONCase("the largest double", "[1.7976931348623157e308]", .accepted),
    JSONCase("the smallest double", "[5e-324]", .accepted),
    JSONCase("a number that is rounded to zero", "[1e-400]", .accepted),
    JSONCase("zero with a large exponent", "[0e999]", .accepted),
    JSONCase("a plus sign", "[+1]", .refused),
    JSONCase("two minus signs", "[--1]", .refused),
    JSONCase("a minus sign alone", "[-]", .refused),
    JSONCase("a minus sign and a space", "[- 1]", .refused),
    JSONCase("a longer dash", "[−1]", .refused),
    JSONCase("a leading zero", "[01]", .refused),
    JSONCase("a leading zero after minus", "[-01]", .refused),
    JSONCase("two zeros", "[00]", .refused),
    JSONCase("a leading zero of a fraction", "[00.5]", .refused),
    JSONCase("no digit before the dot", "[.5]", .refused),
    JSONCase("no digit before the dot, after minus", "[-.5]", .refused),
    JSONCase("no digit after the dot", "[1.]", .refused),
    JSONCase("an exponent after a bare dot", "[1.e2]", .refused),
    JSONCase("two dots", "[1.2.3]", .refused),
    JSONCase("an exponent without digits", "[1e]", .refused),
    JSONCase("an exponent of a sign", "[1e+]", .refused),
    JSONCase("an exponent of two signs", "[1e+-1]", .refused),
    JSONCase("a fraction in the exponent", "[1e1.5]", .refused),
    JSONCase("an exponent alone", "[e1]", .refused),
    JSONCase("two exponents", "[1e2e3]", .refused),
    JSONCase("hexadecimal digits", "[0x10]", .refused),
    JSONCase("a hexadecimal fraction", "[0x1p3]", .refused),
    JSONCase("binary digits", "[0b1]", .refused),
    JSONCase("underscores", "[1_000]", .refused),
    JSONCase("thousands with spaces", "[1 000]", .refused),
    JSONCase("digits of another script", "[١]", .refused),
    JSONCase("digits of full width", "[１]", .refused),
    JSONCase("a unit", "[1m]", .refused),
    JSONCase("not-a-number", "[NaN]", .refused),
    JSONCase("infinity", "[Infinity]", .refused),
    JSONCase("minus infinity", "[-Infinity]", .refused),
    JSONCase("inf", "[inf]", .refused),
    JSONCase("just beyond the largest double", "[1.7976931348623159e308]", .refused),
    JSONCase("an exponent far beyond a double", "[1e999]", .refused),
    JSONCase("a negative number beyond a double", "[-1e309]", .refused),
    JSONCase("400 digits", "[" + repeated("9", 400) + "]", .refused),
    JSONCase("an exponent beyond an integer", "[1e99999999999999999999]", .refused),
  ]

  /// Section 7: what stands in a string as it is.
  static let strings: [JSONCase] = [
    JSONCase("ASCII", #"[" !#$%&'()*+,-./:;<=>?@[]^_`{|}~"]"#, .accepted),
    JSONCase("letters with accents", #"["é"]"#, .accepted),
    JSONCase("letters with accents of their own", "[\"e\u{301}\"]", .accepted),
    JSONCase("another script", #"["日本語"]"#, .accepted),
    JSONCase("a character beyond the basic plane", #"["😀"]"#, .accepted),
    JSONCase("the last scalar", "[\"\u{10FFFF}\"]", .accepted),
    JSONCase("a scalar without a character", "[\"\u{FFFF}\"]", .accepted),
    JSONCase("a private scalar", "[\"\u{E000}\"]", .accepted),
    JSONCase("DEL", "[\"\u{7F}\"]", .accepted),
    JSONCase("a control character of Latin-1", "[\"\u{85}\"]", .accepted),
    JSONCase("line and paragraph separators", "[\"\u{2028}\u{2029}\"]", .accepted),
    JSONCase("a mark of byte order inside", "[\"\u{FEFF}\"]", .accepted),
    JSONCase("what looks like a comment", #"["/* // */"]"#, .accepted),
    JSONCase("what looks like a trailing comma", #"[",]"]"#, .accepted),
    JSONCase("keys of other letters", #"{"ключ":1,"鍵":2}"#, .accepted),
    JSONCase("an open string", #"["a"#, .refused),
    JSONCase("an open string and a bracket", #"["a]"#, .refused),
    JSONCase("a quote alone", "\"", .refused),
    JSONCase("single quotes", "['a']", .refused),
    JSONCase("curved quotes", "[“a”]", .refused),
    JSONCase("back quotes", "[`a`]", .refused),
    JSONCase("a string that begins with another quote", #"['a"]"#, .refused),
    JSONCase("a letter before the string", #"[r"a"]"#, .refused),
    JSONCase("a line feed", "[\"a\nb\"]", .refused),
    JSONCase("a carriage return", "[\"a\rb\"]", .refused),
    JSONCase("a tab", "[\"a\tb\"]", .refused),
    JSONCase("a NUL", "[\"a\0b\"]", .refused),
    JSONCase("the last control character", "[\"\u{1F}\"]", .refused),
    JSONCase("a line feed in a key", "{\"a\nb\":1}", .refused),
  ]

  /// Section 7: escapes.
  static let escapes: [JSONCase] = [
    JSONCase("every short escape", #"["\"\\\/\b\f\n\r\t"]"#, .accepted),
    JSONCase("an escape of a letter", #"["\u0041"]"#, .accepted),
    JSONCase("hexadecimal digits of both cases", #"["\uabCD\uABcd"]"#, .accepted),
    JSONCase("an escape of a control character", #"["\u0001\u001f"]"#, .accepted),
    JSONCase("an escape of DEL", #"["\u007F"]"#, .accepted),
    JSONCase("a surrogate pair", #"["\ud83d\ude00"]"#, .accepted),
    JSONCase("the first and the last pair", #"["\ud800\udc00\udbff\udfff"]"#, .accepted),
    JSONCase("scalars beside the surrogates", #"["\ud7ff\ue000"]"#, .accepted),
    JSONCase("an escaped backslash before u", #"["\\u12"]"#, .accepted),
    JSONCase("an escape in a key", #"{"\n":1}"#, .accepted),
    JSONCase("an escape of a scalar without a character", #"["\ufffe\uffff"]"#, .accepted),
    JSONCase("an escape of a single quote", #"["\'"]"#, .refused),
    JSONCase("an escape of a", #"["\a"]"#, .refused),
    JSONCase("an escape of v", #"["\v"]"#, .refused),
    JSONCase("an escape of zero", #"["\0"]"#, .refused),
    JSONCase("an escape in hexadecimal", #"["\x41"]"#, .refused),
    JSONCase("a capital U", #"["\U00000041"]"#, .refused),
    JSONCase("braces after u", #"["\u{41}"]"#, .refused),
    JSONCase("three digits", #"["\u041"]"#, .refused),
    JSONCase("three digits at the end", #""\u041"#, .refused),
    JSONCase("no digits", #"["\u"]"#, .refused),
    JSONCase("a letter beyond f", #"["\u004g"]"#, .refused),
    JSONCase("a sign among the digits", #"["\u+041"]"#, .refused),
    JSONCase("a space among the digits", #"["\u 041"]"#, .refused),
    JSONCase("digits of full width", #"["\u００４１"]"#, .refused),
    JSONCase("an escape of a letter with an accent", #"["\é"]"#, .refused),
    JSONCase("an escape of a line feed", "[\"a\\\nb\"]", .refused),
    JSONCase("a backslash at the end", #"["\"]"#, .refused),
    JSONCase("a backslash as last byte", #""\"#, .refused),
    JSONCase("a backslash outside of strings", #"[\n]"#, .refused),
  ]

  /// Section 8.1.
  static let encodings: [JSONCase] = [
    JSONCase("two bytes a character", quoted([0xC2, 0x80, 0xDF, 0xBF]), .accepted),
    JSONCase("three bytes", quoted([0xE0, 0xA0, 0x80, 0xED, 0x9F, 0xBF]), .accepted),
    JSONCase("four bytes", quoted([0xF0, 0x90, 0x80, 0x80, 0xF4, 0x8F, 0xBF, 0xBF]), .accepted),
    JSONCase("a byte order mark", [0xEF, 0xBB, 0xBF, 0x7B, 0x7D], .refused),
    JSONCase("a byte order mark alone", [0xEF, 0xBB, 0xBF], .refused),
    JSONCase("half a byte order mark", [0xEF, 0xBB, 0x7B, 0x7D], .refused),
    JSONCase("UTF-16, least byte first", [0xFF, 0xFE, 0x7B, 0, 0x7D, 0], .refused),
    JSONCase("UTF-16, greatest byte first", [0xFE, 0xFF, 0, 0x7B, 0, 0x7D], .refused),
    JSONCase("UTF-16 without a mark", [0x7B, 0, 0x7D, 0], .refused),
    JSONCase("UTF-32 without a mark", [0, 0, 0, 0x5B, 0, 0, 0, 0x5D], .refused),
    JSONCase("Latin-1", quoted([0xE9]), .refused),
    JSONCase("a continuation alone", quoted([0x80]), .refused),
    JSONCase("two bytes, one missing", quoted([0xC3]), .refused),
    JSONCase("three bytes, one missing", quoted([0xE2, 0x82]), .refused),
    JSONCase("four bytes, one missing", quoted([0xF0, 0x9F, 0x98]), .refused),
    JSONCase("a byte missing at the end of the text", [0x22, 0xE2, 0x82], .refused),
    JSONCase("a slash in two bytes", quoted([0xC0, 0xAF]), .refused),
    JSONCase("a NUL in two bytes", quoted([0xC0, 0x80]), .refused),
    JSONCase("a slash in three bytes", quoted([0xE0, 0x80, 0xAF]), .refused),
    JSONCase("a slash in four bytes", quoted([0xF0, 0x80, 0x80, 0xAF]), .refused),
    JSONCase("a surrogate in three bytes", quoted([0xED, 0xA0, 0x80]), .refused),
    JSONCase(
      "a surrogate pair in six bytes", quoted([0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80]), .refused),
    JSONCase("beyond the last scalar", quoted([0xF4, 0x90, 0x80, 0x80]), .refused),
    JSONCase("five bytes", quoted([0xF8, 0x88, 0x80, 0x80, 0x80]), .refused),
    JSONCase("a byte of no character", quoted([0xFF]), .refused),
    JSONCase("a byte of no character outside of strings", [0x5B, 0xFF, 0x5D], .refused),
    JSONCase("a byte of no character after the value", [0x31, 0xFE], .refused),
    JSONCase("a byte of no character in a comment", [0x31, 0x2F, 0x2F, 0xFE], .refused),
  ]

  /// Section 2: space, tab, line feed and carriage return.
  static let space: [JSONCase] = [
    JSONCase(
      "every space around every token", " \t\r\n{ \t\r\n\"a\" \t\r\n: \t\r\n[ \n1 , 2 ] } ",
      .accepted),
    JSONCase("space before a scalar", " \n1", .accepted),
    JSONCase("space after a scalar", "1\n ", .accepted),
    JSONCase("space in an empty list", "[ ]", .accepted),
    JSONCase("space in an empty object", "{\r\n}", .accepted),
    JSONCase("no space at all", #"{"a":[1,{"b":null}],"c":-1}"#, .accepted),
    JSONCase("space alone", " \t\r\n", .refused),
    JSONCase("a form feed", "[\u{C}1]", .refused),
    JSONCase("a vertical tab", "[\u{B}1]", .refused),
    JSONCase("a space that does not break", "[\u{A0}1]", .refused),
    JSONCase("the separator of lines", "[\u{2028}1]", .refused),
    JSONCase("the next line of Latin-1", "[\u{85}1]", .refused),
    JSONCase("a space of no width", "[\u{200B}1]", .refused),
    JSONCase("a mark of byte order between tokens", "[\u{FEFF}1]", .refused),
    JSONCase("an ideographic space", "[\u{3000}1]", .refused),
    JSONCase("a NUL between tokens", "[\0]", .refused),
    JSONCase("a NUL after the value", "{}\0", .refused),
    JSONCase("a backspace", "[1\u{8}]", .refused),
    JSONCase("space in a word", "[nu ll]", .refused),
    JSONCase("space in a number", "[1. 5]", .refused),
  ]

  /// What the grammar allows and section 4, 7, 8.2 or 9 leaves to the reader: we refuse it.
  static let bounds: [JSONCase] = [
    JSONCase("513 lists", nested(513, "[", "]"), .bounded),
    JSONCase("513 objects", nested(513, #"{"a":"#, "}", inner: "0"), .bounded),
    JSONCase("lists and objects, 513 in all", nested(257, #"[{"a":"#, "}]", inner: "0"), .bounded),
    JSONCase("keys that Unicode holds equal", "{\"\u{E9}\":1,\"e\u{301}\":2}", .bounded),
    JSONCase("the first half of a pair", #"["\ud800"]"#, .bounded),
    JSONCase("the first half of a pair and a letter", #"["\ud83dA"]"#, .bounded),
    JSONCase("the first half of a pair and another escape", #"["\ud83d\n"]"#, .bounded),
    JSONCase("the first half of a pair twice", #"["\ud83d\ud83d"]"#, .bounded),
    JSONCase("the first half of a pair before a whole one", #"["\ud83d\ud83d\ude00"]"#, .bounded),
    JSONCase(
      "the first half of a pair and the scalar after the last half", #"["\ud83d\ue000"]"#, .bounded),
    JSONCase("the second half of a pair twice", #"["\udc00\udc00"]"#, .bounded),
    JSONCase("the second half of a pair", #"["\ude00"]"#, .bounded),
    JSONCase("a pair in the wrong order", #"["\ude00\ud83d"]"#, .bounded),
    JSONCase("half of a pair in a key", #"{"\udfff":1}"#, .bounded),
    JSONCase("an escape of NUL", #"["\u0000"]"#, .bounded),
    JSONCase("an escape of NUL in a key", #"{"a\u0000":1}"#, .bounded),
  ]

  static let comments: [JSONCase] = [
    JSONCase("a line comment first", "// a\n1", .commented),
    JSONCase("a line comment last", "1 // a", .commented),
    JSONCase("a line comment last, with its line end", "1 // a\n", .commented),
    JSONCase("a line comment that a carriage return ends", "[1, // a\r2]", .commented),
    JSONCase("an empty line comment", "[//\n]", .commented),
    JSONCase("a line comment after a number", "[1//\n]", .commented),
    JSONCase("slashes in a line comment", "[1 /// /* \n]", .commented),
    JSONCase("a block comment first", "/* a */{}", .commented),
    JSONCase("a block comment last", "{}/* a */", .commented),
    JSONCase("an empty block comment", "[/**/]", .commented),
    JSONCase("a block comment of stars", "[/*****/]", .commented),
    JSONCase("a block comment of several lines", "[1, /*\n2,\r\n*/ 3]", .commented),
    JSONCase("slashes in a block comment", "[1 /* // /* */ ]", .commented),
    JSONCase("a quote in a comment", "[1 /* \" */, 2 // \"\n]", .commented),
    JSONCase("brackets in a comment", "[1 /* ]}] */]", .commented),
    JSONCase("other letters in a comment", "[1 /* é 日本 😀 */]", .commented),
    JSONCase("control characters in a comment", "[1 /* \t\u{1} */]", .commented),
    JSONCase(
      "a comment between any two tokens",
      #"/**/{/**/"a"/**/:/**/[/**/1/**/,/**/2/**/]/**/,/**/"b"/**/:/**/{/**/}/**/}/**/"#,
      .commented),
    JSONCase("two comments in a row", "[// a\n/* b */// c\n1]", .commented),
    JSONCase("an open block comment", "[1] /* a", .refused),
    JSONCase("an open block comment first", "/*", .refused),
    JSONCase("a block comment of three characters", "[1] /*/", .refused),
    JSONCase("a block comment that lacks its slash", "[/* a *]", .refused),
    JSONCase("block comments in one another", "[/* /* */ */]", .refused),
    JSONCase("the end of a block comment alone", "[*/]", .refused),
    JSONCase("a slash alone", "/", .refused),
    JSONCase("a slash alone in a list", "[1 / 2]", .refused),
    JSONCase("a slash alone after the value", "[1] /", .refused),
    JSONCase("a slash, a space and a slash", "[1] / /", .refused),
    JSONCase("a comment and no value", "// a\n/* b */", .refused),
    JSONCase("a line comment that hides the bracket", "[1 // ]", .refused),
    JSONCase("a comment in a word", "[nu/**/ll]", .refused),
    JSONCase("a comment in a number", "[1/**/2]", .refused),
    JSONCase("a comment for a comma", "[1/**/ 2]", .refused),
    JSONCase("a comment of a script", "[1] # a", .refused),
    JSONCase("a comment of a database", "[1] -- a", .refused),
    JSONCase("a comment of a page", "<!-- a --> [1]", .refused),
    JSONCase("a comment before a byte order mark", "//\n\u{FEFF}[1]", .refused),
  ]

  static let trailingCommas: [JSONCase] = [
    JSONCase("a trailing comma in a list", "[1,]", .commented),
    JSONCase("a trailing comma in an object", #"{"a":1,}"#, .commented),
    JSONCase("a trailing comma and space", "[1 , \n]", .commented),
    JSONCase("a trailing comma and a comment", "[1, // a\n]", .commented),
    JSONCase("a comment before a trailing comma", "{\"a\":1 /* a */,}", .commented),
    JSONCase("trailing commas at every depth", #"[[[1,],],{"a":{"b":[],},},]"#, .commented),
    JSONCase("two trailing commas in a list", "[1,,]", .refused),
    JSONCase("two trailing commas with a comment", "[1,/**/,]", .refused),
    JSONCase("two trailing commas in an object", #"{"a":1,,}"#, .refused),
    JSONCase("a trailing comma and the wrong bracket", "[1,}", .refused),
    JSONCase("a trailing comma and the wrong brace", #"{"a":1,]"#, .refused),
    JSONCase("a trailing comma for a value", #"{"a":,}"#, .refused),
    JSONCase("a trailing comma after the value", "[1],", .refused),
    JSONCase("a trailing comma and an open comment", "[1,/*]", .refused),
    JSONCase("a trailing semicolon", "[1;]", .refused),
  ]

  private static func repeated(_ text: String, _ count: Int) -> String {
    String(repeating: text, count: count)
  }

  private static func nested(
    _ depth: Int, _ opening: String, _ closing: String, inner: String = ""
  ) -> String {
    repeated(opening, depth) + inner + repeated(closing, depth)
  }

  private static func quoted(_ bytes: [UInt8]) -> [UInt8] { [0x5B, 0x22] + bytes + [0x22, 0x5D] }
}
