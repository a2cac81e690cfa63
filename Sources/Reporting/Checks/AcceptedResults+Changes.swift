extension AcceptedResults {
  /// A value that came, went or moved; never neither before nor after.
  package struct Change: Sendable, Hashable {
    package let arm: String
    package let measure: String
    package let seed: Int
    package let before: Answer?
    package let after: Answer?

    /// `level 1, final(contest), seed 2: 22.1 → 22.3`.
    package var sentence: String {
      func text(_ answer: Answer?) -> String { answer?.text ?? "nothing" }
      return "\(arm), \(measure), seed \(seed): \(text(before)) → \(text(after))"
    }
  }

  /// What differs from earlier accepted values: what is here in its order, then what is gone.
  package func changes(since earlier: AcceptedResults) -> [Change] {
    struct Place: Hashable {
      let arm: String
      let measure: String
      let seed: Int

      init(_ value: Value) { (arm, measure, seed) = (value.arm, value.measure, value.seed) }
    }
    func byPlace(_ values: [Value]) -> [Place: Answer] {
      Dictionary(values.map { (Place($0), $0.answer) }) { first, _ in first }
    }
    let (before, after) = (byPlace(earlier.values), byPlace(values))
    let gone = earlier.values.filter { after[Place($0)] == nil }
    return (values + gone).compactMap { value in
      let place = Place(value)
      let change = Change(
        arm: value.arm, measure: value.measure, seed: value.seed, before: before[place],
        after: after[place])
      return change.before == change.after ? nil : change
    }
  }

  /// What differs from earlier accepted values, in lines; of many values the first ones.
  package func changeLines(since earlier: AcceptedResults, most: Int = 40) -> [String] {
    let changes = changes(since: earlier)
    let moved = changes.count { $0.before != nil && $0.after != nil }
    let counts = [
      (moved, "moved"), (changes.count { $0.before == nil }, "new"),
      (changes.count { $0.after == nil }, "gone"),
      (values.count - changes.count { $0.after != nil }, "as before"),
    ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    var lines = ["values: \(counts.joined(separator: ", "))"]
    lines += changes.prefix(most).map(\.sentence)
    if changes.count > most { lines.append("and \(changes.count - most) more") }
    if numerics != earlier.numerics {
      lines.append("numerics version: \(earlier.numerics) → \(numerics)")
    }
    if machine != earlier.machine { lines.append("machine: \(earlier.machine) → \(machine)") }
    if tolerances != earlier.tolerances { lines.append("tolerances: changed") }
    return lines
  }
}
