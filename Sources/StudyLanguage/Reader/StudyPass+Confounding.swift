import Diagnostics
import Reproducibility

extension StudyPass {
  /// Two axes that always move together leave open which of them made a difference.
  mutating func warnOfConfounding(_ axes: [AxisDraft], _ unfolded: Unfolded) {
    guard unfolded.places != nil, unfolded.drafts.count > 1, !acknowledges(.confounding) else {
      return
    }
    for first in axes.indices {
      for second in axes.indices where second > first {
        guard !unfolded.dead.contains(first), !unfolded.dead.contains(second),
          moveTogether(first, second, unfolded.drafts)
        else { continue }
        let names = [first, second].map { "'\(axes[$0].axis.name)'" }
        let pairs = unfolded.drafts.map { draft in
          [first, second].map { axes[$0].variants[draft.variants[$0]].name }.joined(
            separator: " with ")
        }.uniqued
        report(
          "axes \(names[0]) and \(names[1]) always move together", at: axes[second].span,
          why: "which of them made a difference cannot be told: \(shortened(pairs))",
          help: "add an arm in which only one of them moves, or make them one axis",
          severity: .warning)
      }
    }
  }

  /// Whether each variant of one axis comes with one variant of the other and the other way round, both varying.
  private func moveTogether(_ first: Int, _ second: Int, _ drafts: [ArmDraft]) -> Bool {
    var forth: [Int: Int] = [:]
    var back: [Int: Int] = [:]
    for draft in drafts {
      let (a, b) = (draft.variants[first], draft.variants[second])
      if forth[a, default: b] != b || back[b, default: a] != a { return false }
      (forth[a], back[b]) = (b, a)
    }
    return forth.count > 1
  }

  private func shortened(_ items: [String]) -> String {
    items.prefix(4).joined(separator: ", ")
      + (items.count > 4 ? " and \(items.count - 4) more" : "")
  }

  /// What the fractional factorials of a study confound, a line each.
  func aliases(of blocks: [BlockDraft], _ axes: [AxisDraft]) -> [String] {
    blocks.flatMap { block -> [String] in
      guard case .design(.factorial(let design)) = block.maker, let resolution = design.resolution
      else { return [] }
      func name(_ effect: Int) -> String {
        block.axes.enumerated().filter { effect >> $0.offset & 1 == 1 }.map {
          axes[$0.element].axis.name
        }
        .joined(separator: " × ")
      }
      let single = block.axes.indices.map { 1 << $0 }
      let pairs = single.indices.flatMap { a in single[(a + 1)...].map { single[a] | $0 } }
      var lines = [
        "\(design.runCount) of \(1 << design.axes) combinations, resolution \(roman(resolution))"
      ]
      var said: Set<Int> = []
      for effect in single + pairs where !said.contains(effect) {
        let others = design.aliases(of: effect, upTo: 2)
        said.formUnion(others + [effect])
        if !others.isEmpty {
          lines.append(([effect] + others).map(name).joined(separator: " = "))
        }
      }
      return lines
    }
  }

  private func roman(_ number: Int) -> String {
    let digits = ["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X"]
    return digits.indices.contains(number) ? digits[number] : "\(number)"
  }
}
