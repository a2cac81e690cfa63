import Reproducibility
import Testing

@testable import StudyLanguage

@Suite("The page of all keys")
struct ReferenceTests {
  private static let schemas = [StudySchema.schema, Bakery.schema]

  /// Every object that can be written below a schema, each once, found without the renderer.
  private func records(below schema: RecordSchema) -> [RecordSchema] {
    [schema] + schema.keys.flatMap { records(in: $0.type) }
  }

  private func records(in type: ValueType) -> [RecordSchema] {
    switch type {
    case .record(let schema), .byName(let schema): records(below: schema)
    case .union(_, let cases): cases.flatMap { records(below: $0) }
    case .list(let inner, _, _), .map(let inner), .nullable(let inner): records(in: inner)
    case .either(let types): types.flatMap { records(in: $0) }
    case .schedule: Schedule.cases(.any).flatMap { records(below: $0) }
    case .integer, .number, .boolean, .text, .choice, .expression, .anything, .open: []
    }
  }

  /// The tables of the page, each as the keys of its rows.
  private func tables(of page: String) -> [[String]] {
    page.split(separator: "\n\n").filter { $0.hasPrefix("| key |") }.map { table in
      table.split(separator: "\n").dropFirst(2).map { row in
        String(row.dropFirst(3).prefix { $0 != "`" })
      }
    }
  }

  @Test("every object's keys are the rows of a table, in their order, and nothing else is a row")
  func everyKey() {
    let tables = tables(of: KeyReference(of: Self.schemas).markdown)
    let expected = Self.schemas.flatMap { records(below: $0) }.map { $0.keys.map(\.name) }
      .filter { !$0.isEmpty }
    #expect(Set(tables) == Set(expected))
    #expect(tables.count > 10)
    for table in tables { #expect(Set(table).count == table.count) }
  }

  @Test("an object that two keys share is described once")
  func once() {
    let shared = RecordSchema("shared", keys: [Key("inside", .boolean, default: true, doc: "D.")])
    let outer = RecordSchema(
      "outer",
      keys: ["first", "second"].map { Key($0, .record(shared), default: [:], doc: "D.") })
    #expect(tables(of: KeyReference(of: [outer]).markdown) == [["first", "second"], ["inside"]])
  }

  // MARK: The page around it

  private func page(_ written: String, _ generated: String) -> ReferencePage? {
    ReferencePage("\(written)\(ReferencePage.marker)\n\(generated)")
  }

  @Test("what people wrote stays, byte for byte, and what was generated goes")
  func replaces() throws {
    let text = try #require(page("# Keys\n\nÄ, by hand.\n", "old\n")).ending(in: "new\n")
    #expect(text == "# Keys\n\nÄ, by hand.\n\(ReferencePage.marker)\nnew\n")
    #expect(ReferencePage(text)?.ending(in: "new\n") == text)
  }

  @Test("a page without a marker line of its own, or with two, is none")
  func markers() {
    #expect(ReferencePage("# Keys\n") == nil)
    #expect(ReferencePage("see \(ReferencePage.marker)\n") == nil)
    #expect(page("\(ReferencePage.marker)\n", "") == nil)
    #expect(page("", "") != nil)
  }

  @Test("a difference is named by its line in the whole page")
  func differences() throws {
    let found = try #require(page("# Keys\n\n", "a\nb\n"))
    #expect(found.difference(from: "a\nb\n") == nil)
    // Two lines by hand, the marker is the third, 'b' the fifth.
    #expect(found.difference(from: "a\nc\n") == .init(line: 5, expected: "c", found: "b"))
    #expect(found.difference(from: "a\n") == .init(line: 5, expected: "", found: "b"))
    #expect(found.difference(from: "a\nb\nc\n") == .init(line: 6, expected: "c", found: ""))
    #expect(found.difference(from: "a\nb") == .init(line: 6, expected: nil, found: ""))
  }
}
