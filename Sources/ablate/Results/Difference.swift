import Foundation
import Reproducibility

/// In what two studies, arms or items differ.
struct Difference {
  /// Of what a change is.
  enum Scope: Hashable {
    /// Of the study itself, or of the two arms or items that were named.
    case whole
    /// Of all arms that both studies have.
    case everyArm
    case arm(String)
    /// An item that the one named reads, itself or through others.
    case item(String)
  }

  struct Change: Hashable {
    var scope = Scope.whole
    var change: JSONChange
  }

  var changes: [Change] = []
  /// Arms that only one of two studies has, by label.
  var onlyInFirst: [String] = []
  var onlyInSecond: [String] = []

  var isEmpty: Bool { changes.isEmpty && onlyInFirst.isEmpty && onlyInSecond.isEmpty }

  /// `stages.first.steps: 8 → 9`, a line for each change; arms that one study lacks are named at the end.
  ///
  /// - Parameter names: what the two were called.
  func text(names: (first: String, second: String)) -> String {
    let lines = changes.map { "\($0.scope.words)\($0.change.line)" }
    let missing =
      onlyInFirst.map { "only in \(names.first): arm '\($0)'" }
      + onlyInSecond.map { "only in \(names.second): arm '\($0)'" }
    return (lines + missing).joined(separator: "\n")
  }

  func json(names: (first: String, second: String)) -> JSONValue {
    [
      "first": .string(names.first), "second": .string(names.second), "equal": .bool(isEmpty),
      "changes": .array(
        changes.map { entry in
          var members = entry.scope.json
          members["path"] = .string(entry.change.path)
          if let from = entry.change.from { members["from"] = from }
          if let to = entry.change.to { members["to"] = to }
          return .object(members)
        }),
      "only_in_first": .array(onlyInFirst.map { .string($0) }),
      "only_in_second": .array(onlyInSecond.map { .string($0) }),
    ]
  }
}

extension Difference.Scope {
  fileprivate var words: String {
    switch self {
    case .whole: ""
    case .everyArm: "every arm: "
    case .arm(let label): "arm '\(label)': "
    case .item(let label): "item '\(label)': "
    }
  }

  fileprivate var json: JSONObject {
    switch self {
    case .whole: [:]
    case .everyArm: ["every_arm": true]
    case .arm(let label): ["arm": .string(label)]
    case .item(let label): ["item": .string(label)]
    }
  }
}

extension JSONChange {
  fileprivate var line: String {
    var (from, to) = (from?.canonical ?? "absent", to?.canonical ?? "absent")
    // A problem file's text stands in a configuration too: what long values have in common is left out.
    if max(from.count, to.count) > Self.longest {
      let common = from.commonPrefix(with: to).count - Self.shownBefore
      if common > 0 { (from, to) = ("…\(from.dropFirst(common))", "…\(to.dropFirst(common))") }
    }
    return "\(path): \(Self.clipped(from)) → \(Self.clipped(to))"
  }

  // Characters of a value in a line; `--json` has all of it.
  private static let longest = 80
  /// Of what two long values have in common, so much is shown before the difference.
  private static let shownBefore = 16

  private static func clipped(_ text: String) -> String {
    text.count <= longest ? text : text.prefix(longest - 1) + "…"
  }
}
