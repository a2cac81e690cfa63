import Glibc
import RunStore

/// A runner without a trainer: scheduler, store and index as `ablate run` joins them, over items that
/// take no time. For tests that kill it, and its disk, thousands of times.
///
/// ```
/// RunnerProbe run RESULTS --items N [--workers N] [--shape flat|chains] [--work nothing|little]
///                 [--milliseconds N] [--processes] [--ledger FILE] [--lease SECONDS]
/// RunnerProbe work [--ledger FILE] ITEM-FOLDER
/// ```
///
/// `run` prints one line of JSON when it ends and exits with 0 when everything is done, 3 otherwise.
enum Probe {
  static func run(_ words: [String]) -> Int32 {
    do {
      var arguments = ProbeArguments(words.dropFirst())
      switch words.first {
      case "run": return try ProbeRun(&arguments).run()
      case "work": return try ProbeWorker(&arguments).run()
      default: throw ProbeFault(what: "the first word is 'run' or 'work'")
      }
    } catch let fault as ProbeFault {
      say("error: \(fault.what)")
      return 2
    } catch let fault as StoreFault {
      say("error: \(fault.what)\n  why:  \(fault.why)\n  help: \(fault.help)")
      return 3
    } catch {
      say("error: \(error)")
      return 3
    }
  }

  /// A line on standard error.
  static func say(_ text: String) { put(text, on: STDERR_FILENO) }

  static func put(_ text: String, on descriptor: Int32) {
    let bytes = Array((text + "\n").utf8)
    _ = unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
  }
}

/// A request that makes no sense.
struct ProbeFault: Error {
  var what: String
}

/// Words, taken one by one; whatever nobody took is a mistake.
struct ProbeArguments {
  private var words: [String]

  init(_ words: some Sequence<String>) { self.words = Array(words) }

  mutating func flag(_ name: String) -> Bool {
    guard let place = words.firstIndex(of: name) else { return false }
    words.remove(at: place)
    return true
  }

  mutating func text(_ name: String) throws -> String? {
    guard let place = words.firstIndex(of: name) else { return nil }
    guard place + 1 < words.count else { throw ProbeFault(what: "\(name) needs a value") }
    defer { words.removeSubrange(place...place + 1) }
    return words[place + 1]
  }

  mutating func integer(_ name: String, atLeast least: Int) throws -> Int? {
    guard let text = try text(name) else { return nil }
    guard let number = Int(text), number >= least else {
      throw ProbeFault(what: "\(name) needs a number from \(least)")
    }
    return number
  }

  mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ name: String, as type: Choice.Type
  ) throws -> Choice? {
    guard let text = try text(name) else { return nil }
    guard let choice = Choice(rawValue: text) else {
      let all = type.allCases.map(\.rawValue).joined(separator: ", ")
      throw ProbeFault(what: "\(name) is one of \(all)")
    }
    return choice
  }

  /// The one word that is left.
  func last(_ meaning: String) throws -> String {
    guard let word = words.first, words.count == 1 else {
      throw ProbeFault(what: "expected the \(meaning), found \(words)")
    }
    return word
  }
}
