import Reproducibility

/// Reads one line of a problem file and keeps going after a fault, so that all are found in one pass.
struct ProblemLineReader {
  /// A string of the line and its bytes there, quotes included.
  struct Text {
    var text: String
    var range: Range<Int>
  }

  private let line: [UInt8]
  private let limits: ProblemFile.Limits
  private var found: [(range: Range<Int>, reason: ProblemFileFault.Reason)] = []

  /// The problem's id, as soon as one was read.
  private(set) var id: Text?
  /// Where the prompt stands.
  private(set) var promptRange = 0..<1

  init(_ line: [UInt8], limits: ProblemFile.Limits) {
    self.line = line
    self.limits = limits
  }

  mutating func add(_ reason: ProblemFileFault.Reason, at range: Range<Int>) {
    found.append((range, reason))
  }

  /// What was wrong, from left to right.
  func faults(in place: ProblemFileFault.Line) -> [ProblemFileFault] {
    // The sort is stable: faults of one place keep the order in which they were found.
    found.sorted { $0.range.lowerBound < $1.range.lowerBound }.map { range, reason in
      // Columns count characters: every byte but the continuation bytes of UTF-8.
      let before = line.prefix(range.lowerBound).count { $0 & 0xC0 != 0x80 }
      return ProblemFileFault(place, column: before + 1, range: range, reason: reason)
    }
  }

  /// The problem; nil after a fault.
  mutating func problem() -> Problem? {
    let json: LocatedJSON
    do throws(JSONFault) {
      json = try LocatedJSON.parse(line, depthLimit: 16)
    } catch {
      add(.notJSON(error.reason), at: error.offset..<error.offset + error.length)
      return nil
    }
    guard case .object(let members) = json.node else {
      add(.notAnObject(found: json.value.kindName), at: json.range)
      return nil
    }
    id = text("id", in: json)
    let domain = domain(in: json)
    let prompt = text("prompt", in: json)
    if let prompt { checkPrompt(prompt) }
    checkKeys(members, domain: domain)
    let difficulty = difficulty(in: json)
    switch domain {
    case .math: return math(json, prompt: prompt, difficulty: difficulty)
    case .code: return code(json, prompt: prompt, difficulty: difficulty)
    case nil: return nil
    }
  }

  private mutating func math(
    _ json: LocatedJSON, prompt: Text?, difficulty: [String: Int]?
  ) -> Problem? {
    let answer = text("answer", in: json)
    if let answer { checkAnswer(answer, prompt: prompt) }
    guard found.isEmpty, let id, let prompt, let answer, let difficulty else { return nil }
    return .math(id: id.text, prompt: prompt.text, answer: answer.text, difficulty: difficulty)
  }

  private mutating func code(
    _ json: LocatedJSON, prompt: Text?, difficulty: [String: Int]?
  ) -> Problem? {
    let tests = tests(in: json)
    let reference = json["reference"] == nil ? nil : text("reference", in: json)
    if let reference, let tests { checkReference(reference, tests: tests) }
    guard found.isEmpty, let id, let prompt, let tests, let difficulty else { return nil }
    return .code(
      id: id.text, prompt: prompt.text, tests: tests, reference: reference?.text,
      difficulty: difficulty)
  }
}

// MARK: - Keys and types

extension ProblemLineReader {
  /// The keys a line may have in a domain.
  static func keys(of domain: Domain) -> [String] {
    switch domain {
    case .math: ["id", "domain", "prompt", "answer", "difficulty"]
    case .code: ["id", "domain", "prompt", "tests", "reference", "difficulty"]
    }
  }

  /// A fault for each key that no domain has, or that only the other one has.
  private mutating func checkKeys(_ members: [LocatedJSON.Member], domain: Domain?) {
    let known = Domain.allCases.filter { domain == nil || $0 == domain }.flatMap(Self.keys)
    for member in members where !known.contains(member.key) {
      add(.unknownKey(member.key, domain: domain), at: member.keyRange)
    }
  }

  /// The text of a key that must be there and must not be empty.
  private mutating func text(_ key: String, in json: LocatedJSON) -> Text? {
    guard let value = json[key] else {
      add(.missingKey(key), at: json.range.lowerBound..<json.range.lowerBound + 1)
      return nil
    }
    guard case .string(let text) = value.node else {
      add(.wrongType(key, expected: "a string", found: value.value.kindName), at: value.range)
      return nil
    }
    if key == "prompt" { promptRange = value.range }
    guard !text.isEmpty else {
      add(.emptyText(key), at: value.range)
      return nil
    }
    return Text(text: text, range: value.range)
  }

  private mutating func domain(in json: LocatedJSON) -> Domain? {
    guard let name = text("domain", in: json) else { return nil }
    guard let domain = Domain(rawValue: name.text) else {
      add(.unknownDomain(name.text), at: name.range)
      return nil
    }
    return domain
  }

  private mutating func difficulty(in json: LocatedJSON) -> [String: Int]? {
    guard let value = json["difficulty"] else { return [:] }
    guard case .object(let members) = value.node else {
      add(
        .wrongType("difficulty", expected: "an object", found: value.value.kindName),
        at: value.range)
      return nil
    }
    var difficulty: [String: Int] = [:]
    for member in members {
      difficulty[member.key] = integer("difficulty.\(member.key)", member.value)
    }
    return difficulty
  }

  private mutating func tests(in json: LocatedJSON) -> [CodeTest]? {
    guard let value = json["tests"] else {
      add(.missingKey("tests"), at: json.range.lowerBound..<json.range.lowerBound + 1)
      return nil
    }
    guard case .array(let elements) = value.node else {
      add(.wrongType("tests", expected: "a list", found: value.value.kindName), at: value.range)
      return nil
    }
    if elements.isEmpty { add(.noTests, at: value.range) }
    let tests = elements.enumerated().compactMap { test("tests[\($0)]", $1) }
    return tests.count == elements.count && !tests.isEmpty ? tests : nil
  }

  private mutating func test(_ path: String, _ json: LocatedJSON) -> CodeTest? {
    guard case .object(let members) = json.node else {
      add(.wrongType(path, expected: "an object", found: json.value.kindName), at: json.range)
      return nil
    }
    for member in members where member.key != "input" && member.key != "output" {
      add(.unknownTestKey(member.key), at: member.keyRange)
    }
    var numbers: [Int] = []
    for key in ["input", "output"] {
      guard let value = json[key] else {
        add(.missingKey("\(path).\(key)"), at: json.range)
        continue
      }
      if let number = integer("\(path).\(key)", value) { numbers.append(number) }
    }
    return numbers.count == 2 ? CodeTest(input: numbers[0], output: numbers[1]) : nil
  }

  private mutating func integer(_ path: String, _ json: LocatedJSON) -> Int? {
    guard let number = json.value.double else {
      add(
        .wrongType(path, expected: "a whole number", found: json.value.kindName), at: json.range)
      return nil
    }
    let limit = limits.program.magnitude
    guard let value = wholeNumber(number), abs(value) <= limit else {
      add(.numberOutOfRange(path, limit: limit), at: json.range)
      return nil
    }
    return value
  }
}

// MARK: - Meaning

extension ProblemLineReader {
  private mutating func checkPrompt(_ prompt: Text) {
    guard let tokens = tokens(of: "prompt", prompt) else { return }
    if tokens > limits.promptTokens {
      add(.promptTooLong(tokens: tokens, limit: limits.promptTokens), at: prompt.range)
    }
  }

  /// How many tokens the text has; nil, after a fault, when it cannot be written.
  private mutating func tokens(of key: String, _ text: Text) -> Int? {
    do throws(VocabularyFault) {
      return try Vocabulary.standard.encode(text.text).count
    } catch {
      add(.notInVocabulary(key, error), at: text.range)
      return nil
    }
  }

  /// The answer must fit a box, and be the value of a prompt that is an expression.
  private mutating func checkAnswer(_ answer: Text, prompt: Text?) {
    guard tokens(of: "answer", answer) != nil else { return }
    if answer.text.contains("[") || answer.text.contains("]") {
      return add(.bracketInAnswer, at: answer.range)
    }
    guard let prompt, let expression = try? MathExpression(prompt: prompt.text) else { return }
    if answer.text != String(expression.value) {
      add(.answerDiffers(answer.text, value: expression.value), at: answer.range)
    }
  }

  /// The reference must be a response that the verifier finds correct.
  private mutating func checkReference(_ reference: Text, tests: [CodeTest]) {
    guard tokens(of: "reference", reference) != nil else { return }
    let problem = Problem.code(id: "", prompt: "", tests: tests, reference: nil)
    let verdict = Verifier(limits: limits.program)
      .verify(problem, completion: "[\(reference.text)]", isFinished: true)
    if !verdict.isCorrect { add(.referenceRefused(verdict.reason), at: reference.range) }
  }
}
