import Foundation
import Reproducibility
import RunStore
import Synchronization
import Testing

@testable import RunScheduler

@Suite("local executor", .serialized)
struct LocalExecutorTests {
  let place: Workplace

  init() throws { place = try Workplace() }

  private func run(
    _ graph: WorkGraph, _ executor: LocalExecutor, workers: Int = 2
  ) throws -> (RunSummary, Listener) {
    let listener = Listener()
    let scheduler = Scheduler(place.results, executor: executor, settings: quick(workers: workers))
    return (try scheduler.run(graph, observer: listener.hear), listener)
  }

  private func outcome(_ body: String, control: RunControl = RunControl()) throws -> WorkOutcome {
    let folder = try place.results.place(order("x"))
    return try place.script(body).run(order("x"), in: folder, attempt: 7, control: control)
  }

  private func log() throws -> String {
    let folder = place.results.item(order("x").identity)
    return try String(contentsOfFile: folder.path(.log), encoding: .utf8)
  }

  @Test(
    "real processes give the results of the definition, whatever their number", arguments: [1, 2])
  func processes(workers: Int) throws {
    let graph = try diamond()
    try place.prepare(graph)
    let (summary, _) = try run(graph, place.script(#"finish "$1""#), workers: workers)
    #expect(summary.isComplete && summary.finished == 5)
    let prepared = ResultsFolder(place.path + "/prepared")
    #expect(try place.resultFiles() == place.resultFiles(of: prepared))
  }

  @Test(
    "the exit says how it ended",
    arguments: [
      ("exit 0", Attempt.Ending.Manner.done, ""),
      ("exit 2", .configurationFault, "the order cannot be carried out"),
      ("exit 3", .failed, "the worker ended with exit 3"),
      ("exit 130", .stopped, ""),
      ("exit 143", .stopped, ""),
      ("kill -9 $$", .machineFault, "the worker was killed by signal 9 (SIGKILL)"),
      ("kill -SEGV $$", .machineFault, "the worker was killed by signal 11 (SIGSEGV)"),
    ])
  func exits(body: String, manner: Attempt.Ending.Manner, words: String) throws {
    let outcome = try outcome(body)
    #expect(outcome.manner == manner)
    #expect(outcome.words == words)
    #expect((outcome.peakMemory ?? 0) > 100_000)
  }

  @Test("a program that is not there is no fault of the machine")
  func missingProgram() throws {
    let folder = try place.results.place(order("x"))
    let executor = LocalExecutor(program: "/no/such/program", arguments: [], environment: [:])
    #expect(
      executor.run(order("x"), in: folder, attempt: 1, control: RunControl())
        == WorkOutcome(.failed, "cannot start '/no/such/program': No such file or directory"))
  }

  @Test("output goes to the log; the environment is given and names the attempt; one thread each")
  func environment() throws {
    _ = try outcome("echo out; echo err >&2; env | sort; ps -o pgid= -p $$; echo $$")
    let lines = try log().split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    #expect(lines.prefix(2) == ["out", "err"])
    #expect(lines.contains("ABLATE_ATTEMPT=7"))
    #expect(lines.contains("OPENBLAS_NUM_THREADS=1"))
    #expect(!lines.contains { $0.hasPrefix("HOME=") }, "nothing is inherited")
    #expect(lines[lines.count - 1] == lines[lines.count - 2], "it leads its own process group")
    _ = try outcome("echo again")
    #expect(try log().hasPrefix("out\nerr\n") && log().hasSuffix("again\n"), "attempts add up")
  }

  @Test("a worker killed by kill -9 is tried again and finishes")
  func killed() throws {
    let graph = try diamond()
    try place.prepare(graph)
    let executor = try place.script(
      #"[ "$ABLATE_ATTEMPT" = 1 ] && [ $name = b ] && kill -9 $$; finish "$1""#)
    let (summary, listener) = try run(graph, executor, workers: 1)
    #expect(summary.isComplete)
    #expect(
      listener.heard.contains("retrying b: the worker was killed by signal 9 (SIGKILL)"))
    #expect(listener.heard.contains("started b 2"))
  }

  @Test("a configuration fault is not tried again, and the worker's words are kept")
  func configurationFault() throws {
    let executor = try place.script(
      """
      echo '{"configuration_fault":true,"what":"group of 1","why":"w","help":"h","attempt":1}' \
        > "$1/failure.json"
      exit 2
      """)
    let (summary, listener) = try run(WorkGraph(orders: [order("x")]), executor)
    #expect(listener.heard == ["planned 0 of 1", "started x 1", "failed x: group of 1"])
    #expect(summary.failures.first?.failure.isConfigurationFault == true)
  }

  @Test("the first request ends a worker by SIGTERM, with what it started")
  func stop() throws {
    let executor = try place.script(
      #"trap 'echo left; exit 143' TERM; echo ready; sleep 60 & wait $!; exit 3"#)
    let scheduler = Scheduler(place.results, executor: executor, settings: quick())
    let log = place.results.item(order("x").identity).path(.log)
    // The request comes when the worker has said that it is ready for it.
    let watcher = DispatchQueue(label: "watcher")
    watcher.async {
      while (try? String(contentsOfFile: log, encoding: .utf8))?.contains("ready") != true {
        usleep(5000)
      }
      scheduler.requestStop()
    }
    let listener = Listener()
    let began = steadySeconds()
    let summary = try scheduler.run(WorkGraph(orders: [order("x")]), observer: listener.hear)
    watcher.sync {}
    #expect(steadySeconds() - began < 20)
    #expect(summary.wasStopped && summary.failures.isEmpty)
    #expect(listener.heard == ["planned 0 of 1", "started x 1", "stopped x"])
    // Between the two the shell may say that its own child was ended.
    #expect(try self.log().hasPrefix("ready\n") && self.log().hasSuffix("left\n"))
  }

  @Test("killNow ends a worker that will not leave, and its children")
  func killNow() throws {
    let executor = try place.script(
      #"trap '' TERM; sleep 300 & echo $! > "$1/child"; wait; sleep 300"#)
    let scheduler = Scheduler(place.results, executor: executor, settings: quick())
    let child = place.results.item(order("x").identity).path + "/child"
    let watcher = DispatchQueue(label: "watcher")
    watcher.async {
      while ((try? String(contentsOfFile: child, encoding: .utf8)) ?? "").isEmpty { usleep(5000) }
      scheduler.requestStop()
      usleep(50_000)
      scheduler.killNow()
    }
    let summary = try scheduler.run(WorkGraph(orders: [order("x")]))
    watcher.sync {}
    #expect(summary.wasStopped)
    let number = try #require(
      Int(String(contentsOfFile: child, encoding: .utf8).trimmingCharacters(in: .newlines)))
    // Dead at once, though whoever inherits orphans may not have buried it yet.
    usleep(20_000)
    #expect(ProcessMark(process: number).started == 0)
  }

  @Test("the worker's standard input stays open while the coordinator lives")
  func lifeline() throws {
    // `read` would return at once on an ended input.
    #expect(try outcome("timeout 0.3 cat; echo $?").manner == .done)
    #expect(try log() == "124\n")
  }
}
