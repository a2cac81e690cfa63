import Foundation
import Reproducibility

@testable import TransformerLM

/// A folder in which a suite lays its cases before a script and finds the script's answers: numbers in
/// JSON, which keeps every bit of a `Double`, and tensors in safetensors. Gone with the value.
final class Exchange {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  func path(_ name: String) -> String { folder.path(name) }

  func write(_ name: String, _ json: JSONValue) throws {
    try Data(json.line.utf8).write(to: URL(fileURLWithPath: path(name)))
  }

  func write(_ name: String, tensors: [Safetensors.Tensor]) throws {
    var file = Safetensors()
    file.tensors = tensors
    try file.write(to: path(name))
  }

  func json(_ name: String) throws -> JSONValue {
    try JSONValue(parsing: Array(Data(contentsOf: URL(fileURLWithPath: path(name)))))
  }

  /// The tensors of a file by name.
  func tensors(_ name: String) throws -> [String: [Float]] {
    let file = try Safetensors(contentsOf: path(name))
    return Dictionary(uniqueKeysWithValues: file.tensors.map { ($0.name, $0.values) })
  }
}

extension JSONValue {
  init(_ numbers: some Sequence<Double>) { self = .array(numbers.map { .number($0) }) }
  init(_ numbers: some Sequence<Float>) { self.init(numbers.map(Double.init)) }
  init(_ tokens: some Sequence<Int32>) { self.init(tokens.map(Double.init)) }

  /// The elements of a list of numbers; empty for anything else.
  var numbers: [Double] { array?.compactMap(\.double) ?? [] }
  var tokens: [Int32] { numbers.map { Int32($0) } }
}
