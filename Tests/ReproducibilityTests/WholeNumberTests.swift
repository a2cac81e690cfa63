import Reproducibility
import Testing

@Suite("Whole numbers without the mathematics library")
struct WholeNumberTests {
  private static let numbers: [Double] =
    [
      0, 0.25, 0.5, 0.49999999999999994, 1, 1.5, 2.5, 1e15 + 0.5, 0x1p52 - 0.5, 0x1p52, 0x1p53,
      0x1p62, 0x1p63 - 1024, 0x1p63, 1e300, .infinity, .nan, .leastNonzeroMagnitude,
    ]

  @Test("agree with Swift's own", arguments: numbers + numbers.map { -$0 })
  func special(x: Double) {
    #expect(wholeNumber(x) == Int(exactly: x))
    #expect(portableRound(x).bitPattern == x.rounded(.toNearestOrAwayFromZero).bitPattern)
  }

  @Test("agree with Swift's own at random", arguments: 0..<8)
  func random(seed: UInt64) {
    var random = RandomStream(Seed(seed).derive("whole numbers"))
    for _ in 0..<10_000 {
      let x = Double(random.integer(in: -4000...4000)) / 8
      #expect(wholeNumber(x) == Int(exactly: x))
      #expect(portableRound(x).bitPattern == x.rounded(.toNearestOrAwayFromZero).bitPattern)
    }
  }
}
