extension ExpressionFault {
  /// The fault in one line.
  package var what: String {
    switch reason {
    case .empty: "the expression is empty"
    case .unexpectedCharacter(let found): "unexpected '\(found)' in an expression"
    case .openText: "a text in the expression does not end"
    case .badNumber(let text): "'\(text)' is no number"
    case .tooLong(let limit): "the expression is longer than \(limit) bytes"
    case .tooDeep(let limit): "more than \(limit) levels of nesting in an expression"
    case .expected(let expected, let found): "expected \(expected), found \(found)"
    case .singleEquals: "'=' in an expression"
    case .unknownName(let name, _, _): "unknown name '\(name)'"
    case .unknownSetting(let name, _): "the recipe has no value '\(name)'"
    case .unknownFunction(let name, _): "unknown function '\(name)'"
    case .wrongArgumentCount(let function, let expected, let found):
      "'\(function)' takes \(expected), found \(found == 0 ? "nothing" : "\(found)")"
    case .wrongType(let role, let expected, let found):
      "\(role) must be \(expected.wording), found \(found.wording)"
    case .incomparable(let left, let right):
      "\(left.wording) is compared with \(right.wording)"
    case .unordered(let type): "\(type.wording) has no order"
    case .measureElsewhere(let measure): "'\(measure)' is measured, and only claims may read it"
    case .divisionByZero: "division by zero"
    case .notFinite: "the result is beyond the range of a number"
    }
  }

  /// The rule that was broken.
  package var why: String {
    switch reason {
    case .empty: "it is asked for a value"
    case .unexpectedCharacter, .expected, .badNumber, .openText:
      "an expression is numbers, names and texts joined by operators"
    case .tooLong, .tooDeep: "the bound keeps reading any file within time and memory"
    case .singleEquals: "nothing is assigned here; equality is asked with two signs"
    case .unknownName(_, _, let known):
      known.isEmpty ? "no names are known here" : "known here: \(known.joined(separator: ", "))"
    case .unknownSetting: "names are paths of the recipe that lead to a number, truth value or text"
    case .unknownFunction:
      "the functions are \(ExpressionFunction.allCases.map(\.rawValue).joined(separator: ", "))"
    case .wrongArgumentCount: "the number of values decides what the function means"
    case .wrongType: "values are never turned into another type silently"
    case .incomparable: "values of different types are neither equal nor ordered"
    case .unordered: "only numbers can be smaller or larger"
    case .measureElsewhere: "this is decided before anything runs"
    case .divisionByZero: "there is no such number"
    case .notFinite: "a result without a value would spread silently"
    }
  }

  /// What to type.
  package var help: String {
    switch reason {
    case .empty: "write a condition such as 0 < p.S < 1"
    case .unexpectedCharacter:
      "operators are < <= > >= == != + - * / in and or not; texts stand in '…'"
    case .openText: "close it with a single quote"
    case .badNumber: "write 12, 0.5 or 1e-4; a product needs its '*'"
    case .tooLong: "split it into several conditions"
    case .tooDeep: "remove brackets that change nothing"
    case .expected: "look at the place marked and just before it"
    case .singleEquals: "write '=='"
    case .unknownSetting(_, let suggestion):
      suggestion.map { "did you mean '\($0)'?" } ?? "write for example stages.first.steps"
    case .unknownName(_, let suggestion, _), .unknownFunction(_, let suggestion):
      suggestion.map { "did you mean '\($0)'?" } ?? "use one of those"
    case .wrongArgumentCount(_, let expected, _): "give it \(expected)"
    case .wrongType(_, .boolean, _): "compare it with something: < <= > >= == !="
    case .wrongType(_, .number, _): "use a number, or compare before joining with 'and' or 'or'"
    case .wrongType(_, .text, _): "write a text in single quotes"
    case .incomparable: "compare numbers with numbers and texts with texts"
    case .unordered: "ask '==' or '!='"
    case .measureElsewhere: "use settings and axes, or make it a claim"
    case .divisionByZero: "guard it: x != 0 and 1 / x > 2"
    case .notFinite: "use smaller numbers"
    }
  }
}
