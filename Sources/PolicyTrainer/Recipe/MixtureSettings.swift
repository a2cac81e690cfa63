package import ReasoningTasks
import Reproducibility
package import StudyLanguage

/// Which problems to draw and how often each kind; the largest number comes from `tasks`.
package enum MixtureSettings {
  package static let mathSchema = RecordSchema(
    "math mixture",
    keys: [
      Key(
        "operations_from", .integer(1...8), default: 1, unit: "operations",
        source: "ours, docs/experiments.md", doc: "Fewest operations of an expression."),
      Key(
        "operations_to", .integer(1...8), default: 7, unit: "operations",
        source: "ours, docs/experiments.md: 8 lies beyond what any solver was shown",
        doc: "Most operations of an expression."),
      Key(
        "magnitudes", .list(of: .integer(1...2), nonEmpty: true), default: [1, 2],
        source: "ours, docs/experiments.md",
        doc: "1: operands 1…9. 2: half of them 10…15. Each listed one as likely."),
      Key(
        "multiplication", .number(.closed(0, 1)), default: 1, unit: "share",
        source: "ours, docs/experiments.md", doc: "Share of problems in which `*` may occur."),
      Key(
        "brackets", .number(.closed(0, 1)), default: 0.5, unit: "share",
        source: "ours, docs/experiments.md", doc: "Share of problems in which brackets may occur."),
      Key(
        "decay", .number(.closed(0, 16)), default: 0, unit: "halvings",
        source: "ours, docs/experiments.md",
        doc: "How many times one more unit of difficulty halves a kind's weight."),
    ])

  package static let codeSchema = RecordSchema(
    "code mixture",
    keys: [
      Key(
        "families", .map(of: .number(.closed(0, 1000))),
        default: ["1": 1, "3": 1, "4": 1, "5": 1, "8": 1], unit: "weight",
        source: "ours, docs/experiments.md: 2, 6 and 7 are too easy to grade by",
        doc: "Weight of each family of programs, 1…8 (docs/task-language.md)."),
      Key(
        "magnitudes", .list(of: .integer(1...2), nonEmpty: true), default: [1, 2],
        source: "ours, docs/experiments.md", doc: "1: constants 1…9. 2: constants 1…15."),
    ])

  package struct Math: Sendable, Hashable {
    private let operationsFrom: Int
    private let operationsTo: Int
    private let magnitudes: [Int]
    private let multiplication: Double
    private let brackets: Double
    private let decay: Double

    package init(_ settings: Settings) {
      operationsFrom = settings.integer("operations_from")
      operationsTo = settings.integer("operations_to")
      magnitudes = settings.integers("magnitudes")
      multiplication = settings.number("multiplication")
      brackets = settings.number("brackets")
      decay = settings.number("decay")
    }

    /// - Parameter limit: largest value on the way.
    package func mixture(limit: Int) -> ProblemMixture {
      .math(
        MathMixture(
          limit: limit,
          operations: operationsFrom...max(operationsFrom, operationsTo), magnitudes: magnitudes,
          multiplicationShare: multiplication, bracketShare: brackets, weightDecay: decay))
    }

    /// What is wrong between its settings.
    ///
    /// - Parameter path: of the mixture in the recipe.
    func faults(at path: String, limit: Int) -> [RecipeFault] {
      if operationsFrom > operationsTo {
        return [
          RecipeFault(
            path: "\(path).operations_to",
            what: "from \(operationsFrom) to \(operationsTo) operations",
            why: "no expression has a number of operations in that range",
            help: "write at least \(operationsFrom), or lower 'operations_from'")
        ]
      }
      return generationFaults(of: mixture(limit: limit), at: path)
    }
  }

  package struct Code: Sendable, Hashable {
    private let families: [CodeMixture.FamilyWeight]
    private let magnitudes: [Int]
    /// Names in `families` that are no family.
    package let unknownFamilies: [String]

    package init(_ settings: Settings) {
      let known = Dictionary(
        uniqueKeysWithValues: CodeParameters.families.map { (String($0), $0) })
      let weights = settings.map("families").map { ($0.name, $0.value.number) }
      // By number: the order of a file's keys must not decide what is drawn.
      families = weights.compactMap { name, weight in
        known[name].map { CodeMixture.FamilyWeight(family: $0, weight: weight) }
      }.sorted { $0.family < $1.family }
      unknownFamilies = weights.map(\.0).filter { known[$0] == nil }
      magnitudes = settings.integers("magnitudes")
    }

    package func mixture(limit: Int) -> ProblemMixture {
      .code(CodeMixture(limit: limit, families: families, magnitudes: magnitudes))
    }

    /// What is wrong between its settings.
    ///
    /// - Parameter path: of the mixture in the recipe.
    func faults(at path: String, limit: Int) -> [RecipeFault] {
      if unknownFamilies.isEmpty { return generationFaults(of: mixture(limit: limit), at: path) }
      return unknownFamilies.map { name in
        RecipeFault(
          path: "\(path).families.\(name)", what: "unknown family of programs '\(name)'",
          why: "there are \(CodeParameters.families.map(String.init).joined(separator: ", "))",
          help: "use one of them, or take it out")
      }
    }
  }

  /// What the generator itself would refuse.
  private static func generationFaults(
    of mixture: ProblemMixture, at path: String
  ) -> [RecipeFault] {
    do throws(GenerationFault) {
      _ = try ProblemSource(mixture)
      return []
    } catch {
      return [RecipeFault(path: path, what: error.what, why: error.why, help: error.help)]
    }
  }
}

extension Settings {
  /// Keys beside `file` that say how problems are drawn and differ from their defaults: with a file
  /// they would be read and ignored.
  func keysSilencedByFile(_ schema: RecordSchema, except kept: Set<String> = []) -> [String] {
    if optionalText("file") == nil { return [] }
    return schema.keys.filter { key in
      key.name != "file" && !kept.contains(key.name) && value[key.name] != key.defaultValue
    }.map(\.name)
  }
}

/// A fault for each key that a problem file silences.
func fileFaults(_ keys: [String], at path: String) -> [RecipeFault] {
  keys.map { key in
    RecipeFault(
      path: "\(path).\(key)", what: "'\(key)' beside a problem file",
      why: "the problems are those of the file, so the setting would be read and ignored",
      help: "take out '\(key)', or the 'file'")
  }
}
