import ResultStatistics

@testable import Reporting

/// A study whose every name is out to break what it is written into, with claims.
enum HostileStudy {
  static let labels = [
    #"_ & % $ # { } ~ ^ \ "#, "level|1 \"quoted\" 'single' `back`", "<script>alert(1)</script>",
    "emoji 😀👩‍🔬", "مرحبا עברית", "naïve façade, Ångström, Dvořák", "level 1", "Level-1", "level one",
    "-- --- ?` !` ,, ''", "\\input{/etc/passwd}", "100 %", "x^2_3", "[optional] *star*",
    "line\nbreak\ttab", "zero\u{200B}width \u{202E}override", "😀", "😁", "e\u{301}",
  ]
  static let measures = [
    Measure(name: "final(a_b)", heading: "a_b & c", unit: "%", digits: 1),
    Measure(name: "mean(π≤∞)", heading: "π ≤ ∞ × ½", digits: 3),
  ]
  static let seeds = [1, 2, 3]

  static let claims = [
    claim(says: "{50 %} of #1 & more \\ are ~better_ ^than^ $0", values: [1.1, 1.3, 1.2]),
    claim(says: "שלום <b>", values: [0.4, nil, 0.2]),
  ]

  private static func claim(says: String, values: [Double?]) -> ClaimResult {
    let part = ClaimResult.Part(
      text: "final(a_b) | level 1 > 0", arms: ["level 1", labels[0]], unit: "%", digits: 1,
      region: .above(0), values: values.map { $0.map { .value($0) } ?? .hole(Hole(.missing)) })
    return ClaimResult(
      says: says, expect: part.text, confidence: 0.95, logic: .part(0), parts: [part])
  }

  static let results = StudyResults(
    name: "hostile_study & 50%", title: "#1 ~ {open",
    question: "Does \\end{document} end it? 100 %",
    source: "Müller & Söhne, §3_1", command: "./ablate run abl%ations/\\x.json",
    axis: "a_x^is", seeds: seeds, measures: measures,
    arms: labels.enumerated().map { place, label in
      ArmResult(
        label: label, isBaseline: place == 0,
        trials: seeds.map { seed in
          TrialResult(
            seed: seed, identity: "",
            observations: measures.indices.map { measure in
              place == 2 && seed == 2
                ? .hole(Hole(.failed, reason: "no such file '_&%' \u{7}"))
                : .value(Double(10 * place + 3 * measure) + 0.37 * Double(seed * seed + place % 3))
            })
        })
    },
    claims: claims,
    provenance: ReportProvenance(numerics: 1, machine: "m_1", promisesBits: true),
    notes: [
      ReportNote(
        title: "Note & % {", text: "½ $x$",
        tables: [
          Table(
            columns: [.init(key: "k", heading: "[h]", kind: .text)],
            rows: [Table.Row([.text("[2cm] bracket")]), Table.Row([.text("*")])])
        ])
    ])
}
