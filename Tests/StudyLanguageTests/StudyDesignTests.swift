import Diagnostics
import Testing

@testable import StudyLanguage

@Suite("Studies with designs, conditions and formulas")
struct StudyDesignTests {
  /// The bakery's study with other axes and further members.
  private func study(_ axes: String, _ more: String = "") throws(StudyFaults) -> Study {
    try read(
      study: Bakery.study.with("\"loaves\": [4, 8]", axes).with(
        "\"seeds\"", more.isEmpty ? "\"seeds\"" : "\(more), \"seeds\""))
  }

  private static let switches = """
    "lid": {"no lid": {}, "lid": {"cover": true}},
    "crust": {"thin": {}, "thick": {"crust": "thick"}},
    "flour": {"key": "dough.flour", "values": [400, 600]}
    """

  @Test("arms of each design are called by what tells them apart")
  func labels() throws {
    let one = try study(
      Self.switches, #""design": "one-at-a-time", "baseline": {"crust": "thick"}"#)
    #expect(
      one.arms.map(\.label) == ["no lid, thick, flour=400", "lid", "thin", "flour=600"])
    #expect(one.baseline == 0)
    let left = try study(Self.switches, #""design": "leave-one-out""#)
    #expect(left.arms.map(\.label) == ["all", "without lid", "without crust", "without flour"])
    #expect(left.arms[0].variants.map(\.variant) == ["lid", "thick", "600"])
    let path = try study(Self.switches, #""design": {"kind": "path"}"#)
    #expect(path.arms.map(\.label) == ["start", "+ lid", "+ thick", "+ flour=600"])
    #expect(path.arms[3].settings.record("dough").number("flour") == 600)
    #expect(path.arms[3].settings.boolean("cover"))
    let zip = try study(Self.switches, #""design": "zip""#)
    #expect(zip.arms.map(\.label) == ["no lid, thin, flour=400", "lid, thick, flour=600"])
  }

  @Test("a fraction of a factorial runs its share and says what it confounds")
  func factorial() throws {
    let half = try study(Self.switches, #""design": {"kind": "factorial", "fraction": "1/2"}"#)
    #expect(
      half.arms.map { $0.variants.map(\.variant) } == [
        ["no lid", "thin", "600"], ["no lid", "thick", "400"], ["lid", "thin", "400"],
        ["lid", "thick", "600"],
      ])
    #expect(
      half.aliases == [
        "4 of 8 combinations, resolution III", "lid = crust × flour", "crust = lid × flour",
        "flour = lid × crust",
      ])
    #expect(try study(Self.switches, #""design": "product""#).aliases.isEmpty)
  }

  @Test("blocks are joined in their order, and a combination of two blocks is one arm")
  func blocks() throws {
    let blocks = """
      "blocks": [
        {"axes": ["lid"], "design": "product"},
        {"axes": ["flour", "crust"], "variants": {"lid": "lid"}},
        {"arms": [{"label": "mine", "changes": {"loaves": 12}}]}
      ]
      """
    let study = try study(Self.switches, blocks)
    #expect(
      study.arms.map(\.label) == [
        "no lid, thin, flour=400", "lid, thin, flour=400", "lid, thin, flour=600",
        "lid, thick, flour=400", "lid, thick, flour=600", "mine",
      ])
    #expect(study.merged.isEmpty && study.warnings.isEmpty)
    #expect(study.arms[5].settings.integer("loaves") == 12)
  }

  @Test(
    "conditions cut combinations by axes and by settings",
    arguments: [
      (#""exclude": "lid == 'lid' and flour > 500""#, [0, 1, 2, 3, 4, 6]),
      (#""exclude": ["lid == 'lid'", "crust == 'thick'"]"#, [0, 1]),
      (#""exclude": "arm.'lid' in ['lid', 'no lid'] and flour not in [400]""#, [0, 2, 4, 6]),
      (#""only_if": "flour == 400 or lid == 'lid'""#, [0, 2, 4, 5, 6, 7]),
      (#""only_if": {"flour": "lid == 'lid'", "crust": "flour == 400"}"#, [0, 2, 4, 5, 6]),
      (#""exclude": "dough.flour * loaves > 4000 and cover""#, [0, 1, 2, 3, 4, 6]),
      (#""only_if": "stages[1].heat.share < 0.3 and stages.first.minutes == 20""#, Array(0..<8)),
    ])
  func conditions(text: String, kept: [Int]) throws {
    let all = try study(Self.switches).arms.map(\.label)
    #expect(try study(Self.switches, text).arms.map(\.label) == kept.map { all[$0] })
  }

  @Test("formulas are computed from the arm's own settings, defaults and other formulas included")
  func formulas() throws {
    let axes = """
      "flour": {"key": "dough.flour", "values": [400, 600]},
      "loaves": {
        "few": {"loaves": "= round(dough.flour / 100)"},
        "many": {"loaves": "= 2 * stages.first.minutes", "stages.first.minutes": "= loaves_of + 1"}
      }
      """.with("loaves_of + 1", "dough.rests + 5")
    let study = try study(axes)
    #expect(study.arms.map { $0.settings.integer("loaves") } == [4, 14, 6, 14])
    let text = try self.study(
      #""loaves": [4, 8]"#, #""baseline": "loaves=8""#)
    #expect(text.baseline == 1)
    let recipe = Bakery.recipe.with(
      #""minutes": 20"#, #""minutes": "= min(60, 10 * loaves)", "warmth": "= 100 + minutes2""#
    ).with("minutes2", "stages[0].minutes")
    let read = try read(recipe: recipe)
    let stages = read.arms.map { $0.settings.list("stages")[0] }
    #expect(stages.map { $0.integer("minutes") } == [40, 60])
    #expect(stages.map { $0.schedule("warmth").constant } == [140, 160])
  }

  /// Arms share what they do not change; what is shared must be what each arm would have had alone.
  @Test("each arm of many has the recipe that it has in a study of its own")
  func sharing() throws {
    let axes = """
      "heat": {"coal": {"stages.second.heat": {"kind": "coal", "kilos": 3}}, "stone": {"stages.second.heat": "stone"},
        "steam": {"stages.second.heat.share": 0.5}},
      "dough": {"plain": {}, "salt": {"dough.salt": 0.25}, "null": {"dough": null}},
      "glaze": {"none": {}, "egg": {"glaze": {"egg": 2}}, "bare": {"glaze": {}}},
      "loads": {"top": {}, "both": {"stages.second.loads.low": 3}, "first": {"stages.first.loads": {"low": 1}}}
      """
    let all = try study(axes).arms
    #expect(all.count == 54, "null and plain dough are one experiment")
    for arm in all {
      let named = arm.variants.map { "\"\($0.axis)\": \"\($0.variant)\"" }.joined(separator: ", ")
      let alone = try study(axes, "\"arms\": [{\"variants\": {\(named)}}]").arms
      #expect(alone.map(\.canonicalRecipe) == [arm.canonicalRecipe], "\(arm.label)")
      #expect(alone.map(\.recipe) == [arm.recipe], "\(arm.label)")
    }
  }

  @Test("equal arms are run once, under the first name, and said")
  func merging() throws {
    let study = try study(
      #""lid": {"no lid": {}, "lid": {"cover": true}, "open": {"cover": false}}"#,
      #""baseline": {"lid": "open"}"#)
    #expect(study.arms.map(\.label) == ["no lid", "lid"])
    #expect(study.merged.map(\.label) == ["open"] && study.merged.map(\.into) == ["no lid"])
    #expect(study.baseline == 0, "the merged arm's name still names it")
    #expect(
      study.warnings.map(\.text) == [
        """
        ablations/s.json:6:51: warning: arms 'no lid' and 'open' are the same experiment
            6 |     "lid": {"no lid": {}, "lid": {"cover": true}, "open": {"cover": false}}
              |                                                   ^~~~~~
          why:  they differ in no setting that is read; it is run once, as 'no lid'
          help: remove one of the two, or look for the setting that was meant to differ
        """
      ])
  }

  @Test("axes that always move together are warned of")
  func confounding() throws {
    let study = try study(Self.switches, #""design": "zip""#)
    #expect(study.warnings.count == 3)
    #expect(
      study.warnings.first?.text == """
        ablations/s.json:7:1: warning: axes 'lid' and 'crust' always move together
            7 | "crust": {"thin": {}, "thick": {"crust": "thick"}},
              | ^~~~~~~
          why:  which of them made a difference cannot be told: no lid with thin, lid with thick
          help: add an arm in which only one of them moves, or make them one axis
        """)
    #expect(try self.study(Self.switches).warnings.isEmpty)
  }

  @Test("claims name arms by label or variant, and warn where more than one axis differs")
  func claims() throws {
    let claims = """
      "claims": [
        {"says": "A lid helps.", "expect": "final(crumb | lid) - final(crumb | no lid) > 0"},
        {
          "says": "More flour does not hurt.", "axis": "flour", "confidence": 0.9, "margin": 1,
          "expect": "mean(crust | no lid, thin, flour=600) >= mean(crust | 'no lid, thin, flour=400')"
        },
        {"says": "Both.", "expect": "final(crumb | lid, thin, flour=400) > final(crumb | 600)", "axis": "lid"}
      ]
      """
    let study = try study(Self.switches, claims)
    #expect(study.claims.map(\.says) == ["A lid helps.", "More flour does not hurt.", "Both."])
    #expect(
      study.claims[0].arms == ["final(crumb | lid)": 4, "final(crumb | no lid)": 0])
    #expect(study.claims[1].confidence == 0.9 && study.claims[1].margin == 1)
    #expect(
      study.claims[1].arms == [
        "mean(crust | no lid, thin, flour=600)": 1, "mean(crust | no lid, thin, flour=400)": 0,
      ])
    let value = try study.claims[0].expect.value { name in
      study.claims[0].arms[name].map { .number(Double($0)) }
    }
    #expect(value == .boolean(true))
    #expect(
      study.warnings.map(\.what) == ["the arms of a claim about 'lid' differ in 'flour' too"])
  }
}
