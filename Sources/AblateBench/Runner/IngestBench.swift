import Foundation
import Reproducibility
import RunStore
import Synchronization

/// Eight writers finish items of two hundred measurements as fast as they can, one connection takes them
/// into the index a batch at a time, and another one reads all the while.
struct IngestBench {
  private let results: ResultsFolder
  private let seconds: Double

  private static let writers = 8
  private static let lines = 200

  init(_ results: ResultsFolder, seconds: Double) {
    self.results = results
    self.seconds = seconds
  }

  private struct Shared {
    var finished: [Digest] = []
    var errors = 0
    var isOver = false
    var longestRead = 0.0
    var reads = 0
  }

  func run() throws -> RunnerBench.Figure {
    let index = try ResultIndex.open(results)
    let shared = Mutex(Shared())
    let group = DispatchGroup()
    for writer in 0..<Self.writers {
      start(group) { write(writer, shared) }
    }
    start(group) { read(shared) }
    let start = steadySeconds()
    var rows = 0
    var items = 0
    while steadySeconds() - start < seconds {
      usleep(20_000)
      let batch = shared.withLock { state in
        defer { state.finished = [] }
        return state.finished
      }
      rows += try index.update(batch, sound: Set(batch)).measurements
      items += batch.count
    }
    let took = steadySeconds() - start
    shared.withLock { $0.isOver = true }
    group.wait()
    let end = shared.withLock { $0 }
    return RunnerBench.Figure(
      name: .ingest, items: items, seconds: took,
      more: [
        "rows_per_second": .number(Double(rows) / took), "errors": JSONValue(end.errors),
        "reads": JSONValue(end.reads), "longest_read_seconds": .number(end.longestRead),
      ])
  }

  private func start(_ group: DispatchGroup, _ body: @escaping @Sendable () -> Void) {
    group.enter()
    Thread.detachNewThread {
      body()
      group.leave()
    }
  }

  private func write(_ writer: Int, _ shared: borrowing Mutex<Shared>) {
    var number = 0
    while !shared.withLock({ $0.isOver }) {
      do {
        let order = WorkOrder(
          kind: "nothing",
          configuration: ["writer": JSONValue(writer), "number": JSONValue(number)],
          numerics: 1, label: "writer \(writer), item \(number)")
        let item = try ItemWriter(results.place(order))
        try item.record(
          (0..<Self.lines).map {
            Measurement(step: $0, metric: "reward", value: Double($0 * writer))
          })
        try item.finish(values: [:], machine: [:])
        shared.withLock { $0.finished.append(order.identity) }
      } catch {
        shared.withLock { $0.errors += 1 }
      }
      number += 1
    }
  }

  private func read(_ shared: borrowing Mutex<Shared>) {
    do {
      let reader = try ResultIndex.open(results)
      while !shared.withLock({ $0.isOver }) {
        let start = steadySeconds()
        _ = try reader.rows("SELECT state, count(*) FROM item GROUP BY state")
        _ = try reader.rows(
          // Of one item: a query over all rows would be timed for what it reads, not for its wait.
          "SELECT value FROM measurement WHERE item = (SELECT max(item) FROM item) AND line = 200")
        let took = steadySeconds() - start
        shared.withLock {
          $0.longestRead = max($0.longestRead, took)
          $0.reads += 1
        }
        usleep(10_000)
      }
    } catch {
      shared.withLock { $0.errors += 1 }
    }
  }
}
