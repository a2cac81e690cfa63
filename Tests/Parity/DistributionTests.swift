// swift-format-ignore-file: AlwaysUseLowerCamelCase
import Foundation
import KernelInterface
import Reproducibility
import TensorKernels
import Testing

@testable import TransformerLM

/// Everything between a row of logits and a token or a loss, beside PyTorch's functions and the warpers
/// of `transformers`.
@Suite("Softmax, entropy and nucleus of PyTorch", .comparesWithPython, .reportsErrors)
struct DistributionTests {
  struct Row: Sendable {
    var logits: [Float]
    var target: Int32
    var temperature: Float
    var topP: Float
    /// Coefficients of `c log p + e H`.
    var c: Float
    var e: Float
    /// Whether some tokens are equally likely.
    var hasTies: Bool

    /// The largest |z / T|: rounding moves log-probabilities by so many units in the last place.
    var scale: Double {
      max(1, logits.reduce(0) { max($0, Double(abs($1 / temperature))) })
    }

    var json: JSONValue {
      [
        "logits": JSONValue(logits), "target": .number(Double(target)),
        "temperature": .number(Double(temperature)), "top_p": .number(Double(topP)),
        "c": .number(Double(c)), "e": .number(Double(e)),
      ]
    }
  }

  /// Flat and peaked rows, rows with ties, one row of equal logits and one that is nearly certain.
  static let rows: [Row] = {
    var random = RandomStream(Seed(11).derive("rows"))
    func row(_ logits: [Float], hasTies: Bool = false) -> Row {
      Row(
        logits: logits, target: Int32(random.integer(in: 0...logits.count - 1)),
        temperature: [0.6, 1, 1.7][random.integer(in: 0...2)],
        topP: [0.3, 0.9, 0.95, 1][random.integer(in: 0...3)], c: Float(random.normal()),
        e: Float(random.normal()), hasTies: hasTies)
    }
    var rows: [Row] = []
    for index in 0..<48 {
      let deviation = [0.1, 1, 3, 10][index % 4]
      rows.append(
        row(
          (0..<random.integer(in: 2...70)).map { _ in Float(deviation * random.normal()) }))
    }
    for _ in 0..<12 {
      rows.append(
        row((0..<31).map { _ in Float(random.integer(in: -2...2)) }, hasTies: true))
    }
    rows.append(row([Float](repeating: 1.5, count: 20), hasTies: true))
    rows.append(row([0, -80, 90, -30.5, 2.25]))
    return rows
  }()

  static let answers = Result { () throws -> [JSONValue] in
    let exchange = try Exchange()
    try exchange.write("cases.json", .array(rows.map(\.json)))
    try Python.run("distribution.py", on: exchange.path(""))
    return try exchange.json("answers.json").array ?? []
  }

  static func theirs(_ index: Int, _ name: String) throws -> JSONValue {
    let answers = try answers.get()
    try #require(answers.count == rows.count)
    return try #require(answers[index][name])
  }

  struct Softmax {
    var logProbability: Double
    var entropy: Double
    var gradient: [Double]
  }

  static func softmax(_ row: Row) -> Softmax {
    let V = row.logits.count
    let logits = FloatBuffer(
      row.logits + [Float](repeating: 50, count: paddedWidth(V) - V))
    let (logProbability, entropy, logSum) = (
      FloatBuffer(count: 1), FloatBuffer(count: 1), FloatBuffer(count: 1)
    )
    let (operations, targets) = (Kernels.active.operations, [row.target])
    operations.logSoftmax(
      logProbabilities: logProbability.all, entropies: entropy.all, logSums: logSum.all,
      logits: logits.all, vocabulary: V, targets: targets.span, temperature: row.temperature)
    operations.logSoftmaxBackward(
      logits: logits.all, vocabulary: V, targets: targets.span, logSums: logSum.all,
      entropies: entropy.all, logProbabilityGradient: FloatBuffer([row.c]).all,
      entropyGradient: FloatBuffer([row.e]).all, temperature: row.temperature)
    return Softmax(
      logProbability: Double(logProbability[0]), entropy: Double(entropy[0]),
      gradient: logits.all.array.prefix(V).map(Double.init))
  }

  @Test("log-probability, cross entropy and entropy are theirs")
  func values() throws {
    for (index, row) in Self.rows.enumerated() {
      let ours = Self.softmax(row)
      for (quantity, value, name) in [
        ("log-softmax", ours.logProbability, "log_probability"),
        ("cross entropy", -ours.logProbability, "cross_entropy"),
        ("entropy", ours.entropy, "entropy"),
      ] {
        let theirs = try #require(try Self.theirs(index, name).double)
        Agreement.expect(
          abs(value - theirs) / row.scale, within: 1e-6, quantity, "row \(index)")
      }
    }
  }

  @Test("the gradient of c log p + e H towards the logits is theirs")
  func gradient() throws {
    for (index, row) in Self.rows.enumerated() {
      let theirs = try Self.theirs(index, "gradient").numbers
      let error = Agreement.mixed(Self.softmax(row).gradient, theirs) / row.scale
      Agreement.expect(error, within: 1e-6, "gradient of log-softmax and entropy", "row \(index)")
    }
  }

  /// The probability with which each token is drawn, found by looking where in 0…1 the random number
  /// has to lie: exact to the spacing of floats below 1, 6·10⁻⁸, and seen from outside.
  static func drawn(_ row: Row) -> [Double] {
    let V = row.logits.count
    let logits = FloatBuffer(row.logits + [Float](repeating: 50, count: paddedWidth(V) - V))
    let scratch = FloatBuffer(count: 2 * paddedWidth(V))
    // Random numbers are multiples of 2⁻²⁴.
    let all = 1 << 24
    func token(_ number: Int) -> Int {
      Int(
        Kernels.active.operations.draw(
          logits: logits.all, vocabulary: V, temperature: row.temperature, topP: row.topP,
          uniform: Float(number) / Float(all), scratch: scratch.all
        ).token)
    }
    var probabilities = [Double](repeating: 0, count: V)
    var start = 0
    while start < all {
      // Tokens follow one another by number, so each has one interval; find its end by halving.
      let here = token(start)
      var (inside, outside) = (start, all)
      while outside - inside > 1 {
        let middle = (inside + outside) / 2
        if token(middle) == here { inside = middle } else { outside = middle }
      }
      probabilities[here] += Double(outside - start) / Double(all)
      start = outside
    }
    return probabilities
  }

  /// Of equally likely tokens at the nucleus's edge we keep the smaller and they the larger number, so
  /// with ties only the probabilities are compared, not whose they are.
  @Test("tokens come from their nucleus with their renormalised probabilities")
  func nucleus() throws {
    for (index, row) in Self.rows.enumerated() {
      var ours = Self.drawn(row)
      var theirs = try Self.theirs(index, "nucleus").numbers
      if row.hasTies {
        ours.sort()
        theirs.sort()
      }
      Agreement.expect(
        Agreement.mixed(ours, theirs), within: 1e-6, "probability in the nucleus", "row \(index)")
      // A token rarer than the random numbers are fine is never drawn; any other is in both sets.
      let differing = zip(ours, theirs).filter { ($0 > 0) != ($1 > 0) && max($0, $1) > 2e-7 }
      #expect(differing.isEmpty, "row \(index): \(differing)")
    }
  }
}
