/// Guesses which word somebody meant.
package enum Suggestion {
  /// The word nearest to `word`, if it is near enough to be worth saying: at most a third of the
  /// letters of `word` wrong, and never for one or two letters, which are near to everything. Of
  /// equally near words the first in the alphabet.
  ///
  /// Complexity: the product of the lengths for each candidate.
  package static func closest(to word: String, among candidates: some Sequence<String>) -> String? {
    let letters = Array(word)
    let allowed = letters.count / 3
    // Nobody mistypes a word of a hundred letters; the bound keeps the cost bounded too.
    guard (3...100).contains(letters.count) else { return nil }
    var best: (distance: Int, word: String)?
    for candidate in candidates {
      let other = Array(candidate)
      // The distance is at least the difference of the lengths.
      if abs(other.count - letters.count) > allowed { continue }
      let found = (distance: distance(letters, other), word: candidate)
      if found.distance <= allowed, best.map({ found < $0 }) ?? true { best = found }
    }
    return best?.word
  }

  /// How many letters must be inserted, removed, changed, or swapped with their neighbour to make
  /// one word of the other (optimal string alignment).
  ///
  /// - Source: Damerau 1964, "A technique for computer detection and correction of spelling errors".
  package static func distance(_ a: some Collection<Character>, _ b: some Collection<Character>)
    -> Int
  {
    let a = Array(a)
    let b = Array(b)
    if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
    var before = [Int](repeating: 0, count: b.count + 1)
    var previous = Array(0...b.count)
    var current = previous
    for i in 1...a.count {
      current[0] = i
      for j in 1...b.count {
        let change = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
        current[j] = min(previous[j] + 1, current[j - 1] + 1, change)
        if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
          current[j] = min(current[j], before[j - 2] + 1)
        }
      }
      (before, previous, current) = (previous, current, before)
    }
    return previous[b.count]
  }
}
