import Foundation
import KernelInterface
import Reproducibility
import Testing

@testable import AblateBench
@testable import TransformerLM

/// The figures in docs/trainer.md are those that the bench counts with.
@Suite("docs/trainer.md")
struct TrainerDocumentTests {
  /// A row of the table of costs, its name first.
  private static func row(_ name: String) throws -> [Double] {
    let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let text = try String(contentsOf: root.appending(path: "docs/trainer.md"), encoding: .utf8)
    let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("| \(name) |") })
    return line.split(separator: "|").dropFirst().compactMap {
      Double($0.trimmingCharacters(in: .whitespaces).replacing(",", with: ""))
    }
  }

  @Test(
    "operations, bytes and memory of the timed training steps",
    arguments: [
      (BenchModel.standard, 32, 40), (.oneMillion, 64, 64), (.tenMillion, 16, 64),
    ])
  func costs(model: BenchModel, sequences: Int, length: Int) throws {
    let shape = model.shape
    let found = try Self.row("\(model.rawValue), \(sequences) × \(length)")
    try #require(found.count == 6)
    let together = BenchModel.tapeRows / length
    var (operations, bytes) = (0.0, ByteCount(shape).update)
    for start in stride(from: 0, to: sequences, by: together) {
      var batch = PackedBatch()
      for _ in start..<min(start + together, sequences) {
        batch.appendSequence([Int32](repeating: 1, count: length + 1), scoring: 1..<length + 1)
      }
      operations += OperationCount(shape).training(batch)
      bytes += ByteCount(shape).training(batch)
    }
    #expect(found[0] == Double(shape.parameterCount))
    #expect(abs(found[1] - operations / 1e9) <= 0.0005)
    #expect(abs(found[2] - bytes / 1e6) <= 0.05)
    #expect(abs(found[3] - operations / bytes) <= 0.05)
    // Floats that a row leaves on a layer's tape, and a token in its cache.
    let tape = LayerTape(Dimensions(shape), rows: 1)
    let floats = [
      tape.residualIn, tape.residualMiddle, tape.attentionScale, tape.feedForwardScale,
      tape.attentionIn, tape.feedForwardIn, tape.qkv, tape.attended, tape.logSums, tape.gateUp,
    ].reduce(0) { $0 + $1.count }
    #expect(found[4] == Double(4 * shape.layers * floats))
    let cache = CacheShape(slots: 1, positions: 16, heads: Dimensions(shape).heads)
    #expect(found[5] == Double(4 * shape.layers * 2 * cache.count / 16))
  }

  @Test("bytes of a forward pass, counted on paper")
  func bytes() {
    // V 10, C 32, L 1, Q 32, qkv 64, F 16, no bias: 10·32 + 4·64 + 2·32 + 6·16 floats a row and
    // layer; 5·32 + 2·10 a scored row; and the weights.
    let shape = ModelShape(
      vocabulary: 10, width: 32, layers: 1, heads: 2, keyValueHeads: 1, headWidth: 16,
      feedForward: 16, context: 8, attentionBias: false)
    let floats = 3 * (320 + 256 + 64 + 96) + 2 * (160 + 20) + shape.parameterCount
    #expect(ByteCount(shape).forward(rows: 3, scored: 2) == Double(4 * floats))
  }
}

@Suite("growth")
struct GrowthTests {
  @Test("the exponent of a power law is its power")
  func exponent() {
    let growth = Growth(
      axis: "width", work: "nothing",
      points: [1, 2, 4, 8].map { value in
        Growth.Point(
          value: value, secondsPerToken: 3e-6 * Double(value * value),
          operationsPerToken: 5 * Double(value))
      })
    #expect(abs(growth.timeSlope - 2) < 1e-12 && abs(growth.operationsSlope - 1) < 1e-12)
    #expect(growth.json["points"]?.array?.count == 4)
  }
}
