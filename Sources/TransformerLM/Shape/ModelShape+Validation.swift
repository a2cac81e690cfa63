/// Why a model of that shape cannot be built.
package struct ShapeFault: Error, Sendable, Hashable, CustomStringConvertible {
  /// The fault, with the number found.
  package var what: String
  /// The reason for the rule.
  package var why: String

  package var description: String { "\(what): \(why)" }
}

extension ModelShape {
  /// Checks every rule, in the order of the members.
  ///
  /// - Throws: ``ShapeFault`` for the first rule broken.
  package func validate() throws(ShapeFault) {
    try range("vocabulary", vocabulary, 2...1 << 20)
    try range("width", width, 32...1 << 14)
    try range("layers", layers, 1...256)
    try range("heads", heads, 1...256)
    try range("key-value heads", keyValueHeads, 1...256)
    try range("head width", headWidth, 16...512)
    try range("feed-forward width", feedForward, 16...1 << 16)
    try range("context", context, 1...1 << 17)
    try multiple("width", width, of: 32)
    try multiple("head width", headWidth, of: 16)
    try multiple("feed-forward width", feedForward, of: 16)
    guard heads.isMultiple(of: keyValueHeads) else {
      throw ShapeFault(
        what: "\(heads) heads cannot share \(keyValueHeads) key-value heads",
        why: "each key-value head serves the same number of query heads")
    }
    guard ropeBase.isFinite && ropeBase > 1 && ropeBase <= 1e9 else {
      throw ShapeFault(
        what: "rotary base \(ropeBase) is not in 1…1e9 (1 itself excluded)",
        why: "the frequencies base^(−2i/D) must fall with i")
    }
    guard parameterCount <= 1 << 31 else {
      throw ShapeFault(
        what: "the model has \(parameterCount) parameters",
        why: "this trainer keeps all of them in memory four times over, and takes at most 2³¹")
    }
  }

  private func range(
    _ name: String, _ value: Int, _ allowed: ClosedRange<Int>
  ) throws(ShapeFault) {
    guard allowed.contains(value) else {
      throw ShapeFault(
        what: "\(name) is \(value)",
        why: "it must lie in \(allowed.lowerBound)…\(allowed.upperBound)")
    }
  }

  private func multiple(_ name: String, _ value: Int, of unit: Int) throws(ShapeFault) {
    guard value.isMultiple(of: unit) else {
      throw ShapeFault(
        what: "\(name) \(value) is not a multiple of \(unit)",
        why: "the kernels compute \(unit) columns at a time")
    }
  }
}
