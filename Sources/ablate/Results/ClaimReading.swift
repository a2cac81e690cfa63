import PolicyTrainer
import Reporting
import Reproducibility
import ResultStatistics
import StudyLanguage

/// A study's claim as something that can be read off its trials.
struct ClaimReading {
  private let claim: Study.Claim
  private let readings: [String: MeasureReading]

  /// - Throws: ``StudyFaults`` when nobody can read one of its measures.
  init(_ claim: Study.Claim, of compiled: CompiledStudy) throws {
    self.claim = claim
    readings = try claim.readings(of: compiled)
  }

  /// Places of the arms that it reads.
  var arms: Set<Int> { Set(claim.arms.values) }

  /// - Parameters:
  ///   - seeds: one value each, in this order.
  ///   - asked: how many of them the claim asks for; nil for all.
  ///   - labels: of the study's arms.
  func result(
    _ values: MeasuredTrials, seeds: [Int], asked: Int? = nil, labels: [String], isPostHoc: Bool
  ) throws -> ClaimResult {
    let parts = try claim.expect.links.map { link in
      let measures = link.measures.compactMap { readings[$0.name]?.measure }
      return ClaimResult.Part(
        text: link.text,
        arms: link.measures.compactMap { claim.arms[$0.name] }.uniqued.map { labels[$0] },
        unit: measures.first?.unit ?? "", digits: measures.map(\.digits).max() ?? 0,
        region: region(of: link),
        values: try seeds.enumerated().map { place, seed in
          place < asked ?? seeds.count
            ? try value(of: link, values, seed: seed) : .hole(Hole(.unplanned))
        })
    }
    return ClaimResult(
      says: claim.says, expect: claim.expect.text, confidence: claim.confidence,
      logic: logic, parts: parts,
      paper: claim.paper.map {
        PaperValue(
          measure: claim.expect.text, value: $0.value, error: $0.error, note: $0.source ?? "")
      }, isPostHoc: isPostHoc)
  }

  /// By what the sides of a comparison differ for one seed; the first hole that it meets.
  private func value(
    of link: Expression.Link, _ values: MeasuredTrials, seed: Int
  ) throws -> Observation {
    var known: [String: ExpressionValue] = [:]
    for measure in link.measures {
      guard let reading = readings[measure.name], let arm = claim.arms[measure.name] else {
        continue
      }
      switch values.observation(reading, arm: arm, seed: seed) {
      case .value(let value): known[measure.name] = .number(value)
      case .hole(let hole): return .hole(hole)
      }
    }
    do throws(ExpressionFault) {
      return Observation(measured: try link.value { known[$0] })
    } catch {
      // A division by a measured zero: known only now, and no number.
      return .hole(Hole(.diverged, reason: "\(error)"))
    }
  }

  /// The margin makes the claim harder to support, on whichever side it is.
  private func region(of link: Expression.Link) -> ClaimRegion {
    switch link.region {
    case .above(let bound): .above(bound + claim.margin)
    case .below(let bound): .below(bound - claim.margin)
    case .within(let limit) where limit == 0: .within(claim.margin)
    case .within(let limit): .within(max(0, limit - claim.margin))
    case .outside(let limit): .outside(limit + claim.margin)
    }
  }

  private var logic: ClaimLogic {
    var place = 0
    return claim.expect.fold(
      link: { _ in
        defer { place += 1 }
        return .part(place)
      }, all: { .all($0) }, any: { .any($0) }, not: { .not($0) }, other: { .open })
  }
}

extension Study.Claim {
  /// How each measure that the claim reads is read, by its name.
  ///
  /// - Throws: ``StudyFaults`` when nobody can read it.
  func readings(of compiled: CompiledStudy) throws -> [String: MeasureReading] {
    var readings: [String: MeasureReading] = [:]
    for measure in expect.measures {
      readings[measure.name] = try MeasureReading(call(measure), of: compiled)
    }
    return readings
  }

  /// Its measures as a study would ask for them.
  var calls: [MeasureCall] { expect.measures.map(call) }

  private func call(_ measure: ArmMeasure) -> MeasureCall {
    MeasureCall(
      text: measure.measure, function: measure.function, metric: measure.metric,
      numbers: measure.numbers, span: place(of: measure))
  }
}
