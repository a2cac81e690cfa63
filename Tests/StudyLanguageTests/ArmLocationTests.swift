import Diagnostics
import Reproducibility
import Testing

@testable import StudyLanguage

@Suite("Where an arm's settings are written")
struct ArmLocationTests {
  private let study = Bakery.study.with(
    "\"loaves\": [4, 8]",
    "\"a\": {\"x\": {}, \"y\": {\"stages.second.minutes\": 7, \"dough\": {\"rests\": 3}}}")

  @Test("a value is where it was written last, a default where the part around it is")
  func locations() throws {
    let arms = try read(study: study).arms
    func place(_ arm: Int, _ path: String) -> String? {
      arms[arm].location(of: path).map {
        "\($0.text) \(String(decoding: $0.source.bytes[$0.range], as: UTF8.self))"
      }
    }
    #expect(place(0, "loaves") == "ablations/recipes/rye.json:3:13 8")
    #expect(place(0, "stages.first.minutes") == "ablations/recipes/rye.json:5:34 20")
    #expect(place(0, "stages[0].minutes") == "ablations/recipes/rye.json:5:34 20")
    #expect(place(0, "stages.second.heat.share") == "ablations/recipes/rye.json:6:59 0.25")
    // Of an object its key is shown; of an element its bracket.
    #expect(place(0, "stages.second.heat") == "ablations/recipes/rye.json:6:24 \"heat\"")
    #expect(place(0, "stages.second.minutes") == "ablations/recipes/rye.json:6:5 {")
    #expect(place(0, "dough.rests") == "ablations/recipes/rye.json:1:1 {")
    #expect(place(0, "nothing.at.all") == "ablations/recipes/rye.json:1:1 {")
    // Changed by the second arm.
    #expect(place(1, "stages.second.minutes") == "ablations/s.json:6:51 7")
    #expect(place(1, "dough.rests") == "ablations/s.json:6:73 3")
    #expect(place(1, "dough.salt") == "ablations/s.json:6:54 \"dough\"")
    #expect(arms[0].location(of: "..") == nil)
  }

  @Test("what somebody finds in the arms is shown at its place, with the way to it")
  func armFaults() throws {
    let study = try read(study: study)
    let diagnostics = study.diagnostics { arm in
      var faults = [
        ArmFault(path: "loaves", what: "too many loaves", why: "w", help: "h"),
        ArmFault(path: "baker", part: 1..<3, what: "no such baker", why: "w", help: "h"),
      ]
      if arm.settings.record("dough").integer("rests") == 3 {
        faults += [
          ArmFault(path: "dough.rests", what: "too many rests", why: "w", help: "h"),
          ArmFault(path: "stages.first", what: "the first is too short", why: "w", help: "h"),
        ]
      }
      return faults
    }
    #expect(
      StudyFaults(diagnostics, first: study.path).description == """
        ablations/s.json:6:73: error: too many rests
            6 |     "a": {"x": {}, "y": {"stages.second.minutes": 7, "dough": {"rests": 3}}}
              |                                                                         ^
          why:  w
          help: h
        ablations/recipes/rye.json:2:14: error: no such baker
            2 |   "baker": "anna",
              |              ^~
          from: ablations/s.json:4:13: the recipe of this study
          why:  w
          help: h
        ablations/recipes/rye.json:3:13: error: too many loaves
            3 |   "loaves": 8,
              |             ^
          from: ablations/s.json:4:13: the recipe of this study
          why:  w
          help: h
        ablations/recipes/rye.json:5:5: error: the first is too short
            5 |     {"name": "first", "minutes": 20},
              |     ^
          from: ablations/s.json:4:13: the recipe of this study
          from: ablations/s.json:6:20: in arm 'y'
          why:  w
          help: h
        4 errors
        """)
  }

  @Test("a measure that nobody knows is shown in the study")
  func measureFault() throws {
    let study = try read()
    let fault = study.fault(
      in: study.measures[1], what: "unknown function 'mean'", word: "mean",
      among: ["first", "means"], why: "w")
    #expect(
      fault.description == """
        ablations/s.json:9:32: error: unknown function 'mean'
            9 |   "measures": ["final(crumb)", "mean(crust)"]
              |                                ^~~~~~~~~~~~~
          why:  w
          help: did you mean 'means'? There are 'first', 'means'
        1 error
        """)
  }

  @Test("bytes of a text are found among escapes")
  func escapes() throws {
    let json = "[\"a\\n\\u00e9\\ud83d\\ude00é.b\"]"
    let source = SourceText(name: "a", bytes: Array(json.utf8))
    let text = try #require(try JSONValue(parsing: json).array?.first?.string)
    let span = SourceSpan(source, 1..<source.bytes.count - 1)
    for (index, piece) in [
      ("a", "a"), ("\n", "\\n"), ("é", "\\u00e9"), ("😀", "\\ud83d\\ude00"), ("b", "b"),
    ] {
      let start = try #require(text.utf8.firstRange(of: index.utf8))
      let offset = text.utf8.distance(from: text.utf8.startIndex, to: start.lowerBound)
      let found = span.inString(offset..<offset + index.utf8.count)
      #expect(
        String(decoding: source.bytes[found.range], as: UTF8.self) == piece,
        "\(index.debugDescription)")
    }
    let end = span.inString(text.utf8.count..<text.utf8.count)
    #expect(end.range.lowerBound == source.bytes.count - 2)
  }
}
