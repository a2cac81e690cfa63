import Diagnostics
import Reproducibility
import Testing

@testable import StudyLanguage

@Suite("Reading survives anything")
struct RobustnessTests {
  /// A good file with a few pieces of it changed, moved, doubled or cut.
  private func spoilt(_ text: String, _ random: inout RandomStream) -> [UInt8] {
    var bytes = Array(text.utf8)
    for _ in 0..<random.integer(in: 1...4) {
      let at = random.integer(in: 0...bytes.count - 1)
      let count = random.integer(in: 1...min(12, bytes.count - at))
      switch random.integer(in: 0...5) {
      case 0: bytes[at] = UInt8(random.integer(in: 0...255))
      case 1: bytes.removeSubrange(at..<at + count)
      case 2: bytes.insert(contentsOf: bytes[at..<at + count], at: at)
      case 3:
        let words = [
          "null", "[]", "{}", "-1", "1e9", "\"\"", "\"heat\"", "true", ",", "\"a.b[0]\"",
        ]
        bytes.insert(contentsOf: words[random.integer(in: 0...words.count - 1)].utf8, at: at)
      case 4:
        let other = random.integer(in: 0...bytes.count - 1)
        bytes.swapAt(at, other)
      default: bytes = Array(bytes[..<max(1, at)])
      }
      if bytes.isEmpty { return [0] }
    }
    return bytes
  }

  @Test("a spoilt study is read or refused with places inside its files", arguments: 0..<60)
  func spoiltStudies(seed: UInt64) {
    var random = RandomStream(Seed(seed).derive("spoilt"))
    for round in 0..<20 {
      var files = MemoryFiles([
        "ablations/s.json": StudyReaderTests.whole, "ablations/recipes/rye.json": Bakery.recipe,
      ])
      let spoiltFile =
        round.isMultiple(of: 2) ? "ablations/s.json" : "ablations/recipes/rye.json"
      let text = round.isMultiple(of: 2) ? StudyReaderTests.whole : Bakery.recipe
      files.files[spoiltFile] = spoilt(text, &random)
      do {
        let study = try StudyReader(files: files, recipe: Bakery.schema).read("ablations/s.json")
        #expect(!study.arms.isEmpty && study.arms.indices.contains(study.baseline))
        #expect(!study.seeds.isEmpty && !study.measures.isEmpty)
      } catch {
        #expect(error.hasErrors, "seed \(seed), round \(round)")
        for diagnostic in error.diagnostics {
          #expect(!diagnostic.what.isEmpty && !diagnostic.why.isEmpty && !diagnostic.help.isEmpty)
          #expect(diagnostic.text.contains("\n"))
          guard let span = diagnostic.span else { continue }
          #expect(
            span.range.upperBound <= span.source.bytes.count + 1,
            "seed \(seed), round \(round): \(diagnostic.what)")
        }
      }
    }
  }
}
