import Foundation
import Glibc
import Reproducibility
import RunScheduler
import RunStore
import Synchronization

/// Runs the work of a study that is not done yet, with its display and its way of being stopped.
struct StudyRun {
  let compiled: CompiledStudy
  var results: ResultsFolder
  let terminal: Terminal
  var workers = 1
  var style = ProgressStyle.auto
  var limits = RunLimits()
  var executor = Executor.local
  /// A part of the study's graph; nil for all of it.
  var part: WorkGraph?

  /// - Returns: how the run ended, and which signal stopped it.
  func run() throws -> (summary: RunSummary, signal: Int32?) {
    try results.prepare()
    try results.record(compiled.note)
    try ClaimRegister.enter(compiled, in: results)
    let results = ResultsFolder(results.path, files: limits.files)
    let feeder = IndexFeeder(results)
    var settings = limits.settings(workers: workers)
    if let grace = compiled.commands?.grace { settings.waitFor(commandsWithGrace: Double(grace)) }
    settings.measure = WorkHistory.measure
    settings.history =
      WorkHistory(
        of: (part ?? compiled.graph).orders.map(\.kind).uniqued, in: results
      ).estimate
    let runner = try executor.runner(compiled, results, settings, limits)
    let stop = StopRequest()
    let heard = StopSignal()
    let signals = SignalWatch([SIGINT, SIGTERM]) { number in
      heard.note(number)
      if stop.ask() == 1 {
        runner.requestStop()
      } else {
        runner.killNow()
      }
    }
    defer { signals.end() }
    let display = ProgressDisplay(
      style: style, terminal: terminal, groups: groups, workers: workers)
    var isStopSaid = false
    let summary: RunSummary
    do {
      summary = try runner.run(
        part ?? compiled.graph, wanted: compiled.reported, known: feeder.known
      ) { event in
        display.show(event)
        feeder.hear(event)
        // Said here and not where the signal is heard: only this thread knows what is on the screen.
        if stop.isAsked, !isStopSaid {
          isStopSaid = true
          display.sayStopping(usesQueue: executor.usesQueue)
        }
      }
      display.end()
    } catch {
      display.end()
      close(feeder)
      throw error
    }
    close(feeder)
    return (summary, heard.number)
  }

  /// The rows of the display that have an item of what is run.
  private var groups: [ProgressGroup] {
    guard let part else { return compiled.progressGroups }
    return compiled.progressGroups.compactMap { group in
      var group = group
      group.items = group.items.filter { part.place(of: $0) != nil }
      return group.items.isEmpty ? nil : group
    }
  }

  /// The index is derived: what goes wrong with it is said and never stops a study.
  private func close(_ feeder: IndexFeeder) {
    do {
      try feeder.close(compiled.graph, note: compiled.note)
    } catch {
      IndexCare(results: results, terminal: terminal).warn(error)
    }
  }
}

/// The first signal that asked for a stop.
private final class StopSignal: Sendable {
  private let first = Atomic<Int32>(0)

  func note(_ number: Int32) {
    _ = first.compareExchange(expected: 0, desired: number, ordering: .relaxed)
  }

  var number: Int32? {
    let value = first.load(ordering: .relaxed)
    return value == 0 ? nil : value
  }
}
