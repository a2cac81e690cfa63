import Foundation
import Reproducibility
import Testing
import TrackingFormats

/// What we write for tracking tools as the tools themselves read it: pyarrow, pandas and DuckDB, TensorBoard's
/// reader and its server, MLflow's client.
@Suite("files for tracking tools, opened by the tools", .comparesWithPython)
struct TrackingTests {
  /// Arms that no file can be named by, values of every kind, and more rows than a row group takes.
  private static let study: TrackedStudy = {
    let arms = [
      "plain", "../up", "a/b, \"c\"", "Größe ≥ 数学 🙂", ".", String(repeating: "long ", count: 60),
    ]
    let values = [0.1, -1e300, .leastNonzeroMagnitude, .nan, .infinity, -.infinity, 0, -0.0]
    return TrackedStudy(
      name: "tracking \"tools\", é", question: "Does\nit: open?", axes: ["data"],
      settings: ["stages.first.steps", "a/b = \"c\""],
      trials: arms.enumerated().flatMap { place, arm in
        (1...2).map { seed in
          let isWhole = place != 1
          let base = TrackedPart(
            role: "base", steps: 0...0, seconds: 0,
            points: [.init(step: 0, metric: "score/math é", value: 0.25)])
          let stage = TrackedPart(
            role: "first", steps: 0...8, seconds: 4,
            points: (1...8).flatMap { step -> [TrackedPart.Point] in
              [
                .init(step: step, metric: "loss", value: values[step - 1]),
                .init(
                  step: step, metric: "loss", tags: #"{"suite":"x"}"#,
                  value: Double(place * 100 + seed * 10 + step)),
              ]
            })
          return TrackedTrial(
            arm: arm, seed: seed, variants: [place == 2 ? nil : arm],
            settings: ["\(place).5", place == 0 ? "a\nb" : nil],
            items: [
              .init(role: "base", identity: "b\(seed)"), .init(role: "first", identity: arm),
            ],
            state: isWhole ? .finished : seed == 1 ? .diverged : .unfinished,
            reason: isWhole ? "" : "the loss\nis nan", parts: isWhole ? [base, stage] : [base])
        }
      })
  }()

  private static let rowsOfGroup = 50

  private static let answers = Result { () throws -> JSONValue in
    let exchange = try Exchange()
    func write(_ path: String, _ bytes: [UInt8]) throws {
      let url = URL(fileURLWithPath: exchange.path(path))
      let folder = path.hasSuffix("/") ? url : url.deletingLastPathComponent()
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      if path.hasSuffix("/") { return }
      try Data(bytes).write(to: url)
    }
    try TensorBoardRuns(study).write { try write("tensorboard/\($0)", $1) }
    try MLflowStore(study).write { try write("mlflow/\($0)", $1) }
    let trials = TrackedTables(study).trials
    var file = ParquetFile(like: trials)
    try write("trials.parquet", file.rowGroup(trials) + file.end())
    var pieces: [TrackedRows] = []
    TrackedTables(study).measurements(atMost: rowsOfGroup) { pieces.append($0) }
    var long = ParquetFile(like: pieces[0])
    let groups = pieces.flatMap { long.rowGroup($0) }
    try write("measurements.parquet", groups + long.end())
    try Python.run("tracking.py", on: exchange.path(""))
    return try exchange.json("answers.json")
  }

  /// A number as Python prints it and reads it back.
  private static func isSame(_ text: String?, _ value: Double) -> Bool {
    guard let text, let found = Double(text) else { return false }
    return found.isNaN ? value.isNaN : found == value
  }

  // MARK: Parquet

  @Test("pyarrow, pandas and DuckDB find every row", arguments: ["pyarrow", "pandas", "duckdb"])
  func rows(reader: String) throws {
    let answers = try Self.answers.get()["parquet"]
    let rows = try #require(answers?[reader]?.array)
    var place = 0
    for trial in Self.study.trials {
      for part in trial.parts {
        for point in part.points {
          let row = try #require(rows[place].array)
          let names = [
            trial.arm, trial.variants[0], "\(trial.seed)", part.role, "\(point.step)", point.metric,
            point.tags,
          ]
          #expect(row.dropLast().map(\.string) == names, "row \(place)")
          #expect(Self.isSame(row.last?.string, point.value), "row \(place): \(row)")
          place += 1
        }
      }
    }
    #expect(rows.count == place)
  }

  @Test("columns have their kinds, and may be absent only where a cell can be")
  func schema() throws {
    let answers = try #require(try Self.answers.get()["parquet"])
    let groups = (Self.study.measurements + Self.rowsOfGroup - 1) / Self.rowsOfGroup
    #expect(groups > 2 && answers["groups"]?.int == groups)
    #expect(answers["schema"]?["axis_data"] == ["string", true])
    #expect(answers["schema"]?["arm"] == ["string", false])
    #expect(answers["schema"]?["step"] == ["int64", false])
    #expect(answers["schema"]?["value"] == ["double", false])
    #expect(
      answers["trials by duckdb"] == [["diverged", 1], ["finished", 10], ["unfinished", 1]])
    #expect(answers["trials"]?["setting_a/b = \"c\""]?.array?.first == "a\nb")
  }

  // MARK: TensorBoard

  private static func runName(_ trial: TrackedTrial) -> String {
    "\(SafeName.component(trial.arm))/seed-\(trial.seed)"
  }

  @Test(
    "TensorBoard's reader and its server find every scalar", arguments: ["accumulator", "server"])
  func scalars(reader: String) throws {
    let answers = try Self.answers.get()
    let runs = try #require(reader == "server" ? answers[reader]?["scalars"] : answers[reader])
    #expect(runs.object?.count == Self.study.trials.count)
    for trial in Self.study.trials {
      var found = try #require(runs[Self.runName(trial)]?.object).members.map {
        ($0.0, $0.1.array ?? [])
      }.reduce(into: [String: [JSONValue]]()) { $0[$1.0] = $1.1 }
      for point in trial.parts.flatMap(\.points) {
        let tag = point.tags.map { "\(point.metric)/\($0)" } ?? point.metric
        #expect(found[tag]?.isEmpty == false, "\(tag)")
        guard var events = found[tag], !events.isEmpty else { continue }
        let event = events.removeFirst().array ?? []
        found[tag] = events
        #expect(event.count == 3 && event[1].int == point.step)
        #expect(event.first?.double == (Double(point.step) / 2), "four seconds over eight steps")
        let value = Double(Float(point.value))
        #expect(Self.isSame(event.last?.string, value), "\(tag), \(point.step): \(event)")
      }
      #expect(found.values.allSatisfy { $0.isEmpty }, "nothing beside what was measured")
    }
  }

  @Test("its table of hyperparameters has a group for each arm, with how the trials ended")
  func groups() throws {
    let groups = try #require(try Self.answers.get()["server"]?["groups"])
    #expect(groups.object?.count == 6)
    #expect(groups["plain"]?["hparams"]?["stages.first.steps"] == "0.5")
    #expect(groups["plain"]?["hparams"]?["data"] == "plain")
    #expect(groups["plain"]?["statuses"] == ["STATUS_SUCCESS", "STATUS_SUCCESS"])
    #expect(groups["../up"]?["statuses"]?.array?.contains("STATUS_FAILURE") == true)
  }

  // MARK: MLflow

  @Test("MLflow's client finds every run with its parameters, tags and metrics")
  func runs() throws {
    let answers = try #require(try Self.answers.get()["mlflow"])
    #expect(answers["experiment"]?.string == Self.study.name && answers["finished"] == 10)
    #expect(answers["runs"]?.object?.count == Self.study.trials.count)
    for trial in Self.study.trials {
      let run = try #require(answers["runs"]?["\(trial.arm), seed \(trial.seed)"])
      let status =
        switch trial.state {
        case .finished: "FINISHED"
        case .unfinished: "RUNNING"
        case .failed, .diverged: "FAILED"
        }
      #expect(run["status"]?.string == status)
      #expect(run["params"]?["arm"]?.string == trial.arm)
      #expect(run["params"]?["data"]?.string == trial.variants[0])
      #expect(run["params"]?["stages.first.steps"]?.string == trial.settings[0])
      #expect(run["tags"]?["ablate.item.first"]?.string == trial.arm)
      for point in trial.parts.flatMap(\.points) {
        let curve = point.tags.map { "\(point.metric)/\($0)" } ?? point.metric
        let points = run["metrics"]?[SafeName.key(curve)]?.array ?? []
        let found = points.first { $0.array?[1].int == point.step }?.array
        #expect(found?[0].int == point.step * 500)
        #expect(Self.isSame(found?[2].string, point.value), "\(curve), \(point.step)")
      }
      let count = run["metrics"]?.object?.members.reduce(0) { $0 + ($1.1.array?.count ?? 0) }
      #expect(count == trial.measurements)
    }
  }
}
