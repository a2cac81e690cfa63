import Foundation
import Testing

/// The Python that holds what we compare with; made by `Tests/Parity/environment`.
enum Python {
  static let command = "Tests/Parity/environment"

  /// The interpreter; nil when none was made. Says so once, loudly, on standard error.
  static let interpreter: String? = {
    let environment = ProcessInfo.processInfo.environment
    let found = environment["ABLATE_PARITY_PYTHON"] ?? madeHere
    if found == nil && !isRequired {
      FileHandle.standardError.write(
        Data("PARITY IS NOT TESTED: there is no Python to compare with; run \(command)\n".utf8))
    }
    return found
  }()

  /// Whether a missing interpreter is a failure: where the package index can be reached, as in CI,
  /// `ABLATE_PARITY=required` keeps the comparisons from being skipped unseen.
  static let isRequired = ProcessInfo.processInfo.environment["ABLATE_PARITY"] == "required"

  static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// The stamp is the last thing that is written: without it the environment is half made.
  private static var madeHere: String? {
    let home = package.appendingPathComponent(".build/parity")
    let path = home.appendingPathComponent("bin/python").path
    let isWhole = FileManager.default.fileExists(atPath: home.appendingPathComponent("stamp").path)
    return isWhole && FileManager.default.isExecutableFile(atPath: path) ? path : nil
  }

  /// Why a script's answers cannot be had.
  struct Fault: Error, CustomStringConvertible {
    var description: String
  }

  /// Runs a script of `Tests/Parity/Python` on a folder, alone on one thread and without a network.
  ///
  /// - Throws: ``Fault`` with the script's words when it fails, or when there is no Python.
  static func run(_ script: String, on folder: String) throws {
    guard let interpreter else {
      throw Fault(description: "there is no Python to compare with; run \(command)")
    }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: interpreter)
    process.arguments = [
      package.appendingPathComponent("Tests/Parity/Python/\(script)").path, folder,
    ]
    var environment = ProcessInfo.processInfo.environment
    for (name, value) in [
      ("HF_HUB_OFFLINE", "1"), ("OMP_NUM_THREADS", "1"), ("PYTHONDONTWRITEBYTECODE", "1"),
    ] { environment[name] = value }
    process.environment = environment
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    // Read before waiting: a full pipe would keep the script from ever ending.
    let words = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Fault(description: "\(script) ended with \(process.terminationStatus):\n\(words)")
    }
  }
}

extension Trait where Self == ConditionTrait {
  /// Skips a suite where there is no Python to compare with, unless that is a failure.
  static var comparesWithPython: Self {
    .enabled(
      if: Python.interpreter != nil || Python.isRequired,
      "there is no Python to compare with; \(Python.command) makes one")
  }
}
