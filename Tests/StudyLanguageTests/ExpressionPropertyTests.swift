import Reproducibility
import Testing

@testable import StudyLanguage

@Suite("Expressions, over seeds")
struct ExpressionPropertyTests {
  /// A random expression as text, with the value that Swift's own operators give.
  private struct Sample {
    var text: String
    var value: ExpressionValue
  }

  private static let names: [(name: String, value: Double)] = [("a", 2), ("p.S", 0.5), ("b", -3)]

  private func number(_ depth: Int, _ random: inout RandomStream) -> (text: String, value: Double) {
    if depth == 0 {
      if random.integer(in: 0...1) == 0 {
        let value = random.integer(in: 0...9)
        return ("\(value)", Double(value))
      }
      let (name, value) = Self.names[random.integer(in: 0...2)]
      return (name, value)
    }
    let left = number(depth - 1, &random)
    let right = number(depth - 1, &random)
    switch random.integer(in: 0...7) {
    case 0: return ("(\(left.text)) + (\(right.text))", left.value + right.value)
    case 1: return ("(\(left.text)) - (\(right.text))", left.value - right.value)
    case 2: return ("(\(left.text)) * (\(right.text))", left.value * right.value)
    case 3: return ("-(\(left.text))", -left.value)
    case 4: return ("min(\(left.text), \(right.text))", Swift.min(left.value, right.value))
    case 5: return ("max(\(left.text), \(right.text))", Swift.max(left.value, right.value))
    case 6: return ("abs(\(left.text))", Swift.abs(left.value))
    default: return ("round(\(left.text))", left.value.rounded())
    }
  }

  private func boolean(_ depth: Int, _ random: inout RandomStream) -> (text: String, value: Bool) {
    if depth == 0 {
      let terms = (0..<3).map { _ in number(1, &random) }
      let first = terms[0].value < terms[1].value
      let second = terms[1].value >= terms[2].value
      return ("\(terms[0].text) < \(terms[1].text) >= \(terms[2].text)", first && second)
    }
    let left = boolean(depth - 1, &random)
    let right = boolean(depth - 1, &random)
    switch random.integer(in: 0...2) {
    case 0: return ("(\(left.text)) and (\(right.text))", left.value && right.value)
    case 1: return ("(\(left.text)) or (\(right.text))", left.value || right.value)
    default: return ("not (\(left.text))", !left.value)
    }
  }

  @Test("values are those of Swift's operators", arguments: 0..<300)
  func values(seed: UInt64) throws {
    var random = RandomStream(Seed(seed).derive("expressions"))
    let names = Self.names.map { (name: $0.name, type: ExpressionType.number) }
    let lookup = { (name: String) in
      Self.names.first { $0.name == name }.map { ExpressionValue.number($0.value) }
    }
    let formula = number(3, &random)
    let sum = try Expression(formula.text)
    #expect(sum.faults(expecting: .number, names: names).isEmpty, "\(formula.text)")
    #expect(try sum.value(lookup) == .number(formula.value), "seed \(seed): \(formula.text)")
    let condition = boolean(2, &random)
    let rule = try Expression(condition.text)
    #expect(rule.faults(expecting: .boolean, names: names).isEmpty, "\(condition.text)")
    #expect(try rule.value(lookup) == .boolean(condition.value), "seed \(seed): \(condition.text)")
  }

  @Test("any text is read or refused, and what the types accept has a value", arguments: 0..<200)
  func anyText(seed: UInt64) throws {
    var random = RandomStream(Seed(seed).derive("texts"))
    let pieces = [
      "1", "0.5", "p.S", "a", "yes", "'t'", "+", "-", "*", "/", "<", "<=", "==", "!=", "(", ")",
      ",",
      "and", "or", "not", "min(", "abs(", " ", ".", "=", "é", "\"", "1e", "true", "\u{0}",
    ]
    let types: [(name: String, type: ExpressionType)] = [
      ("p.S", .number), ("a", .number), ("yes", .boolean),
    ]
    for _ in 0..<50 {
      let count = random.integer(in: 1...12)
      let text = (0..<count).map { _ in pieces[random.integer(in: 0...pieces.count - 1)] }
        .joined(separator: random.integer(in: 0...1) == 0 ? " " : "")
      do {
        let expression = try Expression(text)
        for type in ExpressionType.allCases
        where expression.faults(expecting: type, names: types).isEmpty {
          do {
            let value = try expression.value { name in
              name == "yes" ? .boolean(true) : .number(name == "a" ? 0 : 0.5)
            }
            #expect(value.type == type, "seed \(seed): \(text)")
          } catch {
            // What the types accept can fail in two ways only.
            #expect(error.reason == .divisionByZero || error.reason == .notFinite, "\(text)")
          }
        }
      } catch {
        #expect((0...text.utf8.count).contains(error.range.lowerBound), "seed \(seed): \(text)")
        #expect(error.range.upperBound <= text.utf8.count, "seed \(seed): \(text)")
      }
    }
  }
}
