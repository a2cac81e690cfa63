package import ReasoningTasks
import Reproducibility
package import StudyLanguage
import TransformerLM

/// What happens to responses that the length cap cut off.
package enum TruncationRule: String, CaseIterable, Sendable {
  /// They are wrong answers like any other. Stage 1 of arXiv:2504.00829.
  case train
  /// They count in their group's statistics but carry no loss: "mask after" in Skywork-OR1.
  case masked
  /// They neither count in the statistics nor carry loss: "mask before" in Skywork-OR1.
  case excluded
}

/// A number for each domain.
package struct PerDomain: Sendable, Hashable {
  package var math: Int
  package var code: Int

  package subscript(_ domain: Domain) -> Int {
    switch domain {
    case .math: math
    case .code: code
    }
  }
}

/// One element of `stages`: a phase of a trial with its problems, rollouts, objective and end.
package struct StageSettings: Sendable {
  package static let schema = RecordSchema(
    "stage",
    keys: [
      Key("name", .text, doc: "What reports and paths call the stage: `stages.second.steps`."),
      Key(
        "problems", .map(of: .nullable(.text)), unit: "level",
        source: "arXiv:2504.00829, sections 4.2 to 4.4",
        doc: "The level to train on, for each domain that takes part; `all` is the whole pool."),
      Key(
        "ratio", .map(of: .number(.open(above: 0, through: 1000))), default: [:], unit: "parts",
        source: "arXiv:2504.00829, section 4.4, has 2.1 math to 1 code",
        doc: "Prompts of each domain in a batch; a domain not named has 1 part."),
      Key(
        "batching", .choice(DomainBatching.allCases.map(\.rawValue)),
        default: .string(DomainBatching.mixed.rawValue),
        source: "arXiv:2504.00829, section 4.4, has both domains in the same batch",
        doc:
          "Whether a step has prompts of all domains, or one domain's alone; the ratio then counts steps."
      ),
      Key(
        "steps", .integer(1...1_000_000), default: 180, unit: "updates",
        source: "ours, the `standard` preset", doc: "Batches that the stage draws at most."),
      Key(
        "until", MethodCatalog.stageEnds.type, default: ["kind": "steps"],
        source: "arXiv:2504.00829, section 4.3, ends stage 1 at step 1600, on a plateau",
        doc: "What ends the stage before its last step."),
      Key(
        "prompts", .integer(1...4096), default: 8, unit: "prompts",
        source: "ours, the `standard` preset; arXiv:2504.00829 has 128",
        doc: "Prompts of a batch, P."),
      Key(
        "rollouts", MethodCatalog.rolloutPlans.type, default: ["kind": "fixed"],
        source: "arXiv:2504.00829, section 4.1", doc: "How many rollouts a prompt gets, and how."),
      Key(
        "max_tokens", .record(domainCaps(math: 28, code: 48)), default: [:], unit: "tokens",
        source:
          "ours: 28 binds as 16k does in arXiv:2504.00829; chosen in the pilot, see docs/experiments.md",
        doc: "Length cap of a response, for each domain."),
      Key(
        "sampler", MethodCatalog.problemSamplers.type, default: ["kind": "uniform"],
        source: "arXiv:2504.00829 does not say", doc: "Which problems a step proposes."),
      Key(
        "guidance", MethodCatalog.guidance.type, default: ["kind": "none"],
        source: "arXiv:2504.00829 has none", doc: "What is added to a prompt."),
      Key(
        "reward", .list(of: MethodCatalog.rewardTerms.type), default: [["kind": "verifier"]],
        source: "arXiv:2504.00829, section 3.2", doc: "The terms of the reward, added up."),
      Key(
        "filter", MethodCatalog.groupFilters.type, default: ["kind": "none"],
        source: "arXiv:2504.00829 describes none", doc: "Which groups enter the update."),
      Key(
        "objective", .record(ObjectiveSettings.schema), default: [:],
        source: "arXiv:2504.00829, section 4.1", doc: "What the update descends."),
      Key(
        "updates", .integer(1...64), default: 1, unit: "updates",
        source: "arXiv:2504.00829, section 4.1: on-policy, one update a batch",
        doc: "Mini-batches into which the prompts of a batch are divided, one update each."),
      Key(
        "optimizer",
        .record(
          OptimizerSettings.schema(
            learningRate: 5e-5,
            learningRateSource: "ours, the `standard` preset; arXiv:2504.00829 has 1e-6",
            beta2: 0.95, beta2Source: "ours, the `standard` preset; arXiv:2504.00829 does not say",
            weightDecay: 0,
            weightDecaySource: "ours, the `standard` preset; arXiv:2504.00829 does not say")),
        default: [:], source: "arXiv:2504.00829 does not name the optimiser",
        doc: "AdamW and its schedule; steps of a schedule count from the start of the stage."),
      Key(
        "carry_optimizer", .boolean, default: true,
        source: "arXiv:2504.00829, section 4.3, does not say",
        doc: "Whether the moments of the stage before are kept."),
      Key(
        "refresh_reference", .boolean, default: false,
        source: "arXiv:2504.00829, section 4.3, does not say; true in arXiv:2507.17512, section 6",
        doc: "Whether the policy at the start of the stage becomes the reference."),
      Key(
        "refresh_reference_every", .integer(0...1_000_000), default: 0, unit: "updates",
        source: "ProRL, arXiv:2505.24864, section 3.2, resets by hand",
        doc: "Within the stage, the policy becomes the reference every so many updates; 0 never."),
      Key(
        "checkpoint_every", .integer(1...1_000_000), default: 60, unit: "updates", source: "ours",
        doc: "How often the state is kept, from which a killed stage goes on. Changes no result."),
      Key(
        "digest_every", .integer(1...1_000_000), default: 20, unit: "updates", source: "ours",
        doc:
          "How often the chain of digests gets a link, by which runs are compared. Changes no result."
      ),
    ])

  static func domainCaps(math: Int, code: Int) -> RecordSchema {
    RecordSchema(
      "max_tokens",
      keys: [
        Key(
          "math", .integer(4...8192), default: JSONValue(math), unit: "tokens",
          source: "docs/experiments.md", doc: "Cap of a math response, its end token included."),
        Key(
          "code", .integer(4...8192), default: JSONValue(code), unit: "tokens",
          source: "docs/experiments.md", doc: "Cap of a code response, its end token included."),
      ])
  }

  package let name: String
  /// In the order of ``Domain``.
  package let problems: [(domain: Domain, level: String)]
  package let ratio: [(domain: Domain, parts: Double)]
  package let batching: DomainBatching
  /// Names in `problems` that are no domain, and names in `ratio` that the stage has no problems of.
  package let unknownDomains: (problems: [String], ratio: [String])
  package let steps: Int
  package let end: any StageEnd
  package let prompts: Int
  package let rollouts: any RolloutPlan
  package let maxTokens: PerDomain
  package let guidance: any Guidance
  package let reward: RewardSum
  package let filter: any GroupFilter
  package let objective: ObjectiveSettings
  package let updates: Int
  package let optimizer: OptimizerSettings
  package let carriesOptimizer: Bool
  package let refreshesReference: Bool
  package let referenceRefreshInterval: Int
  package let checkpointInterval: Int
  package let digestInterval: Int
  /// The solver by whose pass rates the sampler orders problems; nil when it needs none.
  package let sortingSolver: String?
  private let samplerSettings: Settings
  private let settings: Settings

  /// - Parameter other: a stage that has been read: what both share is taken from it.
  package init(_ settings: Settings, sharing other: StageSettings? = nil) {
    let own = other.map { settings.differences(from: $0.settings) }
    func part<Part>(
      _ key: String, _ ofOther: (StageSettings) -> Part, _ read: (Settings, String) -> Part
    ) -> Part {
      if let other, let own, !own.contains(key) { return ofOther(other) }
      return read(settings, key)
    }
    name = part("name", \.name) { $0.text($1) }
    if let other, let own, !own.contains("problems"), !own.contains("ratio") {
      (problems, ratio, unknownDomains) = (other.problems, other.ratio, other.unknownDomains)
    } else {
      (problems, ratio, unknownDomains) = Self.domains(settings)
    }
    batching = part("batching", \.batching) { DomainBatching(rawValue: $0.text($1)) ?? .mixed }
    steps = part("steps", \.steps) { $0.integer($1) }
    end = part("until", \.end) { MethodCatalog.stageEnds.make($0.record($1)) }
    prompts = part("prompts", \.prompts) { $0.integer($1) }
    rollouts = part("rollouts", \.rollouts) { MethodCatalog.rolloutPlans.make($0.record($1)) }
    maxTokens = part("max_tokens", \.maxTokens) {
      let caps = $0.record($1)
      return PerDomain(math: caps.integer("math"), code: caps.integer("code"))
    }
    samplerSettings = part("sampler", \.samplerSettings) { $0.record($1) }
    sortingSolver = part("sampler", \.sortingSolver) {
      (MethodCatalog.problemSamplers.make($0.record($1)) as? SortedSampler)?.solver
    }
    guidance = part("guidance", \.guidance) { MethodCatalog.guidance.make($0.record($1)) }
    reward = part("reward", \.reward) { settings, key in
      RewardSum(
        terms: settings.list(key).map {
          ($0.schedule("weight"), MethodCatalog.rewardTerms.make($0))
        })
    }
    filter = part("filter", \.filter) { MethodCatalog.groupFilters.make($0.record($1)) }
    objective = part("objective", \.objective) { ObjectiveSettings($0.record($1)) }
    updates = part("updates", \.updates) { $0.integer($1) }
    optimizer = part("optimizer", \.optimizer) { OptimizerSettings($0.record($1)) }
    carriesOptimizer = part("carry_optimizer", \.carriesOptimizer) { $0.boolean($1) }
    refreshesReference = part("refresh_reference", \.refreshesReference) { $0.boolean($1) }
    referenceRefreshInterval = part("refresh_reference_every", \.referenceRefreshInterval) {
      $0.integer($1)
    }
    checkpointInterval = part("checkpoint_every", \.checkpointInterval) { $0.integer($1) }
    digestInterval = part("digest_every", \.digestInterval) { $0.integer($1) }
    self.settings = settings
  }

  private static func domains(
    _ settings: Settings
  ) -> (
    problems: [(domain: Domain, level: String)], ratio: [(domain: Domain, parts: Double)],
    unknown: (problems: [String], ratio: [String])
  ) {
    let levels = settings.map("problems")
    let problems = Domain.allCases.compactMap { domain in
      levels.first { $0.name == domain.rawValue && !$0.value.value.isNull }.map {
        (domain: domain, level: $0.value.text)
      }
    }
    let parts = settings.map("ratio")
    let ratio = problems.map { entry in
      (
        domain: entry.domain,
        parts: parts.first { $0.name == entry.domain.rawValue }?.value.number ?? 1
      )
    }
    let own = problems.map(\.domain.rawValue)
    return (
      problems, ratio,
      (
        levels.map(\.name).filter { Domain(rawValue: $0) == nil },
        parts.map(\.name).filter { !own.contains($0) }
      )
    )
  }

  /// A sampler of its own for each domain: each keeps its place in its pool.
  package func makeSampler() -> any ProblemSampler {
    MethodCatalog.problemSamplers.make(samplerSettings)
  }
}

/// `objective`: advantage, loss and what is added to it.
package struct ObjectiveSettings: Sendable {
  package static let schema = RecordSchema(
    "objective",
    keys: [
      Key(
        "advantage", MethodCatalog.advantages.type, default: ["kind": "group-relative"],
        source: "GRPO, arXiv:2402.03300, section 4.1.2",
        doc: "How rewards become advantages."),
      Key(
        "truncated", .choice(TruncationRule.allCases.map(\.rawValue)), default: "train",
        source:
          "arXiv:2504.00829, sections 4.1 and 4.3: no rule in stage 1, no loss in stage 2; which of the two masks is not said",
        doc: "What happens to responses that the cap cut off."),
      Key(
        "loss", MethodCatalog.policyLosses.type, default: ["kind": "clipped"],
        source: "GRPO, arXiv:2402.03300, equation 3", doc: "The surrogate."),
      Key(
        "kl", MethodCatalog.divergences.type, default: ["kind": "k3"],
        source:
          "coefficient: arXiv:2504.00829, section 4.1; estimator: GRPO, arXiv:2402.03300, eq. 4",
        doc: "The pull to the reference policy."),
      Key(
        "entropy", MethodCatalog.entropies.type, default: ["kind": "bonus"],
        source: "arXiv:2504.00829, section 4.1", doc: "The reward for keeping options open."),
      Key(
        "silent_groups", .choice(SilentGroups.allCases.map(\.rawValue)), default: "train",
        source: "the loss as written; skipping them is a shortcut that drops their KL and entropy",
        doc: "Whether groups without any advantage still feel the divergence and the entropy."),
    ])

  package let advantage: any AdvantageEstimator
  package let truncated: TruncationRule
  package let loss: Objective
  package let silentGroups: SilentGroups
  /// Regularisers that act through the reward.
  package let inReward: [any Regulariser]

  package init(_ settings: Settings) {
    advantage = MethodCatalog.advantages.make(settings.record("advantage"))
    truncated = settings.choice("truncated", as: TruncationRule.self)
    let regularisers = [
      MethodCatalog.divergences.make(settings.record("kl")),
      MethodCatalog.entropies.make(settings.record("entropy")),
    ]
    loss = Objective(
      loss: MethodCatalog.policyLosses.make(settings.record("loss")), regularisers: regularisers)
    inReward = regularisers.filter(\.isInReward)
    silentGroups = settings.choice("silent_groups", as: SilentGroups.self)
  }
}

/// What to do with groups that have no advantage at all.
package enum SilentGroups: String, CaseIterable, Sendable {
  case train
  case skip
}
