import Foundation
import Glibc

/// The program that was built beside these tests.
enum AblateProgram {
  enum Absent: Error, CustomStringConvertible {
    case notBuilt(String, beside: String)

    var description: String {
      switch self {
      case .notBuilt(let name, let place): "no '\(name)' was built beside \(place): swift build"
      }
    }
  }

  /// Not in a folder with a manifest: there `ablate` is the launcher, which would build the program
  /// instead of being it.
  static func path() throws -> String { try path(of: "ablate", where: isExecutableFile) }

  /// The runner without a trainer, `Tests/RunnerProbe`.
  static func probe() throws -> String { try path(of: "RunnerProbe", where: isExecutableFile) }

  /// A folder of the build.
  static func folder(named name: String) throws -> String {
    try path(of: name) { path in
      var isFolder: ObjCBool = false
      return unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        && isFolder.boolValue
    }
  }

  /// Looks in the folder of the test runner and upwards to the package.
  private static func path(of name: String, where fits: (String) -> Bool) throws -> String {
    let runner = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    var folder = URL(fileURLWithPath: runner).deletingLastPathComponent()
    while folder.path != "/" {
      if FileManager.default.fileExists(atPath: folder.appending(path: "Package.swift").path) {
        break
      }
      let path = folder.appending(path: name).path
      if fits(path) { return path }
      folder.deleteLastPathComponent()
    }
    throw Absent.notBuilt(name, beside: runner)
  }

  private static func isExecutableFile(_ path: String) -> Bool {
    let type = try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
    return type == .typeRegular && FileManager.default.isExecutableFile(atPath: path)
  }

  /// The root of the repository, through whatever links these sources were reached.
  static let repository = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

  /// What the program hears of its surroundings unless a test says otherwise.
  static let surroundings: [String: String] = {
    let ours = ProcessInfo.processInfo.environment
    var kept = ours.filter { ["PATH", "HOME", "LD_LIBRARY_PATH"].contains($0.key) }
    kept["TERM"] = "xterm"
    return kept
  }()
}

/// How a child process ended, and what it said.
struct Ended {
  /// The exit code; that of a process killed by a signal is minus the signal's number.
  var code: Int32
  var output: String
  var error: String
}

/// A child process that runs. What it says goes to files, so that it never waits for us.
final class Running {
  let process: Process
  private let outputPath: String
  private let errorPath: String

  /// - Parameters:
  ///   - folder: its working directory.
  ///   - notes: where the two files of what it says are put.
  ///   - terminal: takes the place of standard error, and of standard output too when both are asked.
  init(
    _ program: String, _ words: [String], in folder: String, notes: String,
    environment: [String: String], error: FileHandle? = nil, output: FileHandle? = nil
  ) throws {
    let name = UUID().uuidString
    outputPath = "\(notes)/\(name).output"
    errorPath = "\(notes)/\(name).error"
    for path in [outputPath, errorPath] { try Data().write(to: URL(fileURLWithPath: path)) }
    process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = words
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.environment = environment
    process.standardInput = FileHandle.nullDevice
    process.standardOutput =
      try output ?? FileHandle(forWritingTo: URL(fileURLWithPath: outputPath))
    process.standardError =
      try error ?? FileHandle(forWritingTo: URL(fileURLWithPath: errorPath))
    try process.run()
  }

  /// What it said on standard error so far.
  var errorSoFar: String { (try? String(contentsOfFile: errorPath, encoding: .utf8)) ?? "" }

  var isRunning: Bool { process.isRunning }

  func signal(_ number: Int32) { if process.isRunning { kill(process.processIdentifier, number) } }

  /// Waits until a condition holds or the process has ended.
  ///
  /// - Returns: whether the condition holds.
  func wait(until condition: () throws -> Bool) rethrows -> Bool {
    while process.isRunning {
      if try condition() { return true }
      usleep(2000)
    }
    return try condition()
  }

  func end() throws -> Ended {
    // Not `waitUntilExit`: its run loop looks only every so often, and there are thousands of processes.
    while process.isRunning { usleep(300) }
    let status = process.terminationStatus
    return Ended(
      code: process.terminationReason == .exit ? status : -status,
      output: try String(contentsOfFile: outputPath, encoding: .utf8),
      error: try String(contentsOfFile: errorPath, encoding: .utf8))
  }
}
