import Reproducibility
import ResultStatistics

/// Studies that are tables: runs by tasks, seeds by problems, trials by time.
extension CoverageCase {
  /// Ten tasks, unequally far apart, so that nothing is right by symmetry alone.
  private static let taskMeans = (0..<10).map { Double($0 * $0) / 81 }
  /// Of a run about its task's mean.
  private static let runDeviation = 0.3

  private static func runs(
    _ count: Int, _ random: inout RandomStream, better shift: Double = 0, shared: Double = 0
  ) -> RunScores {
    let luck = random.normals(count).map { shared * $0 }
    return RunScores(
      tasks: taskMeans.map { mean in
        luck.map { mean + shift + $0 + runDeviation * random.normal() }
      })
  }

  /// What an aggregate tends to with ever more runs of each task.
  static func truth(of metric: AggregateMetric, deviation: Double = runDeviation) -> Double {
    func above(_ limit: Double) -> Double {
      taskMeans.reduce(0) { $0 + StandardNormal.upperTail((limit - $1) / deviation) } / 10
    }
    /// The mean of what lies above a limit, times its share.
    func partial(_ limit: Double) -> Double {
      taskMeans.reduce(0) { sum, mean in
        let z = (limit - mean) / deviation
        return sum + mean * StandardNormal.upperTail(z) + deviation * StandardNormal.density(z)
      } / 10
    }
    func quantile(above share: Double) -> Double {
      var (low, high) = (-10.0, 10.0)
      for _ in 0..<200 {
        let middle = (low + high) / 2
        if above(middle) > share { low = middle } else { high = middle }
      }
      return (low + high) / 2
    }
    return switch metric {
    case .interquartileMean:
      2 * (partial(quantile(above: 0.75)) - partial(quantile(above: 0.25)))
    case .mean: taskMeans.reduce(0, +) / 10
    // Ten tasks in rising order.
    case .median: (taskMeans[4] + taskMeans[5]) / 2
    case .optimalityGap(let target):
      target - taskMeans.reduce(0, +) / 10 + partial(target) - target * above(target)
    }
  }

  private static func bootstrap(
    _ random: inout RandomStream, _ kind: StratifiedBootstrap.Kind = .expanded,
    of unit: StratifiedBootstrap.Unit = .runsWithinTasks
  ) -> StratifiedBootstrap {
    StratifiedBootstrap(kind, of: unit, draws: 1_000, seed: random.seed(), threads: 1)
  }

  static let aggregates: [CoverageCase] = {
    let study = "10 tasks, runs independent"
    let target = truth(of: .interquartileMean)
    let quantiles = StratifiedBootstrap.Kind.allCases.flatMap { kind in
      sizes.map { n in
        CoverageCase("interquartile mean, \(kind.rawValue)", study, "\(n) runs") { random in
          let scores = runs(n, &random)
          return bootstrap(&random, kind).interval(of: .interquartileMean, scores)?
            .contains(target)
        }
      }
    }
    // The truth of a mixture whose runs also differ from each other.
    let wider = truth(
      of: .interquartileMean, deviation: (2 * runDeviation * runDeviation).squareRoot())
    let shared = [
      ("interquartile mean, expanded", StratifiedBootstrap.Unit.runsWithinTasks),
      ("interquartile mean, expanded, whole runs", .wholeRuns),
    ].flatMap { name, unit in
      sizes.map { n in
        CoverageCase(name, "10 tasks, a run's luck shared by all", "\(n) runs") { random in
          let scores = runs(n, &random, shared: runDeviation)
          return bootstrap(&random, of: unit).interval(of: .interquartileMean, scores)?
            .contains(wider)
        }
      }
    }
    let others: [(String, AggregateMetric)] = [
      ("mean over tasks, expanded", .mean), ("median over tasks, expanded", .median),
      ("optimality gap, expanded", .optimalityGap(target: 1)),
    ]
    let simple = others.flatMap { name, metric in
      let target = truth(of: metric)
      return sizes.map { n in
        CoverageCase(name, study, "\(n) runs") { random in
          let scores = runs(n, &random)
          return bootstrap(&random).interval(of: metric, scores)?.contains(target)
        }
      }
    }
    let improvement = sizes.map { n in
      // An advantage of half a deviation: Φ(½ / √2).
      let target = StandardNormal.cumulative(0.5 / 2.0.squareRoot())
      return CoverageCase("probability of improvement, expanded", study, "\(n) runs each") {
        random in
        let first = runs(n, &random, better: 0.5 * runDeviation)
        let second = runs(n, &random)
        return ProbabilityOfImprovement(of: first, over: second, bootstrap: bootstrap(&random))
          .interval?.contains(target)
      }
    }
    let profile = sizes.map { n in
      let target =
        taskMeans.reduce(0) { $0 + StandardNormal.upperTail((0.5 - $1) / runDeviation) } / 10
      return CoverageCase("performance profile at one τ, expanded", study, "\(n) runs") { random in
        let scores = runs(n, &random)
        return PerformanceProfile(of: scores, thresholds: [0.5], bootstrap: bootstrap(&random))
          .bands?[0].contains(target)
      }
    }
    return quantiles + shared + simple + improvement + profile
  }()

  static let times: [CoverageCase] = [5, 10, 20, 40].flatMap { n in
    // Times with mean 40, a budget that ends at 60, and some trials that are stopped before.
    @Sendable func trials(_ random: inout RandomStream) -> KaplanMeier {
      KaplanMeier(
        (0..<n).map { _ in
          let time = 40 * random.exponentials(1)[0]
          let stopped = min(60, 200 * random.exponentials(1)[0])
          return CensoredTime(min(time, stopped), isCensored: time > stopped)
        })
    }
    let study = "exponential, a third censored"
    return [
      CoverageCase("Kaplan–Meier median", study, "\(n) trials") { random in
        trials(&random).medianInterval()?.contains(40 * portableLog(2))
      },
      CoverageCase("Kaplan–Meier median, both ends finite", study, "\(n) trials") { random in
        let interval = trials(&random).medianInterval()
        return interval?.upper.isFinite == true ? interval?.contains(40 * portableLog(2)) : nil
      },
      CoverageCase("restricted mean time", study, "\(n) trials") { random in
        RestrictedMeanTime(trials(&random), horizon: 50)?.interval?
          .contains(40 * (1 - portableExp(-50.0 / 40)))
      },
    ]
  }.grouped

  static let crossed: [CoverageCase] = sizes.flatMap { n in
    let problems = 50
    @Sendable func table(
      _ random: inout RandomStream, problem: Double
    ) -> (effects: CrossedEffects?, problems: Double) {
      let columns = random.normals(problems).map { problem * $0 }
      let scores: [[Double?]] = (0..<n).map { _ in
        let seed = random.normal()
        return columns.map { seed + $0 + 2 * random.normal() }
      }
      return (try? CrossedEffects(scores), columns.reduce(0, +) / Double(problems))
    }
    let size = "\(n) seeds × \(problems) problems"
    return [
      CoverageCase("crossed, over seeds", "deviations 1, 3, 2", size) { random in
        let made = table(&random, problem: 3)
        return made.effects?.intervalOverSeeds()?.contains(made.problems)
      },
      CoverageCase("crossed, over both", "deviations 1, 3, 2", size) { random in
        table(&random, problem: 3).effects?.intervalOverBoth()?.contains(0)
      },
      CoverageCase("crossed, over both", "deviations 1, 0.3, 2", size) { random in
        table(&random, problem: 0.3).effects?.intervalOverBoth()?.contains(0)
      },
    ]
  }.grouped
}
