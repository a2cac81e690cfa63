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

  @Test("five seconds of spoilt inputs are read or refused, none crashes, hangs or lies")
  func bounded() throws {
    let fuzzer = try Fuzzer()
    let clock = ContinuousClock()
    let end = clock.now + .seconds(5)
    var number = 0
    // Some thousand come first, however slow the machine is.
    while number < 2000 || clock.now < end {
      expectNothing(of: number, fuzzer)
      number += 1
    }
  }

  @Test(
    "as many inputs as are asked for", .enabled(if: asked != nil, "ABLATE_FUZZ=N tries N inputs"))
  func many() throws {
    let fuzzer = try Fuzzer()
    let log = try InputLog()
    let count = Self.asked ?? 0
    let clock = ContinuousClock()
    let start = clock.now
    var slowest = (number: 0, time: Duration.zero)
    var times: [Fuzzer.Kind: Duration] = [:]
    say("inputs \(Self.first)..<\(Self.first + count); the one being tried stands in \(log.path)")
    for number in Self.first..<Self.first + count {
      try log.note(number)
      let begin = clock.now
      expectNothing(of: number, fuzzer)
      let time = clock.now - begin
      times[Fuzzer.kind(of: number), default: .zero] += time
      if time > slowest.time { slowest = (number, time) }
      if (number + 1).isMultiple(of: 1_000_000) { say("\(number + 1) after \(clock.now - start)") }
    }
    say(
      "\(count) inputs in \(clock.now - start); the slowest, \(slowest.number), took \(slowest.time)"
    )
    for kind in Fuzzer.Kind.allCases { say("  \(kind.rawValue): \(times[kind] ?? .zero)") }
    log.remove()
  }

  private func expectNothing(of number: Int, _ fuzzer: Fuzzer) {
    guard let complaint = fuzzer.complaint(about: number) else { return }
    Issue.record(
      "\(complaint); ABLATE_FUZZ=1 ABLATE_FUZZ_FROM=\(number) ./test --filter FuzzTests repeats it")
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
      #expect(JSONInput.complaint(about: file.bytes) == nil, "\(file.name)")
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
