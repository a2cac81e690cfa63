import Foundation
import Glibc
import Reproducibility
import RunStore
import Testing

/// What a disk, or a person, does to the results folder while a study runs.
@Suite("torture: the results folder")
struct FolderTortureTests {
  /// A run under a file system of our own needs the right to mount one, if only for itself.
  private static let mayMount: Bool = {
    guard let place = try? Place(),
      let ended = try? place.other(
        "/bin/sh", ["-c", "unshare -rm mount -t tmpfs none '\(place.path)'"])
    else { return false }
    return ended.code == 0
  }()

  private static let noMount: Comment =
    "NO RIGHT TO MOUNT: neither a full nor a read-only disk was tried"

  /// The whole of it takes about 1600 KiB.
  @Test(
    "a disk that is full: the run says so, and after room was made the same command goes on",
    .enabled(if: mayMount, noMount), arguments: 0..<Torture.rounds(3, long: 30))
  func full(round: Int) throws {
    var random = RandomStream(Torture.seed.derive("full disk").derive(round))
    let size = random.integer(in: 40...1200)
    let place = try Place()
    let ended = try place.mounted(
      """
      mount -t tmpfs -o size=\(size)k none results
      try first
      mount -o remount,size=64m results
      try second
      """)
    let name: Comment = "\(size) KiB, \(Torture.replay): \(ended.output) \(ended.error)"
    #expect(ended.output.contains("first 3\n") && ended.output.contains("second 0\n"), name)
    #expect(ended.error.contains("  help: "), name)
    try place.expectOutcome(TinyStudy.unbroken.get(), name.rawValue)
  }

  @Test(
    "a disk that may only be read: the run says so and starts nothing, a report is still written",
    .enabled(if: mayMount, noMount))
  func readOnly() throws {
    let place = try Place()
    let ended = try place.mounted(
      """
      mount -t tmpfs none results
      mount -o remount,ro results
      try empty
      mount -o remount,rw results
      "$ABLATE" run study.json --quiet -j 1 &
      while [ -z "$(find results -name done.json)" ]; do :; done
      kill -9 $!
      wait
      until mount -o remount,ro results 2> busy; do :; done
      try begun
      mount -o remount,rw results
      try writable
      mount -o remount,ro results
      "$ABLATE" report study.json > /dev/null 2>&1
      echo "report $?"
      """)
    let words = "\(ended.output) \(ended.error)"
    for code in ["empty 3\n", "begun 3\n", "writable 0\n", "report 0\n"] {
      #expect(ended.output.contains(code), "\(words)")
    }
    #expect(ended.error.contains("Read-only file system\n  why:"), "\(words)")
    #expect(ended.error.contains("help: give write permission to the results folder"), "\(words)")
    try place.expectOutcome(TinyStudy.unbroken.get(), words)
  }

  @Test(
    "a results folder that is taken away under way: never a success without results",
    arguments: 0..<Torture.rounds(6, long: 40))
  func takenAway(round: Int) throws {
    var random = RandomStream(Torture.seed.derive("taken away").derive(round))
    let place = try Place()
    let command = ["run", "study.json", "-j", "2", "--quiet"]
    // Every other time from a run that has nothing to do but to read: what it reads is gone then.
    let isDone = !round.isMultiple(of: 2)
    if isDone {
      try place.start(command).end().expect(0)
      try place.remove("Reports")
    }
    let run = try place.start(command)
    if !isDone { _ = run.wait { place.exists("results/items") } }
    usleep(UInt32(random.uniform() * (isDone ? 40_000 : 250_000)))
    // At one instant; a folder that is removed file by file may be refilled meanwhile.
    unsafe rename(place.results.path, place.path + "/gone")
    let ended = try run.end()
    let name: Comment = "round \(round), \(Torture.replay): \(ended.error)"
    if ended.code == 0 {
      // All had been read before it was gone.
      #expect(try place.outcome().report == TinyStudy.unbroken.get().report, name)
    } else {
      #expect(ended.code == 3 && ended.error.contains("  help: "), name)
    }
    try place.ablate("run", "study.json", "--quiet").expect(0)
    try place.expectOutcome(TinyStudy.unbroken.get(), name.rawValue)
  }

  @Test("at most 64 open files: sixty workers at once are no obstacle")
  func fewFiles() throws {
    let place = try Place()
    let ended = try place.other(
      "/bin/sh",
      [
        "-c", "ulimit -n 64; exec \"$0\" \"$@\"", AblateProgram.path(), "run", "study.json", "-j",
        "60", "--quiet",
      ])
    #expect(ended.code == 0, "\(ended.error)")
    try place.expectOutcome(TinyStudy.unbroken.get())
  }

  @Test("at most 64 open files and eighty workers: what cannot start is said, and nothing is lost")
  func tooFewFiles() throws {
    let probe = try ProbePlace(
      items: 160, "--processes", "--workers", "80", "--milliseconds", "300")
    let limited = try probe.place.other(
      "/bin/sh",
      ["-c", "ulimit -n 64; exec \"$0\" \"$@\"", AblateProgram.probe()] + probe.words)
    #expect([0, 3].contains(limited.code), "\(limited.error)")
    if limited.code == 3 {
      #expect(limited.error.contains("Too many open files"), "\(limited.error)")
    }
    let done = try probe.place.doneMarks()
    let ended = try probe.run()
    #expect(ended.code == 0 && ended.number("done_before") == done.count, "\(ended.error)")
    let after = try probe.place.doneMarks()
    #expect(after.count == 160 && done.allSatisfy { after[$0.key] == $0.value })
  }

  @Test(
    "an index that is deleted and overwritten with noise under way never stops a study",
    .enabled(if: SQLiteProgram.isInstalled, "the sqlite3 program is not installed"),
    arguments: 0..<Torture.rounds(3, long: 30))
  func index(round: Int) throws {
    var random = RandomStream(Torture.seed.derive("noise in the index").derive(round))
    let place = try Place()
    let name = "round \(round), \(Torture.replay)"
    for command in [
      ["run", "study.json"], ["index"], ["run", "study.json"], ["index", "--rebuild"],
    ] {
      let run = try place.start(command + (command[0] == "run" ? ["--quiet"] : []))
      while run.isRunning {
        try place.spoilIndex(&random)
        usleep(UInt32(random.uniform() * 8000))
      }
      let ended = try run.end()
      // A command whose only purpose is the index may say that it could not be brought up to date.
      if command[0] == "run" || ended.code != 3 {
        #expect(ended.code == 0, "\(name), \(command): \(ended.error)")
      }
    }
    try place.ablate("run", "study.json", "--quiet").expect(0)
    try place.expectOutcome(TinyStudy.unbroken.get(), name)
    #expect(
      try place.sqlite("PRAGMA integrity_check; SELECT count(*) FROM item WHERE state = 'done'")
        == "ok\n\(TinyStudy.items)", "\(name)")
  }
}

extension Place {
  /// Runs lines of shell in a space of its own, where `results` may be mounted upon. `try NAME` runs the
  /// study and prints `NAME <exit code>`. What stands in `results` at the end is kept.
  fileprivate func mounted(_ script: String) throws -> Ended {
    try write("results/.keep", "")
    try write(
      "mounted.sh",
      """
      try() { "$ABLATE" run study.json --quiet -j 2; echo "$1 $?"; }
      \(script)
      cp -r results kept
      """)
    let ended = try other(
      "/usr/bin/env",
      ["ABLATE=\(AblateProgram.path())", "unshare", "-rm", "/bin/sh", "mounted.sh"])
    try remove("results")
    unsafe rename(path + "/kept", path + "/results")
    return ended
  }

  /// Deletes the index or overwrites a part of it, whoever is using it.
  fileprivate func spoilIndex(_ random: inout RandomStream) throws {
    let index = results.indexPath
    guard FileManager.default.fileExists(atPath: index) else { return }
    switch random.integer(in: 0...2) {
    case 0:
      // Its shared memory stays: who shortens a file that another process has mapped kills that process.
      unsafe unlink(index)
      unsafe unlink(index + "-wal")
    case 1:
      guard let file = FileHandle(forUpdatingAtPath: index) else { return }
      let size = try file.seekToEnd()
      try file.seek(toOffset: UInt64(random.uniform() * Double(size)))
      try file.write(contentsOf: Data((0..<600).map { _ in UInt8(random.integer(in: 0...255)) }))
      try file.close()
    default: unsafe truncate(index, 3000)
    }
  }
}
