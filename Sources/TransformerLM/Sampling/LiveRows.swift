internal import KernelInterface
internal import Reproducibility

/// The completions being written: one row of the decoding batch each, in parallel arrays that are
/// filled and emptied without allocating.
struct LiveRows {
  /// Whose row it is.
  struct Owner {
    var place: WaitingLine.Place
    var stream: Seed
    /// Tokens that the completion may have.
    var limit: Int
  }

  private(set) var owners: [Owner] = []
  /// The last token drawn, which is fed next, and where it goes.
  private(set) var tokens: [Int32] = []
  private(set) var positions: [Int32] = []
  private(set) var places: [CacheRow] = []
  private var counts: [Int] = []
  /// What each slot has written, `[slots, longest]`.
  private var written: [Int32]
  private var logProbabilities: [Float]
  private let longest: Int

  init(slots: Int, longest: Int) {
    self.longest = longest
    written = [Int32](repeating: 0, count: slots * longest)
    logProbabilities = [Float](repeating: 0, count: slots * longest)
    owners.reserveCapacity(slots)
    tokens.reserveCapacity(slots)
    positions.reserveCapacity(slots)
    places.reserveCapacity(slots)
    counts.reserveCapacity(slots)
  }

  var count: Int { owners.count }
  var isEmpty: Bool { owners.isEmpty }

  mutating func removeAll() { shrink(to: 0) }

  /// Adds a completion that has at least one token; the last one is fed next, after `prefixCount` rows
  /// in slot `prefixSlot`.
  mutating func append(
    _ owner: Owner, _ start: Completion, slot: Int, prefixSlot: Int, prefixCount: Int
  ) {
    for (index, token) in start.tokens.enumerated() {
      written[slot * longest + index] = token
      logProbabilities[slot * longest + index] = start.logProbabilities[index]
    }
    owners.append(owner)
    tokens.append(start.tokens[start.tokens.count - 1])
    positions.append(Int32(prefixCount))
    places.append(
      CacheRow(slot: slot, position: 0, prefixSlot: prefixSlot, prefixCount: prefixCount))
    counts.append(start.tokens.count)
  }

  /// The random number of the row's next token.
  func uniform(_ row: Int) -> Float { owners[row].stream.uniform(at: UInt64(counts[row])) }

  mutating func add(_ draw: Draw, to row: Int) {
    let at = places[row].slot * longest + counts[row]
    written[at] = draw.token
    logProbabilities[at] = draw.logProbability
    counts[row] += 1
    tokens[row] = draw.token
    positions[row] += 1
    places[row].position += 1
  }

  func isFull(_ row: Int) -> Bool { counts[row] >= owners[row].limit }

  func completion(_ row: Int, isFinished: Bool) -> Completion {
    let start = places[row].slot * longest
    let range = start..<start + counts[row]
    return Completion(
      tokens: Array(written[range]), logProbabilities: Array(logProbabilities[range]),
      isFinished: isFinished)
  }

  mutating func markDone(_ row: Int) { counts[row] = 0 }

  /// Closes the gaps that done rows leave; the others keep their order.
  mutating func removeDone() {
    var kept = 0
    for row in owners.indices where counts[row] > 0 {
      if kept < row {
        owners[kept] = owners[row]
        tokens[kept] = tokens[row]
        positions[kept] = positions[row]
        places[kept] = places[row]
        counts[kept] = counts[row]
      }
      kept += 1
    }
    shrink(to: kept)
  }

  private mutating func shrink(to kept: Int) {
    owners.removeSubrange(kept...)
    tokens.removeSubrange(kept...)
    positions.removeSubrange(kept...)
    places.removeSubrange(kept...)
    counts.removeSubrange(kept...)
  }
}

/// Hands out the completions of a list of requests, request by request.
struct WaitingLine {
  struct Place {
    var request: Int
    var stream: Int
  }

  private let streams: [Int]
  private var head = Place(request: 0, stream: 0)

  init(_ requests: [SampleRequest]) { streams = requests.map(\.streams.count) }

  mutating func next() -> Place? {
    while head.request < streams.count && head.stream >= streams[head.request] {
      head = Place(request: head.request + 1, stream: 0)
    }
    if head.request >= streams.count { return nil }
    defer { head.stream += 1 }
    return head
  }
}

/// Which slots of the cache hold the prompts of completions that are not all written.
struct PromptSlots {
  private var first = 0
  /// Completions still to be written for each, in the order of the slots.
  private var users: [Int] = []
  private var free: [Int] = []

  /// Starts with `count` free slots, numbered from `first` on.
  mutating func begin(first: Int, count: Int) {
    self.first = first
    users.removeAll(keepingCapacity: true)
    users.append(contentsOf: repeatElement(0, count: count))
    free.removeAll(keepingCapacity: true)
    free.append(contentsOf: (first..<first + count).reversed())
  }

  /// A slot for a prompt with `users` completions, at least one.
  mutating func take(users count: Int) -> Int {
    guard let slot = free.popLast() else {
      preconditionFailure("there are more prompts at work than completions")
    }
    users[slot - first] = count
    return slot
  }

  /// One of the slot's completions is written.
  mutating func release(_ slot: Int) {
    users[slot - first] -= 1
    if users[slot - first] == 0 { free.append(slot) }
  }
}
