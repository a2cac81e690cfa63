internal import ResultStatistics

/// What a check could have seen, and how often it would call out for nothing: from the spread of the
/// accepted values between seeds, by the model of ``CheckPower``.
package struct CheckSensitivity: Sendable, Hashable {
  /// With which a shift is to be seen for ``MetricShift``.
  package static let power = 0.8

  /// The smallest shift of a metric in any one arm that the check sees with that probability, in the metric's
  /// unit; 0 for every change, down to the last bit.
  package struct MetricShift: Sendable, Hashable {
    package let metric: String
    package let unit: String
    /// nil where the accepted values have no spread to tell from.
    package let down: Double?
    package let up: Double?
  }

  /// Probability, at most, that any row moves although nothing changed; nil when no row has a spread to tell from.
  package let falseAlarmRate: Double?
  /// Rows whose accepted values have no spread, one seed or all equal: nothing is known of them.
  package let rowsWithoutSpread: Int
  /// In the order of the rows.
  package let shifts: [MetricShift]

  /// Equal bits are promised: nothing moves by chance, and every change is seen.
  static func bits(_ rows: [ExpectationRow]) -> CheckSensitivity {
    var known: Set<String> = []
    return CheckSensitivity(
      falseAlarmRate: 0, rowsWithoutSpread: 0,
      shifts: rows.filter { known.insert($0.metric).inserted }.map {
        MetricShift(metric: $0.metric, unit: $0.unit, down: 0, up: 0)
      })
  }

  /// A mean over seeds that was compared.
  struct Cell {
    let metric: String
    let unit: String
    let accepted: [Double]
    let tolerance: Tolerance
  }

  static func tolerances(_ cells: [Cell]) -> CheckSensitivity {
    var alarms: [Double] = []
    var shifts: [MetricShift] = []
    for cell in cells {
      let power = CheckPower(accepted: cell.accepted, rule: cell.rule)
      let shift = MetricShift(
        metric: cell.metric, unit: cell.unit,
        down: power?.smallestShift(upwards: false, power: Self.power),
        up: power?.smallestShift(upwards: true, power: Self.power))
      if let power { alarms.append(power.alarm()) }
      if let place = shifts.firstIndex(where: { $0.metric == cell.metric }) {
        shifts[place] = shifts[place].larger(shift)
      } else {
        shifts.append(shift)
      }
    }
    return CheckSensitivity(
      falseAlarmRate: alarms.isEmpty ? nil : CheckPower.any(alarms),
      rowsWithoutSpread: cells.count - alarms.count, shifts: shifts)
  }
}

extension CheckSensitivity.Cell {
  fileprivate var rule: CheckPower.Rule {
    let center = mean(accepted) ?? 0
    let allowed = tolerance.allowed(around: center)
    let (below, above) = (center - allowed.lower, allowed.upper - center)
    return switch tolerance {
    case .room: .room(below: below, above: above)
    case .equivalence(_, let level): .equivalence(below: below, above: above, level: level)
    }
  }
}

extension CheckSensitivity.MetricShift {
  /// What is seen in every arm; of arms without spread nothing is known, so they say nothing.
  fileprivate func larger(_ other: Self) -> Self {
    func larger(_ a: Double?, _ b: Double?) -> Double? {
      guard let a, let b else { return a ?? b }
      return max(a, b)
    }
    return Self(
      metric: metric, unit: unit, down: larger(down, other.down), up: larger(up, other.up))
  }
}

// MARK: In words

extension CheckSensitivity {
  /// Two or three sentences: the rate of false alarms, and the smallest shifts.
  package var sentences: [String] {
    if falseAlarmRate == 0, rowsWithoutSpread == 0, shifts.allSatisfy({ $0.up == 0 }) {
      return [
        "False alarms: 0 %, for equal bits are promised.",
        "Smallest shift seen: any, down to the last bit.",
      ]
    }
    var sentences: [String] = []
    if let rate = falseAlarmRate {
      sentences.append(
        "False alarms: at most \(Self.percent(rate)) that a row moves although nothing changed, were the new "
          + "run's seeds others than the accepted ones (normal model, spread of the accepted values)."
      )
    }
    if rowsWithoutSpread > 0 {
      sentences.append(
        "\(rowsWithoutSpread) \(rowsWithoutSpread == 1 ? "row has" : "rows have") no spread between accepted "
          + "seeds (one seed, or all equal), so nothing is known of their false alarms.")
    }
    if !shifts.isEmpty {
      sentences.append(
        "Smallest shift of one arm seen with \(Self.percent(Self.power)) probability: "
          + shifts.map(\.text).joined(separator: "; ") + ".")
    }
    return sentences
  }

  private static func percent(_ share: Double) -> String {
    let tenth = 0.001
    if share < tenth { return share == 0 ? "0 %" : "0.1 %" }
    let isWhole = share * 100 == (share * 100).rounded()
    return NumberText.fixed(share * 100, digits: isWhole ? 0 : 1) + " %"
  }
}

extension CheckSensitivity.MetricShift {
  /// `final(contest) ±2.9 %`, `final(length) −3 or +5 tokens`.
  fileprivate var text: String {
    guard let down, let up else { return "\(metric) unknown" }
    func number(_ value: Double) -> String {
      value.isFinite ? NumberText.fixed(value, digits: NumberText.digits(showing: value)) : "∞"
    }
    let space = unit.isEmpty ? "" : " "
    let size =
      number(down) == number(up)
      ? (up == 0 ? "any" : "±\(number(up))\(space)\(unit)")
      : "\(NumberText.minus)\(number(down)) or +\(number(up))\(space)\(unit)"
    return "\(metric) \(size)"
  }
}
