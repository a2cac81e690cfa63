import Reproducibility
import ResultStatistics
import Testing

@testable import Reporting

@Suite("Names on the page")
struct PageTextTests {
  /// Names that would break a careless page.
  static let hostile = [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "a|b & c_d 'e' \"f\"",
    "</script><script>alert(2)</script>", "<!-- ", "]]>", "\u{1F600} emoji", "שלום עולם",
    "مرحبا 12", "a\u{202E}b", "line\u{2028}break", "&lt;b&gt;", "javascript:alert(3)",
  ]

  static var results: StudyResults {
    let plain = ExampleStudy.plain(
      hostile.indices.map { [Double($0), Double($0) + 1.5, Double($0) * 1.25 + 2] },
      labels: hostile)
    let evil = hostile[0]
    return StudyResults(
      name: evil, title: hostile[3], question: hostile[1], source: evil, command: evil, axis: evil,
      seeds: plain.seeds, measures: [Measure(name: evil, heading: hostile[3], unit: evil)],
      arms: plain.arms.map { arm in
        ArmResult(
          label: arm.label, isBaseline: arm.isBaseline,
          trials: arm.trials.map {
            TrialResult(
              seed: $0.seed, identity: evil,
              observations: $0.seed == 2
                ? [.hole(Hole(.failed, reason: hostile[3]))] : $0.observations,
              details: TrialDetails(stages: [
                .init(name: evil, item: evil, step: 1, seconds: 1, policy: evil)
              ]))
          },
          paper: [PaperValue(measure: evil, value: 1, note: evil)],
          differences: [SettingDifference(path: evil, baseline: evil, arm: hostile[3])])
      },
      curves: [
        CurveFamily(
          metric: evil, heading: evil,
          arms: hostile.map { label in
            .init(
              arm: label, lines: [.init(seed: 1, points: [CurvePoint(1, 2), CurvePoint(2, 3)])])
          })
      ],
      claims: [
        ClaimResult(
          says: evil, expect: evil, confidence: 0.9, logic: .part(0),
          parts: [
            .init(
              text: evil, arms: [evil], unit: evil, digits: 1, region: .above(0),
              values: [.value(1), .value(2), .hole(Hole(.failed, reason: evil))])
          ])
      ],
      provenance: ReportProvenance(
        numerics: 1, commit: evil, machine: evil, promisesBits: false, certificate: evil),
      replication: evil,
      notes: [
        ReportNote(
          title: evil, text: evil,
          tables: [
            Table(
              columns: [.init(key: evil, heading: evil, kind: .text)],
              rows: [.init([Table.Cell(.text(evil), footnotes: [evil])])], caption: evil)
          ])
      ])
  }

  @Test("hostile names are text wherever they stand, and only that")
  func hostileNames() throws {
    let html = page(Self.results)
    let plain = page(ExampleStudy.results)
    let reader = try #require(PageReader.read(html))
    #expect(reader.programs == [PageScript.text])
    #expect(reader.raw.count == 5)  // Style, cells, curves, seconds, program.
    #expect(reader.all("img").isEmpty)
    #expect(reader.elements.allSatisfy { $0.attributes.keys.allSatisfy { !$0.hasPrefix("on") } })
    let usual = Set(try #require(PageReader.read(plain)).elements.map(\.name))
    #expect(Set(reader.elements.map(\.name)).isSubset(of: usual.union(["section", "script"])))
    for (place, name) in Self.hostile.enumerated() {
      let shown = name.replacing("\u{202E}", with: "\u{FFFD}")
      let rows = reader.all("th").map(\.text)
      #expect(rows.contains(shown) || rows.contains(shown + " (base)"), "\(name)")
      // Data keeps every scalar.
      #expect(try reader.data("cells")?["arms"]?.array?[place]["label"]?.string == name)
    }
  }

  @Test(
    "text: markup is escaped, line breaks are spaces, controls and turns of direction are marks")
  func escapes() {
    #expect(HTMLText.escaped("a<b>&\"c'") == "a&lt;b&gt;&amp;&quot;c&#39;")
    #expect(HTMLText.attribute("\"><i x='") == "&quot;&gt;&lt;i x=&#39;")
    #expect(HTMLText.escaped("a\r\nb\tc") == "a  b c")
    #expect(
      HTMLText.escaped("\u{0}\u{1B}\u{85}\u{202E}\u{2066}")
        == String(repeating: "\u{FFFD}", count: 5))
    #expect(HTMLText.escaped("− 1 ± 2 · ↑") == "− 1 ± 2 · ↑")
  }

  @Test("right-to-left words stand isolated, so that numbers beside them stay where they are")
  func direction() {
    #expect(
      HTMLText.escaped("שלום 12 is better: +1") == "<bdi>שלום</bdi> 12 is better: +1")
    #expect(HTMLText.escaped("x שלום, עולם y") == "x <bdi>שלום, עולם</bdi> y")
    #expect(HTMLText.escaped("א a ב") == "<bdi>א</bdi> a <bdi>ב</bdi>")
    #expect(HTMLText.attribute("שלום") == "שלום")
  }

  @Test("JSON inside a script cannot end it, and its value is the same")
  func scriptSafe() throws {
    for name in Self.hostile {
      let text = HTMLText.scriptSafe(json: JSONValue.string(name).canonicalBytes)
      #expect(!text.contains("<") && !text.contains(">") && !text.contains("&"))
      #expect(!text.unicodeScalars.contains("\u{2028}"))
      #expect(try JSONValue(parsing: Array(text.utf8)).string == name)
    }
  }

  @Test("an element stays on its line where it must")
  func line() {
    var page = HTMLWriter()
    page.line { $0.block("ul") { $0.element("li", text: "a") } }
    page.block("ul") { $0.element("li", ["class": "x\"y"], text: "b") }
    #expect(page.html == "<ul><li>a</li></ul>\n<ul>\n<li class=\"x&quot;y\">b</li>\n</ul>\n")
  }

  @Test("code spans of a sentence become code, an odd backtick opens one to the end")
  func codeSpans() {
    var page = HTMLWriter()
    page.codeSpans("run `a<b` now")
    #expect(page.html == "run <code>a&lt;b</code> now")
  }
}
