import CommandTrainer
import Foundation
import PolicyTrainer
import Reporting
import Reproducibility
import RunScheduler
import RunStore
import StudyLanguage

/// `ablate verify STUDY`: does the same work give the same bits? Makes finished items once more, or reads
/// those of another machine, and compares every file and the chain of digests.
struct VerifyCommand: Command {
  static let name = "verify"
  static let summary =
    "make finished items once more, or compare with another machine's, bit for bit"
  static let usage = """
    ablate verify STUDY|ITEM [options]
      STUDY           a study file; what holds is noted and printed in its report
      ITEM            instead: a trial or any item, by its first digits, with all that it reads
      --how LIST      again: each item in one process; workers: the whole study in a folder of its own with
                      another number of workers; resumed: killed after each checkpoint; from-scratch: whole
                      trials in one process, from nothing; all: these four; default: again
      --from-scratch K  from scratch too, K trials of those that start from a stored stage; with 'all': 2
      --sample K      only K trials of all, from scratch, drawn anew each time; what CI checks day by day
      --seed N        which K trials; default: 1, of a sample another one each time
      -j N            workers of the run with another number; default: one more than there are cores
      --against DIR   compare with the items of another results folder and make nothing again
      --item ITEM     of the study this item alone
      --json          the outcome as JSON
      \(StudyRequest.resultsOption)
      exit: 0 all items are the same · 1 one differs · 3 none differs, but not all could be compared
    """

  private typealias Row = ResultVerifier.Row

  private struct Request {
    var ways: [VerificationWay]
    var trials: Int
    /// Whether the trials are drawn from all, not from those that start from a stored stage.
    var isSample: Bool
    var seed: Int
    var workers: Int
    var other: ResultsFolder?
    var item: String?
    var isJSON: Bool

    init(_ arguments: Arguments) throws {
      isJSON = arguments.flag("--json")
      other = try arguments.value("--against").map { ResultsFolder($0) }
      item = try arguments.value("--item")
      let how = try arguments.value("--how")
      let fromScratch = try arguments.integer("--from-scratch", in: 1...1_000_000)
      let sample = try arguments.integer("--sample", in: 1...1_000_000)
      let seed = try arguments.integer("--seed", in: 0...Int(Int32.max))
      let workers = try arguments.integer("-j", "--workers", in: 1...1024)
      ways = try how.map { try Self.ways($0, arguments) } ?? [.again]
      if fromScratch != nil && !ways.contains(.fromScratch) {
        ways = (how == nil ? [] : ways) + [.fromScratch]
      }
      if other != nil && (how != nil || fromScratch != nil || sample != nil) {
        throw arguments.fault(
          "'--against' makes nothing again: leave --how, --from-scratch and --sample out")
      }
      if sample != nil {
        if how != nil || fromScratch != nil || item != nil {
          throw arguments.fault(
            "'--sample' makes whole trials from scratch: leave --how, --from-scratch and --item out"
          )
        }
        ways = [.fromScratch]
      }
      if workers != nil && !ways.contains(.workers) {
        throw arguments.fault("'-j' is for '--how workers'")
      }
      if seed != nil && !ways.contains(.fromScratch) {
        throw arguments.fault("'--seed' chooses the trials of '--from-scratch'")
      }
      trials = sample ?? fromScratch ?? 2
      isSample = sample != nil
      // Which trials are looked at may be left to chance: it decides no number.
      self.seed = seed ?? (isSample ? Int.random(in: 0...Int(Int32.max)) : 1)
      self.workers = workers ?? ProcessInfo.processInfo.activeProcessorCount + 1
    }

    private static func ways(
      _ list: String, _ arguments: Arguments
    ) throws -> [VerificationWay] {
      if list == "all" { return VerificationWay.allCases }
      let named = try list.split(separator: ",").map { word in
        guard let way = VerificationWay(rawValue: String(word)) else {
          throw arguments.fault(
            "'\(word)' is no way to verify", near: String(word),
            among: VerificationWay.allCases.map(\.rawValue) + ["all"])
        }
        return way
      }
      return VerificationWay.allCases.filter(named.contains)
    }
  }

  func run(_ arguments: Arguments) throws -> ExitCode {
    let asked = try Request(arguments)
    let request = try StudyRequest(arguments)
    try arguments.finish()
    if let other = asked.other { try check(other, beside: request.results) }
    let environment = ProcessInfo.processInfo.environment
    let terminal = Terminal(environment: environment)
    var verifier = ResultVerifier(results: request.results) { terminal.error($0) }
    verifier.environment = environment
    // A path that is there is a study, whatever it looks like.
    let isItem =
      !FileManager.default.fileExists(atPath: request.path)
      && request.path.allSatisfy(\.isHexDigit)
    if asked.isSample && isItem {
      throw arguments.fault("'--sample' draws trials of a study; '\(request.path)' is an item")
    }
    let rows: [Row]
    let arithmetic: CompiledStudy.Arithmetic
    let subject: String
    if isItem {
      subject = "item '\(request.path)'"
      let orders = try chain(of: request.path, in: request.results)
      arithmetic =
        orders.contains { $0.kind == CommandContract.kind }
        ? .commands : orders.contains(where: ArithmeticNote.usesOpenBLAS) ? .openBLAS : .ownProducts
      if arithmetic == .openBLAS { try ArithmeticNote.requireOpenBLAS() }
      rows = try compare(asked, verifier, orders: orders, trials: [orders], study: nil, request)
    } else {
      let compiled = try request.compile()
      arithmetic = compiled.arithmetic
      if arithmetic == .openBLAS { try ArithmeticNote.requireOpenBLAS() }
      subject = "study '\(compiled.study.name)'"
      if let commands = compiled.commands {
        verifier.environment.merge(
          CommandSetting.environment(of: commands, caller: environment)
        ) { $1 }
      }
      let orders = try select(asked.item, of: compiled.graph.orders)
      let run = StudyRun(
        compiled: compiled, results: request.results, terminal: terminal, workers: asked.workers,
        style: .none)
      // Before it is made, for whoever wants to know what a killed check was at.
      if asked.isSample {
        terminal.error("the same trials again: --sample \(asked.trials) --seed \(asked.seed)")
      }
      rows = try compare(
        asked, verifier, orders: orders, trials: sample(asked, of: compiled), study: run, request)
      if asked.other == nil { try note(rows, of: compiled, in: request.results) }
    }
    return try finish(rows, of: subject, asked, arithmetic, request, terminal)
  }

  // MARK: What is made once more

  private func compare(
    _ asked: Request, _ verifier: ResultVerifier, orders: [WorkOrder], trials: [[WorkOrder]],
    study: StudyRun?, _ request: StudyRequest
  ) throws -> [Row] {
    if let other = asked.other { return try verifier.against(other, orders) }
    var rows: [Row] = []
    for way in asked.ways {
      switch way {
      case .again, .resumed: rows += try verifier.again(orders, way: way)
      case .fromScratch: rows += try verifier.fromScratch(trials)
      case .workers:
        guard let study, asked.item == nil else {
          throw CommandFault(
            what: "one item cannot be run with another number of workers",
            why: "it runs on one core; the number of workers is of a whole study",
            help: "ablate verify STUDY --how workers")
        }
        guard let made = try verifier.workers(study) else {
          throw CommandFault(
            what: "stopped while the study ran with \(asked.workers) workers",
            why: "what was made once more counts only when all of it was compared",
            help: request.command("verify", "--how", "workers"), exit: .interrupted)
        }
        rows += made
      }
    }
    return rows
  }

  /// An item and everything that it reads, inputs first.
  private func chain(of digits: String, in results: ResultsFolder) throws -> [WorkOrder] {
    let identity = try ItemLookup.identity(
      digits, in: results,
      none: "no study file is called '\(digits)', and no work item begins so")
    var orders: [WorkOrder] = []
    var seen: Set<Digest> = []
    func visit(_ identity: Digest) throws {
      guard seen.insert(identity).inserted else { return }
      guard let order = try results.item(identity).order() else {
        throw StoreFault.noOrder(path: results.item(identity).path)
      }
      for input in order.inputs { try visit(input.identity) }
      orders.append(order)
    }
    try visit(identity)
    return orders
  }

  /// The trials that are made from scratch: a random choice of those with a stage that started from a
  /// stored one, or of all when no trial has such a stage, or when a sample is asked for.
  private func sample(_ asked: Request, of compiled: CompiledStudy) -> [[WorkOrder]] {
    let forks = compiled.trials.filter { $0.compiled.stages.count > 1 }
    var left = forks.isEmpty || asked.isSample ? compiled.trials : forks
    var random = RandomStream(
      Seed(UInt64(asked.seed)).derive("from scratch/\(compiled.study.name)"))
    var chosen: [[WorkOrder]] = []
    while chosen.count < asked.trials, !left.isEmpty {
      chosen.append(left.remove(at: Int.random(in: 0..<left.count, using: &random)).compiled.orders)
    }
    return chosen
  }

  private func note(
    _ rows: [Row], of compiled: CompiledStudy, in results: ResultsFolder
  ) throws {
    var certificate = try Certificate(of: compiled.study.name, in: results)
    for row in rows {
      guard let way = row.way, let result = row.result else { continue }
      if row.verdict == .same || row.verdict == .differs {
        certificate.note(
          way, row.order.identity, result: result, holds: row.verdict == .same)
      }
    }
    try certificate.write(of: compiled.study.name, in: results)
  }

  /// Refuses a folder that is not there, and the study's own.
  private func check(_ other: ResultsFolder, beside results: ResultsFolder) throws {
    let paths = [other, results].map {
      URL(fileURLWithPath: $0.path).resolvingSymlinksInPath().standardizedFileURL.path
    }
    guard FileManager.default.fileExists(atPath: paths[0]) else {
      throw CommandFault(
        what: "there is no folder \(other.path)",
        why: "--against names the results of another machine",
        help: "copy them here: items/ with what lies below it is enough")
    }
    guard paths[0] != paths[1] else {
      throw CommandFault(
        what: "\(other.path) are the results that are to be verified",
        why: "compared with itself, everything is the same",
        help: "leave --against out to do the items again")
    }
  }

  private func select(_ digits: String?, of orders: [WorkOrder]) throws -> [WorkOrder] {
    guard let digits else { return orders }
    return [try ItemLookup.order(digits, of: orders)]
  }

  // MARK: What is said

  private func finish(
    _ rows: [Row], of subject: String, _ asked: Request, _ arithmetic: CompiledStudy.Arithmetic,
    _ request: StudyRequest, _ terminal: Terminal
  ) throws -> ExitCode {
    guard rows.contains(where: { $0.verdict == .same || $0.verdict == .differs }) else {
      throw CommandFault(
        what: "nothing of \(subject) can be compared",
        why: rows.first { $0.verdict == .older }?.detail ?? asked.other.map {
          "no item is done both in \(request.results.path) and in \($0.path)"
        } ?? "no item of it is done", help: request.command("run"), exit: .runFailed)
    }
    if asked.isJSON {
      terminal.output(json(rows).pretty)
    } else {
      terminal.output(ConsoleRenderer(usesANSI: terminal.usesANSI).render(table(rows)))
      terminal.output(summary(rows, arithmetic))
    }
    if rows.contains(where: { $0.verdict == .differs }) { return .checkFailed }
    return rows.allSatisfy { $0.verdict == .same } ? .well : .runFailed
  }

  private func table(_ rows: [Row]) -> Table {
    Table(
      columns: ["item", "work", "how", "verdict", "where"].map {
        Table.Column(key: $0, heading: $0, kind: .text)
      },
      rows: rows.map { row in
        Table.Row(
          [
            .text(row.order.identity.short), .text(row.order.label),
            .text(row.way?.rawValue ?? "against"), .text(row.verdict.rawValue),
            row.detail.isEmpty ? .absent : .text(row.detail),
          ], isEmphasized: row.verdict == .differs)
      })
  }

  private func summary(_ rows: [Row], _ arithmetic: CompiledStudy.Arithmetic) -> String {
    func count(_ verdict: ResultVerifier.Verdict) -> Int { rows.count { $0.verdict == verdict } }
    var text =
      "  \(count(.same)) the same, \(count(.differs)) differ, "
      + "\(count(.missing) + count(.older)) not compared"
    if count(.differs) > 0 {
      let advice =
        switch arithmetic {
        case .ownProducts:
          "the first item of the list that differs is where to look: later ones read it"
        case .openBLAS:
          "OpenBLAS products promise no bits: ablate check compares within tolerances"
        case .commands: "a command promises no bits: ablate check compares within tolerances"
        }
      text += "\n  \(advice)"
    }
    return text
  }

  private func json(_ rows: [Row]) -> JSONValue {
    [
      "items": .array(
        rows.map { row in
          var item: JSONObject = [
            "identity": .string(row.order.identity.hex), "label": .string(row.order.label),
            "how": .string(row.way?.rawValue ?? "against"),
            "verdict": .string(row.verdict.rawValue),
          ]
          if !row.detail.isEmpty { item["where"] = .string(row.detail) }
          return .object(item)
        })
    ]
  }
}
