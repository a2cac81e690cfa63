import Foundation
import Reporting
import PolicyTrainer
import ReasoningTasks
import Reproducibility
import RunStore
import StudyLanguage

/// `ablate problems generate|check|show`: problem files, made, checked and looked at.
struct ProblemsCommand: Command {
  static let name = "problems"
  static let summary = "generate, check or show a file of problems"
  static let usage = """
    ablate problems generate math|code FILE [options]
      --count N         different problems; default: 100
      --seed N          root of the random numbers; default: 1
      --limit N         largest number on the way to an answer, or output shown; default: 30
      --operations A-B  math: operations of an expression; default: 1-7
      --magnitudes L    1, 2 or 1,2; default: 1,2
      --brackets SHARE  math: share in which brackets may occur; default: 0.5
      --families L      code: families of programs; default: 1,3,4,5,8
    ablate problems check FILE
    ablate problems show FILE [--id ID] [--count N]
    """

  func run(_ arguments: Arguments) throws -> ExitCode {
    let terminal = Terminal(environment: ProcessInfo.processInfo.environment)
    switch arguments.next() {
    case "generate": return try generate(arguments, terminal)
    case "check": return try check(arguments, terminal)
    case "show": return try show(arguments, terminal)
    case let other?:
      throw arguments.fault(
        "'\(other)' is none of generate, check, show", near: other,
        among: ["generate", "check", "show"])
    case nil: throw arguments.fault("generate, check or show?")
    }
  }

  // MARK: generate

  private func generate(_ arguments: Arguments, _ terminal: Terminal) throws -> ExitCode {
    let domainWord = try arguments.single("domain (math or code)")
    guard let domain = Domain(rawValue: domainWord) else {
      throw arguments.fault(
        "'\(domainWord)' is no domain", near: domainWord, among: Domain.allCases.map(\.rawValue))
    }
    let count = try arguments.integer("--count", in: 1...1_000_000) ?? 100
    let seed = try arguments.integer("--seed", in: 0...1_000_000_000) ?? 1
    let limit = try arguments.integer("--limit", in: 9...84) ?? 30
    let magnitudes = try numbers(arguments, "--magnitudes", in: 1...2) ?? [1, 2]
    let mixture: ProblemMixture
    switch domain {
    case .math:
      let operations = try range(arguments, "--operations") ?? 1...7
      let brackets = try share(arguments, "--brackets") ?? 0.5
      mixture = .math(
        MathMixture(
          limit: limit, operations: operations, magnitudes: magnitudes, bracketShare: brackets))
    case .code:
      let families = try numbers(arguments, "--families", in: 1...8) ?? [1, 3, 4, 5, 8]
      mixture = .code(CodeMixture(limit: limit, families: families, magnitudes: magnitudes))
    }
    let path = try arguments.single("file to write")
    try arguments.finish()
    let problems: [Problem]
    do throws(GenerationFault) {
      let generator = try ProblemGenerator(
        mixture, seed: Seed(UInt64(seed)).derive("problems/\(domain.rawValue)"))
      problems = try generator.problems(count: count)
    } catch {
      throw CommandFault(what: error.what, why: error.why, help: error.help)
    }
    try LocalFileSystem().replace(path, with: Array(ProblemFile.write(problems).utf8))
    terminal.output("\(path): \(problems.count) \(domain.rawValue) problems")
    return .well
  }

  private func numbers(
    _ arguments: Arguments, _ name: String, in range: ClosedRange<Int>
  ) throws -> [Int]? {
    guard let text = try arguments.value(name) else { return nil }
    let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    let valid = numbers.compactMap { $0 }.filter(range.contains)
    guard valid.count == numbers.count else {
      throw arguments.fault(
        "'\(name) \(text)' is no list of numbers from \(range.lowerBound) to \(range.upperBound)")
    }
    return valid
  }

  private func range(_ arguments: Arguments, _ name: String) throws -> ClosedRange<Int>? {
    guard let text = try arguments.value(name) else { return nil }
    let ends = text.split(separator: "-").compactMap { Int($0) }
    guard let from = ends.first, let to = ends.last, ends.count <= 2, 1 <= from, from <= to, to <= 8
    else { throw arguments.fault("'\(name) \(text)' is no range within 1-8, such as 2-4") }
    return from...to
  }

  private func share(_ arguments: Arguments, _ name: String) throws -> Double? {
    guard let text = try arguments.value(name) else { return nil }
    guard let value = Double(text), (0...1).contains(value) else {
      throw arguments.fault("'\(name) \(text)' is no share from 0 to 1")
    }
    return value
  }

  // MARK: check and show

  private func check(_ arguments: Arguments, _ terminal: Terminal) throws -> ExitCode {
    let path = try arguments.single("problem file")
    try arguments.finish()
    let problems = try CheckedProblems(path, files: DiskFiles()).problems
    let counts = Domain.allCases.map { domain in
      "\(problems.count { $0.domain == domain }) \(domain.rawValue)"
    }
    terminal.output(
      "\(path): \(problems.count) problems, \(counts.joined(separator: " and ")); all in order")
    return .well
  }

  private func show(_ arguments: Arguments, _ terminal: Terminal) throws -> ExitCode {
    let id = try arguments.value("--id")
    let count = try arguments.integer("--count", in: 1...1_000_000) ?? 10
    let path = try arguments.single("problem file")
    try arguments.finish()
    let problems = try CheckedProblems(path, files: DiskFiles()).problems
    let chosen = id.map { id in problems.filter { $0.id == id } } ?? Array(problems.prefix(count))
    if chosen.isEmpty {
      throw CommandFault(
        what: "\(path) has no problem '\(id ?? "")'", why: "it was asked for by its id",
        help: "ablate problems show \(path) lists the first ids")
    }
    for problem in chosen {
      terminal.output("\(problem.id)  \(problem.domain.rawValue)  \(problem.prompt)")
      if let answer = problem.answer { terminal.output("  answer  \(answer)") }
      if !problem.tests.isEmpty {
        let tests = problem.tests.map { "\($0.input) → \($0.output)" }.joined(separator: ", ")
        terminal.output("  tests   \(tests)")
      }
      if let reference = problem.reference { terminal.output("  program \(reference)") }
      var random = RandomStream(Seed(0))
      if let work = try? problem.demonstration(style: .thorough, random: &random) {
        terminal.output("  work    \(work)")
      }
    }
    return .well
  }
}
