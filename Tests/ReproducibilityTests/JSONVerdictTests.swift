import Reproducibility
import Testing

@Suite("What is JSON and what is not")
struct JSONVerdictTests {
  @Test("each text has its verdict, in both dialects", arguments: JSONCase.all)
  func verdict(entry: JSONCase) {
    let isStrict = entry.verdict == .accepted
    let isCommented = isStrict || entry.verdict == .commented
    #expect((value(entry, .json) != nil) == isStrict, "as .json")
    #expect((value(entry, .jsonc) != nil) == isCommented, "as .jsonc")
    if isStrict { #expect(value(entry, .json) == value(entry, .jsonc)) }
  }

  private func value(_ entry: JSONCase, _ dialect: JSONDialect) -> JSONValue? {
    try? LocatedJSON.parse(entry.bytes, as: dialect).value
  }

  @Test("no text stands twice in the table")
  func distinct() {
    #expect(JSONCase.all.count >= 250)
    #expect(Set(JSONCase.all.map(\.bytes)).count == JSONCase.all.count)
  }

  @Test("comments leave every value and every place as they are")
  func places() throws {
    let text = #"/*é*/ { "a" /**/: [ 1 , "b", ] , // c"# + "\n  \"d\": null, }"
    let root = try LocatedJSON.parse(Array(text.utf8), as: .jsonc)
    func written(_ range: Range<Int>) -> String {
      String(decoding: Array(text.utf8)[range], as: UTF8.self)
    }
    guard case .object(let members) = root.node, case .array(let list) = members[0].value.node
    else {
      Issue.record("no object with a list")
      return
    }
    #expect(written(root.range) == String(text.dropFirst(6)))
    #expect(members.map { written($0.keyRange) } == [#""a""#, #""d""#])
    #expect(members.map { written($0.value.range) } == [#"[ 1 , "b", ]"#, "null"])
    #expect(list.map { written($0.range) } == ["1", #""b""#])
    #expect(list[1].range == 25..<28)
  }

  @Test(
    "a fault of a commented text is at its byte",
    arguments: [
      ("/*é*/[01]", 7, .malformedNumber), ("[1 /* ", 3, .openComment), ("/*/", 0, .openComment),
      ("[ // a", 6, .endOfText), ("// a", 4, .noValue), ("{} /", 3, .textAfterValue),
      ("{} /*", 3, .openComment), ("[1, /**/ ,]", 9, .unexpected("','")),
      (#"{"a":1, /**/ "a":2}"#, 13, .duplicateKey("a")), ("[1,/]", 3, .unexpected("'/'")),
    ] as [(String, Int, JSONFault.Reason)])
  func faults(text: String, offset: Int, reason: JSONFault.Reason) {
    #expect(throws: JSONFault(offset: offset, length: Self.length(of: reason), reason: reason)) {
      try LocatedJSON.parse(Array(text.utf8), as: .jsonc)
    }
  }

  private static func length(of reason: JSONFault.Reason) -> Int {
    switch reason {
    case .malformedNumber, .openComment: 2
    case .duplicateKey: 3
    default: 1
    }
  }

  @Test("a file's suffix decides its dialect")
  func suffixes() {
    for path in ["a.jsonc", "b/a.jsonc", "a.json.jsonc"] {
      #expect(JSONDialect(ofFile: path) == .jsonc)
    }
    for path in ["a.json", "a", "jsonc", "a.jsonc.json", "a.JSONC", "a.jsonc/b.json", ""] {
      #expect(JSONDialect(ofFile: path) == .json)
    }
  }

  @Test("a million open brackets are refused after 512, without the stack running out")
  func millionBrackets() {
    for opening in ["[", #"{"a":"#, "[ /**/"] {
      let text = Array(String(repeating: opening, count: 1_000_000).utf8)
      let clock = ContinuousClock()
      let start = clock.now
      #expect(
        throws: JSONFault(
          offset: 512 * opening.utf8.count, reason: .tooDeep(limit: 512))
      ) { try LocatedJSON.parse(text, as: .jsonc) }
      // Milliseconds; more only where the machine is busy with other tests.
      #expect(clock.now - start < .seconds(1))
    }
  }
}
