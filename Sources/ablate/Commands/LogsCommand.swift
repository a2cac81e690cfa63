import Foundation
import Glibc
import Reproducibility
import RunStore
import Synchronization

/// `ablate logs ITEM`: what the worker of an item said, also while it says it.
struct LogsCommand: Command {
  static let name = "logs"
  static let summary = "print what an item's worker said, also while it runs"
  static let usage = """
    ablate logs ITEM [options]
      ITEM            an identity or its first digits, as plan and ls print them
      -f, --follow    go on until the item is done or failed; exit 3 when it failed
      --lines N       only the last N lines of what is there; default: all
      --results DIR   where work items are kept; default: results
    """

  /// Seconds between two looks at the file.
  private static let pause = 0.1

  func run(_ arguments: Arguments) throws -> ExitCode {
    // Both are taken, whichever was given.
    let follows = [arguments.flag("-f"), arguments.flag("--follow")].contains(true)
    let lines = try arguments.integer("--lines", in: 0...Int(Int32.max))
    let results = ResultsFolder(try arguments.value("--results") ?? "results")
    let digits = try arguments.single("work item")
    try arguments.finish()
    let terminal = Terminal(environment: ProcessInfo.processInfo.environment)
    let folder = results.item(try ItemLookup.identity(digits, in: results))
    let heard = Atomic<Int32>(0)
    let signals =
      follows ? SignalWatch([SIGINT, SIGTERM]) { heard.store($0, ordering: .relaxed) } : nil
    defer { signals?.end() }
    var log = LogTail(path: folder.path(.log))
    var rest = log.read()
    if let lines { rest = Self.last(lines, of: rest) }
    terminal.output(bytes: rest)
    while true {
      // The state before the file: what is written until the end is then still printed.
      let state = try folder.state()
      terminal.output(bytes: log.read())
      switch state {
      case .absent:
        terminal.error("\(folder.identity.short) was removed")
        return .runFailed
      case .ordered, .running:
        if follows { break }
        return end(state, folder, terminal, isEmpty: log.isEmpty)
      case .done, .known, .failed, .damaged:
        let exit = end(state, folder, terminal, isEmpty: log.isEmpty)
        return follows ? exit : .well
      }
      Thread.sleep(forTimeInterval: Self.pause)
      switch heard.load(ordering: .relaxed) {
      case 0: continue
      case SIGINT: return .interrupted
      default: return .stopped
      }
    }
  }

  private func end(
    _ state: ItemState, _ folder: ItemFolder, _ terminal: Terminal, isEmpty: Bool
  ) -> ExitCode {
    let words = isEmpty ? "\(state.word); it has said nothing" : state.word
    switch state {
    case .failed(let failure):
      terminal.error("\(folder.identity.short) \(words): \(failure.what)")
      return .runFailed
    case .damaged(let reason):
      terminal.error("\(folder.identity.short) \(words): \(reason)")
      return .runFailed
    default:
      terminal.error("\(folder.identity.short) \(words)")
      return .well
    }
  }

  /// The last lines of a text; a last line without its end is one too.
  private static func last(_ count: Int, of bytes: [UInt8]) -> [UInt8] {
    if count == 0 { return [] }
    let newline = UInt8(ascii: "\n")
    let ends = bytes.indices.dropLast().filter { bytes[$0] == newline }
    return ends.count < count ? bytes : Array(bytes[(ends[ends.count - count] + 1)...])
  }
}

/// Reads what was added to a file since the last time. The file may not be there yet.
private struct LogTail {
  let path: String
  private var offset: UInt64 = 0

  init(path: String) { self.path = path }

  /// Whether nothing was ever read.
  var isEmpty: Bool { offset == 0 }

  mutating func read() -> [UInt8] {
    guard let file = FileHandle(forReadingAtPath: path) else { return [] }
    defer { try? file.close() }
    // A shorter file is another one: the item was removed and made anew.
    if let size = try? file.seekToEnd(), size < offset { offset = 0 }
    guard (try? file.seek(toOffset: offset)) != nil, let bytes = try? file.readToEnd() else {
      return []
    }
    offset += UInt64(bytes.count)
    return Array(bytes)
  }
}
