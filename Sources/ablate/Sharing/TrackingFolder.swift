import Foundation
import Reproducibility
import RunStore

/// The folder that an export for a tracking tool becomes: written beside its place, then put there whole.
struct TrackingFolder {
  /// Says of a folder that an export wrote it, so that the next one may replace it.
  static let mark = "ablate-tracking.json"

  let path: String
  private let files = LocalFileSystem()

  /// - Parameter path: of the folder, with or without slashes at its end.
  init(_ path: String) {
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    self.path = path
  }

  /// Writes the folder and puts it in its place; one of an earlier export goes.
  ///
  /// - Parameter body: hands over the files, as ``TrackingFormat/write(_:_:)`` does.
  /// - Returns: bytes of all files.
  /// - Throws: ``CommandFault`` when something else is there. Then nothing was changed.
  func replace(
    _ format: TrackingFormat, of study: String,
    _ body: ((String, [UInt8]) throws -> Void) throws -> Void
  ) throws -> Int {
    try check()
    try removeAbandoned()
    let draft = "\(path)\(Self.draft)\(ProcessMark.current.process)"
    do {
      let bytes = try write(draft, format, of: study, body)
      try files.syncDisk(of: draft)
      try put(draft)
      return bytes
    } catch {
      try? files.removeFolder(draft)
      throw error
    }
  }

  private static let draft = ".part-"

  private func write(
    _ draft: String, _ format: TrackingFormat, of study: String,
    _ body: ((String, [UInt8]) throws -> Void) throws -> Void
  ) throws -> Int {
    try files.makeFolder(draft)
    var (bytes, names, written, folders) = (0, Set<String>(), Set<String>(), Set<String>())
    try body { name, piece in
      let target = "\(draft)/\(name)"
      bytes += piece.count
      if !written.insert(name).inserted { return try files.append(piece, to: target) }
      let parts = name.split(separator: "/", omittingEmptySubsequences: false)
      names.insert(String(parts[0]))
      let folder = ([draft] + parts.dropLast().map(String.init)).joined(separator: "/")
      if folders.insert(folder).inserted { try files.makeFolder(folder) }
      if parts.last != "" { try files.write(piece, to: target) }
    }
    let mark: JSONValue = [
      "format": 1, "to": .string(format.rawValue), "study": .string(study),
      "names": .array(names.sorted().map { .string($0) }),
    ]
    try files.write(Array((mark.pretty + "\n").utf8), to: "\(draft)/\(Self.mark)")
    return bytes
  }

  /// At one instant, where the disk can exchange two names; otherwise there is one at which neither is there.
  private func put(_ draft: String) throws {
    guard try files.exists(path) else { return try files.rename(draft, to: path) }
    if try files.exchange(draft, with: path) { return try files.removeFolder(draft) }
    let old = "\(draft)-old"
    try files.rename(path, to: old)
    try files.rename(draft, to: path)
    try files.removeFolder(old)
  }

  /// Refuses to replace what no export wrote, or what somebody has put something into.
  ///
  /// - Throws: ``CommandFault``.
  func check() throws {
    if (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) != nil {
      throw taken("'\(path)' is a link")
    }
    guard let status = try files.status(of: path) else { return }
    guard status.isFolder else { throw taken("'\(path)' is a file") }
    let names = try files.names(in: path)
    if names.isEmpty { return }
    let text = try files.contents(of: "\(path)/\(Self.mark)")
    guard let text, let mark = try? JSONValue(parsing: text), let ours = mark["names"]?.array else {
      throw taken("the folder '\(path)' is there, and no export wrote it")
    }
    let known = Set(ours.compactMap(\.string) + [Self.mark])
    if let stranger = names.first(where: { !known.contains($0) }) {
      throw taken("the folder '\(path)' holds '\(stranger)', which no export wrote")
    }
  }

  private func taken(_ what: String) -> CommandFault {
    CommandFault(
      what: what, why: "an export replaces its folder as a whole, and what is in it would be gone",
      help: "name another folder: --into \(StudyRequest.quoted(path + "-2"))")
  }

  /// What killed exports left beside the folder.
  private func removeAbandoned() throws {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    let above = parts.dropLast().joined(separator: "/")
    let prefix = (parts.last.map(String.init) ?? "") + Self.draft
    let parent = parts.count > 1 ? (above.isEmpty ? "/" : above) : "."
    for name in try files.names(in: parent) where name.hasPrefix(prefix) {
      let process = name.dropFirst(prefix.count).split(separator: "-").first
      if let process = process.flatMap({ Int($0) }), ProcessMark.isGone(process) {
        try files.removeFolder("\(parent)/\(name)")
      }
    }
  }
}
