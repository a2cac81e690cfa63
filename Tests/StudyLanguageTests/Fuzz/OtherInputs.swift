import Diagnostics
import Reproducibility

@testable import StudyLanguage

/// What holds of every text that the parser of expressions reads or refuses.
enum ExpressionInput {
  private static let names: [(name: String, type: ExpressionType)] = [
    ("p.S", .number), ("p.M", .number), ("p.L", .number), ("a", .number), ("yes", .boolean),
    ("word", .text),
  ]

  /// - Returns: what does not hold; nil when all does.
  static func complaint(about bytes: [UInt8]) -> String? {
    let text = String(decoding: bytes, as: UTF8.self)
    let whole = 0..<text.utf8.count
    let expression: Expression
    do {
      expression = try Expression(text)
    } catch {
      return fault(error, isInside: whole) ? nil : "the fault '\(error.what)' lies outside"
    }
    for type in ExpressionType.allCases {
      let faults = expression.faults(expecting: type, names: names)
      if let outside = faults.first(where: { !fault($0, isInside: whole) }) {
        return "the fault '\(outside.what)' lies outside"
      }
      if !faults.isEmpty { continue }
      do {
        let value = try expression.value { name in
          switch name {
          case "yes": .boolean(true)
          case "word": .text("word")
          default: .number(name == "a" ? 0 : 0.5)
          }
        }
        if value.type != type { return "the value has another type than was checked" }
      } catch {
        // What the types accept can fail in two ways only.
        if error.reason != .divisionByZero && error.reason != .notFinite {
          return "accepted, and then '\(error.what)'"
        }
      }
    }
    return expression.names.count <= whole.count && expression.call?.function != ""
      ? nil : "names that nobody wrote"
  }

  private static func fault(_ fault: ExpressionFault, isInside whole: Range<Int>) -> Bool {
    fault.range.clamped(to: whole) == fault.range && !fault.what.isEmpty && !fault.why.isEmpty
      && !fault.help.isEmpty
  }
}

/// What holds of every study, with its recipe, that is read or refused.
enum StudyInput {
  /// - Returns: what does not hold; nil when all does.
  static func complaint(about path: String, in files: MemoryFiles) -> String? {
    let study: Study
    do {
      study = try StudyReader(files: files, recipe: Bakery.schema).read(path)
    } catch {
      if !error.hasErrors { return "refused without a reason" }
      for diagnostic in error.diagnostics {
        if diagnostic.what.isEmpty || diagnostic.why.isEmpty || diagnostic.help.isEmpty {
          return "a message without a part: \(diagnostic.text)"
        }
        if let span = diagnostic.span, span.range.upperBound > span.source.bytes.count + 1 {
          return "a message outside of its file: \(diagnostic.text)"
        }
        if !diagnostic.text.contains("\n") { return "a message of one line: \(diagnostic.text)" }
      }
      return nil
    }
    let isWhole =
      study.arms.indices.contains(study.baseline) && !study.seeds.isEmpty && !study.measures.isEmpty
    return isWhole ? nil : "read although a part is missing"
  }
}
