import StudyLanguage

/// `1 arm`, `2 arms`.
func countText(_ count: Int, _ noun: String) -> String {
  "\(count) \(noun)\(count == 1 ? "" : "s")"
}

extension Study {
  /// What a design makes of its axes beside arms: effects that it confounds, and combinations that are one arm.
  var designNotes: [String] {
    let shown = 8
    let names = merged.prefix(shown).map { "'\($0.label)' = '\($0.into)'" }
    let more = merged.count > shown ? " and \(merged.count - shown) more" : ""
    return aliases
      + (merged.isEmpty
        ? [] : ["the same experiment, run once: \(names.joined(separator: ", "))\(more)"])
  }

  /// `3 arms × 10 seeds = 30 trials`
  var countText: String {
    let (arms, seeds) = (arms.count, seeds.count)
    return "\(ablate.countText(arms, "arm")) × \(ablate.countText(seeds, "seed")) = "
      + ablate.countText(arms * seeds, "trial")
  }
}

extension StudyCount {
  /// `3 arms × 10 seeds = 30 trials, 6 combinations cut, 2 different experiments`
  var text: String {
    let whole = "\(ablate.countText(arms, "arm")) × \(ablate.countText(seeds, "seed")) = "
    let cut = combinations - arms
    return whole + ablate.countText(trials, "trial")
      + (cut > 0 ? ", \(ablate.countText(cut, "combination")) cut" : "")
      + (distinct.map { $0 < arms ? ", \(ablate.countText($0, "different experiment"))" : "" } ?? "")
  }
}
