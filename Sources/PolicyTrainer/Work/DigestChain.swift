package import Reproducibility
import TransformerLM

/// What two runs of an item must agree on, step by step: `digests.jsonl`.
///
/// Every so many steps a link records what the weights, the optimizer's moments and the random state
/// were, and what was drawn since the link before. Each link holds a digest of the one before,
/// so two chains that end alike were alike all the way, and two that do not have a first link at
/// which they part (``firstDifference(from:)``). A resumed item has the chain of an unbroken one.
package struct DigestChain: Sendable, Hashable {
  /// The file that holds the chain, a link a line.
  package static let file = "digests.jsonl"

  package private(set) var links: [Link] = []
  /// Digest of everything drawn since the last link; of nothing just after it.
  private var batch = SHA256.digest(of: "")

  package init() {}

  package struct Link: Sendable, Hashable {
    /// Updates since the start of the trial, or of a cold start.
    package var step: Int
    package var components: Components
    /// SHA-256 over the link before and this one's members.
    package var chain: Digest
  }

  /// The parts of a training state. The order is the one in which a step passes through them: random
  /// numbers choose the batch, the batch moves the optimizer, the optimizer moves the weights.
  package struct Components: Sendable, Hashable {
    /// Root of the random numbers, and where the problem samplers stand.
    package var random: Digest
    /// Everything drawn since the link before: tokens, log-probabilities, rewards, advantages.
    package var batch: Digest
    /// Count of steps and both moments.
    package var optimizer: Digest
    package var policy: Digest

    /// Each with its name, in the order of the members.
    package var named: [(name: String, digest: Digest)] {
      [("random", random), ("batch", batch), ("optimizer", optimizer), ("policy", policy)]
    }
  }

  /// Takes in what one step trained on.
  mutating func add(_ content: (inout SHA256) -> Void) {
    var sha = SHA256()
    sha.update(batch.hex)
    content(&sha)
    batch = sha.finalize()
  }

  /// Closes a link.
  ///
  /// - Parameter random: what decides the numbers still to be drawn, as text.
  mutating func close(
    step: Int, policy: ModelParameters, optimizer: AdamW, random: String
  ) {
    let components = Components(
      random: SHA256.digest(of: random), batch: batch, optimizer: optimizer.digest,
      policy: policy.digest)
    links.append(Link(step: step, components: components, after: links.last))
    batch = SHA256.digest(of: "")
  }
}

extension DigestChain.Link {
  init(step: Int, components: DigestChain.Components, after link: DigestChain.Link?) {
    self.step = step
    self.components = components
    let before = link?.chain.hex ?? ""
    chain = SHA256.digest(
      of: ([before, String(step)] + components.named.map(\.digest.hex)).joined(separator: "\n"))
  }
}

// MARK: - Comparing

extension DigestChain {
  /// Where two chains part.
  package struct Difference: Sendable, Hashable {
    /// The first step at which they differ, and the last one at which they still agreed.
    package var step: Int
    package var lastEqualStep: Int?
    /// What differs there, in the order in which a step passes through it. The first is where to look:
    /// the others follow from it. `steps` when one chain has a link that the other has not.
    package var components: [String]

    package init(step: Int, lastEqualStep: Int?, components: [String]) {
      self.step = step
      self.lastEqualStep = lastEqualStep
      self.components = components
    }
  }

  /// - Returns: nil when the chains are equal.
  package func firstDifference(from other: DigestChain) -> Difference? {
    var lastEqual: Int?
    for (mine, theirs) in zip(links, other.links) {
      if mine.step != theirs.step {
        return Difference(
          step: min(mine.step, theirs.step), lastEqualStep: lastEqual, components: ["steps"])
      }
      let differing = zip(mine.components.named, theirs.components.named)
        .filter { $0.digest != $1.digest }.map(\.0.name)
      if !differing.isEmpty {
        return Difference(step: mine.step, lastEqualStep: lastEqual, components: differing)
      }
      lastEqual = mine.step
    }
    guard links.count != other.links.count else { return nil }
    let longer = links.count > other.links.count ? links : other.links
    return Difference(
      step: longer[min(links.count, other.links.count)].step, lastEqualStep: lastEqual,
      components: ["steps"])
  }
}

// MARK: - Files

extension DigestChain {
  /// What ``file`` holds.
  var bytes: [UInt8] { lines(links.map(\.json)) }

  /// The chain and what is not yet in a link, for a checkpoint.
  var json: JSONValue {
    ["links": .array(links.map(\.json)), "batch": .string(batch.hex)]
  }

  /// - Returns: nil when the value is not what ``json`` writes.
  init?(json: JSONValue) {
    guard let links = json["links"]?.array, let hex = json["batch"]?.string,
      let batch = Digest(hex: hex)
    else { return nil }
    self.batch = batch
    for link in links {
      guard let link = Link(json: link, after: self.links.last) else { return nil }
      self.links.append(link)
    }
  }

  /// Reads ``file``.
  ///
  /// - Returns: nil when a line is no link, or does not continue the link before.
  package init?(reading bytes: [UInt8]) {
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      guard let json = try? JSONValue(parsing: Array(line)),
        let link = Link(json: json, after: links.last)
      else { return nil }
      links.append(link)
    }
  }
}

extension DigestChain.Link {
  var json: JSONValue {
    var members: JSONObject = ["step": JSONValue(step)]
    for (name, digest) in components.named { members[name] = .string(digest.hex) }
    members["chain"] = .string(chain.hex)
    return .object(members)
  }

  init?(json: JSONValue, after link: DigestChain.Link?) {
    func digest(_ name: String) -> Digest? { json[name]?.string.flatMap(Digest.init(hex:)) }
    guard let step = json["step"]?.int, let random = digest("random"),
      let batch = digest("batch"), let optimizer = digest("optimizer"),
      let policy = digest("policy")
    else { return nil }
    self.init(
      step: step,
      components: .init(random: random, batch: batch, optimizer: optimizer, policy: policy),
      after: link)
    guard digest("chain") == chain else { return nil }
  }
}
