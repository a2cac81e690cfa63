internal import ResultStatistics

extension StudyAnalysis {
  /// One row per claim, and one for each comparison of a claim that makes several; nil without claims.
  package var claimTable: Table? {
    if claims.isEmpty { return nil }
    return Table(columns: Self.claimColumns, rows: claims.flatMap(claimRows), caption: claimCaption)
  }

  static var claimColumns: [Table.Column] {
    [
      .init(key: "claim", heading: "claim", kind: .text),
      .init(key: "measured", heading: "measured", remark: "[interval]", kind: .effect, digits: 3),
      .init(key: "unit", heading: "unit", kind: .text),
      .init(key: "claimed", heading: "claimed", kind: .text, alignment: .right),
      .init(key: "paper", heading: "paper", kind: .paper, digits: 2),
      .init(key: "verdict", heading: "verdict", kind: .text),
      .init(key: "seeds", heading: "n", kind: .count),
    ]
  }

  /// A claim, and below it its comparisons where it makes several; cells as ``claimColumns`` has them.
  func claimRows(_ judged: JudgedClaim) -> [Table.Row] {
    let claim = judged.claim
    let paper = claim.paper.map {
      Table.Cell(.paper($0.value, error: $0.error), footnotes: $0.note.isEmpty ? [] : [$0.note])
    }
    let notes = [
      claim.isPostHoc ? "post hoc: written when results of its arms were there" : nil,
      judged.reason.isEmpty ? nil : "undecided: \(judged.reason)",
    ].compactMap(\.self)
    let verdict = Table.Cell(.text(judged.verdict.rawValue), footnotes: notes)
    let parts = zip(claim.parts, judged.parts).map { part, judged in
      [
        Table.Cell(judged.mean.map { .effect($0, judged.interval) } ?? .absent),
        .text(part.unit), .text(Self.claimed(part.region)),
      ]
    }
    func count(_ part: JudgedPart) -> Table.Cell {
      Table.Cell(.count(part.count, of: part.planned), footnotes: Self.holes(part))
    }
    let says = claim.says + (claim.isPostHoc ? " (post hoc)" : "")
    if parts.count == 1 {
      return [
        Table.Row([.text(says)] + parts[0] + [paper ?? .absent, verdict, count(judged.parts[0])])
      ]
    }
    let whole = Table.Row([
      .text(says), .absent, .text(""), .text(""), paper ?? .absent, verdict, .absent,
    ])
    return [whole]
      + zip(claim.parts.indices, parts).map { place, cells in
        let part = judged.parts[place]
        return Table.Row(
          [.text("· " + claim.parts[place].text)] + cells
            + [.absent, .text(part.verdict.rawValue), count(part)])
      }
  }

  /// Where the claim says that the mean lies.
  private static func claimed(_ region: ClaimRegion) -> String {
    func text(_ bound: Double) -> String {
      NumberText.full(bound).replacing("-", with: NumberText.minus)
    }
    switch region {
    case .above(let bound): return "> \(text(bound))"
    case .below(let bound): return "< \(text(bound))"
    case .within(let limit): return "within ±\(text(limit))"
    case .outside(let limit): return "outside ±\(text(limit))"
    }
  }

  /// Why seeds have no value, each reason once.
  private static func holes(_ part: JudgedPart) -> [String] {
    part.values.compactMap(\.hole).map { hole in
      hole.reason.isEmpty ? hole.kind.rawValue : "\(hole.kind.rawValue), \(hole.reason)"
    }.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  var claimCaption: String {
    let levels = claims.map(\.claim.confidence)
    let text = levels.allSatisfy { $0 == levels[0] } ? Self.percent(levels[0]) : "the claim's"
    return """
      What each comparison measured, paired by seed [\(text) interval, \(methodText)\
      \(claims.contains { $0.claim.parts.count > 1 } ? ", Bonferroni over the comparisons of a claim" : "")]. \
      Supported: the whole interval is on the claim's side; contradicted: the whole interval is on the other. \
      The paper's numbers are its own and enter no verdict.
      """
  }
}
