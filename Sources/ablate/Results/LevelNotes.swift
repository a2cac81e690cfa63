import PolicyTrainer
import Reporting
import Reproducibility
import RunStore
import StudyLanguage

/// The tables about the difficulty levels that the paper leaves out: size, overlap, histograms and the
/// initial policy's mean reward, with the paper's 0.58 / 0.50 / 0.17 beside it.
struct LevelNotes {
  let notes: [ReportNote]

  /// - Source: of the paper's column: arXiv:2504.00829, section 3.3.
  private static let paperRewards = ["level-1": 0.58, "level-2": 0.50, "level-3": 0.17]

  /// The paper's numbers stand beside studies of that paper alone.
  private static let paper = "2504.00829"

  init(_ compiled: CompiledStudy, results: ResultsFolder) throws {
    let followsPaper = compiled.study.source?.contains(Self.paper) == true
    let levels = compiled.trials.compactMap(\.compiled.levels).uniqued
    let items = try results.items(levels)
    notes = levels.enumerated().compactMap { place, identity in
      items[identity]?.result?.values["levels"].map {
        Self.note($0, place: place + 1, paper: followsPaper ? Self.paperRewards : [:])
      }
    }
  }

  private static func note(
    _ report: JSONValue, place: Int, paper: [String: Double]
  ) -> ReportNote {
    let levels = report["levels"]?.array ?? []
    let solvers = levels.first?["pass_rates"]?.object?.keys ?? []
    let names = unique(levels.compactMap { $0["level"]?.string })
    var columns = [
      Table.Column(key: "domain", heading: "domain", kind: .text),
      Table.Column(key: "level", heading: "level", kind: .text),
      Table.Column(key: "size", heading: "problems", kind: .number),
      Table.Column(
        key: "initial_reward", heading: "initial reward", kind: .number, digits: 3),
      Table.Column(key: "paper", heading: "paper", kind: .paper, digits: 2),
    ]
    columns += solvers.map {
      Table.Column(key: "p_\($0)", heading: "p.\($0)", kind: .number, digits: 3)
    }
    columns += names.map {
      Table.Column(key: "with_\($0)", heading: "also in \($0)", kind: .number)
    }
    let rows = levels.map { level in
      let name = level["level"]?.string ?? ""
      // The paper's sets are math; its code problems are neither counted nor scored.
      let isMath = level["domain"]?.string == "math"
      var cells = [
        Table.Cell(.text(level["domain"]?.string ?? "")), Table.Cell(.text(name)),
        number(level["size"]), number(level["initial_reward"]),
        Table.Cell(isMath ? paper[name].map { .paper($0, error: nil) } ?? .absent : .absent),
      ]
      cells += solvers.map { number(level["pass_rates"]?[$0]) }
      cells += names.map { number(level["overlap"]?[$0]) }
      return Table.Row(cells)
    }
    let title = place == 1 ? "The levels" : "The levels, other rules (\(place))"
    return ReportNote(
      title: title,
      text: """
        \(report["pool"]?.int ?? 0) problems, \(report["dropped"]?.int ?? 0) of them dropped because \
        the strongest solver never solves them. The initial reward is the mean score of the initial \
        policy on attempts that no rule has seen; p.NAME are the pass rates that formed the levels. \
        The paper's column is its mean initial reward.
        """,
      tables: [Table(columns: columns, rows: rows), histograms(levels, solvers: solvers)])
  }

  private static func histograms(_ levels: [JSONValue], solvers: [String]) -> Table {
    let bins =
      ["0"]
      + (0..<10).map { "\($0 == 0 ? "0" : "0.\($0)")–\($0 == 9 ? "1" : "0.\($0 + 1)")" }
      + ["1"]
    var columns = [
      Table.Column(key: "domain", heading: "domain", kind: .text),
      Table.Column(key: "level", heading: "level", kind: .text),
      Table.Column(key: "solver", heading: "solver", kind: .text),
    ]
    columns += bins.enumerated().map {
      Table.Column(key: "bin_\($0.offset)", heading: $0.element, kind: .number)
    }
    let rows = levels.flatMap { level in
      solvers.map { solver in
        var cells = [
          Table.Cell(.text(level["domain"]?.string ?? "")),
          Table.Cell(.text(level["level"]?.string ?? "")), Table.Cell(.text(solver)),
        ]
        let counts = level["histograms"]?[solver]?.array ?? []
        cells += bins.indices.map { number(counts.indices.contains($0) ? counts[$0] : nil) }
        return Table.Row(cells)
      }
    }
    return Table(
      columns: columns, rows: rows,
      caption: "Problems by pass rate: exactly 0, ten open bins between, exactly 1.")
  }

  private static func number(_ value: JSONValue?) -> Table.Cell {
    Table.Cell(value?.double.map { .number($0) } ?? .absent)
  }

  private static func unique(_ names: [String]) -> [String] {
    names.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }
}
