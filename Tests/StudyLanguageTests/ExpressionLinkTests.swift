import Testing

@testable import StudyLanguage

@Suite("comparisons of a claim")
struct ExpressionLinkTests {
  private func links(_ text: String) throws -> [Expression.Link] { try Expression(text).links }

  private static let values: [String: ExpressionValue] = [
    "final(m | a)": .number(5), "final(m | b)": .number(3), "steps_to(m, 40 | a)": .number(100),
  ]

  private func value(_ link: Expression.Link) throws -> Double {
    try link.value { Self.values[$0] }
  }

  @Test("an order is a difference of which the larger side stands first")
  func order() throws {
    for text in ["final(m | a) > final(m | b)", "final(m | b) <= final(m | a)"] {
      let link = try #require(try links(text).first)
      #expect(link.region == .above(0) && link.text == text)
      #expect(try value(link) == 2)
      #expect(Set(link.measures.map(\.arm)) == ["a", "b"])
    }
    for (text, region) in [
      ("final(m | a) - final(m | b) > 0.5", .above(0.5)),
      ("2 + 2 >= final(m | a) - final(m | b)", .below(4)),
      ("final(m | a) - final(m | b) < 9", .below(9)),
      ("-1 < final(m | a) - final(m | b)", .above(-1)),
    ] as [(String, Expression.Link.Region)] {
      let link = try links(text)[0]
      #expect(try value(link) == 2 && link.region == region, "\(text)")
    }
  }

  @Test("equality is nearness to 0, and a limit on abs is one on what is inside")
  func nearness() throws {
    #expect(try links("final(m | a) == final(m | b)")[0].region == .within(0))
    #expect(try links("final(m | a) != final(m | b)")[0].region == .outside(0))
    let near = try links("abs(final(m | b) - final(m | a)) < 1.5")[0]
    #expect(near.region == .within(1.5))
    #expect(try value(near) == -2)
    #expect(try links("1.5 >= abs(final(m | a) - final(m | b))")[0].region == .within(1.5))
    #expect(try links("abs(final(m | a) - final(m | b)) > 1.5")[0].region == .outside(1.5))
    // A limit that is measured itself is no constant: the comparison stays a difference.
    let measured = try links("abs(final(m | a)) < final(m | b)")[0]
    #expect(measured.region == .above(0))
    #expect(try value(measured) == -2)
  }

  @Test("a chain is all of its links, and joined comparisons fold in their order")
  func fold() throws {
    let text = "1 < final(m | b) < final(m | a) or not (final(m | a) > 9 and true)"
    #expect(
      try links(text).map(\.text) == [
        "1 < final(m | b)", "final(m | b) < final(m | a)", "final(m | a) > 9",
      ])
    let folded = try Expression(text).fold(
      link: { $0.text }, all: { "all(\($0.joined(separator: "; ")))" },
      any: { "any(\($0.joined(separator: "; ")))" }, not: { "not(\($0))" }, other: { "?" })
    #expect(
      folded
        == "any(all(1 < final(m | b); final(m | b) < final(m | a)); not(all(final(m | a) > 9; ?)))")
  }

  @Test("a measure may take numbers, and its name has them")
  func numbers() throws {
    let link = try #require(try links("steps_to(m, 40 | a) < 200").first)
    #expect(link.measures.map(\.name) == ["steps_to(m, 40 | a)"])
    #expect(link.measures[0].numbers == [40] && link.measures[0].measure == "steps_to(m, 40)")
    #expect(try value(link) == 100)
    #expect(throws: ExpressionFault.self) { try Expression("steps_to(m, n | a) < 200") }
    #expect(throws: ExpressionFault.self) { try Expression("steps_to(40 | a) < 200") }
  }
}
