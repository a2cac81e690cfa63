import Diagnostics
import Reproducibility
import RunStore

/// Which items somebody wants to see: `state=failed,kind=stage,label=*seed 1*`. Terms of one key are
/// alternatives; every key that is named has to fit.
struct ItemFilter {
  enum Key: String, CaseIterable {
    case state, kind, label, study

    static let list = allCases.map(\.rawValue).joined(separator: ", ")
  }

  /// The words of ``ItemState``.
  static let states = ["absent", "ordered", "running", "done", "failed", "damaged"]

  private var patterns: [Key: [String]] = [:]

  /// - Parameter text: empty for every item.
  /// - Throws: ``CommandFault`` for a key or a state that there is not.
  init(_ text: String, _ arguments: Arguments) throws {
    for term in text.split(separator: ",") {
      guard let mark = term.firstIndex(of: "=") else {
        throw arguments.fault("'\(term)' is no term: write key=value, such as state=failed")
      }
      let word = String(term[..<mark])
      let value = String(term[term.index(after: mark)...])
      let names = Key.allCases.map(\.rawValue)
      guard let key = Key(rawValue: word) else {
        throw arguments.fault(
          "'\(word)' is none of the keys \(Key.list)", near: word, among: names)
      }
      if key == .state, !Self.states.contains(where: { Self.fits($0, value) }) {
        throw arguments.fault(
          "'\(value)' is none of the states \(Self.states.joined(separator: ", "))", near: value,
          among: Self.states)
      }
      patterns[key, default: []].append(value)
    }
  }

  func fits(state: String, kind: String, label: String) -> Bool {
    func fits(_ key: Key, _ text: String) -> Bool {
      patterns[key].map { $0.contains { Self.fits(text, $0) } } ?? true
    }
    return fits(.state, state) && fits(.kind, kind) && fits(.label, label)
  }

  /// The items of the studies that are asked for; nil when none is.
  func studies(in results: ResultsFolder) throws -> Set<Digest>? {
    guard let names = patterns[.study] else { return nil }
    let needs = try ItemNeeds(results)
    var found: Set<Digest> = []
    for study in needs.studies where names.contains(where: { Self.fits(study.study, $0) }) {
      found.formUnion(needs.closure(of: study) ?? study.items)
    }
    return found
  }

  /// Whether a text fits a pattern in which `*` stands for any text, also for none.
  static func fits(_ text: String, _ pattern: String) -> Bool {
    let (text, pattern) = (Array(text), Array(pattern))
    var (place, sign) = (0, 0)
    // Where to go on when the text after the last star does not fit: one letter later.
    var retry: (place: Int, sign: Int)?
    while place < text.count {
      if sign < pattern.count, pattern[sign] == "*" {
        retry = (place, sign)
        sign += 1
      } else if sign < pattern.count, pattern[sign] == text[place] {
        (place, sign) = (place + 1, sign + 1)
      } else if let last = retry {
        retry = (last.place + 1, last.sign)
        (place, sign) = (last.place + 1, last.sign + 1)
      } else {
        return false
      }
    }
    return pattern[sign...].allSatisfy { $0 == "*" }
  }
}
