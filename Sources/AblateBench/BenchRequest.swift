package import Reproducibility
internal import TensorKernels

/// What can be timed.
package enum BenchCase: String, CaseIterable, Sendable {
  /// Matrix products by themselves.
  case products
  /// Steps of supervised training.
  case train
  /// Drawing completions.
  case sample
  /// Steps of policy optimisation.
  case grpo
  /// Where the time of a step goes, kernel by kernel.
  case breakdown
  /// Time for a token against width, depth, length and group size.
  case growth
  /// One whole trial of a recipe, item by item.
  case trial

  package var summary: String {
    switch self {
    case .products: "matrix products at the sizes of three models"
    case .train: "steps of supervised training"
    case .sample: "drawing completions"
    case .grpo: "steps of policy optimisation: drawing, reference, update"
    case .breakdown: "where the time of a step goes, kernel by kernel"
    case .growth: "time for a token against the sizes of the work"
    case .trial: "one whole trial of a recipe, item by item"
    }
  }
}

/// Which matrix products are timed.
package enum BenchProducts: String, CaseIterable, Sendable {
  /// Our own tiles.
  case tiles
  case openblas
  /// Each in turn, beside the other.
  case both

  var choices: [ProductsChoice] {
    switch self {
    case .tiles: [.tiles]
    case .openblas: [.openblas]
    case .both: [.tiles, .openblas]
    }
  }
}

/// What to time, and for how long.
package struct BenchRequest: Sendable {
  /// In the order in which they run.
  package var cases: [BenchCase]
  /// Timings of each contender, at least 1.
  package var rounds: Int
  /// Of all cases but `trial`, which has those of its recipe.
  package var products: BenchProducts
  /// On the wall clock: no case but the first begins after it, and no round but a case's first. Nil
  /// does all. A trial that has begun is finished.
  package var secondsBudget: Double?
  /// The recipe of `trial`; without one that case cannot run.
  package var recipe: JSONValue?

  package init(
    cases: [BenchCase] = BenchCase.allCases, rounds: Int = 5, products: BenchProducts = .tiles,
    secondsBudget: Double? = nil, recipe: JSONValue? = nil
  ) {
    self.cases = cases
    self.rounds = rounds
    self.products = products
    self.secondsBudget = secondsBudget
    self.recipe = recipe
  }
}

/// Why a request cannot be carried out.
package struct BenchFault: Error, Sendable, Hashable, CustomStringConvertible {
  package var what: String
  package var why: String
  package var help: String

  package var description: String { "\(what): \(why)" }
}
