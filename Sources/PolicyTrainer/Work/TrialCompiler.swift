import ReasoningTasks
package import Reproducibility
import StudyLanguage
import TransformerLM

/// A trial as the chain of work items that makes it.
package struct CompiledTrial: Sendable {
  /// What comes before any training of the trial itself; arms and seeds that have it in common hold the
  /// same list.
  package var preparation: [WorkOrder]
  /// The first evaluation and the stages.
  package var own: [WorkOrder]
  /// The initial policy's own scores: the curve's first point and the base row of the table. nil of a trial
  /// whose trainer has no such thing.
  package var baseEvaluation: Digest?
  /// The stages in order.
  package var stages: [(name: String, identity: Digest)]
  /// The levels that the stages train on, where there are any.
  package var levels: Digest?

  package init(
    preparation: [WorkOrder] = [], own: [WorkOrder], baseEvaluation: Digest? = nil,
    stages: [(name: String, identity: Digest)], levels: Digest? = nil
  ) {
    self.preparation = preparation
    self.own = own
    self.baseEvaluation = baseEvaluation
    self.stages = stages
    self.levels = levels
  }

  /// The items whose measurements make the trial's curves, in order.
  package var measured: [Digest] {
    (baseEvaluation.map { [$0] } ?? []) + stages.map(\.identity)
  }

  /// Every item, each after those that it reads.
  package var orders: [WorkOrder] { preparation + own }

  /// Whether both hold the very same list of what comes before them. False says nothing.
  package func sharesPreparation(with other: CompiledTrial) -> Bool {
    preparation.span.isIdentical(to: other.preparation.span)
  }
}

/// Compiles the trials of a study, an arm after another, into work items. An item holds only the
/// settings that it reads, so that trials which begin alike share their items; what arms have in common
/// is compiled once.
package struct TrialCompiler: Sendable {
  /// Content of each problem file that a recipe names. In an order it stands in place of the name, so that the
  /// identity follows what is in the file and not where it lies.
  package var texts: [String: String]
  private var pool: OrderPool
  private var preparations: [Preparation] = []
  /// Where a preparation is, by the part of the recipe that decides it.
  private var places: [JSONObject: Int] = [:]
  private var beginnings: [Beginning.Key: Beginning] = [:]
  /// The arm before: what arms share is most often shared with it.
  private var last: LastArm?
  /// Of the stages.
  private var digest = PrefixDigest()

  private struct LastArm {
    var canonical: JSONObject
    var key: Beginning.Key
    var beginning: Beginning
    var stages: [WrittenObject]
    var trials: [CompiledTrial]
  }

  /// - Parameter numerics: version of the arithmetic.
  package init(numerics: Int, texts: [String: String] = [:]) {
    self.texts = texts
    pool = OrderPool(numerics: numerics)
  }

  /// The trials of an arm, one for each seed.
  ///
  /// - Parameter canonical: the arm's recipe without what equals its default.
  package mutating func compile(
    _ recipe: Recipe, canonical: JSONValue, seeds: [Int]
  ) -> [CompiledTrial] {
    let arm = ArmCompiler(recipe: recipe, canonical: canonical, texts: texts)
    let whole = canonical.object ?? [:]
    let place = preparation(of: arm, whole)
    let key = Beginning.Key(preparation: place, caps: arm.caps, seeds: seeds)
    let beginning: Beginning
    if let last, last.key == key {
      beginning = last.beginning
    } else if let known = beginnings[key] {
      beginning = known
    } else {
      beginning = arm.beginning(after: preparations[place], seeds: seeds, &pool)
      beginnings[key] = beginning
    }
    let stages = (canonical["stages"]?.array ?? []).enumerated().map { index, stage in
      let before = last.flatMap { $0.stages.indices.contains(index) ? $0.stages[index] : nil }
      return WrittenObject(stage.object ?? [:], sharing: before)
    }
    // Stages with which the arm before began, after the same beginning, are the same work.
    var kept = 0
    if let last, last.key == key {
      kept = zip(stages, last.stages).prefix { $0.value.isSame(as: $1.value) }.count
    }
    let trials = arm.trials(
      after: beginning, stages, kept: kept, of: last?.trials ?? [], numerics: pool.numerics,
      &digest)
    last = LastArm(
      canonical: whole, key: key, beginning: beginning, stages: stages, trials: trials)
    return trials
  }

  /// Place of what comes before the arm's trials, in which the stages have no part.
  private mutating func preparation(of arm: ArmCompiler, _ canonical: JSONObject) -> Int {
    if let last, canonical.isSame(as: last.canonical, except: "stages") {
      return last.key.preparation
    }
    var shared = canonical
    shared["stages"] = nil
    if let known = places[shared] { return known }
    preparations.append(arm.preparation(&pool))
    places[shared] = preparations.count - 1
    return preparations.count - 1
  }
}
