package import KernelInterface

/// Sequences laid end to end without padding, with the tokens whose probability is asked for.
///
/// Row `r` holds one token that is fed to the model. The rows of a prompt are kept once for all of
/// its completions: each completion is a segment that attends the prompt's rows as its prefix
/// (cf. "Prefix Grouper", arXiv:2506.05433).
package struct PackedBatch: Sendable {
  /// Token fed in each row, `[M]`.
  package private(set) var tokens: [Int32] = []
  /// Place of each row in its sequence, from 0, `[M]`.
  package private(set) var positions: [Int32] = []
  /// Who attends whom; together they cover every row once, in order.
  package private(set) var segments: [Segment] = []
  /// Rows whose next token is scored, `[W]`. A row may come more than once.
  package private(set) var wanted: [Int32] = []
  /// The token scored after each wanted row, `[W]`.
  package private(set) var targets: [Int32] = []

  /// Rows of the longest sequence, its prefix included.
  package private(set) var longestSequence = 0

  package init() {}

  /// Rows in the batch, `M`.
  package var rows: Int { tokens.count }
  package var isEmpty: Bool { tokens.isEmpty }

  /// Empties the batch and keeps its memory, so that a loop that refills it allocates nothing.
  package mutating func removeAll() {
    tokens.removeAll(keepingCapacity: true)
    positions.removeAll(keepingCapacity: true)
    segments.removeAll(keepingCapacity: true)
    wanted.removeAll(keepingCapacity: true)
    targets.removeAll(keepingCapacity: true)
    longestSequence = 0
  }

  /// Adds one sequence of its own.
  ///
  /// - Parameters:
  ///   - sequence: its tokens, from the first.
  ///   - scoring: which of them are scored, each from the tokens before it; so the lower bound is at
  ///     least 1. Tokens from the last scored one on are not fed, because nothing depends on them.
  /// - Returns: where the scored tokens stand in ``wanted`` and ``targets``.
  @discardableResult
  package mutating func appendSequence(_ sequence: [Int32], scoring: Range<Int>) -> Range<Int> {
    precondition(
      scoring.lowerBound >= 1 && scoring.upperBound <= sequence.count,
      "scored tokens must have a token before them and lie in the sequence")
    let first = wanted.count
    if scoring.isEmpty { return first..<first }
    let start = tokens.count
    append(rows: sequence[..<(scoring.upperBound - 1)], from: 0)
    segments.append(Segment(ownStart: start, ownCount: tokens.count - start))
    for index in scoring {
      wanted.append(Int32(start + index - 1))
      targets.append(sequence[index])
    }
    return first..<wanted.count
  }

  /// Adds a prompt and the response to it as one sequence of its own; the response is scored.
  ///
  /// - Parameters:
  ///   - prompt: at least one token.
  ///   - response: an empty one adds nothing. Its last token is not fed.
  /// - Returns: where its tokens stand in ``wanted`` and ``targets``.
  @discardableResult
  package mutating func appendSequence(prompt: [Int32], response: [Int32]) -> Range<Int> {
    precondition(!prompt.isEmpty, "a response's first token needs a token before it")
    let first = wanted.count
    if response.isEmpty { return first..<first }
    let start = tokens.count
    append(rows: prompt[...], from: 0)
    append(rows: response.dropLast(), from: prompt.count)
    segments.append(Segment(ownStart: start, ownCount: tokens.count - start))
    for (index, token) in response.enumerated() {
      wanted.append(Int32(start + prompt.count - 1 + index))
      targets.append(token)
    }
    return first..<wanted.count
  }

  /// Where a prompt lies that completions share.
  package struct Prompt: Sendable {
    fileprivate let start: Int
    fileprivate let count: Int
  }

  /// Adds a prompt once, for completions of it to follow.
  ///
  /// - Parameter prompt: at least one token.
  package mutating func appendPrompt(_ prompt: [Int32]) -> Prompt {
    precondition(!prompt.isEmpty, "a completion's first token needs a token before it")
    let start = tokens.count
    append(rows: prompt[...], from: 0)
    segments.append(Segment(ownStart: start, ownCount: prompt.count))
    return Prompt(start: start, count: prompt.count)
  }

  /// Adds a completion of a prompt; every token of it is scored.
  ///
  /// - Parameters:
  ///   - completion: an empty one takes no row.
  ///   - prompt: of this batch.
  /// - Returns: where its tokens stand in ``wanted`` and ``targets``: behind those of the completion
  ///   before.
  @discardableResult
  package mutating func appendCompletion(_ completion: [Int32], of prompt: Prompt) -> Range<Int> {
    let first = wanted.count
    let start = tokens.count
    append(rows: completion.dropLast(), from: prompt.count)
    if tokens.count > start {
      segments.append(
        Segment(
          prefixStart: prompt.start, prefixCount: prompt.count, ownStart: start,
          ownCount: tokens.count - start))
    }
    let promptEnd = prompt.start + prompt.count - 1
    for (index, token) in completion.enumerated() {
      wanted.append(Int32(index == 0 ? promptEnd : start + index - 1))
      targets.append(token)
    }
    return first..<wanted.count
  }

  /// Adds a prompt once and completions of it, every token of which is scored.
  ///
  /// - Parameters:
  ///   - prompt: at least one token.
  ///   - completions: an empty one takes no row.
  /// - Returns: for each completion, where its tokens stand in ``wanted`` and ``targets``.
  @discardableResult
  package mutating func appendGroup(
    prompt: [Int32], completions: [[Int32]]
  ) -> [Range<Int>] {
    let prompt = appendPrompt(prompt)
    return completions.map { appendCompletion($0, of: prompt) }
  }

  /// Rows that a group takes, without adding it.
  package static func rows(prompt: Int, completions: [Int]) -> Int {
    completions.reduce(prompt) { $0 + rows(completion: $1) }
  }

  /// Rows that a completion takes beside its prompt's: its last token is not fed.
  package static func rows(completion tokens: Int) -> Int { max(tokens - 1, 0) }

  private mutating func append(rows sequence: ArraySlice<Int32>, from position: Int) {
    tokens.append(contentsOf: sequence)
    for offset in 0..<sequence.count { positions.append(Int32(position + offset)) }
    longestSequence = max(longestSequence, position + sequence.count)
  }
}
