import Foundation
import Reporting
import Reproducibility
import RunScheduler
import RunStore
import StudyLanguage

/// Puts a study with everything that its report is made of into one file.
struct StudyExport {
  let request: StudyRequest
  let terminal: Terminal
  /// Whether the items' weights stay behind: nine tenths of the bytes, and no number of the report.
  var leavesWeights = false

  struct Summary {
    var study: String
    var items: Int
    /// Items that have no end yet; they are no part of the archive.
    var left: Int
  }

  func write(to archive: String) throws -> Summary {
    let read = RecordingFiles()
    let compiled = try request.compile(read)
    try ClaimRegister.enter(compiled, in: request.results)
    let output = try StudyOutput(request: request, compiled: compiled, terminal: terminal)
    guard output.hasMeasurements else {
      throw CommandFault(
        what: "nothing of study '\(compiled.study.name)' has been measured",
        why: "an archive holds what was run", help: request.command("run"), exit: .runFailed)
    }
    let folder = try SharingFolder.make("exporting", in: request.results)
    var draft = Draft(
      folder: folder.path + "/archive", files: request.results.files,
      contents: ArchiveContents(
        study: compiled.study.name, path: request.reportedPath, files: [:]))
    for (path, bytes) in read.contents { try draft.add("study/\(try placed(path))", bytes) }
    for file in output.files { try draft.add("report/\(file.path)", Array(file.contents.utf8)) }
    try addRegisters(of: compiled, to: &draft)
    var summary = Summary(study: compiled.study.name, items: 0, left: 0)
    for identity in compiled.graph.identities {
      if try add(request.results.item(identity), to: &draft) {
        summary.items += 1
      } else {
        summary.left += 1
      }
    }
    let manifest = Array((draft.contents.json.pretty + "\n").utf8)
    try draft.files.write(manifest, to: "\(draft.folder)/\(ArchiveContents.name)")
    let tar = try Tar(log: folder.path + "/tar.log")
    let part = "\(archive).part-\(ProcessMark.current.process)"
    do {
      try tar.create(
        part, packer: Tar.packer(of: archive),
        of: [ArchiveContents.name] + ArchiveContents.folders, in: draft.folder)
      try draft.files.sync(part)
      try draft.files.rename(part, to: archive)
    } catch {
      try? draft.files.remove(part)
      throw error
    }
    return summary
  }

  /// Where a file that was read is found again on another machine: from its working folder.
  private func placed(_ path: String) throws -> String {
    guard let placed = StudyRequest.pathFromHere(path) else {
      throw CommandFault(
        what: "'\(path)' does not lie in the working folder",
        why:
          "an archive is unpacked in the working folder of another machine, which has no such place",
        help: "change to the folder that holds the study and all that it reads")
    }
    guard !ArchiveContents.isHidden(placed) else {
      throw CommandFault(
        what: "'\(placed)' is hidden, or in a hidden folder",
        why:
          "an import writes nothing that begins with a point, for other programs heed such files",
        help: "give it a name without the point")
    }
    return placed
  }

  private func addRegisters(of compiled: CompiledStudy, to draft: inout Draft) throws {
    let name = "\(compiled.study.name).json"
    for register in ArchiveContents.registers where register != "studies" {
      let path = "\(register)/\(name)"
      if let bytes = try draft.files.contents(of: "\(request.results.path)/\(path)") {
        try draft.add("results/\(path)", bytes)
      }
    }
    // As the study is now, whichever note its last run left.
    try draft.add("results/studies/\(name)", Array((compiled.note.json.pretty + "\n").utf8))
  }

  /// - Returns: false for an item that has no end.
  /// - Throws: ``CommandFault`` for one that is damaged.
  private func add(_ item: ItemFolder, to draft: inout Draft) throws -> Bool {
    var names = [ItemFolder.Name.order.rawValue]
    let place = "results/items/\(item.identity.hex.prefix(2))/\(item.identity.hex)"
    switch try item.state(.kept) {
    case .absent, .ordered, .running, .known: return false
    case .damaged(let reason):
      throw CommandFault(
        what: reason, why: "an archive holds sound results alone",
        help: "do the item anew: \(request.command("run"))", exit: .runFailed)
    case .done(let note):
      let leftOut = try note.files.map(\.name).filter {
        // A command may have hidden files in its state, which no import would write.
        try (leavesWeights || ArchiveContents.isHidden($0)) && LeftOut.mayLeaveOut($0)
          || !draft.files.exists("\(item.path)/\($0)")
      }
      names += [ItemFolder.Name.done.rawValue]
      names += note.files.map(\.name).filter { !leftOut.contains($0) }
      if !leftOut.isEmpty {
        let json = LeftOut.json(leftOut).pretty + "\n"
        try draft.add("\(place)/\(ItemFolder.Name.leftOut.rawValue)", Array(json.utf8))
      }
    case .failed:
      // The hole in the table is told by the last attempt.
      let kept = try draft.files.names(in: item.path).filter { $0.hasPrefix("attempt-") }
      names += [ItemFolder.Name.failure.rawValue] + kept
    }
    for name in names {
      // Copied, for a second name would look to the index as if somebody had touched the file.
      if let bytes = try draft.files.contents(of: "\(item.path)/\(name)") {
        try draft.add("\(place)/\(name)", bytes)
      }
    }
    return true
  }
}

/// The archive before it is one.
private struct Draft {
  let folder: String
  let files: any FileSystem
  var contents: ArchiveContents

  mutating func add(_ path: String, _ bytes: [UInt8]) throws {
    let target = "\(folder)/\(path)"
    try files.makeFolder(String(target.prefix(upTo: target.lastIndex(of: "/") ?? target.endIndex)))
    try files.write(bytes, to: target)
    contents.files[path] = .init(bytes)
  }
}
