import Diagnostics
import Reporting
import StudyLanguage

/// A paper with the files that it reads, as far as they are there.
struct Paper {
  struct File {
    var source: SourceText
    var text: PaperText
  }

  /// In the order in which LaTeX meets them, the paper itself first; no files that ablate wrote.
  private(set) var files: [File] = []
  /// The `numbers.tex` that it reads.
  private(set) var numbers: [NumbersFile] = []
  /// Files that it reads and that are not there.
  private(set) var missing: [String] = []
  private var seen: Set<String> = []
  private let folder: String

  /// - Throws: ``CommandFault`` when the paper itself cannot be read.
  init(_ path: String) throws {
    // LaTeX looks for files from the folder of the main one, wherever they are named.
    folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
      .joined(separator: "/")
    do throws(FileFault) {
      read(try DiskFiles().read(path), path)
    } catch {
      throw CommandFault(
        what: "'\(path)' cannot be read: \(error.what)", why: "lint reads the text of a paper",
        help: "name its main file, such as paper.tex")
    }
  }

  /// Paths of the studies that it names.
  var studies: [String] { files.flatMap { $0.text.studies.map { beside($0.text) } } }

  private func beside(_ path: String) -> String {
    path.hasPrefix("/") || folder.isEmpty ? path : "\(folder)/\(path)"
  }

  private mutating func read(_ bytes: [UInt8], _ path: String) {
    seen.insert(path)
    let content = String(decoding: bytes, as: UTF8.self)
    if NumbersFile.isGenerated(content) {
      if let found = NumbersFile(reading: content) { numbers.append(found) }
      return
    }
    let text = PaperText(bytes)
    files.append(File(source: SourceText(name: path, bytes: bytes), text: text))
    for input in text.inputs {
      let name = beside(input.text.hasSuffix(".tex") ? input.text : input.text + ".tex")
      if seen.contains(name) { continue }
      do throws(FileFault) {
        read(try DiskFiles().read(name), name)
      } catch {
        seen.insert(name)
        missing.append(name)
      }
    }
  }
}
