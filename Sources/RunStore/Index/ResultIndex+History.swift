package import Reproducibility

/// A finished item as a guess of what others will take sees it.
package struct FinishedItem: Sendable, Hashable {
  package var kind: String
  /// The settings that it read, defaults left out.
  package var configuration: JSONValue
  package var seconds: Double
  /// Of all files of its result.
  package var bytes: Int
}

extension ResultIndex {
  /// The largest resident size that an item of each kind ever had, bytes; of kinds that were never measured none.
  package func peakMemory() throws(StoreFault) -> [String: Int] {
    var peaks: [String: Int] = [:]
    for row in try rows(
      """
      SELECT kind, max(peak_memory_bytes) FROM attempt JOIN item USING (item)
      WHERE peak_memory_bytes IS NOT NULL GROUP BY kind
      """, [])
    {
      guard case .text(let kind) = row[0], case .integer(let bytes) = row[1] else { continue }
      peaks[kind] = Int(bytes)
    }
    return peaks
  }

  /// Finished items of a kind in the order in which they were begun. Those that took more than one
  /// attempt are left out as long as there are others: what the last one took is not what the item
  /// takes.
  ///
  /// - Parameter most: so many of them are enough. Their identities decide which, so that the choice is
  ///   as good as drawn by lot, and always the same.
  /// - Complexity: the number of items that are looked at; the others are not touched.
  package func finishedItems(
    ofKind kind: String, atMost most: Int
  ) throws(StoreFault) -> [FinishedItem] {
    let first = try finishedItems(ofKind: kind, atMost: most, mostAttempts: 1)
    return first.isEmpty
      ? try finishedItems(ofKind: kind, atMost: most, mostAttempts: .max) : first
  }

  private func finishedItems(
    ofKind kind: String, atMost most: Int, mostAttempts: Int
  ) throws(StoreFault) -> [FinishedItem] {
    var found: [(began: Double, item: FinishedItem)] = []
    for row in try rows(
      """
      SELECT configuration, seconds,
        (SELECT coalesce(sum(bytes), 0) FROM artifact WHERE artifact.item = item.item),
        (SELECT coalesce(max(began), 0.0) FROM attempt WHERE attempt.item = item.item)
      FROM item INDEXED BY item_by_kind
      WHERE kind = ? AND state = 'done' AND seconds IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM attempt WHERE attempt.item = item.item AND attempt > ?)
      ORDER BY item LIMIT ?
      """, [.text(kind), SQLiteValue(mostAttempts), SQLiteValue(most)])
    {
      guard case .text(let text) = row[0], case .real(let seconds) = row[1],
        case .integer(let bytes) = row[2], case .real(let began) = row[3],
        let configuration = try? JSONValue(parsing: text)
      else { continue }
      let item = FinishedItem(
        kind: kind, configuration: configuration, seconds: seconds, bytes: Int(bytes))
      found.append((began, item))
    }
    return found.enumerated().sorted {
      ($0.element.began, $0.offset) < ($1.element.began, $1.offset)
    }.map(\.element.item)
  }
}
