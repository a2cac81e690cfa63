import Foundation
import Testing

@Suite("Whatever is read", .serialized)
struct FuzzTests {
  /// How many inputs are asked for, `ABLATE_FUZZ=10000000`, and from which on, `ABLATE_FUZZ_FROM=n`.
  private static let asked = number("ABLATE_FUZZ")
  private static let first = number("ABLATE_FUZZ_FROM") ?? 0

  private static func number(_ name: String) -> Int? {
    ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
  }

  /// Longer than this for one input is a fault. The limit leaves room for a busy machine: the
  /// slowest take some milliseconds.
  private static let timeLimit = Duration.seconds(2)

  @Test("five seconds of spoilt inputs are read or refused, none crashes, hangs or lies")
  func bounded() throws {
    let fuzzer = try Fuzzer()
    let clock = ContinuousClock()
    let end = clock.now + .seconds(5)
    var tally = Tally()
    var number = 0
    // Some thousand come first, however slow the machine is.
    while number < 2000 || clock.now < end {
      tally.add(tried(number, fuzzer))
      number += 1
    }
    // Inputs that are all refused, or all read, would try little.
    #expect(tally.counts.count == 6 && tally.counts.values.allSatisfy { $0 > 20 }, "\(tally)")
  }

  @Test(
    "as many inputs as are asked for", .enabled(if: asked != nil, "ABLATE_FUZZ=N tries N inputs"))
  func many() throws {
    let fuzzer = try Fuzzer()
    let log = try InputLog()
    let count = Self.asked ?? 0
    let clock = ContinuousClock()
    let start = clock.now
    var tally = Tally()
    say("inputs \(Self.first)..<\(Self.first + count); the one being tried stands in \(log.path)")
    for number in Self.first..<Self.first + count {
      try log.note(number)
      tally.add(tried(number, fuzzer))
      if (number + 1).isMultiple(of: 1_000_000) { say("\(number + 1) after \(clock.now - start)") }
    }
    say("\(count) inputs in \(clock.now - start)\n\(tally)")
    log.remove()
  }

  private struct Trial {
    var number: Int
    var kind: String
    var time: Duration
  }

  /// How many inputs of each kind were read and refused, and for how long.
  private struct Tally: CustomStringConvertible {
    private(set) var counts: [String: Int] = [:]
    private var times: [String: Duration] = [:]
    private var slowest: [String: Trial] = [:]

    mutating func add(_ trial: Trial) {
      counts[trial.kind, default: 0] += 1
      times[trial.kind, default: .zero] += trial.time
      if trial.time > slowest[trial.kind]?.time ?? .zero { slowest[trial.kind] = trial }
    }

    var description: String {
      counts.sorted { $0.key < $1.key }.map { kind, count in
        let slow = slowest[kind].map { ", the slowest, \($0.number), in \($0.time)" } ?? ""
        return "  \(kind): \(count) in \(times[kind] ?? .zero)\(slow)"
      }.joined(separator: "\n")
    }
  }

  /// Makes an input and reads it; only the reading is timed.
  private func tried(_ number: Int, _ fuzzer: Fuzzer) -> Trial {
    let input = fuzzer.input(number)
    if Self.asked == 1 { say(String(decoding: input.bytes, as: UTF8.self)) }
    let clock = ContinuousClock()
    let start = clock.now
    let outcome = input.outcome()
    let time = clock.now - start
    var fault: String? = time > Self.timeLimit ? "it took \(time)" : nil
    if case .wrong(let what) = outcome { fault = what }
    if let fault {
      Issue.record(
        "\(fault); ABLATE_FUZZ=1 ABLATE_FUZZ_FROM=\(number) ./test --filter FuzzTests repeats it")
    }
    let kind = "\(input.kindName), \(outcome == .refused ? "refused" : "read")"
    return Trial(number: number, kind: kind, time: time)
  }

  private func say(_ line: String) {
    FileHandle.standardError.write(Data("fuzz: \(line)\n".utf8))
  }

  @Test("the corpus is what it is meant to be")
  func corpus() throws {
    let corpus = try Corpus()
    #expect((15...40).contains(corpus.files.count))
    #expect(corpus.expressions.count >= 15)
    var files = MemoryFiles([:])
    for file in corpus.files { files.files[file.name] = file.bytes }
    for study in corpus.files("study-") {
      #expect(complaint(about: study.name, in: files) == "", "\(study.name)")
    }
    for file in corpus.files {
      if case .wrong(let what) = JSONInput.outcome(of: file.bytes) {
        Issue.record("\(file.name): \(what)")
      }
    }
  }

  @Test("the other way to read comments leaves what is none")
  func blanking() {
    func blanked(_ text: String) -> String? {
      JSONInput.blanked(Array(text.utf8)).map { String(decoding: $0, as: UTF8.self) }
    }
    #expect(blanked("[1, // a\n2]") == "[1,     \n2]")
    #expect(blanked(#"["/*", 1/*,*/,]"#) == #"["/*", 1      ]"#)
    #expect(blanked("[,] [1,,] {:,}") == "[,] [1,,] {:,}")
    #expect(blanked("[1] /*/") == nil)
  }
}
