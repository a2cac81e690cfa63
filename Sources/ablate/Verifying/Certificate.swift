import Reproducibility
import RunStore

/// A way of making a result once more, to see whether it has the same bits.
enum VerificationWay: String, CaseIterable {
  /// Each item alone, in one process, from the inputs in the store.
  case again
  /// The whole study in another results folder, with another number of workers.
  case workers
  /// Each item alone, killed after every checkpoint and resumed.
  case resumed
  /// Whole trials in one process, from nothing: what the stages read is made anew too.
  case fromScratch = "from-scratch"
}

/// What was proven of a study's results: which items came out with the same bits, in which ways. Kept as
/// `certificates/<study>.json` beside the items. It speaks of these very bits: a result that is made
/// anew, or added, has to be verified itself.
struct Certificate: Equatable {
  private struct Proof: Equatable {
    /// ``ItemTrace/digest`` of the result.
    var result: Digest
    var ways: Set<VerificationWay>
  }

  private var proofs: [Digest: Proof] = [:]

  /// Notes that an item came out the same, or, with `holds` false, that it did not.
  mutating func note(_ way: VerificationWay, _ item: Digest, result: Digest, holds: Bool) {
    if proofs[item]?.result != result { proofs[item] = Proof(result: result, ways: []) }
    if holds { proofs[item]?.ways.insert(way) } else { proofs[item]?.ways = [] }
  }

  /// Whether nothing was proven of anything.
  var isEmpty: Bool { proofs.isEmpty }

  // MARK: The level

  /// How much was proven; each level includes those below it.
  enum Level: Int, CaseIterable {
    case recorded, repeated, workers, resumed, fromScratch

    /// What it says of all items of a study, in the words of a report; the last is of a sample.
    fileprivate var words: String {
      switch self {
      case .recorded, .fromScratch: ""
      case .repeated: "done again"
      case .workers: "with another number of workers"
      case .resumed: "killed after checkpoints and resumed"
      }
    }
  }

  /// - Parameters:
  ///   - items: every item of the study with its present result; nil where there is none.
  func level(of items: [(identity: Digest, result: Digest?)]) -> Level {
    let proven = items.map { item -> Set<VerificationWay> in
      guard let proof = proofs[item.identity], proof.result == item.result else { return [] }
      return proof.ways
    }
    func all(_ ways: VerificationWay...) -> Bool {
      !proven.isEmpty && proven.allSatisfy { !$0.isDisjoint(with: ways) }
    }
    // Each of the other ways makes every item once more too.
    guard all(.again, .workers, .resumed) else { return .recorded }
    guard all(.workers) else { return .repeated }
    guard all(.resumed) else { return .workers }
    return proven.contains { $0.contains(.fromScratch) } ? .fromScratch : .resumed
  }

  private func fromScratch(among items: [Digest]) -> Int {
    items.count { proofs[$0]?.ways.contains(.fromScratch) ?? false }
  }

  /// The line of a report.
  ///
  /// - Parameter command: what raises the level, as it would be typed.
  func line(of items: [(identity: Digest, result: Digest?)], command: String) -> String {
    let level = level(of: items)
    let top = Level.allCases.count - 1
    let start = "determinism certificate: level \(level.rawValue) of \(top)"
    guard level > .recorded else { return "\(start), not verified yet: `\(command)`" }
    let reached = Level.allCases.dropFirst().prefix { $0 <= min(level, .resumed) }.map(\.words)
    let scratch =
      level == .fromScratch
      ? "; \(fromScratch(among: items.map(\.identity))) of them from scratch in one process" : ""
    return
      "\(start): all \(items.count) items have the same bits \(reached.joined(separator: ", "))"
      + scratch
  }
}

extension Certificate.Level: Comparable {
  static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

// MARK: The file

extension Certificate {
  private static func path(_ study: String, in results: ResultsFolder) -> String {
    "\(results.path)/certificates/\(study).json"
  }

  /// What is known of a study; nothing where there is no file, or none that can be read: then it is
  /// proven anew.
  init(of study: String, in results: ResultsFolder) throws(StoreFault) {
    guard let bytes = try results.files.contents(of: Self.path(study, in: results)),
      let json = try? JSONValue(parsing: bytes)
    else { return }
    for (hex, proof) in json["items"]?.object?.members ?? [] {
      guard let item = Digest(hex: hex),
        let result = proof["result"]?.string.flatMap(Digest.init(hex:))
      else { continue }
      let ways = (proof["ways"]?.array ?? []).compactMap(\.string).compactMap(
        VerificationWay.init(rawValue:))
      proofs[item] = Proof(result: result, ways: Set(ways))
    }
  }

  /// Removes what is known of a study; nothing when nothing is.
  static func remove(of study: String, in results: ResultsFolder) throws(StoreFault) {
    try results.files.remove(path(study, in: results))
  }

  func write(of study: String, in results: ResultsFolder) throws(StoreFault) {
    let path = Self.path(study, in: results)
    try results.files.makeFolder("\(results.path)/certificates")
    let items = proofs.sorted { $0.key < $1.key }.map { item, proof in
      let ways = VerificationWay.allCases.filter(proof.ways.contains)
      return (
        item.hex,
        JSONValue.object([
          "result": .string(proof.result.hex),
          "ways": .array(ways.map { .string($0.rawValue) }),
        ])
      )
    }
    let json: JSONValue = ["study": .string(study), "items": .object(JSONObject(items))]
    try results.files.replace(path, with: Array((json.pretty + "\n").utf8))
  }
}
