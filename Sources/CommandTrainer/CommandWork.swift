internal import CSystem
internal import ChildProcesses
import Glibc
package import Reproducibility

/// What whoever carries out a command's order gives it besides the order.
package struct CommandSurroundings: Sendable {
  /// How the guard is started; the attempt's folder is added.
  package var guardProgram: String
  package var guardArguments: [String]
  /// Of the caller's variables those that the command gets.
  package var environment: [String: String]
  /// Seconds that the command has to leave when it is asked to.
  package var grace = Double(CommandContract.standardGrace)
  package var limits = CommandContract.Limits()

  package init(
    guardProgram: String, guardArguments: [String], environment: [String: String]
  ) {
    self.guardProgram = guardProgram
    self.guardArguments = guardArguments
    self.environment = environment
  }
}

/// Carries out the order of a command: lays its files into a fresh folder, starts it, follows what it measures
/// while it runs, keeps the states that it saves, and judges its end. Nothing of it counts before the end.
package struct CommandWork {
  private let order: CommandOrder
  private let bench: any CommandBench
  private let surroundings: CommandSurroundings
  private let folder: CommandFolder
  private var reader: MeasurementReader
  /// Settings that it says it has read.
  private var read: Set<String>
  /// Numbers that were measured, earlier attempts included.
  private var counts: [String: Int]
  private var lastStep: Int
  private var keptStep: Int?
  private var latest: [(name: String, value: Double)] = []
  private var progress: (step: Int, of: Int?)?
  private let saved: SavedState?

  /// - Returns: a few values for the item's record.
  /// - Throws: ``CommandFailure``, ``CommandStopped``, or what the bench throws.
  package static func perform(
    _ order: WorkOrder, on bench: any CommandBench, _ surroundings: CommandSurroundings
  ) throws -> JSONObject {
    guard let command = CommandOrder(order) else { throw CommandFailure.unreadable(order.label) }
    var work = try CommandWork(command, bench, surroundings)
    return try work.run()
  }

  private init(
    _ order: CommandOrder, _ bench: any CommandBench, _ surroundings: CommandSurroundings
  ) throws {
    self.order = order
    self.bench = bench
    self.surroundings = surroundings
    folder = CommandFolder(bench.scratch)
    saved = try bench.savedState()
    let notes = saved?.notes
    func numbers(_ name: String) -> [String: Int] {
      Dictionary(
        (notes?[name]?.object?.members ?? []).compactMap { member in
          member.value.int.map { (member.key, $0) }
        }, uniquingKeysWith: { $1 })
    }
    reader = MeasurementReader(
      metrics: order.metrics, settings: order.settings, lastSteps: numbers("steps"))
    counts = numbers("counts")
    read = Set((notes?["read"]?.array ?? []).compactMap(\.string))
    lastStep = notes?["last_step"]?.int ?? 0
    keptStep = saved?.step
  }

  /// What a later attempt has to know beside the command's own state.
  private var notes: JSONValue {
    func object(_ numbers: [String: Int]) -> JSONValue {
      .object(JSONObject(numbers.sorted { $0.key < $1.key }.map { ($0.key, JSONValue($0.value)) }))
    }
    return [
      "steps": object(reader.lastSteps), "counts": object(counts),
      "read": .array(read.sorted().map { .string($0) }), "last_step": JSONValue(lastStep),
    ]
  }

  // MARK: The run

  private mutating func run() throws -> JSONObject {
    try prepare()
    // A state of which it has not said that it is whole is worth nothing, and may be large.
    defer { bench.discard(folder.states) }
    guard let file = MeasurementFile(folder.measurements, limits: surroundings.limits) else {
      throw CommandFailure.guardLost(order.stage, log: bench.log)
    }
    var ends: [Int32] = [-1, -1]
    guard unsafe ablate_pipe(&ends, O_CLOEXEC) == 0 else { throw machine(errno, "a pipe") }
    defer { close(ends[0]) }
    let start = ChildProcess.start(
      program: surroundings.guardProgram, arguments: surroundings.guardArguments + [folder.path],
      environment: try environment(), output: .descriptor(ends[1]))
    close(ends[1])
    guard case .started(let child) = start else {
      if case .refused(let code) = start { throw machine(code, surroundings.guardProgram) }
      throw machine(0, surroundings.guardProgram)
    }
    // Should the guard be killed, what it watched comes to this process.
    _ = ablate_adopt_orphans()
    var output = CommandOutput(ends[0], limit: surroundings.limits.output)
    var wasAsked = false
    do {
      wasAsked = try follow(file, child, &output)
    } catch {
      // The guard hears that its input ends, and ends the command before it ends itself.
      _ = child.collectWithoutKilling()
      throw error
    }
    _ = child.collectWithoutKilling()
    if GuardReport(path: folder.end) == nil { CommandGuard.endOrphans() }
    return try judge(file, output, wasAsked: wasAsked)
  }

  private func prepare() throws {
    do throws(ScratchFiles.Fault) {
      for path in [folder.path, folder.work, folder.states] { try ScratchFiles.makeFolder(path) }
      for (name, text) in order.files {
        let path = "\(folder.work)/\(name)"
        if let slash = path.lastIndex(of: "/") {
          try ScratchFiles.makeFolder(String(path[..<slash]))
        }
        try ScratchFiles.write(Array(text.utf8), to: path, isProgram: text.hasPrefix("#!"))
      }
      let settings = JSONValue.object(order.settings).canonical + "\n"
      try ScratchFiles.write(Array(settings.utf8), to: folder.settings)
      try ScratchFiles.write([], to: folder.measurements)
      let words = JSONValue.array(order.words.map { .string($0) })
      try ScratchFiles.write(Array(words.line.utf8), to: folder.start)
    } catch {
      throw CommandFailure(
        .machine, order.stage, "cannot write '\(error.path)': \(error.words)",
        why: "the command runs in a folder of its own within the item",
        help: "make room on the disk")
    }
  }

  private func environment() throws -> [String: String] {
    var variables = surroundings.environment
    for name in CommandContract.threadVariables { variables[name] = String(order.cores) }
    for (name, value) in order.environment { variables[name] = value }
    variables["ABLATE_CONTRACT"] = String(CommandContract.version)
    variables["ABLATE_ORDER"] = bench.order
    variables["ABLATE_CONFIG"] = folder.settings
    variables["ABLATE_SEED"] = String(order.seed)
    variables["ABLATE_ITEM"] = bench.item
    variables["ABLATE_STAGE"] = order.stage
    variables["ABLATE_MEASUREMENTS"] = folder.measurements
    variables["ABLATE_CHECKPOINT_OUT"] = folder.states
    variables["ABLATE_CHECKPOINT_IN"] = try saved?.folder ?? bench.parentState()
    variables["ABLATE_RESUMED"] = saved == nil ? "0" : "1"
    variables["ABLATE_ATTEMPT"] = String(bench.attempt)
    return variables
  }

  private func machine(_ code: Int32, _ what: String) -> CommandFailure {
    CommandFailure(
      .machine, order.stage,
      "cannot start the command: \(what): \(unsafe String(cString: strerror(code)))",
      why: "the machine has no room for another process", help: "it is tried again")
  }

  /// Hands on what the command says and measures until it has ended.
  ///
  /// - Returns: whether it was asked to leave.
  private mutating func follow(
    _ file: MeasurementFile, _ child: ChildProcess, _ output: inout CommandOutput
  ) throws -> Bool {
    var asked: Double?
    var lastLook = 0.0
    while !output.isOver {
      try output.take(within: 50) { try bench.say($0) }
      if output.isTooMuch {
        throw CommandFailure.tooMuchOutput(
          order.stage, limit: surroundings.limits.output, log: bench.log)
      }
      let now = steadySeconds()
      if now - lastLook >= 0.05 {
        lastLook = now
        try take(file)
      }
      // Without its guard nobody says how the command ends.
      if child.hasEnded, !output.isOver, ScratchFiles.contents(of: folder.end) == nil { break }
      if let asked {
        // The guard kills what is still there.
        if now - asked > surroundings.grace { child.signal(SIGINT) }
      } else if bench.isStopRequested {
        asked = now
        child.signal(SIGTERM)
      }
    }
    return asked != nil
  }

  // MARK: What it measures

  private mutating func take(_ file: MeasurementFile) throws {
    let before = file.lines
    let lines: [[UInt8]]
    do throws(MeasurementFile.Fault) {
      lines = try file.next()
    } catch {
      throw failure(of: error, line: before + 1)
    }
    var measured: [MeasuredNumber] = []
    func flush() throws {
      if measured.isEmpty { return }
      try bench.record(measured)
      measured = []
    }
    for (place, bytes) in lines.enumerated() {
      let number = before + place + 1
      switch try line(bytes, number: number) {
      case .measurement(let metric, let step, let value):
        guard value.isFinite else {
          try flush()
          throw CommandFailure.diverged(
            order.stage, metric, step: step, isInfinite: value.isInfinite)
        }
        measured.append(MeasuredNumber(metric: metric, step: step, value: value))
        counts[metric, default: 0] += 1
        lastStep = max(lastStep, step)
        note(metric, value)
      case .read(let name): read.insert(name)
      case .progress(let step, let steps): progress = (step, steps)
      case .checkpoint(let step, let name):
        try flush()
        try keep(name, step: step, line: number)
      }
    }
    try flush()
    if !lines.isEmpty {
      bench.report(step: progress?.step ?? lastStep, of: progress?.of, latest)
    }
  }

  private mutating func line(_ bytes: [UInt8], number: Int) throws -> MeasurementLine {
    do throws(MeasurementFault) {
      return try reader.read(bytes)
    } catch {
      throw CommandFailure.malformed(order.stage, line: number, error, text: Self.shown(bytes))
    }
  }

  private func failure(of fault: MeasurementFile.Fault, line: Int) -> CommandFailure {
    switch fault {
    case .tooLarge: .tooManyMeasurements(order.stage, limit: surroundings.limits.measurements)
    case .changed: .overwritten(order.stage)
    case .tooLong:
      .malformed(
        order.stage, line: line,
        MeasurementFault("it is longer than \(surroundings.limits.line) bytes"), text: "…")
    }
  }

  private static func shown(_ bytes: [UInt8]) -> String {
    let text = String(decoding: bytes.prefix(200), as: UTF8.self)
    return String(
      String.UnicodeScalarView(text.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7f }))
  }

  private mutating func note(_ metric: String, _ value: Double) {
    if let place = latest.firstIndex(where: { $0.name == metric }) {
      latest[place].value = value
    } else {
      latest.append((metric, value))
    }
  }

  private mutating func keep(_ name: String, step: Int, line: Int) throws {
    let path = "\(folder.states)/\(name)"
    guard ScratchFiles.isFolder(path) else {
      throw CommandFailure.badState(
        order.stage, line: line, "there is no folder '\(name)' in ABLATE_CHECKPOINT_OUT")
    }
    lastStep = max(lastStep, step)
    keptStep = step
    do {
      try bench.keep(path, step: step, notes: notes)
    } catch let refused as RefusedState {
      throw CommandFailure.badState(order.stage, line: line, refused.reason)
    }
  }

  // MARK: The end

  private mutating func judge(
    _ file: MeasurementFile, _ output: CommandOutput, wasAsked: Bool
  ) throws -> JSONObject {
    let stage = order.stage
    let log = bench.log
    guard let report = GuardReport(path: folder.end) else {
      if wasAsked { throw CommandStopped() }
      throw CommandFailure.guardLost(stage, log: log)
    }
    if case .refused(let code) = report.end {
      if [EAGAIN, ENOMEM, EMFILE, ENFILE, ETXTBSY].contains(code) {
        throw machine(code, order.words[0])
      }
      throw CommandFailure.notStarted(
        order.words[0], stage, code: code, words: unsafe String(cString: strerror(code)),
        isMissing: code == ENOENT)
    }
    if !report.left.isEmpty { try say(ofLeft: report.left) }
    try take(file)
    // Whatever it exits with: it left because it was asked to.
    let isLeaving =
      wasAsked
      || report.end.isLeaving(hearing: surroundings.limits.hearing) { bench.isStopRequested }
    if isLeaving { throw CommandStopped() }
    let last = output.lastWords(atMost: CommandFailure.shownOutput)
    switch report.end {
    case .ended(.exit(0)), .refused: break
    case .ended(.exit(CommandContract.machineFaultExit)):
      throw CommandFailure.machine(stage, last: last, log: log)
    case .ended(.exit(let code)):
      throw CommandFailure.exited(stage, code: code, last: last, log: log)
    case .ended(.signal(let number)):
      throw CommandFailure.killed(
        stage, number, name: signalName(number),
        isOfMachine: [SIGKILL, SIGTERM, SIGHUP, SIGINT].contains(number), last: last, log: log)
    }
    guard file.isWhole else {
      throw CommandFailure.malformed(
        stage, line: file.lines + 1,
        MeasurementFault("it has no end", why: "a line that is only half there looks the same"),
        text: Self.shown(file.unfinished))
    }
    guard file.isUnchanged else { throw CommandFailure.overwritten(stage) }
    if counts.isEmpty { throw CommandFailure.measuredNothing(stage, log: log) }
    let missing = order.metrics.filter { counts[$0] == nil && !order.optionalMetrics.contains($0) }
    if !missing.isEmpty { throw CommandFailure.neverMeasured(stage, missing) }
    return try values()
  }

  private func values() throws -> JSONObject {
    var values: JSONObject = ["step": JSONValue(lastStep)]
    if let digest = try bench.leaveState(), let keptStep {
      values["checkpoint"] = JSONValue(keptStep)
      values["policy"] = .string(digest)
    }
    // Who never says what it reads is not held to it.
    if !read.isEmpty {
      let all = read.union(order.settingsInWords)
      values["read"] = .array(all.sorted().map { .string($0) })
    }
    return values
  }

  private func say(ofLeft names: [String]) throws {
    let shown = names.prefix(5).joined(separator: ", ") + (names.count > 5 ? ", …" : "")
    let count = names.count == 1 ? "a process" : "\(names.count) processes"
    try bench.say(
      Array(
        """
        warning: the command left \(count) behind, which \(names.count == 1 ? "was" : "were") killed: \(shown)
          why:  what runs on when the command has ended could change what it measured, and holds the machine
          help: wait for every child before the command ends

        """.utf8))
  }
}

extension ChildProcess {
  /// Whether it is dead, its number still taken.
  fileprivate var hasEnded: Bool {
    var details = unsafe siginfo_t()
    // As long as there is nothing to report the number stays 0, which is no process's.
    let answer = unsafe waitid(P_PID, id_t(process), &details, WEXITED | WNOWAIT | WNOHANG)
    return unsafe answer != 0 || details._sifields._kill.si_pid != 0
  }
}
