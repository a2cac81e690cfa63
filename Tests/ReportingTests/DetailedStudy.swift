import Reproducibility
import ResultStatistics

@testable import Reporting

/// The example with what stands behind its numbers: claims, stages, settings, tokens and wall times.
enum DetailedStudy {
  static let results = with(ExampleStudy.results)

  static func with(_ plain: StudyResults, pace: Double = 1) -> StudyResults {
    StudyResults(
      name: plain.name, title: "Difficulty and training", question: plain.question,
      source: plain.source, command: plain.command, axis: plain.axis, seeds: plain.seeds,
      measures: plain.measures,
      arms: plain.arms.enumerated().map { place, arm in
        ArmResult(
          label: arm.label, variants: arm.variants, isBaseline: arm.isBaseline,
          trials: arm.trials.map { detailed($0, arm: place, pace: pace) }, paper: arm.paper,
          differences: arm.isBaseline
            ? []
            : [
              SettingDifference(
                path: "stages.first.problems.math", baseline: "\"level-1\"",
                arm: "\"level-\(place + 1)\""),
              SettingDifference(path: "stages.second.kl", baseline: nil, arm: "0.02"),
            ])
      }, curves: plain.curves, paperFigures: plain.paperFigures, claims: claims,
      provenance: ReportProvenance(
        numerics: 1, commit: "0123abcd", machine: "x86-64, tile kernel", promisesBits: true,
        certificate: "determinism certificate: level 1 of 4, not verified yet: `./ablate verify x`"
      ), notes: plain.notes)
  }

  /// Trials with a hole ended in their second stage.
  private static func detailed(_ trial: TrialResult, arm: Int, pace: Double) -> TrialResult {
    let isWhole = trial.observations.allSatisfy { $0.value != nil }
    let stages = ["first", "second"].prefix(isWhole ? 2 : 1).enumerated().map { place, name in
      let head = "\(arm)/\(trial.seed)/\(name)"
      return TrialDetails.Stage(
        name: name,
        item: isWhole && place == 1 ? trial.identity : SHA256.digest(of: head).hex,
        step: 100 + 80 * place, seconds: pace * (40 + 3.25 * Double(trial.seed + arm + place)),
        policy: SHA256.digest(of: "policy/\(head)").hex)
    }
    return TrialResult(
      seed: trial.seed, identity: trial.identity, observations: trial.observations,
      details: TrialDetails(
        stages: stages,
        spent: stages.map { .init(step: $0.step, tokens: Double($0.step) * 4_096, seconds: 1) }))
  }

  /// One that holds, one in two parts that does not, one that nothing tells, written afterwards.
  private static let claims = [
    ClaimResult(
      says: "Level 2 trains better than level 1.", expect: "contest[level 2] > contest[level 1]",
      confidence: 0.95, logic: .part(0),
      parts: [part("contest[level 2] > contest[level 1]", .above(0), [1.5, 2.5, 0.4, 1.2, 2.4])],
      paper: PaperValue(
        measure: "contest", value: -1.15, error: 0.35, note: "arXiv:2504.00829, Fig. 1")),
    ClaimResult(
      says: "Levels 1 and 2 are alike on textbook problems, and shorter.",
      expect: "textbook[level 2] == textbook[level 1] && length[level 2] < length[level 1]",
      confidence: 0.95, logic: .all([.part(0), .part(1)]),
      parts: [
        part("textbook[level 2] == textbook[level 1]", .within(1), [0.3, 0.5, 0.9, 1.4, nil]),
        part(
          "length[level 2] < length[level 1]", .above(0), [-2.1, -3, -2.6, -1.9, -2.2],
          unit: "tokens"),
      ]),
    ClaimResult(
      says: "Nobody knows yet.", expect: "true", confidence: 0.9, logic: .open, parts: [],
      isPostHoc: true),
  ]

  private static func part(
    _ text: String, _ region: ClaimRegion, _ values: [Double?], unit: String = "%"
  ) -> ClaimResult.Part {
    ClaimResult.Part(
      text: text, arms: ["level 2", "level 1"], unit: unit, digits: 1, region: region,
      values: values.map {
        $0.map { .value($0) } ?? .hole(Hole(.diverged, reason: "loss is nan at step 412"))
      })
  }
}
