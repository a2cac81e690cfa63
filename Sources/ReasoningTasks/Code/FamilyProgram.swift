/// A program of one of the families: its shape and its constants.
enum FamilyProgram: Sendable, Hashable {
  /// `x+b`, family 1.
  case plus(b: Int)
  /// `x-b`, family 1.
  case minus(b: Int)
  /// `x*a`, family 2.
  case times(a: Int)
  /// `x*a+b`, families 3 and 4.
  case line(a: Int, b: Int)
  /// `x*a-b`, family 5.
  case lineMinus(a: Int, b: Int)
  /// `x<k?x+b:x*a`, family 6.
  case split(k: Int, b: Int, a: Int)
  /// `x*x*a+b`, family 7.
  case square(a: Int, b: Int)
  /// `x<k?x+b:x*a+c`, family 8.
  case splitLine(k: Int, b: Int, a: Int, c: Int)

  var text: String {
    switch self {
    case .plus(let b): "x+\(b)"
    case .minus(let b): "x-\(b)"
    case .times(let a): "x*\(a)"
    case .line(let a, let b): "x*\(a)+\(b)"
    case .lineMinus(let a, let b): "x*\(a)-\(b)"
    case .split(let k, let b, let a): "x<\(k)?x+\(b):x*\(a)"
    case .square(let a, let b): "x*x*\(a)+\(b)"
    case .splitLine(let k, let b, let a, let c): "x<\(k)?x+\(b):x*\(a)+\(c)"
    }
  }

  /// The value, computed here and not by the interpreter, so that each tests the other.
  func callAsFunction(_ x: Int) -> Int {
    switch self {
    case .plus(let b): x + b
    case .minus(let b): x - b
    case .times(let a): x * a
    case .line(let a, let b): x * a + b
    case .lineMinus(let a, let b): x * a - b
    case .split(let k, let b, let a): x < k ? x + b : x * a
    case .square(let a, let b): x * x * a + b
    case .splitLine(let k, let b, let a, let c): x < k ? x + b : x * a + c
    }
  }

  /// Recognises a family's program by its text; nil for any other.
  init?(_ text: String) {
    let constants = text.split { !$0.isASCII || !$0.isNumber }.compactMap { Int($0) }
    let candidates: [FamilyProgram] =
      switch constants.count {
      case 1: [.plus(b: constants[0]), .minus(b: constants[0]), .times(a: constants[0])]
      case 2:
        [
          .line(a: constants[0], b: constants[1]), .lineMinus(a: constants[0], b: constants[1]),
          .square(a: constants[0], b: constants[1]),
        ]
      case 3: [.split(k: constants[0], b: constants[1], a: constants[2])]
      case 4:
        [.splitLine(k: constants[0], b: constants[1], a: constants[2], c: constants[3])]
      default: []
      }
    guard let match = candidates.first(where: { $0.text == text }) else { return nil }
    self = match
  }

  /// How the constants follow from the examples; nil when the examples are not the family's, or a
  /// value on the way has no token.
  func work(examples: [CodeTest]) -> [MathStep]? {
    guard examples.count >= 2, examples.allSatisfy({ self($0.input) == $0.output }) else {
      return nil
    }
    let (first, second) = (examples[0], examples[1])
    let width = second.input - first.input
    var steps = Steps()
    switch self {
    case .plus:
      steps.subtract(first.output, first.input)
    case .minus:
      steps.subtract(first.input, first.output)
    case .times(let a):
      if width == 1 {
        steps.subtract(second.output, first.output)
      } else {
        steps.slope(a, first, second)
      }
    case .line(let a, _):
      steps.slope(a, first, second)
      let rise = steps.multiply(a, first.input)
      steps.subtract(first.output, rise)
    case .lineMinus(let a, _):
      steps.slope(a, first, second)
      let rise = steps.multiply(a, first.input)
      steps.subtract(rise, first.output)
    case .split(let k, _, _):
      guard examples.count == 4, examples.map(\.input) == [k - 2, k - 1, k, k + 1] else {
        return nil
      }
      steps.subtract(second.output, second.input)
      steps.subtract(examples[3].output, examples[2].output)
    case .square:
      guard examples.count == 3, examples.map(\.input) == [0, 1, 2] else { return nil }
      steps.subtract(second.output, first.output)
    case .splitLine(let k, _, let a, _):
      guard examples.count == 3, examples.map(\.input) == [k - 1, k, k + 1] else { return nil }
      steps.subtract(first.output, first.input)
      steps.subtract(examples[2].output, second.output)
      let rise = steps.multiply(a, k)
      steps.subtract(second.output, rise)
    }
    return steps.areWritable ? steps.list : nil
  }
}

/// The work on a code problem while it is written down.
private struct Steps {
  private(set) var list: [MathStep] = []

  /// Whether every number has a token.
  var areWritable: Bool {
    list.allSatisfy { step in
      [step.a, step.b, step.result].allSatisfy(Vocabulary.numbers.contains)
    }
  }

  /// The slope of a line through two examples. Over a gap wider than one the difference is shown as
  /// slope times gap, for the language of the work has no division.
  mutating func slope(_ a: Int, _ first: CodeTest, _ second: CodeTest) {
    subtract(second.output, first.output)
    let width = second.input - first.input
    if width != 1 { multiply(a, width) }
  }

  mutating func subtract(_ a: Int, _ b: Int) {
    list.append(MathStep(a, .minus, b, a - b))
  }

  @discardableResult
  mutating func multiply(_ a: Int, _ b: Int) -> Int {
    list.append(MathStep(a, .times, b, a * b))
    return a * b
  }
}
