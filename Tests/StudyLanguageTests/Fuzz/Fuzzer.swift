import Foundation
import Reproducibility

/// Inputs made of the corpus by chance, numbered: input n is always the same, so whatever it does can be
/// done again.
struct Fuzzer: Sendable {
  let corpus: Corpus
  private let mutator: Mutator
  private let expressionMutator: Mutator
  private let studies: [Corpus.File]
  private let recipes: [Corpus.File]
  private static let seed = Seed(0).derive("fuzz")

  /// Longer than this for one input is a fault. The limit leaves room for a busy machine: the
  /// slowest take some milliseconds.
  static let timeLimit = Duration.seconds(5)

  init() throws {
    corpus = try Corpus()
    mutator = Mutator(pieces: corpus.files.map(\.bytes) + corpus.expressions)
    expressionMutator = Mutator(pieces: corpus.expressions)
    studies = corpus.files("study-")
    recipes = corpus.files("recipe-")
  }

  enum Kind: String, CaseIterable {
    case json = "texts of JSON"
    case expression = "expressions"
    case study = "studies"
  }

  /// Of twenty inputs one is a study, four are expressions, the rest go through the parser of JSON.
  static func kind(of number: Int) -> Kind {
    switch number % 20 {
    case 0: .study
    case 1...4: .expression
    default: .json
    }
  }

  /// - Returns: what is wrong with how input `number` is read; nil when nothing is.
  func complaint(about number: Int) -> String? {
    var random = RandomStream(Self.seed.derive(number))
    let clock = ContinuousClock()
    let start = clock.now
    let complaint =
      switch Self.kind(of: number) {
      case .json:
        JSONInput.complaint(about: mutator.spoilt(random.element(of: corpus.files).bytes, &random))
      case .expression:
        ExpressionInput.complaint(
          about: expressionMutator.spoilt(random.element(of: corpus.expressions), &random))
      case .study: studyComplaint(&random)
      }
    let time = clock.now - start
    return complaint ?? (time > Self.timeLimit ? "it took \(time)" : nil)
  }

  /// One of the corpus's studies, with itself or its recipes spoilt.
  private func studyComplaint(_ random: inout RandomStream) -> String? {
    var files = MemoryFiles([:])
    let study = random.element(of: studies)
    let isStudySpoilt = random.chance(0.5)
    files.files[study.name] = isStudySpoilt ? mutator.spoilt(study.bytes, &random) : study.bytes
    for recipe in recipes {
      files.files[recipe.name] =
        isStudySpoilt ? recipe.bytes : mutator.spoilt(recipe.bytes, &random)
    }
    return StudyInput.complaint(about: study.name, in: files)
  }
}

/// The number of the input that is being tried, in a file: after a crash or a hang it is the culprit's.
struct InputLog {
  let path: String
  private let handle: FileHandle

  init() throws {
    path =
      FileManager.default.temporaryDirectory.appending(
        path: "ablate-fuzz-\(ProcessInfo.processInfo.processIdentifier)"
      ).path
    _ = FileManager.default.createFile(atPath: path, contents: nil)
    handle = try FileHandle(forUpdating: URL(fileURLWithPath: path))
  }

  func note(_ number: Int) throws {
    try handle.seek(toOffset: 0)
    try handle.write(contentsOf: Data("\(number)\n".utf8))
  }

  func remove() { try? FileManager.default.removeItem(atPath: path) }
}
