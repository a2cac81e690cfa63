import Foundation
import Testing

@testable import RunStore

@Suite("files and faults")
struct FilesTests {
  let place: Workplace

  init() throws { place = try Workplace() }

  @Test("a read-only results folder is refused with its path before anything starts")
  func readOnly() throws {
    // Permission bits do not hold root back; a file in the way holds everybody back.
    try write([], place.path + "/file")
    let results = ResultsFolder(place.path + "/file/results")
    #expect(
      throws: StoreFault.file(
        path: place.path + "/file/results", action: .makeFolder, code: ENOTDIR)
    ) { try results.prepare() }
    if getuid() != 0 {
      unsafe chmod(place.path, 0o500)
      defer { unsafe chmod(place.path, 0o700) }
      #expect(
        throws: StoreFault.file(
          path: place.path + "/results", action: .makeFolder, code: EACCES)
      ) { try place.results.prepare() }
    }
  }

  @Test("a full disk is told with the path")
  func fullDisk() throws {
    let files = LocalFileSystem()
    #expect(throws: StoreFault.file(path: "/dev/full", action: .write, code: ENOSPC)) {
      try files.write([1], to: "/dev/full")
    }
  }

  @Test("files of any size come back whole", arguments: [0, 1, 4095, 4096, 4097, 300_000])
  func contents(count: Int) throws {
    let files = LocalFileSystem()
    let path = place.path + "/x"
    let content = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    #expect(try files.contents(of: path) == nil)
    try files.write(content, to: path)
    #expect(try files.contents(of: path) == content)
    try files.append([7], to: path)
    #expect(try files.contents(of: path) == content + [7])
    try files.truncate(path, to: count / 2)
    #expect(try files.contents(of: path) == Array(content.prefix(count / 2)))
    // A file without a size of its own, such as the kernel's, is read to its end.
    #expect(try files.contents(of: "/proc/self/stat")?.isEmpty == false)
  }

  @Test("drafts of dead processes are removed, those of living ones and other machines kept")
  func abandonedDrafts() throws {
    let files = LocalFileSystem()
    let folder = place.path + "/drafts"
    try files.makeFolder(folder)
    let host = ProcessMark.current.host
    // No process has a number beyond the kernel's largest, 4,194,304.
    let dead = ".draft-\(host)-99999999-1"
    let kept = [".draft-\(host)-\(getpid())-1", ".draft-another-host-99999999-1", "README.md"]
    for name in kept + [dead] { try files.write([1], to: "\(folder)/\(name)") }
    try files.removeAbandonedDrafts(in: folder)
    #expect(try files.names(in: folder).sorted() == kept.sorted())
  }

  @Test("a link takes a free name only")
  func link() throws {
    let files = LocalFileSystem()
    try files.write([1], to: place.path + "/a")
    #expect(try files.link(place.path + "/a", to: place.path + "/b"))
    try files.write([2], to: place.path + "/c")
    #expect(try !files.link(place.path + "/c", to: place.path + "/b"))
    #expect(try files.contents(of: place.path + "/b") == [1])
    #expect(try files.names(in: place.path) == ["a", "b", "c"])
    #expect(try files.names(in: place.path + "/none") == [])
  }

  @Test(
    "every fault has its words",
    arguments: [
      (
        StoreFault.file(path: "r/x", action: .write, code: ENOSPC),
        """
        cannot write 'r/x': No space left on device
        a result counts only when it is wholly on disk, so nothing half-written was kept
        make room and give the same command again; it goes on where it was
        """
      ),
      (
        .file(path: "r", action: .makeFolder, code: EACCES),
        """
        cannot create the folder 'r': Permission denied
        results are files; without them nothing can be resumed or reported
        give write permission to the results folder, or name another with --results
        """
      ),
      (
        .damaged(path: "r/done.json", reason: "it has no digest"),
        """
        'r/done.json' is damaged: it has no digest
        a number from a damaged file could stand in a table unnoticed
        give the same command again: a damaged item is done anew
        """
      ),
      (
        .attemptHeld(path: "r/i", holder: "process 7 on atlas"),
        """
        'r/i' is being worked on by process 7 on atlas
        two processes on one item would do the work twice
        wait for it, or end that process; no lock needs removing
        """
      ),
      (
        .newerIndex(path: "r/ablate.sqlite", found: 9, known: 1),
        """
        'r/ablate.sqlite' has version 9; this program knows versions up to 1
        an older program could misread what a newer one wrote
        remove 'r/ablate.sqlite': it is rebuilt from the item folders
        """
      ),
      (
        .database(path: "i", sql: "SELECT x", code: 1, words: "no such column: x"),
        """
        'i': SQLite says "no such column: x" (code 1) to: SELECT x
        the index is derived from the item folders, and nothing is lost with it
        remove 'i': it is rebuilt from the item folders
        """
      ),
    ])
  func wording(fault: StoreFault, text: String) {
    #expect("\(fault.what)\n\(fault.why)\n\(fault.help)" == text)
  }
}
