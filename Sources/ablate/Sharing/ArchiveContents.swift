import Reproducibility
import RunStore

/// What an archive of a study says of itself: `ablate-export.json`, with every other file of it.
///
/// ```
/// ablate-export.json
/// study/ablations/difficulty.json        the study and all that it reads, from the working folder
/// results/items/3f/3f9a2c…/              order.json, done.json and what that names
/// results/studies|claims|certificates|accepted/difficulty.json
/// report/README.md                       the report, as the archive's results give it
/// ```
struct ArchiveContents: Equatable {
  static let name = "ablate-export.json"
  static let folders = ["report", "results", "study"]
  /// Folders of a results folder that hold a file for each study.
  static let registers = ["accepted", "certificates", "claims", "studies"]

  var study: String
  /// The study file, from the working folder.
  var path: String
  /// By path in the archive.
  var files: [String: File]

  struct File: Equatable {
    var bytes: Int
    var digest: Digest

    init(bytes: Int, digest: Digest) { (self.bytes, self.digest) = (bytes, digest) }

    init(_ content: [UInt8]) {
      self.init(bytes: content.count, digest: SHA256.digest(of: content))
    }
  }

  var paths: [String] { files.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }

  /// Files below a folder of the archive, each with its path in it.
  func files(in folder: String) -> [(archive: String, path: String)] {
    paths.filter { $0.hasPrefix(folder + "/") }
      .map { (archive: $0, path: String($0.dropFirst(folder.utf8.count + 1))) }
  }

  // MARK: As a file

  private static let format = 1

  var json: JSONValue {
    [
      "format": JSONValue(Self.format), "study": .string(study), "path": .string(path),
      "files": .object(
        JSONObject(
          paths.compactMap { path in
            files[path].map {
              (path, ["bytes": JSONValue($0.bytes), "sha256": .string($0.digest.hex)])
            }
          })),
    ]
  }

  /// - Returns: nil when it is another file, of another version, or names a place that nothing of an
  ///   archive belongs to.
  init?(json: JSONValue) {
    guard json["format"]?.int == Self.format, let study = json["study"]?.string,
      let path = json["path"]?.string, let members = json["files"]?.object?.members
    else { return nil }
    var files: [String: File] = [:]
    for (path, entry) in members {
      guard let bytes = entry["bytes"]?.int,
        let digest = entry["sha256"]?.string.flatMap(Digest.init(hex:)),
        Self.hasPlace(path, study: study)
      else { return nil }
      files[path] = File(bytes: bytes, digest: digest)
    }
    guard files["study/\(path)"] != nil else { return nil }
    self.init(study: study, path: path, files: files)
  }

  init(study: String, path: String, files: [String: File]) {
    (self.study, self.path, self.files) = (study, path, files)
  }

  /// Whether a part of a path begins with a point: what makes a program do something lies there, and no
  /// part of a study.
  static func isHidden(_ path: String) -> Bool {
    path.split(separator: "/").contains { $0.hasPrefix(".") }
  }

  private static func hasPlace(_ path: String, study: String) -> Bool {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard !isHidden(path), !parts.contains(""), !study.contains("/") else { return false }
    switch parts[0] {
    case "study", "report": return parts.count > 1
    case "results" where parts.count == 3:
      return registers.contains(String(parts[1])) && parts[2] == "\(study).json"
    case "results" where parts.count >= 5:
      // Below an item there are folders in the state of a command alone.
      return parts[1] == "items" && Digest(hex: String(parts[3])) != nil
        && parts[2] == parts[3].prefix(2)
        && (parts.count == 5 || parts[4] == ItemFolder.stateFolder)
    default: return false
    }
  }
}

/// A folder beside the items in which an archive is put together or taken apart, gone when it was used. What a
/// killed process left of one goes with the next, or with `ablate gc`.
struct SharingFolder: ~Copyable {
  let path: String
  private let results: ResultsFolder

  private static let prefixes = ["exporting-", "importing-"]

  /// - Parameter verb: `exporting` or `importing`.
  static func make(_ verb: String, in results: ResultsFolder) throws -> SharingFolder {
    for path in try abandoned(in: results) { try results.files.removeFolder(path) }
    let folder = SharingFolder("\(results.path)/\(verb)-\(ProcessMark.current.process)", results)
    try results.files.makeFolder(folder.path)
    return folder
  }

  private init(_ path: String, _ results: ResultsFolder) {
    self.path = path
    self.results = results
  }

  deinit { try? results.files.removeFolder(path) }

  /// Folders of processes that are gone.
  static func abandoned(in results: ResultsFolder) throws -> [String] {
    try results.files.names(in: results.path).filter { name in
      guard let prefix = prefixes.first(where: name.hasPrefix),
        let process = Int(name.dropFirst(prefix.count))
      else { return false }
      return ProcessMark.isGone(process)
    }.map { "\(results.path)/\($0)" }
  }
}
