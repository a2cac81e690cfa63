import PolicyTrainer
import Reproducibility
import RunStore
import StudyLanguage

/// Which claims of a study were written before results of all their arms were there: `claims/<study>.json`
/// beside the items. A claim is entered when the study is first planned, run, reported or checked with it,
/// and its entry is never changed; one that is worded anew in what it compares is another claim.
struct ClaimRegister {
  private struct Entry {
    var says: String
    var expect: String
    var isPostHoc: Bool
  }

  /// By ``Study/Claim/digest``.
  private var entries: [Digest: Entry] = [:]

  private static func path(_ study: String, in results: ResultsFolder) -> String {
    "\(results.path)/claims/\(study).json"
  }

  /// What is known of a study; nothing where there is no register.
  ///
  /// - Throws: `StoreFault` when the register is damaged: it cannot be made anew.
  init(of study: String, in results: ResultsFolder) throws(StoreFault) {
    let path = Self.path(study, in: results)
    guard let bytes = try results.files.contents(of: path) else { return }
    guard let json = try? JSONValue(parsing: bytes), json["claims"]?.object != nil else {
      throw .damaged(path: path, reason: "it is not a register of claims")
    }
    for (hex, entry) in json["claims"]?.object?.members ?? [] {
      guard let digest = Digest(hex: hex), let says = entry["says"]?.string,
        let expect = entry["expect"]?.string, let isPostHoc = entry["post_hoc"]?.bool
      else { throw .damaged(path: path, reason: "it is not a register of claims") }
      entries[digest] = Entry(says: says, expect: expect, isPostHoc: isPostHoc)
    }
  }

  /// nil for a claim that was never entered.
  func isPostHoc(_ claim: Study.Claim) -> Bool? { entries[claim.digest]?.isPostHoc }

  /// The same for commands that only look: a folder that cannot be written to keeps nobody from looking.
  static func enter(
    _ compiled: CompiledStudy, in results: ResultsFolder, _ terminal: Terminal
  ) throws {
    do {
      try enter(compiled, in: results)
    } catch let fault as StoreFault {
      if case .damaged = fault { throw fault }
      terminal.error("note: when the claims were written is not noted: \(fault.what)")
    }
  }

  /// Enters the claims that are new. Writes only when there are any.
  static func enter(_ compiled: CompiledStudy, in results: ResultsFolder) throws {
    let study = compiled.study
    var register = try ClaimRegister(of: study.name, in: results)
    let new = study.claims.filter { register.entries[$0.digest] == nil }
    if new.isEmpty { return }
    for claim in new {
      register.entries[claim.digest] = Entry(
        says: claim.says, expect: claim.expect.text,
        isPostHoc: try compiled.hasResults(of: claim, in: results))
    }
    let claims = register.entries.sorted { $0.key < $1.key }.map { digest, entry in
      (
        digest.hex,
        JSONValue.object([
          "says": .string(entry.says), "expect": .string(entry.expect),
          "post_hoc": .bool(entry.isPostHoc),
        ])
      )
    }
    let json: JSONValue = ["study": .string(study.name), "claims": .object(JSONObject(claims))]
    try results.files.makeFolder("\(results.path)/claims")
    try results.files.replace(
      path(study.name, in: results), with: Array((json.pretty + "\n").utf8))
  }
}

extension Study.Claim {
  /// Of what it compares and how surely, not of its sentence.
  var digest: Digest {
    let json: JSONValue = [
      "expect": .string(expect.text), "margin": .number(margin), "confidence": .number(confidence),
    ]
    return json.digest
  }
}

extension CompiledStudy {
  /// Whether somebody may have seen what the claim compares: a result of each of its arms. One arm alone, as another
  /// study may have run it, tells nothing of a difference, and neither does a first stage that the arms share.
  func hasResults(of claim: Study.Claim, in results: ResultsFolder) throws -> Bool {
    try Set(claim.arms.values).allSatisfy { arm in
      try trials.contains { trial in
        guard trial.arm == arm, let last = trial.compiled.stages.last else { return false }
        return try results.item(last.identity).soundResult() != nil
      }
    }
  }
}
