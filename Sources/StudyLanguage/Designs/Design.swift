/// How the variants of axes make combinations. Axes and variants are numbers here; what they are called
/// and what they change is the reader's business.
package enum Design: Sendable, Hashable {
  /// Every combination; the last axis changes fastest.
  case product
  /// The first variants of all axes, then the second ones, …; the axes have one length.
  case zip
  /// The centre, then each other variant of each axis with everything else at the centre.
  case oneAtATime
  /// Every axis at its last variant, then each axis in turn back at its first; axes of two variants.
  case leaveOneOut
  /// Every axis at its first variant, then one step after another: through the variants of the first
  /// axis, then of the second, …, each kept.
  case path
  /// Of all combinations of two variants an axis, a fraction of 1/2, 1/4, … that keeps effects apart as
  /// well as possible (``FractionalFactorial``).
  case factorial(FractionalFactorial)
}

extension Design {
  /// Calls `body` with the variant of each axis, combination by combination.
  ///
  /// - Parameters:
  ///   - sizes: how many variants each axis has, at least one; as ``misfit(sizes:)`` wants them.
  ///   - centre: a variant of each axis: the middle of one-at-a-time.
  ///   - body: returns false to end the walk.
  package func walk(sizes: [Int], centre: [Int], _ body: ([Int]) -> Bool) {
    switch self {
    case .product: walkProduct(sizes, body)
    case .zip:
      for place in 0..<(sizes.first ?? 1)
      where !body([Int](repeating: place, count: sizes.count)) { return }
    case .oneAtATime:
      if !body(centre) { return }
      for (axis, size) in sizes.enumerated() {
        for variant in 0..<size where variant != centre[axis] {
          var combination = centre
          combination[axis] = variant
          if !body(combination) { return }
        }
      }
    case .leaveOneOut:
      let all = sizes.map { $0 - 1 }
      if !body(all) { return }
      for axis in sizes.indices {
        var combination = all
        combination[axis] = 0
        if !body(combination) { return }
      }
    case .path:
      var combination = sizes.map { _ in 0 }
      if !body(combination) { return }
      for (axis, size) in sizes.enumerated() {
        for variant in 1..<max(size, 1) {
          combination[axis] = variant
          if !body(combination) { return }
        }
      }
    case .factorial(let fraction):
      for run in fraction.runs where !body(run) { return }
    }
  }

  /// An odometer: no list of all combinations is ever made.
  private func walkProduct(_ sizes: [Int], _ body: ([Int]) -> Bool) {
    var combination = sizes.map { _ in 0 }
    while body(combination) {
      var axis = sizes.count - 1
      while axis >= 0 {
        combination[axis] += 1
        if combination[axis] < sizes[axis] { break }
        combination[axis] = 0
        axis -= 1
      }
      if axis < 0 { return }
    }
  }

  /// How many combinations there are, without walking; nil when they are more than an `Int` holds.
  package func count(sizes: [Int]) -> Int? {
    switch self {
    case .product:
      var count = 1
      for size in sizes {
        let (product, overflow) = count.multipliedReportingOverflow(by: size)
        if overflow { return nil }
        count = product
      }
      return count
    case .zip: return sizes.first ?? 1
    case .oneAtATime, .path: return 1 + sizes.reduce(0) { $0 + $1 - 1 }
    case .leaveOneOut: return 1 + sizes.count
    case .factorial(let fraction): return fraction.runCount
    }
  }

  /// Why a design cannot have these axes.
  package enum Misfit: Error, Sendable, Hashable {
    /// Zip: the lengths differ.
    case unequal
    /// Every axis must have two variants, and this one has not.
    case notTwo(axis: Int)
    /// There is nothing to vary.
    case noAxes
  }

  package func misfit(sizes: [Int]) -> Misfit? {
    switch self {
    case .product: return nil
    case .zip:
      if sizes.isEmpty { return .noAxes }
      return Set(sizes).count > 1 ? .unequal : nil
    case .oneAtATime, .path: return sizes.isEmpty ? .noAxes : nil
    case .leaveOneOut, .factorial:
      if sizes.isEmpty { return .noAxes }
      return sizes.firstIndex { $0 != 2 }.map { .notTwo(axis: $0) }
    }
  }
}
