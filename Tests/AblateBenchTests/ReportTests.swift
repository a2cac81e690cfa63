import Reproducibility
import Testing

@testable import AblateBench

@Suite("bench reports")
struct ReportTests {
  /// Rounds of 2, 1 and 4 seconds beside peaks of 10, 10 and 5 GFLOP/s.
  private let figure = Figure(
    name: "1M, 64 × 64", products: "tiles", work: Work(operations: 8e9, tokens: 4096),
    seconds: [2, 1, 4], peaks: [10e9, 10e9, 5e9])

  @Test("a figure is a median, and its share of the peak is taken round by round")
  func figures() {
    #expect(figure.medianSeconds == 2)
    #expect(figure.bestSeconds == 1)
    #expect(figure.tokensPerSecond == 2048)
    #expect(figure.gigaflops == 4)
    // 8/2/10, 8/1/10 and 8/4/5.
    #expect(figure.fractionOfPeak == 0.4)
    #expect(median([4, 1, 3, 2]) == 2.5)
  }

  @Test("the text is a table with a line for each figure")
  func text() {
    var section = BenchReport.Section(name: .train)
    section.figures = [
      figure,
      Figure(
        name: "update", products: "tiles", work: Work(), seconds: [0.0312], peaks: [1],
        isPart: true),
    ]
    section.peakResidentBytes = 74_400_000
    let report = BenchReport(
      instructions: "avx2", openblas: nil, peaks: [9.4e10], sections: [section], skipped: [.trial],
      seconds: 3)
    #expect(
      report.text == """
        One core, avx2 kernels: 94.0 GFLOP/s of fused multiply-adds (best 94.0).
        CPU time of one thread, medians over rounds taken in turn; of peak: of the multiply-adds \
        measured beside each round.

        train: steps of supervised training
                     products      time  tokens/s   best  GFLOP/s  best  of peak
        1M, 64 × 64     tiles  2,000 ms     2,048  4,096     4.00  8.00     0.40
          update        tiles   31.2 ms         –      –        –     –        –
        memory: 74 MB

        No time was left for: trial.

        """)
  }

  @Test("JSON leaves out what was not measured")
  func json() {
    let bare = Figure(
      name: "x", products: "tiles", work: Work(), seconds: [1], peaks: [1])
    #expect(bare.json["tokens_per_second"] == nil)
    #expect(bare.json["fraction_of_peak"] == nil)
    #expect(figure.json["fraction_of_peak"] == 0.4)
    #expect(figure.json["seconds"] == [2, 1, 4])
  }

  @Test(
    "numbers keep three digits",
    arguments: [
      (0.0312, "0.0312"), (4.25, "4.25"), (118.4, "118"), (15_021.3, "15,021"), (0, "0"),
      (99.96, "100"), (-2.5, "-2.50"), (.infinity, "–"),
    ])
  func numbers(value: Double, text: String) { #expect(Reading.number(value) == text) }

  @Test("a request that cannot be carried out is refused before anything is timed")
  func refusals() {
    let silent: (String) -> Void = { _ in Issue.record("something began") }
    #expect(throws: BenchFault.self) {
      try Benchmark.run(BenchRequest(cases: [.products], rounds: 0), progress: silent)
    }
    #expect(throws: BenchFault.self) {
      try Benchmark.run(BenchRequest(cases: [.trial]), progress: silent)
    }
    #expect(throws: BenchFault.self) {
      try Benchmark.run(BenchRequest(cases: [.train], secondsBudget: 0), progress: silent)
    }
  }
}
