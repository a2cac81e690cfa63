import Reproducibility
import Testing

@testable import ReasoningTasks

@Suite("The little language")
struct ProgramTests {
  @Test(
    "programs give what the grammar says",
    arguments: [
      ("7", 3, 7), ("x", 3, 3), ("-x", 3, -3), ("--x", 3, 3), ("x+2*x", 3, 9), ("(x+2)*x", 3, 15),
      ("9-x-2", 3, 4), ("2*-x", 3, -6), ("x<3?1:2", 3, 2), ("x<4?1:2", 3, 1),
      ("x<4?x<2?1:2:3", 3, 2), ("x<1?1:x<9?2:3", 3, 2), ("(x<4?1:2)*5", 3, 5),
      ("x+1<5?x:0", 3, 3), ("x-x<x?x:-x", -3, 3), ("1000000000", 0, 1_000_000_000),
      ("0-31622*31622", 0, -999_950_884),
    ])
  func value(program: String, x: Int, expected: Int) throws {
    #expect(try Program(program)(x) == expected)
  }

  @Test("only the branch that is chosen runs")
  func laziness() throws {
    let program = try Program("x<1?99*99*99*99*99*99:5")
    #expect(try program(1) == 5)
    #expect(throws: RunFault.overflow(limit: 1_000_000_000)) { try program(0) }
  }

  @Test(
    "what is no program is said with its place",
    arguments: [
      ("", "the program is empty"),
      ("x*", "the program ends after 2 characters, where a number, x, - or ( was expected"),
      ("x*y", "'y' at character 3 of the program, where a number, x, - or ( was expected"),
      ("4x", "'x' at character 2 of the program, where an operator or the end was expected"),
      ("x 4", "' ' at character 2 of the program, where an operator or the end was expected"),
      ("x<5?1", "the program ends after 5 characters, where ':' was expected"),
      ("x<5", "the program ends after 3 characters, where '?' was expected"),
      ("(x", "the program ends after 2 characters, where ')' was expected"),
      ("x)", "')' at character 2 of the program, where an operator or the end was expected"),
      ("+é", "'+' at character 1 of the program, where a number, x, - or ( was expected"),
      ("é", "'é' at character 1 of the program, where a number, x, - or ( was expected"),
      (
        "x+x+x+x+x+x+x+x+x+x+x+x+x+x+x+x+x",
        "the program has 33 characters; at most 32 are allowed"
      ),
      ("-------------x", "more than 12 levels of nesting at character 13 of the program"),
      ("(((((((((((((x", "more than 12 levels of nesting at character 13 of the program"),
      ("x+1000000001", "a constant above 1000000000 at character 3 of the program"),
      (
        "99999999999999999999999999999999",
        "a constant above 1000000000 at character 1 of the program"
      ),
    ])
  func faults(text: String, message: String) {
    do throws(ProgramFault) {
      Issue.record("compiled to \(try Program(text).instructions)")
    } catch {
      #expect(error.description == message)
    }
  }

  @Test("each limit stops a program at exactly its number")
  func limits() throws {
    // x+x+x: five instructions, two values at once.
    #expect(try Program("x+x+x", limits: ProgramLimits(steps: 5))(2) == 6)
    #expect(throws: RunFault.stepLimit(4)) {
      try Program("x+x+x", limits: ProgramLimits(steps: 4))(2)
    }
    #expect(try Program("x+x+x", limits: ProgramLimits(cells: 2))(2) == 6)
    #expect(throws: RunFault.cellLimit(2)) {
      try Program("x+(x+x)", limits: ProgramLimits(cells: 2))(2)
    }
    #expect(try Program("x*x", limits: ProgramLimits(magnitude: 100))(-10) == 100)
    #expect(throws: RunFault.overflow(limit: 100)) {
      try Program("x*x", limits: ProgramLimits(magnitude: 100))(11)
    }
    #expect(throws: RunFault.overflow(limit: 100)) {
      try Program("x", limits: ProgramLimits(magnitude: 100))(Int.min)
    }
    #expect(try Program("((x))", limits: ProgramLimits(nesting: 2))(7) == 7)
    #expect(throws: ProgramFault.tooNested(offset: 1, limit: 1)) {
      try Program("((x))", limits: ProgramLimits(nesting: 1))
    }
  }

  @Test("agrees with direct evaluation of random syntax trees", arguments: 0..<200)
  func againstTrees(seed: UInt64) throws {
    var random = RandomStream(Seed(seed).derive("trees"))
    let tree = Tree(depth: 4, &random)
    let limits = ProgramLimits(characters: 4096, nesting: 64, steps: 4096, cells: 64)
    let program = try Program(tree.text, limits: limits)
    for x in [-7, 0, 1, 5, 12] { #expect(try program(x) == tree.value(x), "\(tree.text) at \(x)") }
  }

  /// Any string ends in a value or a fault, within the limits. A trap would end the test process.
  @Test("survives 20,000 random strings and 20,000 mutated programs")
  func fuzz() {
    var random = RandomStream(Seed(11).derive("fuzz"))
    var outcomes: [String: Int] = [:]
    func attempt(_ text: String) {
      for limits in [ProgramLimits.standard, ProgramLimits(nesting: 3, steps: 6, cells: 2)] {
        guard let program = compiled(text, limits) else { continue }
        for x in [0, 12, -1_000_000_000, Int.max] {
          do throws(RunFault) {
            _ = try program(x)
            outcomes["value", default: 0] += 1
          } catch {
            outcomes["\(error)", default: 0] += 1
          }
        }
      }
    }
    func compiled(_ text: String, _ limits: ProgramLimits) -> Program? {
      do throws(ProgramFault) {
        return try Program(text, limits: limits)
      } catch {
        // Only the kind of fault: places and characters differ from text to text.
        outcomes["\(error)".filter { $0.isLetter || $0 == " " }.suffix(24) + "", default: 0] += 1
        return nil
      }
    }
    for _ in 0..<20_000 { attempt(randomText(length: 0...40, &random)) }
    let seeds = [
      "x*5+15", "x<6?x+9:x*2", "x<2?x+9:x*3+6", "x*x*3+1", "((x))", "--x", "99*99*99*99*x",
    ]
    for _ in 0..<20_000 { attempt(mutated(random.element(of: seeds), &random)) }
    #expect((outcomes["value"] ?? 0) > 5000)
    #expect(outcomes["it was stopped after 6 steps"] != nil)
    #expect(outcomes["it needs more than 2 values at once"] != nil)
    #expect(outcomes["a value beyond ±1000000000 occurred"] != nil)
    #expect(outcomes.count > 10, "\(outcomes)")
  }
}

/// A text of the language's characters, now and then with one that is not.
func randomText(length: ClosedRange<Int>, _ random: inout RandomStream) -> String {
  let usual = Array("0123456789x+-*<?:()[]=;,MC!~./ ")
  let odd: [Character] = ["é", "𝟙", "\u{0}", "\n", "\u{FFFD}", "٣", "👩‍👩‍👧", "\r\n"]
  return String(
    (0..<random.integer(in: length)).map { _ in
      random.element(of: random.chance(0.02) ? odd : usual)
    })
}

/// The text with one to three characters removed, replaced, doubled or swapped.
func mutated(_ text: String, _ random: inout RandomStream) -> String {
  var characters = Array(text)
  for _ in 0..<random.integer(in: 1...3) where !characters.isEmpty {
    let place = random.integer(in: 0...characters.count - 1)
    switch random.integer(in: 0...3) {
    case 0: characters.remove(at: place)
    case 1: characters[place] = random.element(of: Array("0123456789x+-*<?:()"))
    case 2: characters.insert(characters[place], at: place)
    default: characters.swapAt(place, random.integer(in: 0...characters.count - 1))
    }
  }
  return String(characters)
}

/// A syntax tree of the language that knows its value, written with every bracket.
private indirect enum Tree {
  case number(Int)
  case input
  case minus(Tree)
  case binary(Character, Tree, Tree)
  case choice(Tree, Tree, Tree, Tree)

  init(depth: Int, _ random: inout RandomStream) {
    func child(_ random: inout RandomStream) -> Tree { Tree(depth: depth - 1, &random) }
    switch depth == 0 ? random.integer(in: 0...1) : random.integer(in: 0...7) {
    case 0: self = .number(random.integer(in: 0...9))
    case 1: self = .input
    case 2: self = .minus(child(&random))
    case 3, 4, 5, 6:
      self = .binary(random.element(of: ["+", "-", "*"]), child(&random), child(&random))
    default:
      self = .choice(child(&random), child(&random), child(&random), child(&random))
    }
  }

  var text: String {
    switch self {
    case .number(let value): "\(value)"
    case .input: "x"
    case .minus(let a): "-(\(a.text))"
    case .binary(let sign, let a, let b): "(\(a.text))\(sign)(\(b.text))"
    case .choice(let a, let b, let c, let d): "((\(a.text))<(\(b.text))?(\(c.text)):(\(d.text)))"
    }
  }

  func value(_ x: Int) -> Int {
    switch self {
    case .number(let value): value
    case .input: x
    case .minus(let a): -a.value(x)
    case .binary("+", let a, let b): a.value(x) + b.value(x)
    case .binary("-", let a, let b): a.value(x) - b.value(x)
    case .binary(_, let a, let b): a.value(x) * b.value(x)
    case .choice(let a, let b, let c, let d): a.value(x) < b.value(x) ? c.value(x) : d.value(x)
    }
  }
}
