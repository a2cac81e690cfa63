import Reporting
import Reproducibility
import RunStore

/// How many items are in which state, states in the order in which they came.
struct StateCounts {
  private var counts: [(word: String, count: Int)] = []

  mutating func add(_ word: String, _ count: Int = 1) {
    if let place = counts.firstIndex(where: { $0.word == word }) {
      counts[place].count += count
    } else {
      counts.append((word, count))
    }
  }

  /// `12 done · 2 failed`
  var line: String { counts.map { "\($0.count) \($0.word)" }.joined(separator: " · ") }
  var json: JSONValue { .object(JSONObject(counts.map { ($0.word, JSONValue($0.count)) })) }
}

/// All studies of a store and how far they are, from the index alone: two queries over indices of its tables,
/// however much was measured.
struct StoreOverview {
  /// Counts of the items that the trials are made of.
  private var studies: [(name: String, counts: StateCounts)] = []
  private var kinds: [(kind: String, state: String, count: Int)] = []

  init(_ results: ResultsFolder) throws {
    guard let index = try ResultIndex.openForReading(results) else {
      throw CommandFault(
        what: try results.files.exists(results.indexPath)
          ? "'\(results.indexPath)' is of another version of the program"
          : "there is no index '\(results.indexPath)'",
        why: "an overview of all studies is read from the index alone",
        help: "ablate index makes it; or ablate status STUDY looks at the folders of one study")
    }
    for row in try index.itemCountsOfStudies() {
      if studies.last?.name != row.study { studies.append((row.study, StateCounts())) }
      studies[studies.count - 1].counts.add(row.state, row.count)
    }
    kinds = try index.itemCountsOfKinds()
  }

  func print(_ terminal: Terminal) {
    for study in studies { terminal.output("\(study.name): \(study.counts.line)") }
    if kinds.isEmpty { return terminal.output("no items") }
    let table = Table(
      columns: [
        Table.Column(key: "kind", heading: "kind", kind: .text),
        Table.Column(key: "state", heading: "state", kind: .text),
        Table.Column(key: "items", heading: "items", kind: .number),
      ],
      rows: kinds.map { Table.Row([.text($0.kind), .text($0.state), .number(Double($0.count))]) })
    terminal.output(ConsoleRenderer(usesANSI: terminal.usesANSI).render(table))
  }

  var json: JSONValue {
    [
      "studies": .array(
        studies.map { ["study": .string($0.name), "counts": $0.counts.json] }),
      "items": .array(
        kinds.map {
          ["kind": .string($0.kind), "state": .string($0.state), "count": JSONValue($0.count)]
        }),
    ]
  }
}
