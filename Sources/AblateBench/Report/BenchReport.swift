package import Reproducibility

/// What was measured.
package struct BenchReport: Sendable {
  /// One case.
  package struct Section: Sendable {
    package let name: BenchCase
    package var figures: [Figure] = []
    package var breakdowns: [Breakdown] = []
    package var growth: [Growth] = []
    package var trial: TrialCost?
    /// Largest memory of the process while the case ran. The allocator keeps what earlier cases
    /// freed, so a case's own figure is the one that it has alone.
    package var peakResidentBytes = 0

    init(name: BenchCase) { self.name = name }
  }

  /// Instruction set of the kernels: `"avx512"`, `"avx2"` or `"baseline"`.
  package let instructions: String
  /// Version and core type of OpenBLAS, when it took part.
  package let openblas: String?
  /// Floating-point operations in a second that one core could do, measured before all else.
  package let peaks: [Double]
  package let sections: [Section]
  /// Cases for which the budget did not suffice.
  package let skipped: [BenchCase]
  /// Of everything, on the wall clock.
  package let seconds: Double

  package var json: JSONValue {
    var object: JSONObject = [
      "instructions": .string(instructions),
      "peak_gigaflops": .number(median(peaks) / 1e9),
      "best_peak_gigaflops": .number((peaks.max() ?? 0) / 1e9),
      "seconds": .number(seconds),
      "cases": .array(sections.map(\.json)),
      "skipped": .array(skipped.map { .string($0.rawValue) }),
    ]
    object["openblas"] = openblas.map { .string($0) }
    return .object(object)
  }
}

extension BenchReport.Section {
  var json: JSONValue {
    var object: JSONObject = [
      "case": .string(name.rawValue), "peak_resident_bytes": JSONValue(peakResidentBytes),
    ]
    if !figures.isEmpty { object["figures"] = .array(figures.map(\.json)) }
    if !breakdowns.isEmpty { object["breakdowns"] = .array(breakdowns.map(\.json)) }
    if !growth.isEmpty { object["growth"] = .array(growth.map(\.json)) }
    object["trial"] = trial?.json
    return .object(object)
  }
}
