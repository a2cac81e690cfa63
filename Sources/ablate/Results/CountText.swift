import StudyLanguage

/// `1 arm`, `2 arms`.
func countText(_ count: Int, _ noun: String) -> String {
  "\(count) \(noun)\(count == 1 ? "" : "s")"
}

extension Study {
  /// `3 arms × 10 seeds = 30 trials`
  var countText: String {
    let (arms, seeds) = (arms.count, seeds.count)
    return "\(ablate.countText(arms, "arm")) × \(ablate.countText(seeds, "seed")) = "
      + ablate.countText(arms * seeds, "trial")
  }
}
