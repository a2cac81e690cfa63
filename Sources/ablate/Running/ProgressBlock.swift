import Reproducibility
import RunScheduler
import RunStore

/// The redrawn block as a value: counts by state, a bar with the time left, the items that take longest,
/// and a row for each arm where there is room.
struct ProgressBlock {
  var status: RunStatus
  var groups: [ProgressGroup]
  var done: Set<Digest>
  var workers: Int

  /// Lines that fit a terminal of this size; none is wider than it, and one row is left for the cursor.
  func lines(columns: Int, rows: Int) -> [String] {
    let room = max(1, rows - 1)
    var lines = [counts, total]
    let running = slowest.map(runningLine)
    let arms = groupLines
    // The slowest items first, then the arms, all of them or none.
    let shown = min(running.count, Self.mostRunning, max(0, room - lines.count))
    lines += running.prefix(shown)
    if lines.count + arms.count <= room { lines.insert(contentsOf: arms, at: 2) }
    return lines.prefix(room).map { Self.clipped("  " + $0, to: columns - 1) }
  }

  private static let mostRunning = 6

  // MARK: Parts

  private var counts: String {
    let parts = [
      (status.done, "done"), (status.running.count, "running"), (status.waiting, "waiting"),
      (status.failed, "failed"), (status.skipped, "skipped"),
    ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    let hands = "\(workers) worker\(workers == 1 ? "" : "s")"
    return (parts + [hands]).joined(separator: " · ")
  }

  private var total: String {
    let active = status.running.reduce(0) { $0 + ($1.progress?.fraction ?? 0) }
    let share = (Double(status.done) + active) / Double(max(1, status.total))
    return
      "\(Self.bar(share))  \(status.done)/\(status.total) items   \(Self.left(status.timeLeft))"
  }

  /// "about 4 min left (3 to 6)".
  static func left(_ time: TimeLeft?) -> String {
    guard let time else { return "time left not known yet" }
    let text = "about \(ProgressDisplay.duration(time.middle)) left"
    let (low, high) = (ProgressDisplay.duration(time.low), ProgressDisplay.duration(time.high))
    return low == high ? text : "\(text) (\(low) to \(high))"
  }

  private var slowest: [RunStatus.Running] {
    // By time; items that began together keep the order of the graph.
    status.running.enumerated().sorted {
      ($1.element.seconds, $0.offset) < ($0.element.seconds, $1.offset)
    }.map(\.element)
  }

  private func runningLine(_ running: RunStatus.Running) -> String {
    var parts = [running.order.label]
    if let progress = running.progress {
      parts.append("step \(progress.step)" + (progress.of > 0 ? " of \(progress.of)" : ""))
      let values = progress.values.members.compactMap { member in
        member.value.double.map { "\(member.key) \(Self.short($0))" }
      }
      parts += values.prefix(2)
    }
    parts.append(ProgressDisplay.duration(running.seconds))
    return "▸ " + parts.joined(separator: "   ")
  }

  private var groupLines: [String] {
    let running = Dictionary(
      status.running.map { ($0.order.identity, $0) }, uniquingKeysWith: { first, _ in first })
    let width = groups.map { displayWidth(of: $0.name) }.max() ?? 0
    return groups.map { group in
      let finished = group.items.count { done.contains($0) }
      let active = group.items.reduce(0) { $0 + (running[$1]?.progress?.fraction ?? 0) }
      let share = (Double(finished) + active) / Double(max(1, group.items.count))
      let name = group.name + String(repeating: " ", count: width - displayWidth(of: group.name))
      return "\(name)  \(Self.bar(share))  \(finished)/\(group.items.count)"
    }
  }

  // MARK: Text

  /// Twenty cells in eighths.
  static func bar(_ share: Double, cells: Int = 20) -> String {
    let eighths = Int((min(max(share, 0), 1) * Double(cells * 8)).rounded(.down))
    let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
    let text = String(repeating: "█", count: eighths / 8) + parts[eighths % 8]
    return text + String(repeating: " ", count: cells - text.count)
  }

  private static func short(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    let sign = hundredths < 0 ? "-" : ""
    let digits = String(abs(hundredths) % 100)
    return "\(sign)\(abs(hundredths) / 100).\(digits.count == 1 ? "0" : "")\(digits)"
  }

  /// The text in so many columns, its end replaced by "…" when it has more. Letters may be two wide.
  static func clipped(_ text: String, to columns: Int) -> String {
    if displayWidth(of: text) <= columns { return text }
    var kept = ""
    var width = 0
    for character in text {
      width += displayWidth(of: String(character))
      if width > columns - 1 { break }
      kept.append(character)
    }
    return columns > 0 ? kept + "…" : ""
  }
}

/// A row of the block: items that belong together for a person who waits.
struct ProgressGroup {
  var name: String
  var items: [Digest]
}
