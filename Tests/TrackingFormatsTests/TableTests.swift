import Testing
import TrackingFormats

@Suite("tables of a study")
struct TableTests {
  private func measurements(atMost limit: Int) -> [TrackedRows] {
    var pieces: [TrackedRows] = []
    TrackedTables(SampleStudy.study).measurements(atMost: limit) { pieces.append($0) }
    return pieces
  }

  private func texts(_ rows: TrackedRows, _ name: String) -> [String?] {
    for column in rows.columns where column.name == name {
      if case .texts(let cells) = column.cells { return cells }
    }
    return []
  }

  @Test("every measurement of a finished item is a row, and nothing else")
  func rows() throws {
    let pieces = measurements(atMost: 1000)
    let rows = try #require(pieces.first)
    // 14 of the whole trial, 10 before the divergence, 1 before the failure, none of what was not run.
    #expect(pieces.count == 1 && rows.count == 25 && SampleStudy.study.measurements == 25)
    #expect(
      rows.columns.map(\.name) == [
        "study", "arm", "axis_data", "axis_times", "seed", "stage", "step", "metric", "tags",
        "value",
      ])
    #expect(texts(rows, "stage").prefix(2) == ["base", "first"])
    #expect(texts(rows, "tags").compactMap { $0 }.count == 8)
    #expect(texts(rows, "axis_times").last == .some(nil))
  }

  @Test(
    "pieces are as long as was asked, and joined they are the table", arguments: [1, 4, 25, 26])
  func pieces(limit: Int) {
    let pieces = measurements(atMost: limit)
    #expect(pieces.dropLast().allSatisfy { $0.count == limit })
    #expect(pieces.map(\.count).reduce(0, +) == 25 && pieces.allSatisfy { $0.count > 0 })
    #expect(
      pieces.flatMap { texts($0, "metric") } == texts(measurements(atMost: 100)[0], "metric"))
  }

  @Test("a trial without an end has its row, its state and its reason")
  func trials() {
    let rows = TrackedTables(SampleStudy.study).trials
    #expect(rows.count == 4)
    #expect(texts(rows, "state") == ["finished", "diverged", "failed", "unfinished"])
    #expect(texts(rows, "reason") == [nil, "the loss is nan", "no memory", "not run yet"])
    #expect(texts(rows, "item_second")[1] == "second of b/c, 1")
    #expect(texts(rows, "trial")[1] == "second of b/c, 1")
    #expect(
      texts(rows, "setting_stages.first.problems") == [
        "a \"word\"", nil, "a \"word\"", "a \"word\"",
      ])
  }

  @Test("a study without a measurement has the columns of its table")
  func empty() {
    var study = SampleStudy.study
    study.trials = []
    var pieces: [TrackedRows] = []
    TrackedTables(study).measurements(atMost: 7) { pieces.append($0) }
    #expect(pieces.count == 1 && pieces[0].count == 0 && pieces[0].columns.count == 10)
    var file = ParquetFile(like: pieces[0])
    let bytes = file.rowGroup(pieces[0]) + file.end()
    #expect(bytes.prefix(4) == bytes.suffix(4) && bytes.count > 100)
  }

  @Test("a Parquet file begins and ends with its mark, and its footer has the length that it says")
  func parquet() {
    let pieces = measurements(atMost: 10)
    var file = ParquetFile(like: pieces[0])
    var bytes: [UInt8] = []
    for piece in pieces { bytes += file.rowGroup(piece) }
    let end = file.end()
    #expect(bytes.starts(with: Array("PAR1".utf8)) && end.suffix(4) == Array("PAR1".utf8)[...])
    let length = end.suffix(8).prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    #expect(length == end.count - 8)
  }
}
