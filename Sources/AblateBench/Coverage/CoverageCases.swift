import Reproducibility
import ResultStatistics

extension CoverageCase {
  /// Every interval of the statistics, in the order of docs/statistics.md.
  package static let all: [CoverageCase] =
    means + bootstraps + paired + proportions + aggregates + passes + times + crossed + factorial
    + sequences + decisions

  /// Seeds: what an ablation has, and where intervals over few are known to be off.
  static let sizes = [3, 5, 10, 20]

  static let means = sizes.flatMap { n in
    [
      CoverageCase("Student's t of a mean", "normal", "\(n) seeds") { random in
        studentTInterval(random.normals(n))?.contains(0)
      },
      CoverageCase("Student's t of a mean", "skewed (exponential)", "\(n) seeds") { random in
        studentTInterval(random.exponentials(n))?.contains(1)
      },
    ]
  }.grouped

  static let bootstraps = sizes.flatMap { n in
    Bootstrap.Kind.allCases.flatMap { kind in
      let method = kind == .percentile ? "bootstrap, percentile" : "bootstrap, accelerated"
      return [
        CoverageCase(method, "normal", "\(n) seeds") { random in
          Bootstrap(kind, draws: 2_000, seed: random.seed())
            .interval(random.normals(n))?.contains(0)
        },
        CoverageCase(method, "skewed (exponential)", "\(n) seeds") { random in
          Bootstrap(kind, draws: 2_000, seed: random.seed())
            .interval(random.exponentials(n))?.contains(1)
        },
      ]
    }
  }.grouped

  /// Up to 10: the sign-flip test that comes with a comparison counts all patterns of signs.
  static let paired = [3, 5, 8, 10].map { n in
    CoverageCase("paired t of a difference", "normal, luck shared", "\(n) pairs") { random in
      let luck = random.normals(n).map { 3 * $0 }
      let arm = zip(luck, random.normals(n)).map { Observation.value($0 + $1 + 1.5) }
      let baseline = zip(luck, random.normals(n)).map { Observation.value($0 + $1) }
      return PairedComparison(
        arm: arm, baseline: baseline, direction: .higherIsBetter, seed: Seed(0)
      ).interval?.contains(1.5)
    }
  }

  static let proportions = [48, 480].map { n in
    CoverageCase("Wilson's of a share", "independent, p = 0.38", "\(n) answers") { random in
      let successes = (0..<n).count { _ in random.uniform() < 0.38 }
      return Proportion(successes: successes, trials: n).interval()?.contains(0.38)
    }
  }

  static let passes = [1, 4].flatMap { k in
    [10, 30, 100].map { n in
      CoverageCase("pass@\(k), bootstrap over problems", "16 answers, p = u²", "\(n) problems") {
        random in
        let problems = (0..<n).map { _ in
          let u = random.uniform()
          return Proportion(
            successes: (0..<16).count { _ in random.uniform() < u * u }, trials: 16)
        }
        // ∫ 1 - (1 - u²)ᵏ over 0…1: 1/3 for k = 1, 187/315 for k = 4.
        let bootstrap = Bootstrap(.percentile, draws: 1_000, seed: random.seed())
        return PassAtK(problems, k: k, bootstrap: bootstrap)?.interval?
          .contains(k == 1 ? 1.0 / 3 : 187.0 / 315)
      }
    }
  }

  static let factorial = [3, 5, 10].flatMap { n in
    ["main effect", "interaction"].map { effect in
      CoverageCase("factorial \(effect), t", "2 × 2 × 2, luck shared", "\(n) seeds") { random in
        let luck = random.normals(n).map { 3 * $0 }
        let cells = (0..<8).map { index in
          let levels = [index >> 2, (index >> 1) & 1, index & 1]
          // A main effect of 1 + ½ · 2 for the first factor, an interaction of 2 with the second.
          let shift = Double(levels[0]) + 2 * Double(levels[0] * levels[1])
          return FactorialCell(
            levels: levels, values: zip(luck, random.normals(n)).map { $0 + $1 + shift })
        }
        guard let effects = try? FactorialEffects(levels: [2, 2, 2], cells: cells) else {
          return nil
        }
        let found = effect == "interaction" ? effects.interactions[0] : effects.main[0]
        return found.interval?.contains(2)
      }
    }
  }.grouped

  static let sequences: [CoverageCase] = [
    CoverageCase(
      "confidence sequence", "normal, looked at once", "10 pairs", promise: .coversAtLeast(0.95)
    ) { random in ConfidenceSequence(random.normals(10)).interval?.contains(0) },
    CoverageCase(
      "confidence sequence", "normal, at every look", "2 to 20 pairs",
      promise: .coversAtLeast(0.95)
    ) { random in
      let values = random.normals(20)
      return (2...20).allSatisfy {
        ConfidenceSequence(Array(values[..<$0])).interval?.contains(0) != false
      }
    },
    CoverageCase(
      "confidence sequence, intersection", "normal", "20 pairs", promise: .coversAtLeast(0.95)
    ) { random in
      // A contradiction leaves every value out.
      ConfidenceSequence(random.normals(20)).intersection?.contains(0) ?? false
    },
    CoverageCase(
      "confidence sequence", "skewed (exponential), at every look", "2 to 20 pairs",
      promise: .coversAtLeast(0.95)
    ) { random in
      let values = random.exponentials(20)
      return (2...20).allSatisfy {
        ConfidenceSequence(Array(values[..<$0])).interval?.contains(1) != false
      }
    },
    CoverageCase("Student's t, misused", "normal, at every look", "2 to 20 pairs") { random in
      let values = random.normals(20)
      return (2...20).allSatisfy {
        studentTInterval(Array(values[..<$0]))?.contains(0) != false
      }
    },
  ]

  static let decisions =
    sizes.map { n in
      CoverageCase(
        "equivalence test, false pass", "normal, mean at the margin", "\(n) seeds",
        promise: .errsAtMost(0.05)
      ) { random in
        EquivalenceTest(
          random.normals(n).map { 3 + $0 }, margin: Interval(lower: -3, upper: 3))?.isEquivalent
      }
    }
    + [5, 10].map { n in
      CoverageCase(
        "paired t and Holm, any false verdict", "three arms without effect", "\(n) pairs",
        promise: .errsAtMost(0.05)
      ) { random in
        let family = (0..<3).map { _ in
          PairedComparison(
            arm: random.normals(n).map { .value($0) },
            baseline: random.normals(n).map { .value($0) },
            direction: .higherIsBetter, seed: Seed(0))
        }
        return judge(family).contains { $0.verdict != .undecided }
      }
    }
    + [8, 12].map { n in
      CoverageCase(
        "sign flip, false rejection", "normal", "\(n) pairs", promise: .errsAtMost(0.05)
      ) { random in SignFlipTest(random.normals(n), seed: Seed(0)).pValue <= 0.05 }
    }
}

extension [CoverageCase] {
  /// One method and kind of study after the other, each in the order given.
  var grouped: [CoverageCase] {
    var order: [String] = []
    for name in map({ "\($0.method)/\($0.study)" }) where !order.contains(name) {
      order.append(name)
    }
    return order.flatMap { name in filter { "\($0.method)/\($0.study)" == name } }
  }
}

extension RandomStream {
  mutating func normals(_ count: Int) -> [Double] { (0..<count).map { _ in normal() } }

  /// With mean 1.
  mutating func exponentials(_ count: Int) -> [Double] {
    (0..<count).map { _ in -portableLog(1 - uniform()) }
  }

  /// Of a bootstrap: another one for each study.
  mutating func seed() -> Seed { Seed(next()) }
}
