import Diagnostics
import Reproducibility

@testable import StudyLanguage

/// What holds of every text that the parser of expressions reads or refuses.
enum ExpressionInput {
  private static let names: [(name: String, type: ExpressionType)] = [
    ("p.S", .number), ("p.M", .number), ("p.L", .number), ("a", .number), ("yes", .boolean),
    ("word", .text),
  ]

  static func outcome(of text: String) -> Outcome {
    let whole = 0..<text.utf8.count
    let expression: Expression
    do {
      expression = try Expression(text)
    } catch {
      return fault(error, isInside: whole)
        ? .refused : .wrong("the fault '\(error.what)' lies outside")
    }
    for type in ExpressionType.allCases {
      let faults = expression.faults(expecting: type, names: names)
      if let outside = faults.first(where: { !fault($0, isInside: whole) }) {
        return .wrong("the fault '\(outside.what)' lies outside")
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
        if value.type != type {
          return .wrong("the value has another type than was checked")
        }
      } catch {
        // What the types accept can fail in two ways only.
        if error.reason != .divisionByZero && error.reason != .notFinite {
          return .wrong("accepted, and then '\(error.what)'")
        }
      }
    }
    return expression.names.count <= whole.count && expression.call?.function != ""
      ? .read : .wrong("names that nobody wrote")
  }

  private static func fault(_ fault: ExpressionFault, isInside whole: Range<Int>) -> Bool {
    fault.range.clamped(to: whole) == fault.range && !fault.what.isEmpty && !fault.why.isEmpty
      && !fault.help.isEmpty
  }
}

/// What holds of every study, with its recipe, that is read or refused.
enum StudyInput {
  static func outcome(of path: String, in files: MemoryFiles) -> Outcome {
    let study: Study
    do {
      study = try StudyReader(files: files, recipe: Bakery.schema).read(path)
    } catch {
      if !error.hasErrors { return .wrong("refused without a reason") }
      for diagnostic in error.diagnostics {
        if diagnostic.what.isEmpty || diagnostic.why.isEmpty || diagnostic.help.isEmpty {
          return .wrong("a message without a part: \(diagnostic.text)")
        }
        if let span = diagnostic.span, span.range.upperBound > span.source.bytes.count + 1 {
          return .wrong("a message outside of its file: \(diagnostic.text)")
        }
        if !diagnostic.text.contains("\n") {
          return .wrong("a message of one line: \(diagnostic.text)")
        }
      }
      return .refused
    }
    let isWhole =
      study.arms.indices.contains(study.baseline) && !study.seeds.isEmpty && !study.measures.isEmpty
    return isWhole ? .read : .wrong("read although a part is missing")
  }
}
