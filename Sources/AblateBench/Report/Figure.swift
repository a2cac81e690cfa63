package import Reproducibility

/// The times of one contender, and what follows from them.
package struct Figure: Sendable {
  package let name: String
  /// Who multiplied matrices: `"tiles"` or `"openblas"`.
  package let products: String
  /// Floating-point operations and tokens of a run; nil where they are not what it is about.
  package let operations: Double?
  /// Bytes that a run moves, see ``ByteCount``; nil where nobody counted.
  package let bytes: Double?
  package let tokens: Double?
  /// CPU seconds of a run, round by round.
  package let seconds: [Double]
  /// Floating-point operations in a second that the core could do, measured before each round.
  package let peaks: [Double]
  /// Whether it is a part of the figure before.
  package let isPart: Bool

  init(
    name: String, products: String, work: Work, seconds: [Double], peaks: [Double],
    isPart: Bool = false
  ) {
    precondition(!seconds.isEmpty && seconds.count == peaks.count)
    self.name = name
    self.products = products
    operations = work.operations
    bytes = work.bytes
    tokens = work.tokens
    self.seconds = seconds
    self.peaks = peaks
    self.isPart = isPart
  }

  package var medianSeconds: Double { median(seconds) }
  package var bestSeconds: Double { seconds.min() ?? 0 }
  package var tokensPerSecond: Double? { tokens.map { $0 / medianSeconds } }
  package var bestTokensPerSecond: Double? { tokens.map { $0 / bestSeconds } }
  /// Billions of floating-point operations in a second.
  package var gigaflops: Double? { operations.map { $0 / medianSeconds / 1e9 } }
  package var bestGigaflops: Double? { operations.map { $0 / bestSeconds / 1e9 } }

  /// Median over the rounds of the share of the peak measured beside each.
  package var fractionOfPeak: Double? {
    operations.map { operations in
      median(zip(seconds, peaks).map { operations / $0 / $1 })
    }
  }

  package var json: JSONValue {
    var object: JSONObject = [
      "name": .string(name), "products": .string(products), "is_part": .bool(isPart),
      "seconds": .array(seconds.map { .number($0) }), "median_seconds": .number(medianSeconds),
      "best_seconds": .number(bestSeconds),
    ]
    object["operations"] = operations.map { .number($0) }
    object["bytes"] = bytes.map { .number($0) }
    object["gigabytes_per_second"] = bytes.map { .number($0 / medianSeconds / 1e9) }
    object["tokens"] = tokens.map { .number($0) }
    object["tokens_per_second"] = tokensPerSecond.map { .number($0) }
    object["gigaflops"] = gigaflops.map { .number($0) }
    object["fraction_of_peak"] = fractionOfPeak.map { .number($0) }
    return .object(object)
  }
}

/// The middle value; the mean of the two middle ones when their number is even.
func median(_ values: [Double]) -> Double {
  precondition(!values.isEmpty)
  let sorted = values.sorted()
  let middle = sorted.count / 2
  return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
}
