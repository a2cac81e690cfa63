import Dispatch
import Reproducibility
package import RunStore
import Synchronization

/// Tells the index what a run does while it does it, a batch at a time and on a thread of its own, so that
/// `ablate status` and anyone's queries see a run as it goes.
///
/// The index is derived: whatever goes wrong with it is kept for the end and never stops a study.
package final class IndexFeeder: Sendable {
  /// Results that the index knew when the run began and that nobody touched since.
  package let known: KnownResults

  private struct State {
    var waiting: [Digest] = []
    var sound: Set<Digest> = []
    var told: Set<Digest> = []
    var isClosed = false
    var fault: StoreFault?
  }

  private let results: ResultsFolder
  private let state = Mutex(State())
  private let isDone = DispatchSemaphore(value: 0)
  private let isClosing = DispatchSemaphore(value: 0)
  // Between two batches: a transaction costs the same for one item as for many. The end waits for none.
  private static let pause = DispatchTimeInterval.milliseconds(250)

  /// Opens the index, or makes it anew where it is broken.
  package init(_ results: ResultsFolder) {
    self.results = results
    do throws(StoreFault) {
      let (index, _) = try ResultIndex.openOrRebuild(results)
      known = try index.known()
      // Without a thread to be had everything is told at the end.
      if !WorkThread.start({ [self] in feed(index) }) { isDone.signal() }
    } catch {
      known = KnownResults()
      state.withLock { $0.fault = error }
      isDone.signal()
    }
  }

  package func hear(_ event: SchedulerEvent) {
    switch event {
    case .planned(let plan):
      tell(plan.sound, sound: true)
      // Beside what this run will do, what one that was killed could not tell.
      tell(plan.entries.filter { if case .done = $0.state { true } else { false } }.map(\.identity))
    case .finished(let order, _, let elsewhere): tell([order.identity], sound: !elsewhere)
    case .started(let order, _), .failed(let order, _), .stopped(let order), .damaged(let order, _):
      tell([order.identity])
    case .progress, .waiting, .retrying, .startingAnew, .skipped, .notice, .tick: break
    }
  }

  private func tell(_ identities: some Collection<Digest>, sound: Bool = false) {
    state.withLock { state in
      state.waiting += identities
      state.told.formUnion(identities)
      if sound { state.sound.formUnion(identities) }
    }
  }

  /// Tells the rest and returns when the index has everything.
  ///
  /// - Parameters:
  ///   - graph: items of it that were neither known nor told are told now.
  ///   - note: of the study that was run.
  /// - Throws: what went wrong with the index at any time.
  package func close(_ graph: WorkGraph, note: StudyNote) throws(StoreFault) {
    let rest = state.withLock { state in
      graph.identities.filter { !known.contains($0) && !state.told.contains($0) }
    }
    tell(rest)
    state.withLock { $0.isClosed = true }
    isClosing.signal()
    isDone.wait()
    if let fault = state.withLock({ $0.fault }) { throw fault }
    do {
      let index = try ResultIndex.open(results)
      let (left, sound) = state.withLock { ($0.waiting, $0.sound) }
      if !left.isEmpty { try index.update(Set(left).sorted(), sound: sound) }
      try index.update(note)
    }
    try ResultIndex.seal(results)
  }

  private func feed(_ index: ResultIndex) {
    defer { isDone.signal() }
    while true {
      let (batch, sound, isClosed) = state.withLock { state in
        defer { state.waiting = [] }
        return (state.waiting, state.sound, state.isClosed)
      }
      do throws(StoreFault) {
        // The last word counts, so an item stands once in a batch.
        if !batch.isEmpty {
          try index.update(Set(batch).sorted(), sound: sound)
        } else if isClosed {
          return
        }
      } catch {
        state.withLock { $0.fault = error }
        return
      }
      if !isClosed { _ = isClosing.wait(timeout: .now() + Self.pause) }
    }
  }
}
