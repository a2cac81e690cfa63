import Foundation
import RunStore

/// GNU tar, which makes and reads the archives.
struct Tar {
  private let program: String
  /// Where it says what went wrong, and nothing else is looked for.
  private let log: String

  /// - Parameter log: a file that may be written.
  /// - Throws: ``CommandFault`` when there is no GNU tar on `PATH`.
  init(log: String) throws {
    guard let program = Self.found("tar") else {
      throw Self.absent("there is no program 'tar' on PATH")
    }
    self.program = program
    self.log = log
    guard try run(["--version"]).output.contains("GNU tar") else {
      throw Self.absent("'\(program)' is not GNU tar")
    }
  }

  private static func absent(_ what: String) -> CommandFault {
    CommandFault(
      what: what, why: "archives are made and read by GNU tar, which orders and names their files",
      help: "install it: apt-get install tar; on a Mac brew install gnu-tar", exit: .runFailed)
  }

  /// What packs an archive: a program of its own, and what it is told.
  struct Packer {
    /// Of the archive's name.
    let suffix: String
    /// nil for no packing.
    let program: String?
    /// With which one version of the program gives equal bytes for equal ones.
    let options: String
    let package: String
  }

  static let kinds = [
    Packer(suffix: ".tar", program: nil, options: "", package: ""),
    Packer(suffix: ".tar.gz", program: "gzip", options: "-n -9", package: "gzip"),
    // One thread: several cut the input into blocks.
    Packer(suffix: ".tar.xz", program: "xz", options: "-9 -T1", package: "xz-utils"),
  ]

  /// The program that packs or unpacks an archive of this name, with its options; nil where there is nothing to do.
  ///
  /// - Throws: ``CommandFault`` when it is not on `PATH`.
  static func packer(of archive: String) throws -> String? {
    guard let kind = kinds.first(where: { archive.hasSuffix($0.suffix) }),
      let program = kind.program
    else { return nil }
    guard found(program) != nil else {
      throw CommandFault(
        what: "there is no program '\(program)' on PATH",
        why: "it packs and unpacks archives that end in \(kind.suffix)",
        help: "install it: apt-get install \(kind.package)", exit: .runFailed)
    }
    return "\(program) \(kind.options)"
  }

  private static var path: String { ProcessInfo.processInfo.environment["PATH", default: ""] }

  /// Where a program lies on `PATH`.
  private static func found(_ program: String) -> String? {
    path.split(separator: ":").map { "\($0)/\(program)" }
      .first(where: FileManager.default.isExecutableFile)
  }

  /// Makes an archive of folders and files whose bytes depend on nothing but their names and contents.
  ///
  /// - Parameters:
  ///   - packer: see ``packer(of:)``.
  ///   - names: in `folder`, with all that is below.
  func create(_ archive: String, packer: String?, of names: [String], in folder: String) throws {
    // A pax header is written only for names that the plain format cannot hold.
    let ended = try run(
      (packer.map { ["--use-compress-program=\($0)"] } ?? []) + [
        "--create", "--file=\(archive)", "--directory=\(folder)", "--sort=name", "--format=pax",
        "--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime", "--mtime=@0",
        "--owner=0", "--group=0", "--numeric-owner", "--mode=u=rwX,go=rX", "--",
      ] + names)
    if ended.code != 0 {
      throw StoreFault.refused(path: archive, reason: "tar says: \(ended.words)")
    }
  }

  /// Unpacks an archive of files and folders that stay within a folder.
  ///
  /// - Throws: ``CommandFault`` when it is no such archive; then nothing was unpacked.
  func extract(_ archive: String, into folder: String) throws {
    _ = try Self.packer(of: archive)
    let listed = try run(["--list", "--verbose", "--file=\(archive)"])
    guard listed.code == 0 else {
      throw Self.unreadable(archive, "tar cannot read it: \(listed.words)")
    }
    if let other = listed.output.split(separator: "\n").first(where: {
      $0.first != "-" && $0.first != "d"
    }) {
      throw Self.unreadable(archive, "it holds something that is no file: \(other)")
    }
    let names = try run(["--list", "--quoting-style=escape", "--file=\(archive)"]).output
    if let outside = names.split(separator: "\n").first(where: { !Self.staysWithin($0) }) {
      throw Self.unreadable(archive, "it holds a path that leads out of it: '\(outside)'")
    }
    let ended = try run([
      "--extract", "--file=\(archive)", "--directory=\(folder)", "--no-same-owner",
      "--no-same-permissions", "--touch", "--keep-old-files",
    ])
    if ended.code != 0 { throw Self.unreadable(archive, "tar cannot unpack it: \(ended.words)") }
  }

  /// Whether a path leads nowhere but down.
  static func staysWithin(_ path: some StringProtocol) -> Bool {
    !path.hasPrefix("/") && !path.split(separator: "/").contains("..")
  }

  static func unreadable(_ archive: String, _ reason: String) -> CommandFault {
    CommandFault(
      what: "'\(archive)' is not an archive that can be imported: \(reason)",
      why: "what is imported must be what was exported, to the byte; nothing was taken over",
      help: "make it again: ablate export STUDY", exit: .runFailed)
  }

  private func run(_ words: [String]) throws -> (code: Int32, output: String, words: String) {
    let files = LocalFileSystem()
    try files.write([], to: log)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = words
    // The words that are looked at are English ones.
    process.environment = ["LC_ALL": "C", "PATH": Self.path]
    process.standardInput = FileHandle.nullDevice
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    let said = String(decoding: try files.contents(of: log) ?? [], as: UTF8.self)
      .replacing("\(program): ", with: "")
    return (
      process.terminationStatus, String(decoding: output, as: UTF8.self),
      said.split(separator: "\n").first.map(String.init) ?? ""
    )
  }
}
