@testable import CommandTrainer
import Reproducibility
import Testing

@Suite("lines of measurements")
struct MeasurementTests {
  private static func reader(_ steps: [String: Int] = [:]) -> MeasurementReader {
    MeasurementReader(
      metrics: ["reward", "loss"], settings: ["rate": 1, "optimizer": ["beta": 2]],
      lastSteps: steps)
  }

  private static func read(_ line: String) throws -> MeasurementLine {
    var reader = reader()
    return try reader.read(Array(line.utf8))
  }

  @Test(
    "each kind of line",
    arguments: [
      (
        #"{"metric": "reward", "step": 3, "value": -0.5}"#,
        MeasurementLine.measurement(metric: "reward", step: 3, value: -0.5)
      ),
      (#"{"read": "optimizer.beta"}"#, .read("optimizer.beta")),
      (#"{"progress": 3}"#, .progress(3, of: nil)),
      (#"{"progress": 3, "of": 9}"#, .progress(3, of: 9)),
      (#"{"checkpoint": 3}"#, .checkpoint(step: 3, folder: "3")),
      (#"{"folder": "a b", "checkpoint": 3}"#, .checkpoint(step: 3, folder: "a b")),
    ])
  func kinds(line: String, expected: MeasurementLine) throws {
    #expect(try Self.read(line) == expected)
  }

  @Test(
    "numbers that JSON has not are read as what they are",
    arguments: ["NaN", "Infinity", "-Infinity", "\"NaN\"", "\"Infinity\""])
  func notFinite(word: String) throws {
    let line = try Self.read(#"{"metric": "loss", "step": 0, "value": "# + word + "}")
    guard case .measurement(_, _, let value) = line else {
      Issue.record("\(line)")
      return
    }
    #expect(!value.isFinite && value.isNaN == word.contains("NaN"))
  }

  @Test("a bare NaN in a string is a string")
  func quoting() {
    #expect(MeasurementReader.quotingNumbers(in: Array(#"{"a\"NaN": 1}"#.utf8)) == nil)
    let mended = MeasurementReader.quotingNumbers(in: Array(#"{"NaN": NaN}"#.utf8))
    #expect(mended.map { String(decoding: $0, as: UTF8.self) } == #"{"NaN": "NaN"}"#)
  }

  @Test(
    "what is wrong with a line is said",
    arguments: [
      ("", "it is no JSON: byte 0: there is no value in the text"),
      ("reward 3", "it is no JSON: byte 0: unexpected 'reward'"),
      ("[1]", "it is no object"),
      ("{}", "it has no 'metric'"),
      (#"{"metric": 3}"#, "its 'metric' is no string"),
      (#"{"metric": "rewrad", "step": 1, "value": 1}"#, "unknown metric 'rewrad'"),
      (#"{"metric": "reward", "value": 1}"#, "its 'step' is missing"),
      (
        #"{"metric": "reward", "step": 1.5, "value": 1}"#,
        "its 'step' is no whole number from 0 on"
      ),
      (
        #"{"metric": "reward", "step": -1, "value": 1}"#,
        "its 'step' is no whole number from 0 on"
      ),
      (#"{"metric": "reward", "step": 1}"#, "its 'value' is missing"),
      (#"{"metric": "reward", "step": 1, "value": true}"#, "its 'value' is no number"),
      (#"{"metric": "reward", "step": 1, "value": "high"}"#, "its 'value' is no number"),
      (#"{"metric": "reward", "step": 1, "vlaue": 1}"#, "unknown member 'vlaue'"),
      (#"{"read": "rates"}"#, "'rates' is no setting"),
      (#"{"read": 1}"#, "its 'read' is no string"),
      (#"{"progress": "half"}"#, "its 'progress' is no whole number from 0 on"),
      (#"{"checkpoint": 1, "folder": "../x"}"#, "its 'folder' is no name of a folder"),
      (#"{"checkpoint": 1, "folder": ".."}"#, "its 'folder' is no name of a folder"),
    ])
  func faults(line: String, what: String) throws {
    do {
      let read = try Self.read(line)
      Issue.record("'\(line)' was read as \(read)")
    } catch let fault as MeasurementFault {
      #expect(fault.what == what)
      #expect(!fault.why.isEmpty)
    }
  }

  @Test("steps rise within a metric, also over a kill, and not between metrics")
  func steps() throws {
    var reader = Self.reader(["reward": 4])
    func read(_ metric: String, _ step: Int) throws -> MeasurementLine {
      try reader.read(Array(#"{"metric": "\#(metric)", "step": \#(step), "value": 1}"#.utf8))
    }
    #expect(throws: MeasurementFault.self) { try read("reward", 4) }
    _ = try read("reward", 5)
    _ = try read("loss", 0)
    #expect(throws: MeasurementFault.self) { try read("reward", 5) }
    #expect(throws: MeasurementFault.self) { try read("reward", 2) }
    #expect(reader.lastSteps == ["reward": 5, "loss": 0])
  }
}
