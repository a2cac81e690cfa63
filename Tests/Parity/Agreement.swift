import Synchronization
import Testing

/// How far two programs may be apart, and how far they were: the largest error of each quantity is
/// printed when its suite ends, to be compared with the table of `docs/parity.md`.
enum Agreement {
  /// A row of the table. Quantities are kept apart by file, because suites run at the same time.
  private struct Quantity: Hashable {
    var file: String
    var name: String
  }

  private static let errors = Mutex<[Quantity: (largest: Double, tolerance: Double)]>([:])

  /// Expects an error within a tolerance, and remembers it.
  ///
  /// - Parameter quantity: its row in `docs/parity.md`.
  static func expect(
    _ error: Double, within tolerance: Double, _ quantity: String, _ place: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    // An error that is not a number compares false, too.
    #expect(
      error <= tolerance, "\(quantity) of \(place): \(error) is not within \(tolerance)",
      sourceLocation: sourceLocation)
    let key = Quantity(file: sourceLocation.fileID, name: quantity)
    errors.withLock { errors in
      errors[key] = (worse(errors[key]?.largest ?? 0, error), tolerance)
    }
  }

  /// Prints what was remembered of a file's quantities.
  fileprivate static func report(of file: String) {
    let rows = errors.withLock { errors in
      errors.filter { $0.key.file == file }.sorted { $0.key.name < $1.key.name }
    }
    for (quantity, (largest, tolerance)) in rows {
      print("parity: \(quantity.name): largest error \(largest), tolerance \(tolerance)")
    }
  }

  /// `max |a − b| / max |b|` over all elements: the error beside the largest number of the tensor, so
  /// that an element which cancels to almost nothing does not count as wrong. Infinite when the counts
  /// differ.
  static func relative(_ a: [Float], _ b: [Float]?) -> Double {
    guard let b, a.count == b.count else { return .infinity }
    let scale = b.reduce(0) { max($0, Double(abs($1))) }
    let error = zip(a, b).reduce(0) { worse($0, abs(Double($1.0) - Double($1.1))) }
    return error == 0 ? 0 : error / scale
  }

  /// `max |a − b| / max(1, |b|)`: absolute for small numbers, relative for large ones. Infinite when
  /// the counts differ.
  static func mixed(_ a: [Double], _ b: [Double]) -> Double {
    guard a.count == b.count else { return .infinity }
    return zip(a, b).reduce(0) { worse($0, abs($1.0 - $1.1) / max(1, abs($1.1))) }
  }

  /// The larger error; one that is not a number counts as infinite, where `max` might lose it.
  private static func worse(_ a: Double, _ b: Double) -> Double {
    b.isNaN ? .infinity : max(a, b)
  }
}

/// Prints a suite's largest errors when it ends, so that the test runner still has the last word.
struct ReportsErrors: SuiteTrait, TestScoping {
  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    try await function()
    Agreement.report(of: test.sourceLocation.fileID)
  }
}

extension Trait where Self == ReportsErrors {
  static var reportsErrors: Self { Self() }
}
