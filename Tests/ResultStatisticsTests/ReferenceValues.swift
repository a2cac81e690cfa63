import Foundation
import Reproducibility
import Testing

@testable import ResultStatistics

/// What `Reference/make.py` says, stored or made anew.
struct ReferenceValues {
  let sections: JSONValue

  struct Unreadable: Error {}

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Reference")

  /// The values in the repository.
  static func stored() throws -> ReferenceValues {
    let bytes = try Data(contentsOf: folder.appendingPathComponent("values.json"))
    return ReferenceValues(sections: try JSONValue(parsing: [UInt8](bytes)))
  }

  /// Other numbers, from the Python that is installed here.
  static func live(seed: Int) throws -> ReferenceValues {
    let program = folder.appendingPathComponent("make.py").path
    guard let text = Scipy.run([program, "\(seed)", "--without-rliable"]) else {
      throw Unreadable()
    }
    return ReferenceValues(sections: try JSONValue(parsing: [UInt8](text.utf8)))
  }

  func cases(_ section: String) throws -> [JSONValue] {
    let cases = try #require(sections[section]?.array)
    try #require(!cases.isEmpty)
    return cases
  }
}

extension JSONValue {
  func number(_ name: String) throws -> Double { try #require(self[name]?.double) }

  func numbers(_ name: String) throws -> [Double] {
    try #require(self[name]?.array).map { try #require($0.double) }
  }

  func rows(_ name: String) throws -> [[Double]] {
    try #require(self[name]?.array).map { row in
      try #require(row.array).map { try #require($0.double) }
    }
  }

  func interval(_ name: String) throws -> Interval {
    let ends = try numbers(name)
    return Interval(lower: ends[0], upper: ends[1])
  }
}

/// Equal to 1e-9, relative above 1.
func agree(_ mine: Double?, _ theirs: Double, within tolerance: Double = 1e-9) -> Bool {
  guard let mine else { return false }
  return abs(mine - theirs) <= tolerance * max(1, abs(theirs))
}

func agree(_ mine: Interval?, _ theirs: Interval, within tolerance: Double = 1e-9) -> Bool {
  agree(mine?.lower, theirs.lower, within: tolerance)
    && agree(mine?.upper, theirs.upper, within: tolerance)
}
