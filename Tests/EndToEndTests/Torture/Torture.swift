import Foundation
import Reproducibility

/// How long the torture lasts. A bounded part of it, another each day, belongs to every run of the tests;
/// `ABLATE_TORTURE=long` asks for the whole. What each test promises is in `docs/reliability.md`.
enum Torture {
  static let isLong = environment["ABLATE_TORTURE"] == "long"

  static func rounds(_ few: Int, long many: Int) -> Int { isLong ? many : few }

  /// What random instants come from: the day, or `ABLATE_TORTURE_SEED` to see a failure again.
  static var seed: Seed { Seed(number) }

  /// Words for a failure, with which it can be seen again.
  static var replay: String {
    "ABLATE_TORTURE_SEED=\(number)\(isLong ? " ABLATE_TORTURE=long" : "")"
  }

  private static let number: UInt64 =
    environment["ABLATE_TORTURE_SEED"].flatMap { UInt64($0) }
    ?? UInt64(Date().timeIntervalSince1970 / 86_400)

  /// A line of figures, printed when the whole torture was asked for.
  static func report(_ text: @autoclosure () -> String) {
    if isLong { FileHandle.standardError.write(Data("torture: \(text())\n".utf8)) }
  }

  private static let environment = ProcessInfo.processInfo.environment
}
