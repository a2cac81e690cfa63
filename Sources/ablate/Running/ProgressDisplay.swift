import Reproducibility
import RunScheduler
import RunStore

/// How the course of a run is shown.
enum ProgressStyle: String, CaseIterable {
  /// A block that is redrawn, on a terminal; otherwise lines.
  case auto
  case bar
  case lines
  case none
}

/// Shows a run on standard error: on a terminal one block, redrawn; elsewhere a line for each item.
final class ProgressDisplay {
  private let terminal: Terminal
  private let isBlock: Bool
  private let isSilent: Bool
  private let groups: [ProgressGroup]
  private var done: Set<Digest> = []
  private var drawnLines = 0
  private let workers: Int

  init(
    style: ProgressStyle, terminal: Terminal, groups: [ProgressGroup], workers: Int
  ) {
    self.terminal = terminal
    self.groups = groups
    self.workers = workers
    isBlock = style == .bar || (style == .auto && terminal.isInteractive)
    isSilent = style == .none
  }

  func show(_ event: SchedulerEvent) {
    if isSilent { return }
    switch event {
    case .finished(let order, let seconds, let elsewhere):
      done.insert(order.identity)
      let suffix = elsewhere ? " (by another process)" : ""
      line("done     \(order.label)  \(Self.duration(seconds))\(suffix)")
    case .failed(let order, let failure):
      note("failed   \(order.label): \(failure.what)")
    case .skipped(let order, let cause):
      line("skipped  \(order.label), because \(cause.label) failed")
    case .retrying(let order, let reason, let attempt, _):
      note("again    \(order.label), attempt \(attempt + 1): \(reason)")
    case .damaged(let order, let reason):
      note("damaged  \(order.label): \(reason); it is made anew")
    case .waiting(let order, let holder):
      line("waits    \(order.label): \(holder)")
    case .stopped(let order):
      line("stopped  \(order.label)")
    case .tick(let status): draw(status)
    case .planned(let plan): done = Set(plan.entries.filter(\.isDone).map(\.identity))
    case .started, .progress: break
    }
  }

  /// Answers the first request to stop, also where no progress is shown.
  func sayStopping() {
    note("stopping: running items keep their state and leave; once more to end them at once")
  }

  /// Takes the block off the screen, so that what follows stands on a clean line.
  func end() {
    erase()
  }

  // MARK: Lines

  /// A line for a log; on a terminal the block says the same.
  private func line(_ text: String) {
    if !isBlock { terminal.error(text) }
  }

  /// A line that must not be lost, block or not.
  private func note(_ text: String) {
    erase()
    terminal.error(text)
  }

  // MARK: The block

  private func draw(_ status: RunStatus) {
    guard isBlock else { return }
    let running = Dictionary(
      status.running.map { ($0.order.identity, $0) }, uniquingKeysWith: { first, _ in first })
    let width = groups.map { displayWidth(of: $0.name) }.max() ?? 0
    var lines = groups.map { group -> String in
      let finished = group.items.count { done.contains($0) }
      let active = group.items.compactMap { running[$0] }
      let share =
        (Double(finished) + active.reduce(0) { $0 + ($1.progress?.fraction ?? 0) })
        / Double(max(1, group.items.count))
      let name = group.name + String(repeating: " ", count: width - displayWidth(of: group.name))
      var text = "  \(name)  \(Self.bar(share))  \(finished)/\(group.items.count)"
      if let progress = active.first?.progress {
        let values = progress.values.members.prefix(2).compactMap { member in
          member.value.double.map { "\(member.key) \(Self.short($0))" }
        }
        if !values.isEmpty { text += "   " + values.joined(separator: "   ") }
      }
      return text
    }
    let left =
      status.secondsLeft.map { "about \(Self.duration($0)) left" } ?? "time left not known yet"
    lines.append(
      "  \(workers) worker\(workers == 1 ? "" : "s") · \(status.done)/\(status.total) items · \(left)"
    )
    erase()
    let columns = terminal.columns
    for line in lines { terminal.errorRaw(Self.clipped(line, to: columns - 1) + "\n") }
    drawnLines = lines.count
  }

  private func erase() {
    guard drawnLines > 0 else { return }
    terminal.errorRaw("\u{1B}[\(drawnLines)A\u{1B}[0J")
    drawnLines = 0
  }

  /// Twenty cells in eighths.
  static func bar(_ share: Double, cells: Int = 20) -> String {
    let eighths = Int((min(max(share, 0), 1) * Double(cells * 8)).rounded(.down))
    let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
    let text = String(repeating: "█", count: eighths / 8) + parts[eighths % 8]
    return text + String(repeating: " ", count: cells - text.count)
  }

  static func duration(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded())
    if seconds < 10 { return "\(Double(Int(seconds * 10)) / 10) s" }
    if whole < 120 { return "\(whole) s" }
    if whole < 7200 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole / 3600) h \(whole / 60 % 60) min"
  }

  private static func short(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    let sign = hundredths < 0 ? "-" : ""
    let digits = String(abs(hundredths) % 100)
    return "\(sign)\(abs(hundredths) / 100).\(digits.count == 1 ? "0" : "")\(digits)"
  }

  private static func clipped(_ text: String, to columns: Int) -> String {
    displayWidth(of: text) <= columns ? text : String(text.prefix(max(0, columns - 1))) + "…"
  }
}

/// A row of the block: items that belong together for a person who waits.
struct ProgressGroup {
  var name: String
  var items: [Digest]
}
