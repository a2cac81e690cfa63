/// What one run of something amounts to.
struct Work: Sendable {
  /// See ``OperationCount``; nil where operations are not what it is about.
  var operations: Double?
  /// See ``ByteCount``; nil where nobody counted.
  var bytes: Double?
  /// Tokens trained on, or drawn.
  var tokens: Double?

  init(operations: Double? = nil, bytes: Double? = nil, tokens: Double? = nil) {
    self.operations = operations
    self.bytes = bytes
    self.tokens = tokens
  }
}

/// One thing that is timed, round after round, in turn with others.
struct Contender {
  /// A part of a run that is timed by itself.
  struct Part {
    var name: String
    var work: Work
    var run: () -> Void
  }

  var name: String
  /// Who multiplies matrices: `"tiles"` or `"openblas"`.
  var products: String
  /// Of the whole run.
  var work: Work
  /// Run in order; one where there is nothing to tell apart.
  var parts: [Part]

  init(_ name: String, products: String, work: Work, run: @escaping () -> Void) {
    self.name = name
    self.products = products
    self.work = work
    parts = [Part(name: name, work: work, run: run)]
  }

  init(_ name: String, products: String, work: Work, parts: [Part]) {
    self.name = name
    self.products = products
    self.work = work
    self.parts = parts
  }
}

extension Contender {
  /// Shortest time over which a mean is taken: a thousand times what reading the clock costs.
  private static let shortestMeasurement = 0.03

  /// Runs twice, to have everything in place, and says how often a round should repeat it.
  func warmUp() -> Int {
    for part in parts { part.run() }
    let start = ThreadClock.cpuSeconds
    for part in parts { part.run() }
    let once = max(ThreadClock.cpuSeconds - start, 1e-7)
    return max(1, Int((Self.shortestMeasurement / once).rounded(.up)))
  }

  /// CPU seconds of each part, the mean over the repetitions.
  func measure(repetitions: Int) -> [Double] {
    var seconds = [Double](repeating: 0, count: parts.count)
    if parts.count == 1 {
      let start = ThreadClock.cpuSeconds
      for _ in 0..<repetitions { parts[0].run() }
      seconds[0] = ThreadClock.cpuSeconds - start
    } else {
      for _ in 0..<repetitions {
        for (index, part) in parts.enumerated() {
          let start = ThreadClock.cpuSeconds
          part.run()
          seconds[index] += ThreadClock.cpuSeconds - start
        }
      }
    }
    return seconds.map { $0 / Double(repetitions) }
  }
}
