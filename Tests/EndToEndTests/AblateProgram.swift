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
///
/// Started by the system's own calls: Foundation's `Process` runs out of file descriptors, or crashes,
/// where there are thousands of children.
final class Running {
  let process: pid_t
  private let outputPath: String
  private let errorPath: String
  /// As `waitpid` gave it; nil while the process runs.
  private var status: Int32?

  struct Refused: Error {
    var program: String
    var code: Int32
  }

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

    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    let streams = [(STDOUT_FILENO, output, outputPath), (STDERR_FILENO, error, errorPath)]
    for (number, handle, path) in streams {
      if let handle {
        unsafe posix_spawn_file_actions_adddup2(&actions, handle.fileDescriptor, number)
      } else {
        unsafe posix_spawn_file_actions_addopen(&actions, number, path, O_WRONLY | O_APPEND, 0)
      }
    }
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    var (none, all) = (sigset_t(), sigset_t())
    unsafe sigemptyset(&none)
    unsafe sigfillset(&all)
    unsafe posix_spawnattr_setsigmask(&attributes, &none)
    unsafe posix_spawnattr_setsigdefault(&attributes, &all)
    unsafe posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

    var process: pid_t = 0
    let variables = environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    // `env` goes to the folder and then becomes the program. (The call that would do it at once is not
    // visible to Swift.)
    let env = "/usr/bin/env"
    let code = unsafe withCStrings([env, "--chdir=\(folder)", program] + words) { words in
      unsafe withCStrings(variables) { variables in
        unsafe posix_spawn(&process, env, &actions, &attributes, words, variables)
      }
    }
    guard code == 0 else { throw Refused(program: program, code: code) }
    self.process = process
  }

  /// What it said on standard error so far.
  var errorSoFar: String { (try? String(contentsOfFile: errorPath, encoding: .utf8)) ?? "" }

  var isRunning: Bool {
    look(WNOHANG)
    return status == nil
  }

  /// Its number is taken for as long as we have not looked at its end, so no stranger is met.
  func signal(_ number: Int32) { if isRunning { kill(process, number) } }

  private func look(_ options: Int32) {
    guard status == nil else { return }
    var found: Int32 = 0
    while true {
      let answer = unsafe waitpid(process, &found, options)
      if answer == process { status = found }
      if answer >= 0 || errno != EINTR { return }
    }
  }

  /// Waits until a condition holds or the process has ended.
  ///
  /// - Returns: whether the condition holds.
  func wait(until condition: () throws -> Bool) rethrows -> Bool {
    while isRunning {
      if try condition() { return true }
      usleep(2000)
    }
    return try condition()
  }

  func end() throws -> Ended {
    look(0)
    // The low seven bits are the signal, the next byte the exit code (wait(2)).
    let status = status ?? 0
    return Ended(
      code: status & 0x7f == 0 ? (status >> 8) & 0xff : -(status & 0x7f),
      output: try String(contentsOfFile: outputPath, encoding: .utf8),
      error: try String(contentsOfFile: errorPath, encoding: .utf8))
  }
}

/// Lends the strings as a list of C strings that ends with a null.
private func withCStrings<Result>(
  _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
  var pointers = unsafe strings.map { unsafe strdup($0) }
  unsafe pointers.append(nil)
  defer { unsafe pointers.forEach { unsafe free($0) } }
  return unsafe body(&pointers)
}
