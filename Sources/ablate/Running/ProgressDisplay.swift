import Reproducibility
import RunScheduler
import RunStore

/// How the course of a run is shown.
enum ProgressStyle: String, CaseIterable {
  /// A block that is redrawn, on a terminal; otherwise lines.
  case auto
  case bar
  case lines
  /// One JSON object a line, for programs.
  case json
  case none
}

/// Shows a run on standard error: on a terminal one block, redrawn; elsewhere a line for each item.
final class ProgressDisplay {
  private let terminal: Terminal
  private let style: ProgressStyle
  private let workers: Int
  private let groups: [ProgressGroup]
  private var done: Set<Digest> = []
  private var total = 0
  private var timeLeft: TimeLeft?
  /// Widths of the lines that stand on the screen.
  private var drawn: [Int] = []
  private var lastTick = -Double.infinity

  init(
    style: ProgressStyle, terminal: Terminal, groups: [ProgressGroup], workers: Int
  ) {
    self.terminal = terminal
    self.groups = groups
    self.workers = workers
    self.style = style == .auto ? (terminal.isInteractive ? .bar : .lines) : style
  }

  func show(_ event: SchedulerEvent) {
    if style == .none { return }
    if case .planned(let plan) = event {
      done = Set(plan.entries.filter(\.isDone).map(\.identity))
      total = plan.entries.count
    }
    if case .finished(let order, _, _) = event { done.insert(order.identity) }
    if case .tick(let status) = event { timeLeft = status.timeLeft }
    style == .json ? write(event) : say(event)
  }

  /// Answers the first request to stop, also where no progress is shown.
  ///
  /// - Parameter usesQueue: whether there is work that goes on without us.
  func sayStopping(usesQueue: Bool = false) {
    if style == .json { return terminal.error(#"{"event":"stopping"}"#) }
    note(
      usesQueue
        ? "stopping: what waits or runs in Slurm goes on; ablate cancel ends it"
        : "stopping: running items keep their state and leave; once more to end them at once")
  }

  /// Takes the block off the screen, so that what follows stands on a clean line.
  func end() { erase() }

  // MARK: Words

  private func say(_ event: SchedulerEvent) {
    switch event {
    case .finished(let order, let seconds, let elsewhere):
      let suffix = elsewhere ? " (by another process)" : ""
      let left = timeLeft.map { "  \(ProgressBlock.left($0))" } ?? ""
      line(
        "done     \(order.label)  \(Self.duration(seconds))\(suffix)  [\(done.count)/\(total)]\(left)"
      )
    case .failed(let order, let failure): note("failed   \(order.label): \(failure.what)")
    case .skipped(let order, let cause):
      line("skipped  \(order.label), because \(cause.label) failed")
    case .retrying(let order, let reason, let attempt, _):
      note("again    \(order.label), attempt \(attempt): \(reason)")
    case .damaged(let order, let reason):
      note("damaged  \(order.label): \(reason); it is made anew")
    case .startingAnew(let order, let reason):
      note("anew     \(order.label), from its beginning: \(reason)")
    case .waiting(let order, let holder): line("waits    \(order.label): \(holder)")
    case .stopped(let order): line("stopped  \(order.label)")
    case .notice(let words): note("note     \(words)")
    case .tick(let status): draw(status)
    case .planned, .started, .progress: break
    }
  }

  /// A line for a log; on a terminal the block says the same.
  private func line(_ text: String) {
    if style == .lines { terminal.error(text) }
  }

  /// A line that must not be lost, block or not.
  private func note(_ text: String) {
    erase()
    terminal.error(text)
  }

  // MARK: The block

  private func draw(_ status: RunStatus) {
    guard style == .bar else { return }
    let size = terminal.size
    let lines = ProgressBlock(status: status, groups: groups, done: done, workers: workers).lines(
      columns: size.columns, rows: size.rows)
    erase()
    terminal.errorRaw(lines.map { $0 + "\n" }.joined())
    drawn = lines.map { displayWidth(of: $0) }
  }

  private func erase() {
    guard !drawn.isEmpty else { return }
    // A terminal that became narrower has wrapped what stood there.
    let (columns, rows) = terminal.size
    let taken = drawn.reduce(0) { $0 + max(1, ($1 + columns - 1) / max(columns, 1)) }
    // What has scrolled out at the top cannot be reached any more.
    terminal.errorRaw("\u{1B}[\(min(taken, max(1, rows - 1)))A\r\u{1B}[0J")
    drawn = []
  }

  // MARK: For programs

  private func write(_ event: SchedulerEvent) {
    var members: JSONObject
    func item(_ name: String, _ order: WorkOrder) -> JSONObject {
      ["event": .string(name), "item": .string(order.identity.hex), "label": .string(order.label)]
    }
    switch event {
    case .planned(let plan):
      members = [
        "event": "planned", "items": JSONValue(plan.entries.count), "done": JSONValue(plan.done),
      ]
    case .started(let order, let attempt):
      members = item("started", order)
      members["attempt"] = JSONValue(attempt)
    case .finished(let order, let seconds, let elsewhere):
      members = item("finished", order)
      members["seconds"] = .number(seconds)
      members["elsewhere"] = .bool(elsewhere)
    case .failed(let order, let failure):
      members = item("failed", order)
      members["reason"] = .string(failure.what)
    case .skipped(let order, let cause):
      members = item("skipped", order)
      members["because"] = .string(cause.identity.hex)
    case .retrying(let order, let reason, let attempt, let pause):
      members = item("retrying", order)
      members["reason"] = .string(reason)
      members["attempt"] = JSONValue(attempt)
      members["after_seconds"] = .number(pause)
    case .damaged(let order, let reason):
      members = item("damaged", order)
      members["reason"] = .string(reason)
    case .startingAnew(let order, let reason):
      members = item("starting anew", order)
      members["reason"] = .string(reason)
    case .waiting(let order, let holder):
      members = item("waiting", order)
      members["for"] = .string(holder)
    case .stopped(let order): members = item("stopped", order)
    case .notice(let words): members = ["event": "notice", "words": .string(words)]
    case .progress: return
    case .tick(let status):
      let now = steadySeconds()
      guard now - lastTick >= 1 || status.running.isEmpty else { return }
      lastTick = now
      members = tick(status)
    }
    terminal.error(JSONValue.object(members).line)
  }

  private func tick(_ status: RunStatus) -> JSONObject {
    var members: JSONObject = [
      "event": "tick", "total": JSONValue(status.total), "done": JSONValue(status.done),
      "waiting": JSONValue(status.waiting), "failed": JSONValue(status.failed),
      "skipped": JSONValue(status.skipped),
      "running": .array(
        status.running.map { running in
          var item: JSONObject = [
            "item": .string(running.order.identity.hex), "label": .string(running.order.label),
            "seconds": .number(running.seconds),
          ]
          if let progress = running.progress {
            item["step"] = JSONValue(progress.step)
            item["of"] = JSONValue(progress.of)
            item["values"] = .object(progress.values)
          }
          return .object(item)
        }),
    ]
    if let left = status.timeLeft {
      members["seconds_left"] = [.number(left.low), .number(left.middle), .number(left.high)]
    }
    return members
  }

  static func duration(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded())
    if seconds < 10 { return "\(Double(Int(seconds * 10)) / 10) s" }
    if whole < 120 { return "\(whole) s" }
    if whole < 7200 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole / 3600) h \(whole / 60 % 60) min"
  }
}
