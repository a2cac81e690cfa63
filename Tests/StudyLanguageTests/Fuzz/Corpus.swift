import Foundation
import Reproducibility

/// The small files that inputs are made of: `Tests/StudyLanguageTests/Corpus`. Studies and recipes of
/// the bakery are good, `nasty-*` are at the edges of the format or beyond them.
struct Corpus: Sendable {
  struct File: Sendable {
    var name: String
    var bytes: [UInt8]
  }

  /// By name.
  let files: [File]
  /// The texts of `expressions.json`.
  let expressions: [[UInt8]]

  init() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Corpus")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    files = try names.map {
      File(name: $0, bytes: Array(try Data(contentsOf: folder.appending(path: $0))))
    }
    let list = files.first { $0.name == "expressions.json" }?.bytes ?? []
    let texts = try JSONValue(parsing: list).array ?? []
    expressions = texts.compactMap(\.string).map { Array($0.utf8) }
  }

  /// Those whose name begins so.
  func files(_ prefix: String) -> [File] { files.filter { $0.name.hasPrefix(prefix) } }
}
