package import Reproducibility

/// What was measured, as the page docs/coverage.md and as JSON.
package struct CoverageReport: Sendable, Hashable {
  package let figures: [CoverageFigure]
  /// Of each case.
  package let studies: Int

  package init(_ figures: [CoverageFigure], studies: Int) {
    self.figures = figures
    self.studies = studies
  }

  package var json: JSONValue {
    .object([
      "studies": JSONValue(studies),
      "figures": .array(
        figures.map { figure in
          .object([
            "method": .string(figure.method), "study": .string(figure.study),
            "size": .string(figure.size), "promise": .string(figure.promise.words),
            "hits": JSONValue(figure.hits), "silent": JSONValue(figure.silent),
            "share": figure.share.map { .number($0) } ?? .null, "holds": .bool(figure.holds),
          ])
        }),
    ])
  }

  /// The whole page: nothing in it is written by hand.
  package var page: String {
    """
    # How often intervals hold the truth

    Made by

    ```
    ./ablate bench-coverage --studies \(studies) --write docs/coverage.md
    ```

    from synthetic studies whose truth is known: \(studies) for each line, from named random streams, so \
    the figures repeat on every machine and any number of threads. The standard error of a coverage of \
    95 % is \(percent((0.95 * 0.05 / Double(studies)).squareRoot(), digits: 2)) points. Of a decision, the \
    share of false ones is shown instead. Lines in bold are not where they should be: a coverage of 95 % \
    outside 93 to 97 %, a bound passed by more than three standard errors. They are printed as they are; the next \
    table says from which size on a method may be used. *Silent* are studies about which the method says \
    nothing; they are left out of the share.

    ## From which size on

    \(summary)

    ## All figures

    \(table)

    """
  }

  /// Per method and kind of study the smallest size from which on every line is where it should be.
  private var summary: String {
    var rows = ["| method | studies | holds from |", "|---|---|---|"]
    var order: [[CoverageFigure]] = []
    for figure in figures {
      if let last = order.last?.last, (last.method, last.study) == (figure.method, figure.study) {
        order[order.count - 1].append(figure)
      } else {
        order.append([figure])
      }
    }
    for group in order {
      let held = group.reversed().prefix(while: \.holds)
      let words = held.last.map(\.size) ?? "none of \(group.map(\.size).joined(separator: ", "))"
      rows.append("| \(group[0].method) | \(group[0].study) | \(words) |")
    }
    return rows.joined(separator: "\n")
  }

  private var table: String {
    var rows = [
      "| method | studies | size | measured | promised | silent |", "|---|---|---|---:|---:|---:|",
    ]
    for figure in figures {
      let share = figure.share.map { percent($0) + " %" } ?? Reading.nothing
      let shown = figure.holds ? share : "**\(share)**"
      let silent =
        figure.silent == 0
        ? "" : percent(Double(figure.silent) / Double(figure.studies)) + " %"
      rows.append(
        "| \(figure.method) | \(figure.study) | \(figure.size) | \(shown) | "
          + "\(figure.promise.words) | \(silent) |")
    }
    return rows.joined(separator: "\n")
  }
}

extension CoverageCase.Promise {
  var words: String {
    switch self {
    case .covers(let level): "\(percent(level, digits: 0)) %"
    case .coversAtLeast(let level): "at least \(percent(level, digits: 0)) %"
    case .errsAtMost(let rate): "at most \(percent(rate, digits: 0)) %"
    }
  }
}

/// A share in per cent with so many decimals, without the sign.
private func percent(_ share: Double, digits: Int = 1) -> String {
  let scale = (0..<digits).reduce(1) { scale, _ in scale * 10 }
  let units = Int(portableRound(share * 100 * Double(scale)))
  guard digits > 0 else { return "\(units)" }
  let fraction = String(units % scale)
  return "\(units / scale)." + String(repeating: "0", count: digits - fraction.count) + fraction
}
