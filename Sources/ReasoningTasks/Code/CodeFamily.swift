package import Reproducibility

/// What makes one code problem harder than another.
package struct CodeParameters: Sendable, Hashable {
  /// Which shape of program, 1…8 (see ``CodeFamily``).
  package var family: Int
  /// 1: constants 1…9. 2: constants 1…15.
  package var magnitude: Int

  package init(family: Int, magnitude: Int) {
    precondition(Self.families.contains(family) && Self.magnitudes.contains(magnitude))
    self.family = family
    self.magnitude = magnitude
  }

  package static let families = 1...8
  package static let magnitudes = 1...2
}

/// Programs to be found from examples: `C<input>:<output>,…=` asks for one.
///
/// | family | program | inputs shown |
/// |---|---|---|
/// | 1 | `x+b` or `x-b` | two different ones |
/// | 2 | `x*a` | two adjacent |
/// | 3 | `x*a+b` | two adjacent |
/// | 4 | `x*a+b` | two, 2 or 3 apart |
/// | 5 | `x*a-b` | two adjacent |
/// | 6 | `x<k?x+b:x*a` | k−2, k−1, k, k+1 |
/// | 7 | `x*x*a+b` | 0, 1, 2 |
/// | 8 | `x<k?x+b:x*a+c` | k−1, k, k+1 |
///
/// The thresholds k are 2…9. In families 2 to 5 the factor a begins at 2, for with 1 the program would be
/// one of family 1 (or nothing), and one prompt would have two programs. In family 8 the middle and the
/// first example lie on one branch each only, or the other branch would not follow from what is shown.
package struct CodeFamily: Sendable, Hashable {
  /// Largest output shown; 1…84, so that output and largest constant add up to a number with a token.
  package let limit: Int

  package static let limits = 1...84
  /// Inputs of examples and of hidden tests.
  package static let inputs = 0...12
  /// Hidden tests of a problem, on inputs that are not shown.
  package static let hiddenTests = 5

  package init(limit: Int) {
    precondition(Self.limits.contains(limit))
    self.limit = limit
  }

  /// How many programs are thrown away before giving up.
  static let attemptLimit = 100_000

  /// A problem of those parameters: programs and inputs are drawn until every output shown lies in
  /// 0…`limit` and the program follows from what is shown.
  ///
  /// - Throws: ``GenerationFault/noProblem(parameters:)`` when none was found.
  package func problem(
    _ parameters: CodeParameters, random: inout RandomStream
  ) throws(GenerationFault) -> Problem {
    let difficulty = [
      "family": parameters.family, "magnitude": parameters.magnitude, "limit": limit,
    ]
    for _ in 0..<Self.attemptLimit {
      guard let (program, shown) = draft(parameters, &random) else { continue }
      let examples = shown.map { CodeTest(input: $0, output: program($0)) }
      guard examples.allSatisfy({ (0...limit).contains($0.output) }) else { continue }
      var hidden = Self.inputs.filter { !shown.contains($0) }
      random.shuffle(&hidden)
      return .code(
        prompt: CodePrompt(examples: examples).text,
        tests: hidden.prefix(Self.hiddenTests).map { CodeTest(input: $0, output: program($0)) },
        reference: program.text, difficulty: difficulty)
    }
    throw .noProblem(parameters: difficulty)
  }

  /// A program and the inputs to show; nil when it does not follow from them.
  private func draft(
    _ parameters: CodeParameters, _ random: inout RandomStream
  ) -> (FamilyProgram, [Int])? {
    let last = Self.inputs.upperBound
    let constants = 1...(parameters.magnitude == 2 ? 15 : 9)
    let factors = 2...constants.upperBound
    let thresholds = 2...9
    switch parameters.family {
    case 1:
      let isSum = random.chance(0.5)
      let b = random.integer(in: constants)
      let first = random.integer(in: 0...last - 1)
      let second = random.integer(in: first + 1...last)
      return (isSum ? .plus(b: b) : .minus(b: b), [first, second])
    case 2:
      let a = random.integer(in: factors)
      let first = random.integer(in: 0...last - 1)
      return (.times(a: a), [first, first + 1])
    case 3, 4, 5:
      let a = random.integer(in: factors)
      let b = random.integer(in: constants)
      let width = parameters.family == 4 ? random.integer(in: 2...3) : 1
      let first = random.integer(in: 0...last - width)
      return (
        parameters.family == 5 ? .lineMinus(a: a, b: b) : .line(a: a, b: b), [first, first + width]
      )
    case 6:
      let k = random.integer(in: thresholds)
      let b = random.integer(in: constants)
      let a = random.integer(in: constants)
      return (.split(k: k, b: b, a: a), [k - 2, k - 1, k, k + 1])
    case 7:
      let a = random.integer(in: constants)
      let b = random.integer(in: constants)
      return (.square(a: a, b: b), [0, 1, 2])
    default:
      let k = random.integer(in: thresholds)
      let b = random.integer(in: constants)
      let a = random.integer(in: constants)
      let c = random.integer(in: constants)
      let meetsAt = { (x: Int) in x + b == x * a + c }
      if meetsAt(k - 1) || meetsAt(k) { return nil }
      return (.splitLine(k: k, b: b, a: a, c: c), [k - 1, k, k + 1])
    }
  }
}

extension Problem {
  /// The program in its box; before it, unless the style leaves it out, `!` and how its constants
  /// follow from the examples. A reference that is of no family is shown without work.
  func codeDemonstration(
    style: DemonstrationStyle, random: inout RandomStream
  ) throws(DemonstrationFault) -> String {
    guard let reference else { throw .noReference(id: id) }
    var text: [UInt8] = []
    if !random.chance(style.bareProgram), let program = FamilyProgram(reference),
      let examples = CodePrompt(prompt)?.examples, let steps = program.work(examples: examples)
    {
      text.append(UInt8(ascii: "!"))
      for step in steps { step.write(to: &text) }
    }
    text.append(UInt8(ascii: "["))
    text += reference.utf8
    text.append(UInt8(ascii: "]"))
    return String(decoding: text, as: UTF8.self)
  }
}
