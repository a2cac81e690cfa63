import Foundation
import Reporting
import Reproducibility
import ResultStatistics
import RunScheduler
import RunStore
import StudyLanguage

/// `ablate aa STUDY`: the baseline against itself under two labels. Whatever a table decides there is false.
struct SelfComparisonCommand: Command {
  static let name = "aa"
  static let summary = "run a study's baseline against itself, and count the false verdicts"
  static let usage = """
    ablate aa STUDY [options]
      --seeds N       seeds of each of the two labels; default: as many as the study has
      --deals N       ways to deal the seeds to the labels; default: 2000
      \(RunOptions.usage)
      \(StudyRequest.resultsOption)
      exit 1 where false verdicts are more frequent than the tables promise
    """

  private static let level = 0.95

  func run(_ arguments: Arguments) throws -> ExitCode {
    let perLabel = try arguments.integer("--seeds", in: 2...50_000)
    let deals = try arguments.integer("--deals", in: 100...1_000_000) ?? 2000
    let options = try RunOptions(arguments)
    let request = try StudyRequest(arguments)
    try arguments.finish()
    let terminal = Terminal(environment: ProcessInfo.processInfo.environment)
    let study = try request.read()
    let seeds = perLabel ?? study.seeds.count
    guard seeds > 1 else {
      throw CommandFault(
        what: "one seed for each label",
        why: "two values have no spread, so nothing could be decided",
        help: request.command("aa", "--seeds", "5"))
    }
    let whole = try CompiledStudy(study.comparedWithItself(seeds: seeds), files: DiskFiles())
    try MeasureReading.check(whole)
    let compiled = try whole.with(trials: whole.trials.filter { $0.arm == study.baseline })
    try options.begin(compiled, terminal)
    let (summary, signal) = try options.study(compiled, request, terminal).run()
    if signal != nil || !summary.failures.isEmpty {
      for failure in summary.failures {
        terminal.error("failed: \(failure.order.label): \(failure.failure.what)")
      }
      terminal.error("  again: \(request.command("aa"))")
      return signal == SIGINT ? .interrupted : signal != nil ? .stopped : .runFailed
    }
    let measures = try study.measures.map { try MeasureReading($0, of: compiled) }
    let measured = try MeasuredTrials(compiled, in: request.results)
    let readable = measures.compactMap { reading -> (measure: Measure, values: [Double])? in
      let values = measured.series.compactMap { reading.observe($0).value }
      return values.count == measured.series.count ? (reading.measure, values) : nil
    }
    guard !readable.isEmpty,
      let found = FalseVerdicts(
        readable.map(\.values), deals: deals, level: Self.level,
        seed: Seed(0).derive("aa/\(study.name)"))
    else {
      throw CommandFault(
        what: "no measure has a value for every seed", why: "holes would be compared with values",
        help:
          "measure something that every trial reaches, such as final(\(whole.suiteNames.first ?? "reward"))",
        exit: .runFailed)
    }
    let label = study.arms[study.baseline].label
    if options.isJSON {
      terminal.output(json(found, readable.map(\.measure), label, seeds: seeds).pretty)
    } else {
      terminal.output(text(found, readable.map(\.measure), label, seeds: seeds))
      for left in measures.map(\.measure)
      where !readable.contains(where: { $0.measure.name == left.name }) {
        terminal.error("  left out: '\(left.name)' has no value for some seeds")
      }
    }
    return found.isAbove(level: Self.level) ? .checkFailed : .well
  }

  private func text(
    _ found: FalseVerdicts, _ measures: [Measure], _ label: String, seeds: Int
  ) -> String {
    let width = measures.map { $0.name.count }.max() ?? 0
    let rows = zip(measures, found.ofMeasures).map { measure, count in
      "  " + measure.name.padding(toLength: width, withPad: " ", startingAt: 0)
        + "  \(count) of \(found.deals)"
    }
    let verdict =
      if found.isAbove(level: Self.level) {
        "more than the 5 % that the tables promise"
      } else if found.rate > 1 - Self.level {
        "no more than the luck of the deals above the 5 % that the tables promise"
      } else {
        "within the 5 % that the tables promise"
      }
    return """
      \(label) against itself: \(2 * seeds) seeds, dealt in \(found.deals) ways to two labels of \(seeds)
      false verdicts (better or worse, after Holm over the measures)
      \(rows.joined(separator: "\n"))
        anything at all: \(found.any) of \(found.deals), \(NumberText.fixed(100 * found.rate, digits: 1)) %: \(verdict)
      """
  }

  private func json(
    _ found: FalseVerdicts, _ measures: [Measure], _ label: String, seeds: Int
  ) -> JSONValue {
    [
      "arm": .string(label), "seeds": JSONValue(seeds), "deals": JSONValue(found.deals),
      "false_verdicts": JSONValue(found.any), "rate": .number(found.rate),
      "promised": .number(1 - Self.level), "holds": .bool(!found.isAbove(level: Self.level)),
      "measures": .object(
        JSONObject(zip(measures, found.ofMeasures).map { ($0.name, JSONValue($1)) })),
    ]
  }
}
