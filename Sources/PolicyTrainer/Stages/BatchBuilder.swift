package import ReasoningTasks
package import Reproducibility
package import TransformerLM

/// The first half of a step: propose problems, guide, roll out, reward, filter, estimate advantages.
package final class BatchBuilder {
  private let stage: StageSettings
  private let pools: [Domain: [PoolEntry]]
  private let mixer: DomainMixer
  private let collector: RolloutCollector
  private var samplers: [(domain: Domain, sampler: any ProblemSampler)]

  /// - Parameter pools: the problems of each domain that the stage names; none empty.
  package init(stage: StageSettings, pools: [Domain: [PoolEntry]], collector: RolloutCollector) {
    self.stage = stage
    self.pools = pools
    self.collector = collector
    mixer = DomainMixer(
      weights: stage.ratio.map { ($0.domain, $0.parts) }, promptsPerStep: stage.prompts,
      batching: stage.batching)
    samplers = stage.problems.map { ($0.domain, stage.makeSampler()) }
  }

  /// What a checkpoint keeps of the samplers.
  package var state: JSONValue {
    get { .object(JSONObject(samplers.map { ($0.domain.rawValue, $0.sampler.state) })) }
    set {
      for index in samplers.indices {
        if let state = newValue[samplers[index].domain.rawValue] {
          samplers[index].sampler.state = state
        }
      }
    }
  }

  /// Groups with rewards, after the filter; advantages are still 0.
  package func build(from policy: ModelParameters, at place: StepPlace) -> RolloutBatch {
    let wanted = mixer.counts(at: place.step)
    var (batch, slots) = draw(wanted, firstSlot: 0, from: policy, at: place)
    var round = 0
    while round < stage.filter.refillRounds {
      let missing = wanted.map { entry in
        (entry.domain, entry.count - batch.groups.count { $0.domain == entry.domain })
      }
      if missing.allSatisfy({ $0.1 == 0 }) { break }
      let (more, used) = draw(missing, firstSlot: slots, from: policy, at: place)
      batch.groups += more.groups
      batch.dropped += more.dropped
      slots += used
      round += 1
    }
    return batch
  }

  /// Regularisers that act through the reward: their value, summed over the response, comes off it.
  package func takeDivergenceOffRewards(of batch: inout RolloutBatch, at place: StepPlace) {
    for regulariser in stage.objective.inReward {
      for group in batch.groups.indices {
        for index in batch.groups[group].rollouts.indices {
          let rollout = batch.groups[group].rollouts[index]
          var sum = 0.0
          for (now, reference) in zip(rollout.logProbabilities, rollout.referenceLogProbabilities) {
            sum +=
              regulariser.term(
                logProbability: Double(now), reference: Double(reference), entropy: 0, at: place
              ).value
          }
          batch.groups[group].rollouts[index].reward -= sum
        }
      }
    }
  }

  /// Advantages of every rollout that counts; rewards must stand.
  package func estimateAdvantages(of batch: inout RolloutBatch, at place: StepPlace) {
    for group in batch.groups.indices {
      for index in batch.groups[group].rollouts.indices
      where batch.groups[group].rollouts[index].isTruncated {
        batch.groups[group].rollouts[index].countsInGroup = stage.objective.truncated != .excluded
        batch.groups[group].rollouts[index].countsInLoss = stage.objective.truncated == .train
      }
    }
    let rewards = batch.groups.map { $0.rollouts.filter(\.countsInGroup).map(\.reward) }
    let advantages = stage.objective.advantage.advantages(of: rewards, at: place)
    for group in batch.groups.indices {
      var next = advantages[group].makeIterator()
      for index in batch.groups[group].rollouts.indices {
        let rollout = batch.groups[group].rollouts[index]
        let advantage = rollout.countsInGroup ? next.next() ?? 0 : 0
        batch.groups[group].rollouts[index].advantage = rollout.countsInLoss ? advantage : 0
      }
    }
  }

  /// Tells the samplers what came of the step.
  package func observe(_ batch: RolloutBatch, at place: StepPlace) {
    for index in samplers.indices {
      let domain = samplers[index].domain
      samplers[index].sampler.observe(
        (batch.groups + batch.dropped).filter { $0.domain == domain }, at: place)
    }
  }

  /// One round of proposals. Slots number the prompts of a step through all rounds, so that each has
  /// random numbers of its own.
  private func draw(
    _ counts: [(domain: Domain, count: Int)], firstSlot: Int, from policy: ModelParameters,
    at place: StepPlace
  ) -> (batch: RolloutBatch, slots: Int) {
    var entries: [PoolEntry] = []
    for (domain, count) in counts where count > 0 {
      guard let pool = pools[domain],
        let index = samplers.firstIndex(where: { $0.domain == domain })
      else { continue }
      entries += samplers[index].sampler.propose(count, from: pool, at: place).map { pool[$0] }
    }
    let allotment = stage.rollouts.allot(to: entries, at: place)
    let seed = place.seed.derive("rollouts")
    let requests = entries.enumerated().map { index, entry in
      RolloutCollector.Request(
        entry: entry, prompt: stage.guidance.prompt(for: entry, at: place),
        count: allotment.counts[index], cap: stage.maxTokens[entry.problem.domain],
        seed: seed.derive(firstSlot + index))
    }
    var groups = collector.collect(
      requests, from: policy, temperature: allotment.temperature, topP: allotment.topP)
    guideAgain(&groups, requests, allotment, from: policy, at: place)
    var batch = RolloutBatch(groups: [])
    for var group in groups {
      reward(&group, at: place)
      if stage.filter.keeps(group, at: place) {
        batch.groups.append(group)
      } else {
        batch.dropped.append(group)
      }
    }
    return (batch, entries.count)
  }

  /// Rolls out again, with another prompt, the groups for which the guidance asks it.
  private func guideAgain(
    _ groups: inout [PromptGroup], _ requests: [RolloutCollector.Request],
    _ allotment: RolloutAllotment, from policy: ModelParameters, at place: StepPlace
  ) {
    var open = Array(groups.indices)
    var attempt = 1
    while !open.isEmpty {
      var again: [(index: Int, request: RolloutCollector.Request)] = []
      for index in open {
        if let prompt = stage.guidance.secondPrompt(
          for: groups[index], attempt: attempt, at: place)
        {
          var request = requests[index]
          request.prompt = prompt
          request.seed = request.seed.derive("attempt/\(attempt)")
          again.append((index, request))
        }
      }
      let redrawn = collector.collect(
        again.map(\.request), from: policy, temperature: allotment.temperature,
        topP: allotment.topP)
      for (entry, group) in zip(again, redrawn) { groups[entry.index] = group }
      open = again.map(\.index)
      attempt += 1
    }
  }

  private func reward(_ group: inout PromptGroup, at place: StepPlace) {
    let cap = stage.maxTokens[group.domain]
    for index in group.rollouts.indices {
      let rollout = group.rollouts[index]
      group.rollouts[index].reward = stage.reward.reward(
        verdict: rollout.verdict, tokens: rollout.tokens.count, cap: cap,
        isFinished: rollout.isFinished, at: place)
    }
  }
}
