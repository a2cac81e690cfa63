package import Reproducibility

/// Where the time of one run goes.
package struct Breakdown: Sendable {
  package struct Line: Sendable {
    package let name: String
    package let calls: Int
    package let seconds: Double
    /// Floating-point operations, where it is a product.
    package let operations: Double?

    package var gigaflops: Double? { operations.map { $0 / seconds / 1e9 } }
  }

  package let name: String
  package let products: String
  /// Of the whole run, on the wall clock, with what the timing itself costs.
  package let seconds: Double
  /// The dearest first.
  package let lines: [Line]

  /// What runs between the kernels.
  package var otherSeconds: Double { seconds - lines.reduce(0) { $0 + $1.seconds } }

  package var json: JSONValue {
    [
      "name": .string(name), "products": .string(products), "seconds": .number(seconds),
      "other_seconds": .number(otherSeconds),
      "lines": .array(
        lines.map { line in
          var object: JSONObject = [
            "name": .string(line.name), "calls": JSONValue(line.calls),
            "seconds": .number(line.seconds),
          ]
          object["gigaflops"] = line.gigaflops.map { .number($0) }
          return .object(object)
        }),
    ]
  }
}
