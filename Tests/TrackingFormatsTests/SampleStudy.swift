import TrackingFormats

/// Two arms with two seeds: one trial whole, one that diverged in its second stage, one that was never run, and one
/// with every kind of number.
enum SampleStudy {
  static let name = "sample"

  static func trial(
    _ arm: String, seed: Int, state: TrackedTrial.State = .finished, reason: String = "",
    settings: [String?] = ["1", "a \"word\""], parts: [TrackedPart]
  ) -> TrackedTrial {
    TrackedTrial(
      arm: arm, seed: seed, variants: [arm, seed == 1 ? "one" : nil], settings: settings,
      items: ["base", "first", "second"].map { role in
        .init(role: role, identity: "\(role) of \(arm), \(seed)")
      }, state: state, reason: reason, parts: parts)
  }

  static let base = TrackedPart(
    role: "base", steps: 0...0, seconds: 0,
    points: [.init(step: 0, metric: "contest", value: 0.25)])

  static let first = TrackedPart(
    role: "first", steps: 0...4, seconds: 8,
    points: (1...4).flatMap { step -> [TrackedPart.Point] in
      [
        .init(step: step, metric: "loss", value: 1 / Double(step)),
        .init(step: step, metric: "loss", tags: #"{"domain":"math"}"#, value: 3),
      ]
    } + [.init(step: 4, metric: "contest", value: 0.5)])

  static let second = TrackedPart(
    role: "second", steps: 4...6, seconds: 2,
    points: [
      .init(step: 5, metric: "loss", value: .nan), .init(step: 6, metric: "loss", value: .infinity),
      .init(step: 6, metric: "odd", value: -.infinity),
      .init(step: 6, metric: "contest", value: 1e-300),
    ])

  static let study = TrackedStudy(
    name: name, question: "Which\nof \"both\"?", axes: ["data", "times"],
    settings: ["stages.first.steps", "stages.first.problems"],
    trials: [
      trial("a", seed: 1, parts: [base, first, second]),
      trial(
        "b/c", seed: 1, state: .diverged, reason: "the loss is nan", settings: ["2.5", nil],
        parts: [base, first]),
      trial("a", seed: 2, state: .failed, reason: "no memory", parts: [base]),
      trial("b/c", seed: 2, state: .unfinished, reason: "not run yet", parts: []),
    ])

  /// The files that a format hands over, their pieces joined.
  static func files(
    _ write: ((String, [UInt8]) -> Void) -> Void
  ) -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    write { files[$0, default: []] += $1 }
    return files
  }
}
