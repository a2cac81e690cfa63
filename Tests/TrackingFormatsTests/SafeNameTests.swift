import Foundation
import Testing
import TrackingFormats

@Suite("names become names of files")
struct SafeNameTests {
  static let plain = ["level 3", "stages.first.steps", "ü", "数学", "a-b_c", "0"]

  static let hostile = [
    "", ".", "..", "../up", "a/b", "a_b", "/", "//", "a\\b", ".hidden", "ends.", "ends ", " ",
    "quo\"te", "it's", "new\nline", "nul\0", "\u{7F}", "rtl\u{202E}x", "e\u{301}", "é", "🙂",
    "a=b, c≠d", "<b>", "C:", "%s", "\u{301}first", "𐐀", "\u{A7CB}",
    String(repeating: "x", count: 300), String(repeating: "x", count: 301),
    String(repeating: "é", count: 300), String(repeating: "/", count: 300),
  ]

  @Test("plain names stay as they are", arguments: plain)
  func unchanged(name: String) {
    #expect(SafeName.component(name) == name && SafeName.key(name) == name)
  }

  @Test("whatever the name, it is one file in one folder", arguments: plain + hostile)
  func component(name: String) {
    for made in [SafeName.component(name), SafeName.key(name)] {
      #expect(!made.isEmpty && made.utf8.count <= 200 && !made.hasPrefix("."))
      #expect(made.unicodeScalars.allSatisfy { $0 != "/" && $0 != "\\" && $0.value > 31 })
      #expect(made.unicodeScalars.last != "." && made.unicodeScalars.last != " ")
    }
  }

  /// mlflow/utils/validation.py: `^[/\w.\- ]*$`, at most 250 characters, and its own normal path.
  @Test("MLflow takes every key", arguments: plain + hostile)
  func key(name: String) {
    let key = SafeName.key(name)
    #expect(key.wholeMatch(of: #/[\w.\- ]{1,250}/#) != nil, "\(key)")
  }

  @Test("two names never become one")
  func distinct() {
    let names = Self.plain + Self.hostile
    // By bytes: Swift takes the two ways to write é for one text.
    for made in [names.map(SafeName.component), names.map(SafeName.key)] {
      #expect(Set(made.map { Array($0.utf8) }).count == names.count)
    }
    #expect(SafeName.distinct(["a", "b", "a", "a", "a-2"]) == ["a", "b", "a-3", "a-4", "a-2"])
  }
}
