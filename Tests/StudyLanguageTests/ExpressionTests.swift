import Reproducibility
import Testing

@testable import StudyLanguage

@Suite("Expressions")
struct ExpressionTests {
  private let values: [String: ExpressionValue] = [
    "p.S": .number(0.5), "p.M": .number(1), "zero": .number(0), "yes": .boolean(true),
    "stage": .text("second"), "p.deep-seek": .number(0.25),
  ]

  private var names: [(name: String, type: ExpressionType)] {
    values.sorted { $0.key < $1.key }.map { ($0.key, $0.value.type) }
  }

  @Test(
    "worked values",
    arguments: [
      ("1 + 2 * 3", .number(7)), ("(1 + 2) * 3", .number(9)), ("7 - 2 - 1", .number(4)),
      ("8 / 4 / 2", .number(1)), ("-2 * -3", .number(6)), ("--2", .number(2)),
      ("1e-1 * 10", .number(1)), ("2.5e+1", .number(25)), ("min(3, 1, 2)", .number(1)),
      ("max(3)", .number(3)), ("round(2.5)", .number(3)), ("round(-2.5)", .number(-3)),
      ("abs(-1) + abs(1)", .number(2)), ("0 < p.S < 1", .boolean(true)),
      ("0 < p.M < 1", .boolean(false)), ("1 > p.S >= 0.5 != 3", .boolean(true)),
      ("p.S == 0 and p.M == 1 or p.S == 0.5", .boolean(true)),
      ("not p.S == 0 and p.M == 1", .boolean(true)), ("not (yes and false)", .boolean(true)),
      ("true or false and false", .boolean(true)), ("stage == 'second'", .boolean(true)),
      ("p.'deep-seek' * 4 == 1", .boolean(true)),
      ("zero != 0 and 1 / zero > 2", .boolean(false)), ("yes", .boolean(true)),
      ("'a text'", .text("a text")), (" 1\n+\t1 ", .number(2)),
    ] as [(String, ExpressionValue)])
  func worked(text: String, expected: ExpressionValue) throws {
    let expression = try Expression(text)
    let found = try expression.value { values[$0] }
    #expect(expression.faults(expecting: expected.type, names: names).isEmpty)
    #expect(found == expected)
  }

  @Test(
    "each fault has its place and its words",
    arguments: [
      ("", 0..<0, "the expression is empty"),
      ("  ", 0..<2, "the expression is empty"),
      ("1 +", 3..<3, "expected a value, found the end"),
      ("1 2", 2..<3, "expected an operator or the end, found a number"),
      ("(1", 2..<2, "expected ')', found the end"),
      ("p. < 1", 3..<4, "expected a name, found '<'"),
      ("p.S = 0", 4..<5, "'=' in an expression"),
      ("p.S § 0", 4..<6, "unexpected '§' in an expression"),
      ("'open", 0..<5, "a text in the expression does not end"),
      ("2x", 0..<2, "'2x' is no number"),
      ("1e999", 0..<5, "'1e999' is no number"),
      ("and", 0..<3, "expected a value, found 'and'"),
      ("f(1,)", 4..<5, "expected a value, found ')'"),
    ])
  func textFaults(text: String, range: Range<Int>, what: String) throws {
    let fault = #expect(throws: ExpressionFault.self) { try Expression(text) }
    #expect(fault?.range == range && fault?.what == what)
    #expect(fault?.why.isEmpty == false && fault?.help.isEmpty == false)
  }

  @Test(
    "each fault of the types has its place and its words",
    arguments: [
      ("p.X < 1", 0..<3, "unknown name 'p.X'"),
      ("minn(1) < 2", 0..<4, "unknown function 'minn'"),
      ("round(1, 2) < 3", 0..<11, "'round' takes one number, found 2"),
      ("min() < 3", 0..<5, "'min' takes numbers, found nothing"),
      ("1 + yes < 2", 4..<7, "the right side of '+' must be a number, found a boolean"),
      ("p.S and yes", 0..<3, "each side of 'and' must be a boolean, found a number"),
      ("not p.S", 4..<7, "what 'not' is applied to must be a boolean, found a number"),
      ("-yes < 1", 1..<4, "what '-' is applied to must be a number, found a boolean"),
      ("stage < 'x'", 0..<11, "a text has no order"),
      ("stage == 1", 0..<10, "a text is compared with a number"),
      ("p.S + 1", 0..<7, "the whole expression must be a boolean, found a number"),
    ])
  func typeFaults(text: String, range: Range<Int>, what: String) throws {
    let faults = try Expression(text).faults(expecting: .boolean, names: names)
    #expect(faults.map(\.what) == [what])
    #expect(faults.first?.range == range)
    #expect(faults.allSatisfy { !$0.why.isEmpty && !$0.help.isEmpty })
  }

  @Test("every fault of the types is found in one pass, in order, with a suggestion")
  func allTypeFaults() throws {
    let faults = try Expression("pp.S < 1 and stagee == 3 and -yes < abs()")
      .faults(expecting: .boolean, names: names)
    #expect(
      faults.map(\.what) == [
        "unknown name 'pp.S'", "unknown name 'stagee'",
        "what '-' is applied to must be a number, found a boolean",
        "'abs' takes one number, found nothing",
      ])
    #expect(faults.prefix(2).map(\.help) == ["did you mean 'p.S'?", "did you mean 'stage'?"])
    #expect(faults[0].why == "known here: p.M, p.S, p.deep-seek, stage, yes, zero")
  }

  @Test("a division by zero and a number beyond a double are faults of the value")
  func valueFaults() throws {
    let division = try Expression("1 / (zero * 2) > 1")
    #expect(division.faults(expecting: .boolean, names: names).isEmpty)
    let fault = #expect(throws: ExpressionFault.self) { try division.value { values[$0] } }
    #expect(fault?.reason == .divisionByZero && fault?.range == 4..<14)
    let large = try Expression("1e308 * 10 > 1")
    let overflow = #expect(throws: ExpressionFault.self) { try large.value { values[$0] } }
    #expect(overflow?.reason == .notFinite && overflow?.range == 0..<10)
  }

  @Test("names and calls can be asked for")
  func structure() throws {
    #expect(try Expression("p.b < p.a and p.b == min(c, 1)").names == ["p.b", "p.a", "c"])
    let call = try #require(try Expression("final('my-suite')").call)
    #expect(call.function == "final" && call.subject == "my-suite" && call.numbers.isEmpty)
    let threshold = try #require(try Expression("steps_to(contest, -0.5, 3)").call)
    #expect(threshold.subject == "contest" && threshold.numbers == [-0.5, 3])
    #expect(try Expression("final(1)").call == nil)
    #expect(try Expression("final()").call == nil)
    #expect(try Expression("steps_to(contest, textbook)").call == nil)
    #expect(try Expression("contest").call == nil)
  }

  @Test("length and depth are bounded")
  func bounds() throws {
    let nested = { (n: Int) in
      String(repeating: "(", count: n) + "1" + String(repeating: ")", count: n)
    }
    #expect(try Expression(nested(100)).value { _ in nil } == .number(1))
    let deep = #expect(throws: ExpressionFault.self) { try Expression(nested(101)) }
    #expect(deep?.reason == .tooDeep(limit: 100))
    for sign in ["-", "not "] {
      #expect(throws: ExpressionFault.self) {
        try Expression(String(repeating: sign, count: 200) + "1")
      }
    }
    let long = #expect(throws: ExpressionFault.self) {
      try Expression(String(repeating: "1+", count: 1000) + "1")
    }
    #expect(long?.reason == .tooLong(limit: 2000))
    // The longest that is allowed is also evaluated: the tree is a thousand deep.
    #expect(
      try Expression(String(repeating: "1+", count: 999) + "1").value { _ in nil } == .number(1000))
  }
}
