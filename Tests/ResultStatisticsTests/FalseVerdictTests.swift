import Reproducibility
import Testing

@testable import ResultStatistics

@Suite("an arm against itself")
struct FalseVerdictTests {
  private func normal(_ count: Int, _ path: String) -> [Double] {
    var random = RandomStream(Seed(5).derive(path))
    return (0..<count).map { _ in random.normal() }
  }

  @Test("normal seeds are decided falsely in at most five of a hundred deals")
  func normalSeeds() throws {
    let found = try #require(
      FalseVerdicts(
        (0..<4).map { normal(20, "measure \($0)") }, deals: 4000, seed: Seed(1)))
    #expect(found.rate < 0.06 && found.rate > 0.005)
    #expect(!found.isAbove(level: 0.95))
    #expect(found.any >= found.ofMeasures.max() ?? 0)
    #expect(found.any <= found.ofMeasures.reduce(0, +))
  }

  @Test("a test that promises too much is seen: verdicts at 50 % are not 5 %")
  func above() throws {
    let found = try #require(
      FalseVerdicts([normal(20, "m")], deals: 2000, level: 0.5, seed: Seed(1)))
    #expect(found.rate > 0.4 && found.isAbove(level: 0.95))
    #expect(!found.isAbove(level: 0.5))
  }

  @Test("equal seeds are never decided, and three seeds are too few to deal")
  func edges() throws {
    #expect(
      try #require(FalseVerdicts([[1, 1, 1, 1, 1, 1]], deals: 100, seed: Seed(1))).any == 0)
    #expect(FalseVerdicts([[1, 2, 3]], deals: 100, seed: Seed(1)) == nil)
    #expect(FalseVerdicts([], deals: 100, seed: Seed(1)) == nil)
  }
}
