import Foundation
import Testing
import TrackingFormats

@Suite("MLflow's file store")
struct MLflowTests {
  private let files = SampleStudy.files { MLflowStore(SampleStudy.study).write($0) }

  /// The files of the run with this name, by their paths in it.
  private func run(_ name: String) throws -> [String: String] {
    let path = try #require(
      files.first { $0.key.hasSuffix("/tags/mlflow.runName") && $0.value == Array(name.utf8) }?.key)
    let folder = path.dropLast("tags/mlflow.runName".count)
    return Dictionary(
      uniqueKeysWithValues: files.filter { $0.key.hasPrefix(folder) }.map {
        (String($0.key.dropFirst(folder.count)), String(decoding: $0.value, as: UTF8.self))
      })
  }

  @Test("a metric's file has a line for each point: milliseconds, value, step")
  func metrics() throws {
    let run = try run("a, seed 1")
    #expect(
      run["metrics/loss"] == """
        2000 1.0 1
        4000 0.5 2
        6000 0.3333333333333333 3
        8000 0.25 4
        9000 nan 5
        10000 inf 6

        """)
    #expect(run["metrics/odd"] == "10000 -inf 6\n")
    #expect(run["metrics/contest"] == "0 0.25 0\n8000 0.5 4\n10000 1e-300 6\n")
    #expect(run.keys.count { $0.hasPrefix("metrics/loss") } == 2, "the tagged curve is another one")
  }

  @Test("parameters are arm, seed, variants and settings; what an arm does not have is not there")
  func parameters() throws {
    let run = try run("b/c, seed 1")
    let found = run.filter { $0.key.hasPrefix("params/") }
    #expect(
      found == [
        "params/arm": "b/c", "params/seed": "1", "params/data": "b/c", "params/times": "one",
        "params/stages.first.steps": "2.5",
      ])
    #expect(run["tags/ablate.item.second"] == "second of b/c, 1")
    #expect(run["tags/ablate.reason"] == "the loss is nan")
  }

  @Test(
    "a run has MLflow's number for how it stands, and the folders that MLflow asks for",
    arguments: [("a, seed 1", 3), ("b/c, seed 1", 4), ("a, seed 2", 4), ("b/c, seed 2", 1)])
  func states(name: String, status: Int) throws {
    let run = try run(name)
    let meta = try #require(run["meta.yaml"])
    #expect(meta.contains("\nstatus: \(status)\n"))
    #expect(meta.contains("\nend_time: null\n") == (status == 1))
    #expect(run["artifacts/"] == "" && run["metrics/"] == "")
    #expect(meta.contains("run_name: \"\(name)\""))
  }

  @Test("the numbers of experiment and runs follow from the results alone, and tell them apart")
  func numbers() {
    let again = SampleStudy.files { MLflowStore(SampleStudy.study).write($0) }
    #expect(again == files)
    let runs = Set(
      files.keys.compactMap { $0.firstMatch(of: #/^mlruns/\d{18}/([0-9a-f]{32})//#)?.1 })
    #expect(runs.count == 4)
    var other = SampleStudy.study
    other.name = "another"
    let others = SampleStudy.files { MLflowStore(other).write($0) }
    #expect(Set(others.keys).isDisjoint(with: files.keys))
  }

  @Test("YAML has only printable ASCII, everything else escaped")
  func yaml() throws {
    var study = SampleStudy.study
    study.name = "é\u{2028}\n\"\\🙂\u{85}: #"
    let files = SampleStudy.files { MLflowStore(study).write($0) }
    let meta = try #require(
      files.first { $0.key.split(separator: "/").count == 3 && $0.key.hasSuffix("meta.yaml") })
    let text = String(decoding: meta.value, as: UTF8.self)
    #expect(text.contains(#"name: "\xe9\u2028\x0a\"\\\U0001f642\x85: #""#))
    #expect(meta.value.allSatisfy { $0 == 10 || (32...126).contains($0) })
  }
}
