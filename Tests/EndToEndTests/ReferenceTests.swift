import Foundation
import Testing

/// The committed files that are made from the table of keys.
@Suite("generated references")
struct ReferenceTests {
  struct Reference: Sendable, CustomTestStringConvertible {
    var file: String
    var command: [String]
    var testDescription: String { file }
  }

  static let references = [
    Reference(file: "docs/study-format.md", command: ["keys"]),
    Reference(file: "docs/study.schema.json", command: ["schema"]),
    Reference(file: "docs/recipe.schema.json", command: ["schema", "--recipe"]),
  ]

  @Test("each says what the program reads", arguments: references)
  func current(_ reference: Reference) throws {
    let place = try Place()
    let path = "\(AblateProgram.repository)/\(reference.file)"
    let ended = try place.start(reference.command + ["--check", path]).end()
    let cure = (["./ablate"] + reference.command + ["--write", reference.file])
      .joined(separator: " ")
    #expect(ended.code == 0, "\(ended.error)the keys have changed; run: \(cure)")
  }

  @Test("a schema is written, is what is printed, and is found current")
  func schema() throws {
    let place = try Place()
    for options in [[], ["--recipe"]] {
      let printed = try place.start(["schema"] + options).end()
      #expect(printed.code == 0 && printed.error.isEmpty)
      let written = try place.start(["schema"] + options + ["--write", "s.json"]).end()
      #expect(written.code == 0 && written.output.isEmpty)
      #expect(try place.text("s.json") == printed.output)
      let checked = try place.start(["schema"] + options + ["--check", "s.json"]).end()
      #expect(checked.code == 0 && checked.output == "s.json is current\n")
    }
  }

  @Test("a schema that cannot be written says so")
  func notWritten() throws {
    let ended = try Place().ablate("schema", "--write", "none/s.json")
    #expect(ended.code == 3)
    #expect(ended.error.hasPrefix("error: cannot write the schema to 'none/s.json'\n  why:  "))
    #expect(ended.error.contains("No such file or directory"))
  }
}
