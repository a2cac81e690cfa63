import Reproducibility
import RunStore

/// Keeps the index in step with what a command other than a run did to the items. The index is derived:
/// one that is not there stays so, and what goes wrong with it is said and stops nothing.
struct IndexCare {
  let results: ResultsFolder
  let terminal: Terminal

  /// Tells the index of removed items and of a removed study.
  func removed(_ identities: [Digest], study: String? = nil) {
    do throws(StoreFault) {
      guard try results.files.exists(results.indexPath) else { return }
      try update(identities, study)
      // The index object is gone by now.
      try ResultIndex.seal(results)
    } catch { warn(error) }
  }

  /// Tells the index of items that came from elsewhere, and of their study.
  func added(_ identities: [Digest], _ note: StudyNote?) {
    do throws(StoreFault) {
      guard try results.files.exists(results.indexPath) else { return }
      try add(identities, note)
      // The index object is gone by now.
      try ResultIndex.seal(results)
    } catch { warn(error) }
  }

  private func add(_ identities: [Digest], _ note: StudyNote?) throws(StoreFault) {
    let (index, rebuilt) = try ResultIndex.openOrRebuild(results)
    if rebuilt != nil { return }
    try index.update(identities)
    if let note { try index.update(note) }
  }

  private func update(_ identities: [Digest], _ study: String?) throws(StoreFault) {
    let (index, rebuilt) = try ResultIndex.openOrRebuild(results)
    if rebuilt != nil { return }
    try index.update(identities)
    if let study { try index.remove(study: study) }
  }

  func warn(_ error: any Error) {
    terminal.error("warning: the index was not brought up to date: \(error)")
    terminal.error(
      "  why:  \(results.indexPath) is derived from the item folders, which are complete")
    terminal.error("  help: ablate index --rebuild")
  }
}
