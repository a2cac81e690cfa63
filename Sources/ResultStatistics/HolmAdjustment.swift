/// Holm's step-down adjustment: p-values that may each be compared with the level while the chance
/// of any false rejection in the whole family stays below it.
///
/// The `i`-th smallest of `m` is multiplied by `m - i + 1`, never falls below its predecessor and
/// never exceeds 1. A comparison that has no p-value still belongs to the family: it was planned,
/// and leaving it out would make the others look surer than they are.
///
/// - Parameter pValues: one per comparison of the family, in any order.
/// - Returns: adjusted p-values in the order given; nil stays nil.
/// - Source: Holm 1979, Scandinavian Journal of Statistics 6(2).
package func holmAdjusted(_ pValues: [Double?]) -> [Double?] {
  var adjusted = [Double?](repeating: nil, count: pValues.count)
  let known = pValues.enumerated().compactMap { index, p in p.map { (index: index, p: $0) } }
  var floor = 0.0
  for (rank, entry) in known.sorted(by: { ($0.p, $0.index) < ($1.p, $1.index) }).enumerated() {
    floor = max(floor, min(1, entry.p * Double(pValues.count - rank)))
    adjusted[entry.index] = floor
  }
  return adjusted
}
