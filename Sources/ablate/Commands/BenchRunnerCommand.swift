import AblateBench
import Foundation
import Reporting
import Reproducibility
import RunScheduler
import RunStore

/// `ablate bench-runner`: what scheduler and store add to work that takes no time itself. Never part of a
/// test.
struct BenchRunnerCommand: Command {
  static let name = "bench-runner"
  static let summary = "time the scheduler and the store with work that takes no time itself"
  static let usage = """
    ablate bench-runner [options]
      --cases LIST    of \(RunnerBench.Case.allCases.map(\.rawValue).joined(separator: ", ")); default: all that
                      need no Slurm
      --items N       items of each case but ingest; default: 1000
      -j N            items at the same time; default: one for each core
      --rounds N      timings of each figure; default: 5
      --seconds N     how long ingest takes; default: 10
      --folder DIR    on the disk to time; must not exist; default: bench-runner.tmp
      --keep          leave the folder of one timing, of one case
      --json          the figures as JSON
      --task DIR      in their place: what a task of the case 'slurm' does
    """

  func run(_ arguments: Arguments) throws -> ExitCode {
    if let submission = try arguments.value("--task") {
      try arguments.finish()
      let environment = ProcessInfo.processInfo.environment
      try RunnerBench.work(
        onTask: environment[SlurmQueue.taskVariable].flatMap(Int.init) ?? 0, of: submission)
      return .well
    }
    let cases = try caseList(arguments) ?? RunnerBench.Case.allCases.filter { !$0.needsSlurm }
    let items = try arguments.integer("--items", in: 1...10_000_000) ?? 1000
    let cores = ProcessInfo.processInfo.activeProcessorCount
    let workers = try arguments.integer("-j", "--workers", in: 1...1024) ?? cores
    let rounds = try arguments.integer("--rounds", in: 1...1000) ?? 5
    let seconds = try arguments.integer("--seconds", in: 1...86_400) ?? 10
    let folder = try arguments.value("--folder") ?? "bench-runner.tmp"
    let isKept = arguments.flag("--keep")
    let isJSON = arguments.flag("--json")
    try arguments.finish()
    if isKept && (cases.count != 1 || rounds != 1) {
      throw arguments.fault("'--keep' goes with one case and '--rounds 1'")
    }
    guard !FileManager.default.fileExists(atPath: folder) else {
      throw CommandFault(
        what: "'\(folder)' is there already", why: "the folder is removed after each timing",
        help: "name one that does not exist with --folder")
    }
    let terminal = Terminal(environment: ProcessInfo.processInfo.environment)
    let bench = RunnerBench(
      folder: folder, workers: workers, isKept: isKept, program: try WorkerEnvironment.program())
    var figures: [RunnerBench.Figure] = []
    for round in 1...rounds {
      for name in cases where name != .ingest || round == 1 {
        terminal.error("timing \(name.rawValue), round \(round)")
        figures.append(try bench.run(name, items: items, seconds: Double(seconds)))
      }
    }
    if isJSON {
      terminal.output(
        JSONValue.object([
          "workers": JSONValue(workers), "figures": .array(figures.map(\.json)),
        ]).pretty)
    } else {
      terminal.output(ConsoleRenderer(usesANSI: terminal.usesANSI).render(table(figures, cases)))
    }
    return .well
  }

  private func table(_ figures: [RunnerBench.Figure], _ cases: [RunnerBench.Case]) -> Table {
    Table(
      columns: [
        Table.Column(key: "case", heading: "case", kind: .text),
        Table.Column(key: "items", heading: "items", kind: .number),
        Table.Column(key: "seconds", heading: "median", unit: "s", kind: .number, digits: 4),
        Table.Column(key: "more", heading: "beside it", kind: .text),
      ],
      rows: cases.map { name in
        let own = figures.filter { $0.name == name }
        let times = own.map(\.seconds).sorted()
        let more = own.last?.more.members.map { "\($0.key) \($0.value.canonical)" } ?? []
        return Table.Row([
          Table.Cell(.text(name.rawValue)), Table.Cell(.number(Double(own.last?.items ?? 0))),
          Table.Cell(.number(times.isEmpty ? 0 : times[times.count / 2])),
          Table.Cell(more.isEmpty ? .absent : .text(more.joined(separator: ", "))),
        ])
      })
  }

  private func caseList(_ arguments: Arguments) throws -> [RunnerBench.Case]? {
    guard let text = try arguments.value("--cases") else { return nil }
    return try text.split(separator: ",").map { word in
      guard let name = RunnerBench.Case(rawValue: String(word)) else {
        throw arguments.fault(
          "'\(word)' is nothing that can be timed", near: String(word),
          among: RunnerBench.Case.allCases.map(\.rawValue))
      }
      return name
    }
  }
}
