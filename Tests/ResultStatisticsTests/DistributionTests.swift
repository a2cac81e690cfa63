import Testing

@testable import ResultStatistics

// python3 -c "from scipy import stats
// for nu in (1, 2, 3, 4, 9, 29, 100, 999):
//     for p in (0.6, 0.975, 0.9999): print((nu, p, stats.t.ppf(p, nu)))"     (scipy 1.17.1)
private let quantiles: [(Int, Double, Double)] = [
  (1, 0.6, 0.32491969623290634), (1, 0.975, 12.706204736174694), (1, 0.9999, 3183.098757118502),
  (2, 0.6, 0.2886751345948128), (2, 0.975, 4.302652729749462), (2, 0.9999, 70.70007107496818),
  (3, 0.6, 0.2766706623326898), (3, 0.975, 3.1824463052837078), (3, 0.9999, 22.203742273205),
  (4, 0.6, 0.2707222947075976), (4, 0.975, 2.7764451051977934), (4, 0.9999, 13.033671720896821),
  (9, 0.6, 0.260955336473911), (9, 0.975, 2.262157162798205), (9, 0.9999, 6.010132129081531),
  (29, 0.6, 0.25568363457125604), (29, 0.975, 2.045229642132703),
  (29, 0.9999, 4.253894118432321),
  (100, 0.6, 0.25402218245822766), (100, 0.975, 1.9839715185235518),
  (100, 0.9999, 3.861599790950091),
  (999, 0.6, 0.2534145833303675), (999, 0.975, 1.9623414611334493),
  (999, 0.9999, 3.732865499608313),
]

// python3 -c "from scipy import stats
// for nu in (1, 2, 4, 15, 64, 500):
//     for t in (0.1, 2.5, 9.0): print((nu, t, stats.t.sf(t, nu)))"           (scipy 1.17.1)
private let tails: [(Int, Double, Double)] = [
  (1, 0.1, 0.4682744825694465), (1, 2.5, 0.12111894159084341), (1, 9.0, 0.03522328747727728),
  (2, 0.1, 0.4647327192070701), (2, 2.5, 0.06480586011075541), (2, 9.0, 0.006060830046393435),
  (4, 0.1, 0.4625779204697266), (4, 2.5, 0.03338327240599407), (4, 9.0, 0.00042191625880063895),
  (15, 0.1, 0.4608343100353805), (15, 2.5, 0.012252901623256913),
  (15, 9.0, 9.807357125879567e-08),
  (64, 0.1, 0.4603284590387336), (64, 2.5, 0.007496463538032617),
  (64, 9.0, 2.8280786664048604e-13),
  (500, 0.1, 0.4601922037684381), (500, 2.5, 0.006369287750441926),
  (500, 9.0, 2.356869252609734e-18),
]

@Suite("Student t and normal distributions")
struct DistributionTests {
  @Test("quantiles agree with scipy to 1e-10", arguments: quantiles)
  func quantilesAgree(_ reference: (Int, Double, Double)) {
    let (nu, p, expected) = reference
    let mine = StudentT(degreesOfFreedom: nu).quantile(p)
    #expect(abs(mine - expected) <= 1e-10 * expected)
    #expect(StudentT(degreesOfFreedom: nu).quantile(1 - p).sign == .minus)
  }

  @Test("tails agree with scipy to 1e-11, far out too", arguments: tails)
  func tailsAgree(_ reference: (Int, Double, Double)) {
    let (nu, t, expected) = reference
    let mine = StudentT(degreesOfFreedom: nu).upperTail(t)
    #expect(abs(mine - expected) <= 1e-11 * expected)
  }

  @Test("one degree of freedom is Cauchy: a quarter lies above 1")
  func cauchy() {
    #expect(abs(StudentT(degreesOfFreedom: 1).upperTail(1) - 0.25) < 1e-15)
  }

  @Test("two degrees of freedom have a closed form")
  func closedForm() {
    // P(T > t) = ½ - t / (2 √(2 + t²))
    for t in [0.01, 0.3, 1, 4, 30] {
      let expected = 0.5 - t / (2 * (2 + t * t).squareRoot())
      #expect(abs(StudentT(degreesOfFreedom: 2).upperTail(t) - expected) < 1e-14)
    }
  }

  @Test("the quantile undoes the distribution", arguments: [1, 2, 3, 5, 8, 40, 250])
  func roundTrip(nu: Int) {
    let distribution = StudentT(degreesOfFreedom: nu)
    for p in [1e-6, 0.01, 0.2, 0.5, 0.8, 0.95, 0.999] {
      let t = distribution.quantile(p)
      #expect(abs(1 - distribution.upperTail(t) - p) < 1e-12)
    }
  }

  @Test("infinite statistics have tails 0 and 1; a statistic that is no number has none")
  func extremes() {
    let distribution = StudentT(degreesOfFreedom: 4)
    #expect(distribution.upperTail(.infinity) == 0)
    #expect(distribution.upperTail(-.infinity) == 1)
    #expect(distribution.upperTail(.nan).isNaN)
    #expect(distribution.twoSidedPValue(0) == 1)
  }

  // python3 -c "from scipy import stats; print([stats.norm.sf(z) for z in (…)])"   (scipy 1.17.1)
  @Test(
    "normal tails agree with scipy to 1e-12",
    arguments: [
      (-3.0, 0.9986501019683699), (0.0, 0.5), (0.5, 0.3085375387259869),
      (1.96, 0.024997895148220435), (2.5, 0.006209665325776132), (6.0, 9.865876450376946e-10),
      (12.0, 1.776482112077653e-33),
    ])
  func normalTails(z: Double, expected: Double) {
    #expect(abs(StandardNormal.upperTail(z) - expected) <= 1e-12 * expected)
    #expect(abs(StandardNormal.cumulative(-z) - expected) <= 1e-12 * max(expected, 1e-4))
  }

  // python3 -c "from scipy import stats; print([stats.norm.ppf(p) for p in (…)])"  (scipy 1.17.1)
  @Test(
    "normal quantiles agree with scipy to 1e-11",
    arguments: [
      (1e-12, -7.034483825301131), (0.001, -3.090232306167813), (0.3, -0.5244005127080409),
      (0.5, 0), (0.975, 1.959963984540054), (0.9999, 3.719016485455709),
    ])
  func normalQuantiles(p: Double, expected: Double) {
    #expect(abs(StandardNormal.quantile(p) - expected) <= 1e-11 * max(1, abs(expected)))
  }
}
