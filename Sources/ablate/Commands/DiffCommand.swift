import Diagnostics
import Foundation
import Reproducibility
import RunStore
import StudyLanguage

/// `ablate diff A B`: the settings in which two studies, arms or trials differ, and nothing else.
struct DiffCommand: Command {
  static let name = "diff"
  static let summary = "the settings in which two studies, arms or trials differ"
  static let usage = """
    ablate diff A B [options]
      A, B            a study file; an arm of one, STUDY#ARM, by label or number from 1; or a work item, by the
                      first digits of its identity (a trial is its last one). Both of one sort.
                      Defaults are compared as if they were written. Exit: 0 equal, 1 different
      --json          the same as JSON, long values in full
      \(StudyRequest.resultsOption)
    """

  func run(_ arguments: Arguments) throws -> ExitCode {
    let isJSON = arguments.flag("--json")
    let results = ResultsFolder(try arguments.value("--results") ?? "results")
    let names = (
      first: try arguments.single("study, arm or item"),
      second: try arguments.single("second study, arm or item")
    )
    try arguments.finish()
    let terminal = Terminal(environment: ProcessInfo.processInfo.environment)
    let (first, second) = (try Side(names.first, results), try Side(names.second, results))
    let difference = try difference(first, second, names, in: results)
    if isJSON {
      terminal.output(difference.json(names: names).pretty)
    } else if !difference.isEmpty {
      terminal.output(difference.text(names: names))
    }
    return difference.isEmpty ? .well : .checkFailed
  }

  private func difference(
    _ first: Side, _ second: Side, _ names: (first: String, second: String),
    in results: ResultsFolder
  ) throws -> Difference {
    switch (first, second) {
    case (.study(let old), .study(let new)): return Difference(from: old, to: new)
    case (.arm(let old), .arm(let new)): return Difference(from: old, to: new)
    case (.item(let old), .item(let new)):
      if old.kind == new.kind { return Difference(from: old, to: new, in: results) }
      throw CommandFault(
        what: "'\(names.first)' is a \(old.kind) item and '\(names.second)' a \(new.kind) item",
        why: "they read other settings, so that nothing of them can be compared",
        help: "name two items of one kind; ablate show ITEM prints all settings of one")
    default:
      throw CommandFault(
        what: "'\(names.first)' is \(first.words) and '\(names.second)' \(second.words)",
        why: "settings are compared with those of the same sort",
        help: "name two studies, two arms (STUDY#ARM) or two items")
    }
  }
}

/// One of the two that are compared.
private enum Side {
  case study(Study)
  case arm(Arm)
  case item(WorkOrder)

  init(_ word: String, _ results: ResultsFolder) throws {
    let files = FileManager.default
    // Both a path and a label may have the sign in them: a file that is there decides.
    let marks = word.indices.filter { word[$0] == "#" }
    let mark = marks.first { files.fileExists(atPath: String(word[..<$0])) } ?? marks.first
    if files.fileExists(atPath: word) {
      self = .study(try StudyRequest.read(word))
    } else if let mark {
      let path = String(word[..<mark])
      let name = String(word[word.index(after: mark)...])
      self = .arm(try Self.arm(name, of: StudyRequest.read(path), path))
    } else if !word.isEmpty, word.utf8.count <= 64, word.allSatisfy(\.isHexDigit) {
      let identity = try ItemLookup.identity(word, in: results)
      guard let order = try results.item(identity).order() else {
        throw CommandFault(
          what: "'\(results.item(identity).path)' has no order.json",
          why: "the order is what says which settings an item has",
          help: "ablate run STUDY writes it anew")
      }
      self = .item(order)
    } else {
      self = .study(try StudyRequest.read(word))
    }
  }

  /// The arm of a label, otherwise of a number.
  private static func arm(_ name: String, of study: Study, _ path: String) throws -> Arm {
    if let arm = study.arms.first(where: { $0.label == name }) { return arm }
    if let number = Int(name), study.arms.indices.contains(number - 1) {
      return study.arms[number - 1]
    }
    let labels = study.arms.map(\.label)
    let listed = labels.prefix(8).map { "'\($0)'" }.joined(separator: ", ")
    let more = labels.count > 8 ? ", …" : ""
    let suggestion = Suggestion.closest(to: name, among: labels)
    throw CommandFault(
      what: "'\(path)' has no arm '\(name)'",
      why:
        "an arm is named by its label or its number, here 1 to \(labels.count): \(listed)\(more)",
      help: suggestion.map { "did you mean '\(path)#\($0)'?" }
        ?? "write a label or a number of these")
  }

  var words: String {
    switch self {
    case .study: "a study"
    case .arm: "an arm"
    case .item: "an item"
    }
  }
}
