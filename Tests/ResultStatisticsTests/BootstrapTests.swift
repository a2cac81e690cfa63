import Reproducibility
import Testing

@testable import ResultStatistics

@Suite("Bootstrap over seeds")
struct BootstrapTests {
  private static let sample = [25.1, 22.4, 27.9, 24.0, 26.3, 31.8, 22.0, 23.1]

  @Test("the percentile interval approaches the exact one, found by enumeration")
  func enumeration() throws {
    // All 4⁴ = 256 resamples of four values; quantile of type 7, as numpy's.
    let sample = [1.0, 2.0, 4.0, 9.0]
    var means: [Double] = []
    for code in 0..<256 {
      var sum = 0.0
      for place in 0..<4 { sum += sample[(code >> (2 * place)) & 3] }
      means.append(sum / 4)
    }
    means.sort()
    let exact = (
      interpolatedQuantile(sorted: means, 0.1), interpolatedQuantile(sorted: means, 0.9)
    )
    let bootstrap = Bootstrap(.percentile, draws: 100_000, seed: Seed(1))
    let interval = try #require(bootstrap.interval(sample, level: 0.8))
    // Resampled means lie on a grid of quarters; away from a jump the ends are exact.
    #expect(abs(interval.lower - exact.0) <= 0.25 && abs(interval.upper - exact.1) <= 0.25)
  }

  // from scipy.stats import bootstrap
  // bootstrap((x,), np.mean, n_resamples=2000000, method=m, rng=1)               (scipy 1.17.1)
  @Test(
    "agrees with scipy's two million draws within the Monte Carlo error",
    arguments: [
      (Bootstrap.Kind.percentile, 23.3875, 27.6125), (.accelerated, 23.625, 28.075),
    ])
  func scipy(kind: Bootstrap.Kind, lower: Double, upper: Double) throws {
    let interval = try #require(
      Bootstrap(kind, draws: 100_000, seed: Seed(7)).interval(Self.sample))
    // The density of means at the ends is about 0.05 per unit: 100,000 draws leave ± 0.03.
    #expect(abs(interval.lower - lower) < 0.05)
    #expect(abs(interval.upper - upper) < 0.08)
  }

  @Test(
    "equal seeds repeat bit for bit, different seeds do not", arguments: Bootstrap.Kind.allCases)
  func seeded(kind: Bootstrap.Kind) {
    let first = Bootstrap(kind, draws: 999, seed: Seed(1)).interval(Self.sample)
    #expect(first == Bootstrap(kind, draws: 999, seed: Seed(1)).interval(Self.sample))
    #expect(first != Bootstrap(kind, draws: 999, seed: Seed(2)).interval(Self.sample))
  }

  @Test("a symmetric sample has a symmetric acceleration of zero: both kinds agree")
  func symmetric() throws {
    let sample = [-3.0, -2, -1, 1, 2, 3]
    let plain = try #require(Bootstrap(.percentile, draws: 50_000, seed: Seed(3)).interval(sample))
    let shifted = try #require(
      Bootstrap(.accelerated, draws: 50_000, seed: Seed(3)).interval(sample))
    #expect(abs(plain.lower - shifted.lower) < 0.1 && abs(plain.upper - shifted.upper) < 0.1)
  }

  @Test("too few or equal values have no interval")
  func refused() {
    let bootstrap = Bootstrap(.percentile, seed: Seed(0))
    #expect(bootstrap.interval([]) == nil)
    #expect(bootstrap.interval([1]) == nil)
    #expect(bootstrap.interval([2, 2, 2]) == nil)
  }

  @Test("a cell may ask for it")
  func asked() {
    let bootstrap = Bootstrap(.percentile, draws: 500, seed: Seed(5))
    let cell = MeanEstimate(
      of: Self.sample.map { .value($0) }, method: .bootstrap(bootstrap), level: 0.9)
    #expect(cell.interval == bootstrap.interval(Self.sample, level: 0.9))
  }
}
