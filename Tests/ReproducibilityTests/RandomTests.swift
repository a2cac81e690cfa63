import Foundation
import Reproducibility
import Testing

@Suite("Random streams")
struct RandomTests {
  /// The known-answer vectors of the Random123 library (`kat_vectors`, philox4x32, 10 rounds).
  @Test(
    "Philox4x32-10 gives the published vectors",
    arguments: [
      (
        SIMD4<UInt32>(repeating: 0), SIMD2<UInt32>(repeating: 0),
        SIMD4<UInt32>(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8)
      ),
      (
        SIMD4<UInt32>(repeating: .max), SIMD2<UInt32>(repeating: .max),
        SIMD4<UInt32>(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd)
      ),
      (
        SIMD4<UInt32>(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344),
        SIMD2<UInt32>(0xa409_3822, 0x299f_31d0),
        SIMD4<UInt32>(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1)
      ),
    ])
  func philoxVectors(counter: SIMD4<UInt32>, key: SIMD2<UInt32>, expected: SIMD4<UInt32>) {
    #expect(Philox.block(counter: counter, key: key) == expected)
  }

  @Test("equal paths give equal streams, different paths different ones", arguments: 0..<64)
  func paths(root: UInt64) {
    let seed = Seed(root)
    var a = RandomStream(seed.derive("stage/1"))
    var b = RandomStream(seed.derive("stage/1"))
    var c = RandomStream(seed.derive("stage/2"))
    let first = (0..<8).map { _ in a.next() }
    #expect(first == (0..<8).map { _ in b.next() })
    #expect(first != (0..<8).map { _ in c.next() })
    #expect(seed.derive(3) == seed.derive(3))
    #expect(Set((0..<100).map { seed.derive($0) }).count == 100)
  }

  @Test("a number of the table does not depend on what was drawn before")
  func table() {
    let seed = Seed(5).derive("table")
    let forward = (0..<100).map { seed.uniform(at: $0) }
    let backward = (0..<100).reversed().map { seed.uniform(at: $0) }
    #expect(forward == backward.reversed())
    #expect(forward.allSatisfy { (0..<1).contains($0) })
  }

  @Test("uniform and normal numbers have the moments they should")
  func moments() {
    var random = RandomStream(Seed(11))
    let count = 200_000
    let uniforms = (0..<count).map { _ in random.uniform() }
    let normals = (0..<count).map { _ in random.normal() }
    func mean(_ x: [Double]) -> Double { x.reduce(0, +) / Double(x.count) }
    func variance(_ x: [Double]) -> Double {
      let m = mean(x)
      return mean(x.map { ($0 - m) * ($0 - m) })
    }
    // Five standard errors: 0.289/√n and 1/√n.
    #expect(abs(mean(uniforms) - 0.5) < 5 * 0.289 / 447)
    #expect(abs(variance(uniforms) - 1.0 / 12) < 0.001)
    #expect(abs(mean(normals)) < 5.0 / 447)
    #expect(abs(variance(normals) - 1) < 0.02)
    #expect(abs(mean(normals.map { $0 * $0 * $0 * $0 }) - 3) < 0.15)
  }

  @Test("integers cover their range evenly")
  func integers() {
    var random = RandomStream(Seed(12))
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[random.integer(in: -3...3) + 3] += 1 }
    // Standard deviation of a count: √(70,000 · 1/7 · 6/7) = 93.
    #expect(counts.allSatisfy { abs($0 - 10_000) < 5 * 93 })
  }

  @Test("a weight of zero is never picked; weights set the shares")
  func picking() {
    var random = RandomStream(Seed(13))
    var counts = [0, 0, 0]
    for _ in 0..<40_000 { counts[random.pick(weights: [1, 0, 3])] += 1 }
    #expect(counts[1] == 0)
    #expect(abs(counts[0] - 10_000) < 5 * 87)
  }

  @Test("a shuffle keeps every element", arguments: 0..<32)
  func shuffling(seed: UInt64) {
    var random = RandomStream(Seed(seed))
    #expect(random.shuffled(Array(0..<20)).sorted() == Array(0..<20))
  }

  @Test("the portable logarithm and exponential agree with the system's to 1e-14")
  func portable() {
    var random = RandomStream(Seed(14))
    for _ in 0..<20_000 {
      let x = random.uniform() * 1400 - 700
      #expect(abs(portableExp(x) / exp(x) - 1) < 1e-13)
      let y = exp(random.uniform() * 1400 - 700)
      #expect(abs(portableLog(y) - log(y)) <= 1e-14 * max(1, abs(log(y))))
    }
    #expect(portableExp(0) == 1)
    #expect(portableExp(-800) == 0)
    #expect(portableExp(800) == .infinity)
    #expect(portableExp(.nan).isNaN)
  }
}
