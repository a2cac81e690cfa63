import Reproducibility

/// Which math problems to draw, and how often each kind.
///
/// A kind's weight is 2^−(decay · (n + [magnitude 2] + [brackets])) times the shares below.
package struct MathMixture: Sendable, Hashable {
  /// Largest value on the way; 1…99.
  package var limit: Int
  /// n; within 1…8.
  package var operations: ClosedRange<Int>
  /// 1, 2 or both; each as likely before the decay.
  package var magnitudes: [Int]
  /// Share of problems in which `*` may occur; 0…1.
  package var multiplicationShare: Double
  /// Share of problems in which brackets may occur, before the decay; 0…1.
  package var bracketShare: Double
  /// How many times a unit of difficulty halves the weight; 0 treats all kinds alike; 0…16.
  package var weightDecay: Double

  package init(
    limit: Int = 30, operations: ClosedRange<Int>, magnitudes: [Int] = [1, 2],
    multiplicationShare: Double = 1, bracketShare: Double = 0.5, weightDecay: Double = 0
  ) {
    self.limit = limit
    self.operations = operations
    self.magnitudes = magnitudes
    self.multiplicationShare = multiplicationShare
    self.bracketShare = bracketShare
    self.weightDecay = weightDecay
  }

  func validate() throws(GenerationFault) {
    try check("limit", limit, in: MathFamily.limits)
    try check("operations", operations.lowerBound, in: MathParameters.operationRange)
    try check("operations", operations.upperBound, in: MathParameters.operationRange)
    try checkChoices("magnitudes", magnitudes, in: MathParameters.magnitudes)
    try check("multiplication_share", multiplicationShare, in: 0...1)
    try check("bracket_share", bracketShare, in: 0...1)
    try check("weight_decay", weightDecay, in: 0...16)
  }

  /// Every kind with its weight, in a fixed order.
  var kinds: [(parameters: MathParameters, weight: Double)] {
    var kinds: [(parameters: MathParameters, weight: Double)] = []
    for n in operations {
      for magnitude in magnitudes {
        for multiplication in [false, true] {
          for brackets in [false, true] {
            let difficulty = Double(n + (magnitude == 2 ? 1 : 0) + (brackets ? 1 : 0))
            let share =
              (multiplication ? multiplicationShare : 1 - multiplicationShare)
              * (brackets ? bracketShare : 1 - bracketShare)
            kinds.append(
              (
                MathParameters(
                  operations: n, magnitude: magnitude, multiplication: multiplication,
                  brackets: brackets),
                share * powerOfTwo(-weightDecay * difficulty)
              ))
          }
        }
      }
    }
    return kinds
  }
}

/// 2^x with the same bits on every machine.
private func powerOfTwo(_ x: Double) -> Double { portableExp(x * 0.693_147_180_559_945_3) }

func check<T: Comparable>(
  _ setting: String, _ value: T, in range: ClosedRange<T>
) throws(GenerationFault) {
  guard range.contains(value) else {
    throw .outOfRange(
      setting: setting, found: "\(value)", range: "\(range.lowerBound)…\(range.upperBound)")
  }
}

/// A choice must not be empty, nor name a value twice or one outside the range.
func checkChoices(
  _ setting: String, _ values: [Int], in range: ClosedRange<Int>
) throws(GenerationFault) {
  let isValid =
    !values.isEmpty && values.allSatisfy(range.contains) && Set(values).count == values.count
  guard isValid else {
    throw .outOfRange(
      setting: setting, found: "\(values)",
      range: "different numbers of \(range.lowerBound)…\(range.upperBound), at least one")
  }
}
