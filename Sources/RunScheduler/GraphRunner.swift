package import Reproducibility
package import RunStore
import Synchronization

/// Runs a work graph until nothing is left that it can do, wherever that happens.
package protocol GraphRunner: Sendable {
  /// As ``Scheduler/run(_:wanted:known:observer:)``.
  func run(
    _ graph: WorkGraph, wanted: Set<Digest>, known: KnownResults,
    observer: (SchedulerEvent) -> Void
  ) throws(StoreFault) -> RunSummary
  /// Leaves in good order.
  func requestStop()
  /// Ends everything that it started.
  func killNow()
}

extension Scheduler: GraphRunner {}
extension ClusterScheduler: GraphRunner {}

/// A queue and this machine's own cores on one graph. Neither knows of the other: items are claimed one by one, so
/// what the cores have taken before its turn came in the queue is done, or held, when a task looks at it.
package struct MixedRunner: GraphRunner {
  private let local: Scheduler
  private let cluster: ClusterScheduler

  package init(local: Scheduler, cluster: ClusterScheduler) {
    self.local = local
    self.cluster = cluster
  }

  package func run(
    _ graph: WorkGraph, wanted: Set<Digest>, known: KnownResults,
    observer: (SchedulerEvent) -> Void
  ) throws(StoreFault) -> RunSummary {
    let ended = Monitor<Result<RunSummary, StoreFault>?>(nil)
    let isStarted = WorkThread.start { [local] in
      let result = Result { () throws(StoreFault) in
        try local.run(graph, wanted: wanted, known: known)
      }
      ended.change { $0 = result }
    }
    // The cluster's side sees everything that is done here too, and tells of it.
    let ofCluster = Result { () throws(StoreFault) in
      try cluster.run(graph, wanted: wanted, known: known, observer: observer)
    }
    guard isStarted else { return try ofCluster.get() }
    if case .success(let summary) = ofCluster, !summary.wasStopped {} else { local.requestStop() }
    let ofLocal = try ended.wait { $0 }.get()
    let summary = try ofCluster.get()
    // What the queue would not take the cores may have done.
    return ofLocal.isComplete ? ofLocal : summary
  }

  package func requestStop() {
    cluster.requestStop()
    local.requestStop()
  }

  package func killNow() {
    cluster.killNow()
    local.killNow()
  }
}
