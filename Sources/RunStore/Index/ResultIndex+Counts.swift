extension ResultIndex {
  /// For each study how many of the items that its trials are made of are in which state; `absent` are those
  /// that the index does not have.
  ///
  /// Complexity: one pass over two indices, 7 ms for 10,000 trials. They are named, because SQLite would rather
  /// look into the rows, which hold the whole configuration.
  package func itemCountsOfStudies() throws(StoreFault) -> [(
    study: String, state: String, count: Int
  )] {
    try rows(
      """
      SELECT study, coalesce(state, 'absent'), count(*)
      FROM (SELECT DISTINCT identity, study FROM trial_item) AS part
      LEFT JOIN item INDEXED BY item_by_identity ON item.identity = part.identity
      GROUP BY study, state ORDER BY study, state
      """
    ).compactMap(Self.count)
  }

  /// How many items of each kind are in which state.
  package func itemCountsOfKinds() throws(StoreFault) -> [(
    kind: String, state: String, count: Int
  )] {
    try rows("SELECT kind, state, count(*) FROM item GROUP BY kind, state ORDER BY kind, state")
      .compactMap(Self.count)
  }

  private static func count(_ row: [SQLiteValue]) -> (String, String, Int)? {
    guard case .text(let name) = row[0], case .text(let state) = row[1],
      case .integer(let count) = row[2]
    else { return nil }
    return (name, state, Int(count))
  }
}
