import Testing

@testable import StudyLanguage

@Suite("Designs")
struct DesignTests {
  private func combinations(_ design: Design, _ sizes: [Int], centre: [Int]? = nil) -> [[Int]] {
    var found: [[Int]] = []
    design.walk(sizes: sizes, centre: centre ?? sizes.map { _ in 0 }) {
      found.append($0)
      return true
    }
    return found
  }

  @Test("each design makes its combinations in its order")
  func combinations() {
    #expect(
      combinations(.product, [2, 3]) == [[0, 0], [0, 1], [0, 2], [1, 0], [1, 1], [1, 2]])
    #expect(combinations(.product, []) == [[]])
    #expect(combinations(.zip, [3, 3]) == [[0, 0], [1, 1], [2, 2]])
    #expect(
      combinations(.oneAtATime, [2, 3], centre: [0, 1]) == [[0, 1], [1, 1], [0, 0], [0, 2]])
    #expect(
      combinations(.leaveOneOut, [2, 2, 2]) == [[1, 1, 1], [0, 1, 1], [1, 0, 1], [1, 1, 0]])
    #expect(combinations(.path, [2, 3]) == [[0, 0], [1, 0], [1, 1], [1, 2]])
  }

  @Test("counting is walking, without the walk")
  func counts() throws {
    let halves = try #require(FractionalFactorial(axes: 5, halvings: 2))
    let cases: [(Design, [Int])] = [
      (.product, [3, 4, 5]), (.product, []), (.zip, [4, 4]), (.oneAtATime, [3, 2, 5]),
      (.leaveOneOut, [2, 2]), (.path, [4, 2]), (.factorial(halves), [2, 2, 2, 2, 2]),
    ]
    for (design, sizes) in cases {
      #expect(design.count(sizes: sizes) == combinations(design, sizes).count, "\(design)")
      #expect(design.misfit(sizes: sizes) == nil)
    }
    #expect(Design.product.count(sizes: [Int](repeating: 10, count: 30)) == nil)
    var seen = 0
    Design.product.walk(sizes: [1000, 1000], centre: [0, 0]) { _ in
      seen += 1
      return seen < 7
    }
    #expect(seen == 7, "a walk ends when it is told to")
  }

  @Test("designs say which axes they cannot have")
  func misfits() throws {
    let halves = try #require(FractionalFactorial(axes: 3, halvings: 1))
    #expect(Design.zip.misfit(sizes: [2, 3]) == .unequal)
    #expect(Design.leaveOneOut.misfit(sizes: [2, 3, 2]) == .notTwo(axis: 1))
    #expect(Design.factorial(halves).misfit(sizes: [2, 2, 1]) == .notTwo(axis: 2))
    #expect(Design.oneAtATime.misfit(sizes: []) == .noAxes)
  }

  /// Resolutions of the designs that Box, Hunter and Hunter tabulate (Statistics for Experimenters, second
  /// edition, table 6.22), and their numbers of shortest words.
  @Test(
    "fractions have the resolution and aberration of the published tables",
    arguments: [
      (3, 1, 3, 1), (4, 1, 4, 1), (5, 1, 5, 1), (5, 2, 3, 2), (6, 1, 6, 1), (6, 2, 4, 3),
      (6, 3, 3, 4), (7, 1, 7, 1), (7, 2, 4, 1), (7, 3, 4, 7), (7, 4, 3, 7), (8, 2, 5, 2),
      (8, 3, 4, 3), (8, 4, 4, 14), (9, 3, 4, 1), (9, 4, 4, 6), (9, 5, 3, 4), (10, 4, 4, 2),
      (10, 5, 4, 10),
    ])
  func published(axes: Int, halvings: Int, resolution: Int, shortest: Int) throws {
    let design = try #require(FractionalFactorial(axes: axes, halvings: halvings))
    #expect(design.resolution == resolution)
    #expect(design.words.count { $0.nonzeroBitCount == resolution } == shortest)
  }

  @Test("runs are balanced, and effects are aliases exactly where their columns agree")
  func runsAndAliases() throws {
    for (axes, halvings) in [(3, 1), (5, 2), (6, 2), (7, 4), (4, 0)] {
      let design = try #require(FractionalFactorial(axes: axes, halvings: halvings))
      let runs = design.runs
      #expect(runs.count == 1 << (axes - halvings) && Set(runs).count == runs.count)
      func column(_ effect: Int) -> [Int] {
        runs.map { run in
          (0..<axes).filter { effect >> $0 & 1 == 1 }.reduce(1) { $0 * (run[$1] == 1 ? 1 : -1) }
        }
      }
      let effects = (1..<(1 << axes)).filter { $0.nonzeroBitCount <= 2 }
      for effect in effects {
        let found = design.aliases(of: effect, upTo: 2)
        for other in effects where other != effect {
          let product = zip(column(effect), column(other)).reduce(0) { $0 + $1.0 * $1.1 }
          #expect(found.contains(other) == (product == runs.count), "\(axes) \(effect) \(other)")
          #expect(product == 0 || product == runs.count)
        }
      }
    }
    #expect(FractionalFactorial(axes: 3, halvings: 2) == nil, "two axes cannot be one's product")
    #expect(FractionalFactorial(axes: 11, halvings: 1) == nil)
  }
}
