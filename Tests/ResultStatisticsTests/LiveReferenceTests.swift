import Foundation
import Reproducibility
import Testing

@testable import ResultStatistics

/// Runs Python with scipy where it is installed, so that agreement is seen and not only remembered.
enum Scipy {
  static let isInstalled = run(["-c", "import scipy, scipy.stats"]) != nil

  /// The standard output of Python with these arguments; nil when it fails or there is no Python.
  static func run(_ arguments: [String]) -> String? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3"] + arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    do { try process.run() } catch { return nil }
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return process.terminationStatus == 0 ? String(decoding: bytes, as: UTF8.self) : nil
  }
}

@Suite(
  "Against scipy itself",
  .enabled(if: Scipy.isInstalled, "python3 with scipy is not installed: stored values stand in"))
struct LiveReferenceTests {
  @Test("paired t tests and intervals of 60 random studies agree to 1e-9")
  func pairedStudies() throws {
    var random = RandomStream(Seed(5).derive("live"))
    let studies = (0..<60).map { _ -> ([Double], [Double]) in
      let n = random.integer(in: 2...40)
      let baseline = (0..<n).map { _ in 30 + 4 * random.normal() }
      return (baseline.map { $0 + 1 + 2 * random.normal() }, baseline)
    }
    let program = """
      from scipy import stats
      for a, b in \(studies.map { [$0.0, $0.1] }):
          r = stats.ttest_rel(a, b); i = r.confidence_interval(.95)
          j = stats.ttest_1samp(a, 0).confidence_interval(.9)
          print(r.pvalue, i.low, i.high, j.low, j.high)
      """
    let output = try #require(Scipy.run(["-c", program]))
    let lines = output.split(separator: "\n")
    try #require(lines.count == studies.count)
    for (line, study) in zip(lines, studies) {
      let theirs = line.split(separator: " ").compactMap { Double($0) }
      let comparison = PairedComparison(
        arm: study.0.map { .value($0) }, baseline: study.1.map { .value($0) },
        direction: .higherIsBetter, seed: Seed(0))
      let paired = try #require(comparison.interval)
      let cell = try #require(studentTInterval(study.0, level: 0.9))
      let p = try #require(comparison.pValue)
      let mine = [p, paired.lower, paired.upper, cell.lower, cell.upper]
      try #require(theirs.count == mine.count)
      for (mine, theirs) in zip(mine, theirs) {
        #expect(abs(mine - theirs) <= 1e-9 * max(1, abs(theirs)), "\(study)")
      }
    }
  }

  @Test("estimators of ablations agree on numbers that were never stored", arguments: [2, 3])
  func ablations(seed: Int) throws {
    try ReferenceChecks(values: try ReferenceValues.live(seed: seed)).all()
  }
}
