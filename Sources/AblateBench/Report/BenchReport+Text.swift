extension BenchReport {
  /// The report for a terminal or a page of text.
  package var text: String {
    var text = """
      One core, \(instructions) kernels: \(Reading.number(median(peaks) / 1e9)) GFLOP/s of fused \
      multiply-adds (best \(Reading.number((peaks.max() ?? 0) / 1e9))).
      CPU time of one thread, medians over rounds taken in turn; of peak: of the multiply-adds \
      measured beside each round.

      """
    if let openblas { text += "OpenBLAS: \(openblas)\n" }
    for section in sections { text += "\n" + section.text }
    if !skipped.isEmpty {
      text += "\nNo time was left for: \(skipped.map(\.rawValue).joined(separator: ", ")).\n"
    }
    return text
  }
}

extension BenchReport.Section {
  var text: String {
    var text = "\(name.rawValue): \(name.summary)\n"
    if !figures.isEmpty { text += figureTable }
    for breakdown in breakdowns { text += breakdown.text }
    for growth in growth { text += growth.text }
    if let trial { text += trial.text }
    return text + "memory: \(Reading.megabytes(peakResidentBytes))\n"
  }

  private var figureTable: String {
    let counts = figures.contains { $0.tokens != nil }
    var table = PlainTable(
      header: ["", "products", "time"] + (counts ? ["tokens/s", "best"] : [])
        + ["GFLOP/s", "best", "of peak"])
    for figure in figures {
      var cells = [
        (figure.isPart ? "  " : "") + figure.name, figure.products,
        Reading.milliseconds(figure.medianSeconds),
      ]
      if counts {
        cells += [
          Reading.number(figure.tokensPerSecond), Reading.number(figure.bestTokensPerSecond),
        ]
      }
      cells += [
        Reading.number(figure.gigaflops), Reading.number(figure.bestGigaflops),
        Reading.fraction(figure.fractionOfPeak),
      ]
      table.add(cells)
    }
    return table.text
  }
}

extension Breakdown {
  var text: String {
    var table = PlainTable(
      header: ["\(name), \(products)", "calls", "time", "share", "GFLOP/s"])
    func share(_ part: Double) -> String {
      Reading.fixed(100 * part / seconds, decimals: 1) + " %"
    }
    for line in lines {
      table.add([
        "  \(line.name)", Reading.grouped(line.calls), Reading.milliseconds(line.seconds),
        share(line.seconds), Reading.number(line.gigaflops),
      ])
    }
    table.add([
      "  between the kernels", "", Reading.milliseconds(otherSeconds), share(otherSeconds),
      Reading.nothing,
    ])
    table.add(["  all", "", Reading.milliseconds(seconds), share(seconds), Reading.nothing])
    return table.text
  }
}

extension Growth {
  var text: String {
    var table = PlainTable(header: ["\(axis): \(work)", "time a token", "operations a token"])
    for point in points {
      table.add([
        "  \(point.value)", Reading.number(point.secondsPerToken * 1e6) + " µs",
        Reading.number(point.operationsPerToken),
      ])
    }
    table.add([
      "  exponent", Reading.fixed(timeSlope, decimals: 2),
      Reading.fixed(operationsSlope, decimals: 2),
    ])
    return table.text
  }
}

extension TrialCost {
  var text: String {
    var table = PlainTable(
      header: ["", "CPU seconds", "evaluations", "tokens", "tokens/s"])
    for item in items {
      let working = item.seconds - (item.evaluationSeconds ?? 0)
      table.add([
        item.label + (item.isShared ? " (shared)" : ""), Reading.number(item.seconds),
        Reading.number(item.evaluationSeconds), Reading.number(item.tokens),
        Reading.number(item.tokens.map { $0 / working }),
      ])
    }
    let rest = [Reading.nothing, Reading.nothing, Reading.nothing]
    table.add(["all shared items, once", Reading.number(sharedSeconds)] + rest)
    table.add(["one trial", Reading.number(ownSeconds)] + rest)
    return table.text
  }
}
