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

  init() throws {
    corpus = try Corpus()
    mutator = Mutator(pieces: corpus.files.map(\.bytes) + corpus.expressions)
    expressionMutator = Mutator(pieces: corpus.expressions)
    studies = corpus.files("study-")
    recipes = corpus.files("recipe-")
  }

  /// Input `number`. Of twenty inputs one is a study, four are expressions, the rest go through the
  /// parser of JSON.
  func input(_ number: Int) -> Input {
    var random = RandomStream(Self.seed.derive(number))
    switch number % 20 {
    case 0: return study(&random)
    case 1...4:
      let text = random.element(of: corpus.expressions)
      let bytes = expressionMutator.spoilt(text, &random)
      // An expression comes out of a string of JSON, so it is text.
      return Input(.expression(String(decoding: bytes, as: UTF8.self)), bytes: bytes)
    default:
      return Input(.json, bytes: mutator.spoilt(random.element(of: corpus.files).bytes, &random))
    }
  }

  /// One of the corpus's studies, with itself or the recipes spoilt; those that it may extend are there.
  private func study(_ random: inout RandomStream) -> Input {
    let study = random.element(of: studies)
    let isStudySpoilt = random.chance(0.5)
    let bytes = isStudySpoilt ? mutator.spoilt(study.bytes, &random) : study.bytes
    var files = MemoryFiles([:])
    for file in studies { files.files[file.name] = file.bytes }
    files.files[study.name] = bytes
    for recipe in recipes {
      files.files[recipe.name] =
        isStudySpoilt ? recipe.bytes : mutator.spoilt(recipe.bytes, &random)
    }
    return Input(.study(study.name, files), bytes: bytes)
  }
}

/// A text, or a study with its recipes, that is to be read.
struct Input: Sendable {
  enum Kind: Sendable {
    case json
    case expression(String)
    case study(String, MemoryFiles)
  }

  let kind: Kind
  /// The text; of a study, that of its own file.
  let bytes: [UInt8]

  init(_ kind: Kind, bytes: [UInt8]) {
    self.kind = kind
    self.bytes = bytes
  }

  var kindName: String {
    switch kind {
    case .json: "texts of JSON"
    case .expression: "expressions"
    case .study: "studies"
    }
  }

  func outcome() -> Outcome {
    switch kind {
    case .json: JSONInput.outcome(of: bytes)
    case .expression(let text): ExpressionInput.outcome(of: text)
    case .study(let name, let files): StudyInput.outcome(of: name, in: files)
    }
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
