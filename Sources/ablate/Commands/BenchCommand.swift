import AblateBench
import Foundation
import PolicyTrainer
import Reproducibility
import RunStore
import StudyLanguage

/// `ablate bench`: how fast the kernels, the trainer and a whole trial are on this machine, beside the
/// peak that it measures first. Never part of a test.
struct BenchCommand: Command {
  static let name = "bench"
  static let summary =
    "time kernels, training, sampling and a whole trial against this machine's peak"
  static let usage = """
    ablate bench [options]
      --cases LIST     of \(BenchCase.allCases.map(\.rawValue).joined(separator: ", ")); default: all
      --rounds N       timings of each figure; default: 5
      --products WHICH tiles, openblas or both; default: tiles
      --seconds N      begin nothing new after so long; default: no limit
      --study STUDY    whose first arm 'trial' runs; default: ablations/difficulty.json
      --json           the figures as JSON
    """

  func run(_ arguments: Arguments) throws -> ExitCode {
    let cases = try caseList(arguments) ?? BenchCase.allCases
    let rounds = try arguments.integer("--rounds", in: 1...1000) ?? 5
    let products = try arguments.choice("--products", as: BenchProducts.self) ?? .tiles
    let seconds = try arguments.integer("--seconds", in: 1...86_400)
    let study = try arguments.value("--study") ?? "ablations/difficulty.json"
    let isJSON = arguments.flag("--json")
    try arguments.finish()
    let environment = ProcessInfo.processInfo.environment
    let terminal = Terminal(environment: environment)
    if let warning = try ArithmeticNote.warning(
      usesOpenBLAS: products != .tiles, environment: environment)
    {
      terminal.error(warning)
    }
    let recipe =
      cases.contains(.trial)
      ? try StudyReader(files: DiskFiles()).read(study).arms.first?
        .canonicalRecipe : nil
    let report: BenchReport
    do {
      report = try Benchmark.run(
        BenchRequest(
          cases: cases, rounds: rounds, products: products, secondsBudget: seconds.map(Double.init),
          recipe: recipe)
      ) { terminal.error("timing \($0)") }
    } catch let fault as BenchFault {
      throw CommandFault(what: fault.what, why: fault.why, help: fault.help)
    }
    var json = report.json.object ?? [:]
    json["openblas_coretype"] =
      products == .tiles ? nil : ArithmeticNote.coreType(environment).map { .string($0) }
    terminal.output(isJSON ? JSONValue.object(json).pretty : report.text)
    return .well
  }

  private func caseList(_ arguments: Arguments) throws -> [BenchCase]? {
    guard let text = try arguments.value("--cases") else { return nil }
    return try text.split(separator: ",").map { word in
      guard let name = BenchCase(rawValue: String(word)) else {
        throw arguments.fault(
          "'\(word)' is nothing that can be timed", near: String(word),
          among: BenchCase.allCases.map(\.rawValue))
      }
      return name
    }
  }
}
