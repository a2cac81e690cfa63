import Foundation
import Reproducibility
import RunStore

/// Takes over a study that another machine exported. Everything is unpacked and verified beside the items
/// first; then each item appears at one instant, and the study's own files last. Nothing that is there is
/// replaced by something else.
struct StudyImport {
  let archive: String
  let results: ResultsFolder
  let reports: String
  let terminal: Terminal

  struct Summary {
    var study: String
    var path: String
    var taken: [Digest] = []
    /// Items that were there already with the same result.
    var kept = 0
  }

  func run() throws -> Summary {
    guard try results.files.status(of: archive)?.isFolder == false else {
      throw CommandFault(
        what: "there is no archive '\(archive)'", why: "a study is imported from one file",
        help: "ablate export STUDY makes it on the machine that has the results")
    }
    try results.prepare()
    let folder = try SharingFolder.make("importing", in: results)
    let unpacked = folder.path + "/archive"
    try results.files.makeFolder(unpacked)
    try Tar(log: folder.path + "/tar.log").extract(archive, into: unpacked)
    let contents = try verified(unpacked)
    let staged = ResultsFolder(unpacked + "/results", files: results.files)
    let identities = try verifiedItems(staged)
    let single = try singleFiles(contents, unpacked)
    var summary = Summary(study: contents.study, path: contents.path)
    // All of it is looked at before anything is taken.
    let wanted = try identities.filter { try isWanted(staged.item($0)) }
    summary.kept = identities.count - wanted.count
    try results.files.syncDisk(of: unpacked)
    for identity in wanted {
      try take(staged.item(identity))
      summary.taken.append(identity)
    }
    if !wanted.isEmpty { try results.files.syncDisk(of: results.path) }
    for file in single { try place(file) }
    let note = try results.studies().first { $0.study == contents.study }
    IndexCare(results: results, terminal: terminal).added(summary.taken, note)
    return summary
  }

  // MARK: What was unpacked

  private func verified(_ folder: String) throws -> ArchiveContents {
    let bytes = try results.files.contents(of: "\(folder)/\(ArchiveContents.name)")
    guard let bytes, let json = try? JSONValue(parsing: bytes),
      let contents = ArchiveContents(json: json)
    else {
      throw Tar.unreadable(archive, "it has no readable \(ArchiveContents.name)")
    }
    for path in contents.paths {
      let full = "\(folder)/\(path)"
      let type = try? FileManager.default.attributesOfItem(atPath: full)[.type]
      guard type as? FileAttributeType == .typeRegular,
        let bytes = try results.files.contents(of: full)
      else { throw Tar.unreadable(archive, "'\(path)' is missing") }
      guard contents.files[path] == .init(bytes) else {
        throw Tar.unreadable(archive, "'\(path)' does not fit its digest")
      }
    }
    let found = try FileManager.default.subpathsOfDirectory(atPath: folder).filter {
      try results.files.status(of: "\(folder)/\($0)")?.isFolder != true
    }
    if let stranger = found.sorted().first(where: {
      $0 != ArchiveContents.name && contents.files[$0] == nil
    }) {
      throw Tar.unreadable(archive, "'\(stranger)' is not in its list")
    }
    return contents
  }

  /// The items of the archive, each held against its own order and digests.
  private func verifiedItems(_ staged: ResultsFolder) throws -> [Digest] {
    let identities = try staged.identities()
    for identity in identities {
      switch try staged.item(identity).state(.kept) {
      case .done, .failed: continue
      case .damaged(let reason): throw Tar.unreadable(archive, reason)
      default: throw Tar.unreadable(archive, "item \(identity.short) has no result")
      }
    }
    return identities
  }

  // MARK: What is there already

  /// Whether an item of the archive is to be taken: not when the same result is there.
  ///
  /// - Throws: ``CommandFault`` when another one is, or somebody works on it.
  private func isWanted(_ item: ItemFolder) throws -> Bool {
    let own = results.item(item.identity)
    guard try results.files.exists(own.path) else { return true }
    if let mine = try ItemTrace.digest(of: own) {
      guard let theirs = try ItemTrace.digest(of: item), mine != theirs else {
        // The same result, but here perhaps without its weights.
        return try own.soundResult(.contents) == nil && item.soundResult(.contents) != nil
      }
      let label = try own.readableOrder()?.label ?? own.identity.short
      throw CommandFault(
        what: "'\(label)' (item \(own.identity.short)) has another result in \(results.path)",
        why: "an item has one result; two that differ are to be looked at, not mixed",
        help: "import into another folder with --results; ablate verify STUDY --against compares",
        exit: .runFailed)
    }
    if let holder = try own.livingHolder() {
      throw StoreFault.attemptHeld(path: own.path, holder: holder)
    }
    return true
  }

  private func take(_ item: ItemFolder) throws {
    let own = results.item(item.identity)
    // Only an item without a result, or without what this one has, is there now.
    if try results.files.exists(own.path) {
      let removal = try results.remove([item.identity])
      if !removal.held.isEmpty {
        throw StoreFault.attemptHeld(path: own.path, holder: "another process")
      }
    }
    let shelf = own.path.prefix(upTo: own.path.lastIndex(of: "/") ?? own.path.endIndex)
    try results.files.makeFolder(String(shelf))
    try results.files.rename(item.path, to: own.path)
  }

  // MARK: Files of the study itself

  private struct Single {
    var target: String
    var bytes: [UInt8]
    /// How the person can give it another place.
    var elsewhere: String
  }

  /// - Throws: ``CommandFault`` when one of them is there with another content.
  private func singleFiles(_ contents: ArchiveContents, _ folder: String) throws -> [Single] {
    func singles(
      _ part: String, to target: (String) -> String, _ elsewhere: String
    ) throws -> [Single] {
      try contents.files(in: part).map {
        Single(
          target: target($0.path),
          bytes: try results.files.contents(of: "\(folder)/\($0.archive)") ?? [],
          elsewhere: elsewhere)
      }
    }
    let study = try singles("study", to: { $0 }, "import in another working folder")
    let report = try singles(
      "report", to: { "\(reports)/\(contents.study)/\($0)" },
      "move that report, or name another folder with --reports")
    // The note of the study comes last: with it the study is there.
    let registers = try ArchiveContents.registers.flatMap { register in
      try singles(
        "results/\(register)", to: { "\(results.path)/\(register)/\($0)" },
        "import into another folder with --results")
    }
    let all = study + report + registers
    for file in all {
      guard let present = try results.files.contents(of: file.target), present != file.bytes
      else { continue }
      throw CommandFault(
        what: "'\(file.target)' is there already with another content",
        why: "an import replaces nothing", help: file.elsewhere, exit: .runFailed)
    }
    return all
  }

  private func place(_ file: Single) throws {
    if let slash = file.target.lastIndex(of: "/") {
      try results.files.makeFolder(String(file.target[..<slash]))
    }
    _ = try results.files.create(file.target, with: file.bytes, .durable)
  }
}
