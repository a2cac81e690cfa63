import Diagnostics
import Reproducibility

extension ValueType {
  /// What fits, for messages and the reference page: `an integer from 1 to 64`.
  var wording: String {
    switch self {
    case .integer(let range): "an integer from \(range.lowerBound) to \(range.upperBound)"
    case .number(let range): "a number\(range.wording)"
    case .boolean: "true or false"
    case .text: "a string"
    case .choice(let words): "one of \(quoted(words))"
    case .record, .map, .byName: "an object"
    case .list(_, let nonEmpty, _): nonEmpty ? "a list of at least one element" : "a list"
    case .union(let tag, let cases):
      "an object with a '\(tag)', or one of \(quoted(cases.map(\.name)))"
    case .expression: "an expression in a string"
    case .schedule(let range): "a number\(range.wording), or a schedule object"
    case .nullable(let inner): "\(inner.wording) or null"
    case .either(let types): types.map(\.wording).joined(separator: " or ")
    case .anything, .open: "any value"
    }
  }
}

extension NumberRange {
  /// ` from 0 to 1`, ` above 0 up to 10`, or nothing when every number fits.
  var wording: String {
    if self == .any { return "" }
    if upper == .greatestFiniteMagnitude {
      return (includesLower ? " of at least " : " above ") + ecmaScriptNumber(lower)
    }
    let lower = ecmaScriptNumber(lower)
    let upper = ecmaScriptNumber(upper)
    return includesLower ? " from \(lower) to \(upper)" : " above \(lower) up to \(upper)"
  }
}

/// `There are 'a', 'b'`, after a guess at what was meant.
func choices(_ words: [String], for word: String) -> String {
  let all =
    switch words.count {
    case 0: "there is none"
    case 1: "there is only \(quoted(words))"
    default: "there are \(quoted(words))"
    }
  guard let close = Suggestion.closest(to: word, among: words) else { return all }
  return "did you mean '\(close)'? " + all.prefix(1).uppercased() + all.dropFirst()
}

/// `'a', 'b', 'c'`; of many the first ones.
func quoted(_ words: [String]) -> String {
  let shown = 24
  return words.prefix(shown).map { "'\($0)'" }.joined(separator: ", ")
    + (words.count > shown ? " and \(words.count - shown) more" : "")
}
