import Foundation
import FoundationXML
import Reproducibility
import Testing

@testable import Reporting

/// The texts and element names of a document that an independent parser reads.
private final class XMLReader: NSObject, XMLParserDelegate {
  var names: [String] = []
  var texts: [String] = []
  var numbers: [Double] = []

  /// Nil when the text is not well-formed.
  static func read(_ text: String) -> XMLReader? {
    let reader = XMLReader()
    let parser = XMLParser(data: Data(text.utf8))
    parser.delegate = reader
    return parser.parse() ? reader : nil
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    names.append(name)
    texts.append("")
    numbers += ["x", "y", "x1", "x2", "y1", "y2", "cx", "cy"].compactMap {
      attributes[$0].map { Double($0) ?? .nan }
    }
  }

  func parser(_ parser: XMLParser, foundCharacters text: String) {
    if !texts.isEmpty { texts[texts.count - 1] += text }
  }
}

private func family(_ arms: [(String, [[(Int, Double)]])]) -> CurveFamily {
  CurveFamily(
    metric: "m", heading: "score",
    arms: arms.map { label, lines in
      .init(
        arm: label,
        lines: lines.enumerated().map { seed, points in
          .init(seed: seed, points: points.map { CurvePoint($0.0, $0.1) })
        })
    })
}

private func svg(_ family: CurveFamily, planned: Int = 2) -> String? {
  CurveChart(family, baseline: nil, planned: planned, band: .range).svg()
}

@Suite("Figures")
struct FigureTests {
  @Test("every figure of the example is well-formed and stays on its page")
  func wellFormed() throws {
    let files = StudyReport(ExampleStudy.results).files().filter { $0.path.hasSuffix(".svg") }
    #expect(files.count == 6)
    for file in files {
      let reader = try #require(XMLReader.read(file.contents), "\(file.path)")
      #expect(reader.names.first == "svg")
      #expect(reader.numbers.allSatisfy { (0...900).contains($0) }, "\(file.path)")
    }
  }

  @Test("names with markup, quotes and control characters leave the document well-formed")
  func escapes() throws {
    let label = "a<b>&\"c\" ]]> \u{1}\u{1B}\u{1F600} \u{5E9}"
    let text = try #require(svg(family([(label, [[(0, 1), (1, 2)]])])))
    let reader = try #require(XMLReader.read(text))
    #expect(reader.texts.contains { $0.contains("a<b>&\"c\" ]]> \u{FFFD}") })
  }

  @Test("no point, no figure; not-a-number is no point")
  func empty() {
    #expect(svg(family([])) == nil)
    #expect(svg(family([("a", [[]])])) == nil)
    #expect(svg(family([("a", [[(0, .nan), (1, .infinity)]])])) == nil)
  }

  @Test(
    "one point, equal values and huge values are drawn",
    arguments: [
      [(0, 3.0)], [(0, 0.0), (10, 0)], [(0, 1e300), (1, -1e300)], [(5, 1e-300), (6, 2e-300)],
    ])
  func degenerate(points: [(Int, Double)]) throws {
    let text = try #require(svg(family([("a", [points])])))
    let reader = try #require(XMLReader.read(text))
    #expect(reader.numbers.allSatisfy { $0.isFinite })
    #expect(!text.contains("nan") && !text.contains("∞"))
  }

  @Test("means stand only where every seed has a value, and the figure says so")
  func unevenSeeds() throws {
    let lines = [[(0, 1.0), (1, 2), (2, 9)], [(0, 3.0), (1, 4)]]
    let one = family([("a", lines)])
    let summary = CurveSummary(one.arms[0].lines, band: .range)
    #expect(summary.points.map(\.step) == [0, 1])
    #expect(summary.points.map(\.mean) == [2, 3])
    #expect(summary.points.map(\.band) == [1...3, 2...4])
    #expect(summary.unevenSteps == 1)
    #expect(try #require(svg(one)).contains("only where all of an arm"))
  }

  @Test("the interval band is the t interval of each step")
  func intervalBand() throws {
    let lines = family([("a", [[(0, 1.0)], [(0, 2.0)], [(0, 3.0)]])]).arms[0].lines
    let band = try #require(CurveSummary(lines, band: .interval(level: 0.95)).points[0].band)
    // 2 ± 4.302653/√3
    #expect(abs(band.upperBound - 4.484137711) < 1e-8)
  }

  @Test(
    "placed labels keep their order and distance, inside the range, near their anchors",
    arguments: 0..<64)
  func labels(seed: UInt64) {
    var random = RandomStream(Seed(seed).derive("labels"))
    let anchors = (0..<random.integer(in: 1...12)).map { _ in 100 + 200 * random.uniform() }
    let placed = placedLabels(anchors: anchors, height: 16, within: 100...300)
    let order = anchors.indices.sorted { anchors[$0] < anchors[$1] }
    for (upper, lower) in zip(order, order.dropFirst()) {
      #expect(placed[lower] - placed[upper] > 16 - 1e-6)
    }
    #expect(placed.allSatisfy { $0 > 100 - 1e-6 && $0 < 300 + 1e-6 })
    if anchors.count == 1 { #expect(placed == anchors) }
  }

  @Test("two labels that collide move apart by equal shares")
  func collidingLabels() {
    #expect(placedLabels(anchors: [100, 104], height: 16, within: 0...300) == [94, 110])
    #expect(placedLabels(anchors: [100, 200], height: 16, within: 0...300) == [100, 200])
    #expect(placedLabels(anchors: [2, 3], height: 16, within: 0...300) == [0, 16])
  }

  @Test("ticks are round and enclose the data", arguments: 0..<64)
  func ticks(seed: UInt64) {
    var random = RandomStream(Seed(seed).derive("ticks"))
    let scale = [1e-6, 0.01, 1, 100, 1e9][random.integer(in: 0...4)]
    let ends = [random.normal() * scale, random.normal() * scale].sorted()
    let ticks = NiceTicks(enclosing: ends[0]...ends[1])
    #expect(ticks.lower <= ends[0] + 1e-9 * scale && ticks.upper >= ends[1] - 1e-9 * scale)
    #expect((3...8).contains(ticks.values.count))
    let texts = ticks.values.map { NumberText.fixed($0, digits: ticks.digits) }
    #expect(Set(texts).count == texts.count)
  }

  @Test("ticks by hand")
  func ticksByHand() {
    #expect(NiceTicks(enclosing: 6.9...26.8).values == [5, 10, 15, 20, 25, 30])
    #expect(NiceTicks(enclosing: 0...1).values.count == 6)
    #expect(NiceTicks(enclosing: 0.2...0.71).digits == 1)
    #expect(NiceTicks(inside: 0...180).values == [0, 50, 100, 150])
    #expect(NiceTicks(enclosing: 3...3).values.count > 1)
  }

  @Test("sixteen arms have sixteen different styles, the baseline its own")
  func styles() {
    let styles = LineStyle.styles(areBaseline: (0..<16).map { $0 == 4 })
    #expect(Set(styles.map { $0.color + $0.dashes }).count == 16)
    #expect(styles[4] == .baseline)
  }

  @Test("two curves whose names make one file name get two files")
  func fileNames() {
    #expect(fileName("eval/contest avg@16") == "eval-contest-avg-16")
    #expect(fileName("日本") == "curve")
    let line = CurveFamily.ArmLines(
      arm: "arm 0", lines: [.init(seed: 1, points: [CurvePoint(0, 1), CurvePoint(1, 2)])])
    let plain = ExampleStudy.plain([[1, 2]])
    let results = StudyResults(
      name: "n", question: "q", command: "c", axis: "a", seeds: plain.seeds,
      measures: plain.measures, arms: plain.arms,
      curves: ["a/b", "a b"].map { CurveFamily(metric: $0, heading: $0, arms: [line]) },
      provenance: plain.provenance)
    let paths = StudyReport(results).files().map(\.path)
    #expect(paths.suffix(2) == ["figures/a-b.svg", "figures/a-b-2.svg"])
  }
}
