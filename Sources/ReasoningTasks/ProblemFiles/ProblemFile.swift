package import Reproducibility

/// Problems as JSON Lines: one object a line, blank lines ignored, UTF-8.
///
/// ```
/// {"id":"sum-1","domain":"math","prompt":"M4+7=","answer":"11"}
/// {"id":"line-1","domain":"code","prompt":"C1:4,2:8=","tests":[{"input":3,"output":12}],"reference":"x*4"}
/// ```
///
/// `reference` may be missing; `difficulty`, an object of whole numbers, may be added to either.
package enum ProblemFile {
  /// What a file's problems must keep to.
  package struct Limits: Sendable, Hashable {
    /// Longest prompt. The generator's longest has 33 tokens.
    package var promptTokens: Int
    /// What reference programs are run under; also bounds the numbers of tests.
    package var program: ProgramLimits

    package init(promptTokens: Int = 64, program: ProgramLimits = .standard) {
      precondition(promptTokens > 0)
      self.promptTokens = promptTokens
      self.program = program
    }

    package static let standard = Limits()
  }

  /// The problems of a file, in its order.
  ///
  /// - Parameter name: the file's name, for messages.
  /// - Throws: ``ProblemFileFaults`` with everything that is wrong with the file.
  package static func read(
    _ bytes: [UInt8], name: String, limits: Limits = .standard
  ) throws(ProblemFileFaults) -> [Problem] {
    var problems: [Problem] = []
    var faults: [ProblemFileFault] = []
    var lineOfID: [String: Int] = [:]
    var lineOfForm: [String: Int] = [:]
    var lineCount = 0
    var offset = 0
    for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated()
    {
      let place = ProblemFileFault.Line(file: name, number: index + 1, offset: offset)
      offset += line.count + 1
      if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
      lineCount += 1
      var reader = ProblemLineReader(Array(line), limits: limits)
      let problem = reader.problem()
      if let id = reader.id {
        if let first = lineOfID[id.text] {
          reader.add(.duplicateID(id.text, firstLine: first), at: id.range)
        } else {
          lineOfID[id.text] = index + 1
        }
      }
      if let problem {
        if let first = lineOfForm[problem.canonicalForm] {
          reader.add(.sameProblem(firstLine: first), at: reader.promptRange)
        } else {
          lineOfForm[problem.canonicalForm] = index + 1
        }
        problems.append(problem)
      }
      faults += reader.faults(in: place)
    }
    if lineCount == 0 {
      let line = ProblemFileFault.Line(file: name, number: 1, offset: 0)
      faults.append(ProblemFileFault(line, column: 1, range: 0..<1, reason: .emptyFile))
    }
    if !faults.isEmpty { throw ProblemFileFaults(faults: faults) }
    return problems
  }

  /// The problems of a file's text, in its order (see ``read(_:name:limits:)``).
  package static func read(
    _ text: String, name: String, limits: Limits = .standard
  ) throws(ProblemFileFaults) -> [Problem] {
    try read(Array(text.utf8), name: name, limits: limits)
  }

  /// The text of a file with these problems, which ``read(_:name:limits:)`` reads back as equal ones.
  package static func write(_ problems: [Problem]) -> String {
    problems.map { $0.json.line + "\n" }.joined()
  }
}

extension Problem {
  /// The problem as a line of a file holds it.
  package var json: JSONValue {
    var members: JSONObject = [
      "id": .string(id), "domain": .string(domain.rawValue), "prompt": .string(prompt),
    ]
    switch domain {
    case .math:
      members["answer"] = answer.map(JSONValue.string)
    case .code:
      members["tests"] = .array(
        tests.map { ["input": JSONValue($0.input), "output": JSONValue($0.output)] })
      members["reference"] = reference.map(JSONValue.string)
    }
    if !difficulty.isEmpty {
      let sorted = difficulty.sorted { $0.key < $1.key }
      members["difficulty"] = .object(JSONObject(sorted.map { ($0.key, JSONValue($0.value)) }))
    }
    return .object(members)
  }
}
