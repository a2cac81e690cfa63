import Foundation
import Glibc
import Reproducibility
import RunStore
import Testing

/// A folder for one test, with a study in it. With the test it goes, and whatever still runs in it.
final class Place {
  let path: String
  private let notes: String

  /// - Parameters:
  ///   - study: written to `study.json`.
  ///   - recipe: written to `recipe.json`.
  ///   - inMemory: on a disk in memory where there is one, for thousands of runs.
  init(
    study: String = TinyStudy.study, recipe: String = TinyStudy.recipe, inMemory: Bool = false
  ) throws {
    let memory = "/dev/shm"
    let isMemory = inMemory && FileManager.default.isWritableFile(atPath: memory)
    // Without links, as the system names the working directory of a process.
    let root =
      isMemory ? memory : FileManager.default.temporaryDirectory.resolvingSymlinksInPath().path
    path = "\(root)/ablate-\(UUID().uuidString)"
    notes = path + ".notes"
    for folder in [path, notes] {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }
    try write("study.json", study)
    try write("recipe.json", recipe)
  }

  deinit {
    for process in processes { kill(process, SIGKILL) }
    for folder in [path, notes] { try? FileManager.default.removeItem(atPath: folder) }
  }

  var results: ResultsFolder { ResultsFolder(path + "/results") }

  // MARK: Files

  func write(_ name: String, _ text: String) throws {
    let url = URL(fileURLWithPath: "\(path)/\(name)")
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }

  func text(_ name: String) throws -> String {
    try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8)
  }

  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(path)/\(name)") }

  func remove(_ name: String) throws {
    try FileManager.default.removeItem(atPath: "\(path)/\(name)")
  }

  // MARK: The program

  func start(
    _ words: [String], environment: [String: String] = [:], error: FileHandle? = nil,
    output: FileHandle? = nil
  ) throws -> Running {
    try Running(
      AblateProgram.path(), words, in: path, notes: notes,
      environment: AblateProgram.surroundings.merging(environment) { $1 }, error: error,
      output: output)
  }

  func ablate(_ words: String..., environment: [String: String] = [:]) throws -> Ended {
    try start(words, environment: environment).end()
  }

  /// Some other program.
  func other(
    _ program: String, _ words: [String], environment: [String: String]? = nil
  ) throws -> Ended {
    try startOther(program, words, environment: environment).end()
  }

  func startOther(
    _ program: String, _ words: [String], environment: [String: String]? = nil
  ) throws -> Running {
    try Running(
      program, words, in: path, notes: notes,
      environment: environment ?? AblateProgram.surroundings)
  }

  /// The processes that work in this folder: the coordinator and its workers, orphans too.
  var processes: [pid_t] {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return all.compactMap(pid_t.init).filter { process in
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/cwd")) == path
    }
  }

  /// Those of them that carry out an item.
  var workers: [pid_t] {
    processes.filter { process in
      let line = try? Data(contentsOf: URL(fileURLWithPath: "/proc/\(process)/cmdline"))
      return (line ?? Data()).split(separator: 0).dropFirst().first == Data("work".utf8)
    }
  }
}

// MARK: What a run left

/// Everything that must not depend on how a run went: which items there are, the digest of every file
/// of each result, the values that it names, and the report's bytes.
struct Outcome {
  var items: [String: [String]] = [:]
  var measurements: [String: [UInt8]] = [:]
  var report: [String: [UInt8]] = [:]

  /// Which parts of two outcomes differ, for a failing test to print.
  func differences(from other: Outcome) -> [String] {
    Self.differing(items, other.items, "item")
      + Self.differing(measurements, other.measurements, "measurements of")
      + Self.differing(report, other.report, "report file")
  }

  private static func differing<Value: Equatable>(
    _ a: [String: Value], _ b: [String: Value], _ kind: String
  ) -> [String] {
    Set(a.keys).union(b.keys).sorted().filter { a[$0] != b[$0] }.map { "\(kind) \($0)" }
  }
}

extension Place {
  func outcome(reports: String = "Reports") throws -> Outcome {
    var outcome = Outcome()
    for identity in try results.identities() {
      let item = results.item(identity)
      // Reads every file that was not left out, and holds it to its digest.
      guard let done = try item.done(.kept) else { continue }
      outcome.items[identity.hex] =
        done.files.map { "\($0.name) \($0.bytes) \($0.digest.hex)" }
        + [JSONValue.object(done.values).canonical]
      if done.files.contains(where: { $0.name == "measurements.jsonl" }) {
        outcome.measurements[identity.hex] = try results.files.contents(
          of: item.path(.measurements))
      }
    }
    let folder = "\(path)/\(reports)"
    for name in (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
    where !name.split(separator: "/").dropFirst().isEmpty {
      // Of the folders among them, the files below count.
      if (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(name)")) != nil {
        continue
      }
      outcome.report[name] = try results.files.contents(of: "\(folder)/\(name)")
        .map(Self.withoutWallTimes)
    }
    return outcome
  }

  /// A report's file without what a clock measured, which stands on one line of the page.
  private static func withoutWallTimes(_ bytes: [UInt8]) -> [UInt8] {
    let line = Array("<section id=\"wall-time\"".utf8)
    return Array(
      bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        .filter { !$0.starts(with: line) }.joined(separator: [UInt8(ascii: "\n")]))
  }

  /// Expects a run to have left the same as another one; names the parts that differ.
  func expectOutcome(
    _ expected: Outcome, _ comment: String = "", at location: SourceLocation = #_sourceLocation
  ) throws {
    let differences = try outcome().differences(from: expected)
    #expect(differences.isEmpty, "\(comment)", sourceLocation: location)
  }

  /// When each `done.json` was last written, and as which file: nothing may touch them again.
  func doneMarks() throws -> [String: DoneMark] {
    var marks: [String: DoneMark] = [:]
    for identity in try results.identities() {
      var status = stat()
      if unsafe stat(results.item(identity).path(.done), &status) == 0 {
        marks[identity.hex] = DoneMark(
          inode: status.st_ino, seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec)
      }
    }
    return marks
  }

  /// How often each item was begun.
  func attempts() throws -> [String: Int] {
    var counts: [String: Int] = [:]
    for identity in try results.identities() {
      counts[identity.hex] = try results.item(identity).attempts().count
    }
    return counts
  }
}

struct DoneMark: Equatable {
  var inode: UInt
  var seconds: Int
  var nanoseconds: Int
}
