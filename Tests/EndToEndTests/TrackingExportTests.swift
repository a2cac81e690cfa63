import Foundation
import Reproducibility
import RunStore
import Testing

@Suite("export for tracking tools")
struct TrackingExportTests {
  static let formats = ["mlflow", "tensorboard", "csv", "parquet"]

  private static func ran(_ study: String = TinyStudy.study) throws -> Place {
    let place = try Place(study: study)
    try place.ablate("run", "study.json", "--quiet").expect(0)
    return place
  }

  /// One arm more, which diverges.
  private static let diverging = TinyStudy.study.with(
    "{ \"math\": \"some\" } }",
    "{ \"math\": \"some\" }, \"stages.first.optimizer\": "
      + "{ \"learning_rate\": 10, \"weight_decay\": 10, \"clip_norm\": 1e9 } }")

  /// Every measurement of every trial, by the items that the study's note names.
  private func measured(_ place: Place) throws -> [String] {
    var lines: [String] = []
    for trial in try #require(try place.results.studies().first).trials {
      for item in trial.items where try place.results.item(item.identity).done(.contents) != nil {
        lines += try place.results.item(item.identity).measurements().map {
          "\(trial.armName),\(trial.seed),\(item.name),\($0.step),\($0.metric)"
        }
      }
    }
    return lines
  }

  /// The records of a CSV file in which only names of columns are quoted.
  private func records(_ text: String) -> [[String]] {
    text.replacing("\"", with: "").split(separator: "\r\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
  }

  @Test("the long table has every measurement of every trial, in the order in which they were made")
  func csv() throws {
    let place = try Self.ran()
    let ended = try place.ablate("export", "study.json", "--to", "csv")
    let expected = try measured(place)
    #expect(ended.code == 0, "\(ended.error)")
    #expect(
      ended.output.hasPrefix("tiny-csv: 4 trials, \(expected.count) measurements, "),
      "\(ended.output)")
    let rows = try records(place.text("tiny-csv/measurements.csv"))
    #expect(
      rows[0] == ["study", "arm", "axis_data", "seed", "stage", "step", "metric", "tags", "value"])
    #expect(rows.dropFirst().map { "\($0[1]),\($0[3]),\($0[4]),\($0[5]),\($0[6])" } == expected)
    #expect(rows.dropFirst().allSatisfy { Double($0[8]) != nil && $0[1] == $0[2] })
    #expect(try place.text("tiny-csv/measurements.csv").hasPrefix(#""study","arm","axis_data","#))
    let trials = try records(place.text("tiny-csv/trials.csv"))
    #expect(trials.count == 1 + 4 && trials.dropFirst().allSatisfy { $0[4] == "finished" })
    #expect(trials[0].last == "setting_stages.first.problems.math")
    #expect(Set(trials.dropFirst().compactMap(\.last)) == ["unsure", "some"])
  }

  @Test(
    "the same results give the same bytes, again, over an older export and on another machine",
    arguments: formats)
  func bytes(format: String) throws {
    let source = try Self.ran()
    try source.ablate("export", "study.json", "--to", format).expect(0)
    let first = try source.files(of: "tiny-\(format)")
    #expect(first.count > 2)
    try source.ablate("export", "study.json", "--to", format).expect(0)
    #expect(try source.files(of: "tiny-\(format)") == first)
    try source.ablate("export", "study.json", "--to", "one.tar").expect(0)
    let other = try Place()
    for name in ["study.json", "recipe.json"] { try other.remove(name) }
    try FileManager.default.copyItem(
      atPath: "\(source.path)/one.tar", toPath: "\(other.path)/one.tar")
    try other.ablate("import", "one.tar").expect(0)
    try other.ablate("export", "study.json", "--to", format, "--into", "deep/er/").expect(0)
    #expect(try other.files(of: "deep/er") == first)
    let names = try source.results.files.names(in: source.path)
    #expect(!names.contains { $0.contains(".part-") })
  }

  @Test("run twice, the bytes are equal where times are left out")
  func withoutTimes() throws {
    let places = try [Self.ran(), Self.ran()]
    for format in Self.formats {
      let files = try places.map { place in
        try place.ablate("export", "study.json", "--to", format, "--without-times").expect(0)
        return try place.files(of: "tiny-\(format)")
      }
      #expect(files[0] == files[1], "\(format)")
    }
  }

  @Test(
    "a trial with a hole goes with its state and what it has, and that is said", arguments: formats)
  func hole(format: String) throws {
    let place = try Place(study: Self.diverging)
    try place.ablate("run", "study.json", "--quiet").expect(3)
    let ended = try place.ablate("export", "study.json", "--to", format)
    #expect(ended.code == 0)
    #expect(
      ended.error.hasPrefix(
        "  2 trials without an end: 2 diverged; what their finished items measured is there\n"),
      "\(ended.error)")
    let expected = try measured(place).count
    #expect(ended.output.contains("4 trials, \(expected) measurements"), "\(ended.output)")
    let json = try JSONValue(
      parsing: place.ablate("export", "study.json", "--to", format, "--json").output)
    #expect(json["without_end"] == ["diverged": 2] && json["measurements"]?.int == expected)
    if format == "csv" {
      let text = try place.text("tiny-csv/trials.csv")
      #expect(text.matches(of: #/,diverged,[^,]*stage 'first' step /#).count == 2, "\(text)")
    }
    if format == "mlflow" {
      let states = try place.files(of: "tiny-mlflow").filter { $0.key.hasSuffix("/meta.yaml") }
      #expect(states.values.count { $0.contains("\nstatus: 4\n") } == 2)
    }
  }

  @Test("what is not finished is not counted")
  func unfinished() throws {
    let place = try Self.ran()
    let whole = try measured(place).count
    let stage = try #require(
      try place.results.identities().first { try place.results.item($0).order()?.kind == "stage" })
    let count = try place.results.item(stage).measurements().count
    try place.remove("results/items/\(stage.hex.prefix(2))/\(stage.hex)/done.json")
    let ended = try place.ablate("export", "study.json", "--to", "csv")
    #expect(ended.output.contains(" \(whole - count) measurements"), "\(ended.output)")
    #expect(ended.error.contains("1 trial without an end: 1 unfinished"))
  }

  @Test("what no export wrote is kept", arguments: formats)
  func refusals(format: String) throws {
    let place = try Self.ran()
    let export = ["export", "study.json", "--to", format, "--into", "out"]
    try place.write("out/mine.txt", "mine")
    var ended = try place.start(export).end()
    #expect(ended.code == 2)
    #expect(
      ended.error == """
        error: the folder 'out' is there, and no export wrote it
          why:  an export replaces its folder as a whole, and what is in it would be gone
          help: name another folder: --into out-2

        """)
    try place.remove("out/mine.txt")
    try place.start(export).end().expect(0)
    try place.write("out/notes.txt", "mine")
    ended = try place.start(export).end()
    #expect(
      ended.code == 2 && ended.error.contains("'out' holds 'notes.txt', which no export wrote"))
    #expect(try place.text("out/notes.txt") == "mine")
    try place.remove("out/notes.txt")
    // What another format left goes too: the folder is an export.
    try place.ablate("export", "study.json", "--to", "csv", "--into", "out").expect(0)
    #expect(try place.results.files.names(in: "\(place.path)/out").count == 3)
    try place.write("file", "mine")
    ended = try place.ablate("export", "study.json", "--to", format, "--into", "file")
    #expect(ended.code == 2 && ended.error.hasPrefix("error: 'file' is a file\n"))
    try place.other("/bin/ln", ["-s", "out", "link"]).expect(0)
    ended = try place.ablate("export", "study.json", "--to", format, "--into", "link")
    #expect(ended.code == 2 && ended.error.hasPrefix("error: 'link' is a link\n"))
  }

  @Test("what a killed export left goes with the next")
  func leftOver() throws {
    let place = try Self.ran()
    // No process has so high a number.
    try place.write("tiny-csv.part-4194999/half", "half")
    try place.write("tiny-csv.part-4194999-old/half", "half")
    try place.write("tiny-csv.part-mine", "mine")
    try place.ablate("export", "study.json", "--to", "csv").expect(0)
    let names = try place.results.files.names(in: place.path).filter { $0.hasPrefix("tiny-csv") }
    #expect(names == ["tiny-csv", "tiny-csv.part-mine"])
  }

  @Test("an export that is killed leaves the one before it whole")
  func killed() throws {
    let place = try Self.ran()
    try place.ablate("export", "study.json", "--to", "mlflow").expect(0)
    let before = try place.files(of: "tiny-mlflow")
    for pause in [1, 3, 5, 8, 12, 20] {
      let run = try place.start(["export", "study.json", "--to", "mlflow"])
      usleep(UInt32(pause) * 1000)
      run.signal(9)
      _ = try run.end()
      #expect(try place.files(of: "tiny-mlflow") == before)
    }
  }
}

extension Place {
  /// The files below a folder with their bytes, each byte a character.
  fileprivate func files(of folder: String) throws -> [String: String] {
    var files: [String: String] = [:]
    let root = "\(path)/\(folder)"
    let all = try #require(FileManager.default.enumerator(atPath: root))
    for case let name as String in all {
      var isFolder: ObjCBool = false
      _ = unsafe FileManager.default.fileExists(atPath: "\(root)/\(name)", isDirectory: &isFolder)
      if isFolder.boolValue { continue }
      let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(root)/\(name)"))
      files[name] = String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }
    return files
  }
}
