import Reproducibility

extension ProblemFileFault: CustomStringConvertible {
  package var description: String {
    "\(file):\(line):\(column): error: \(reason.what)\n  why:  \(reason.why)\n  help: \(reason.help)"
  }
}

extension ProblemFileFaults: CustomStringConvertible {
  package var description: String {
    let count = faults.count == 1 ? "1 error" : "\(faults.count) errors"
    return faults.map(\.description).joined(separator: "\n") + "\n\(count)"
  }
}

extension ProblemFileFault.Reason {
  /// The fault in a line.
  package var what: String {
    switch self {
    case .emptyFile: "the file has no problem"
    case .notJSON(let reason): "not JSON: \(reason.wording)"
    case .notAnObject(let found): "expected an object, found \(found)"
    case .missingKey(let key): "the key '\(key)' is missing"
    case .unknownKey(let key, let domain?): "unknown key '\(key)' in a \(domain.rawValue) problem"
    case .unknownKey(let key, nil): "unknown key '\(key)'"
    case .unknownTestKey(let key): "unknown key '\(key)' in a test"
    case .wrongType(let key, let expected, let found):
      "'\(key)' must be \(expected), found \(found)"
    case .emptyText(let key): "'\(key)' is empty"
    case .unknownDomain(let name): "unknown domain '\(name)'"
    case .numberOutOfRange(let key, let limit):
      "'\(key)' must be a whole number in −\(limit)…\(limit)"
    case .notInVocabulary(let key, let fault): "'\(key)' cannot be written in tokens: \(fault)"
    case .promptTooLong(let tokens, let limit):
      "the prompt has \(tokens) tokens; at most \(limit) are allowed"
    case .bracketInAnswer: "the answer holds a square bracket"
    case .answerDiffers(let answer, let value):
      "the answer is '\(answer)', but the prompt's expression is \(value)"
    case .noTests: "'tests' is empty"
    case .referenceRefused(let reason): "the reference program is refused: \(reason)"
    case .duplicateID(let id, let firstLine): "the id '\(id)' is already that of line \(firstLine)"
    case .sameProblem(let firstLine): "the problem is the same as that of line \(firstLine)"
    }
  }

  /// Why the rule exists.
  package var why: String {
    switch self {
    case .emptyFile: "there would be nothing to train or to be tested on"
    case .notJSON, .notAnObject: "a problem file is JSON Lines: every line is one problem"
    case .missingKey, .emptyText: "a problem without it cannot be posed or verified"
    case .unknownKey, .unknownTestKey:
      "only keys that are read may be written, so that a typo cannot become a silent omission"
    case .wrongType: "a value of another type would have to be guessed at"
    case .unknownDomain: "the domain decides how a response is verified"
    case .numberOutOfRange: "programs compute within these limits, so none could pass the test"
    case .notInVocabulary: "the policy reads and writes nothing but the tokens of the vocabulary"
    case .promptTooLong: "prompt and response share the policy's context"
    case .bracketInAnswer: "square brackets mark the answer box, so no response could be right"
    case .answerDiffers: "a right response would be scored 0, and a wrong one 1"
    case .noTests: "a program that is run on nothing would always pass"
    case .referenceRefused: "a problem that its own reference does not solve cannot be trusted"
    case .duplicateID: "pass rates and scores are kept by id"
    case .sameProblem: "a problem that comes twice counts twice"
    }
  }

  /// What to do.
  package var help: String {
    switch self {
    case .emptyFile:
      "write one problem a line, or generate some: ablate problems generate"
    case .notJSON, .notAnObject:
      #"a line looks like {"id":"sum-1","domain":"math","prompt":"M4+7=","answer":"11"}"#
    case .missingKey(let key), .emptyText(let key): "add '\(key)'"
    case .unknownKey(_, let domain?):
      "the keys are \(ProblemLineReader.keys(of: domain).joined(separator: ", "))"
    case .unknownKey(_, nil):
      "math has \(ProblemLineReader.keys(of: .math).joined(separator: ", ")); "
        + "code has \(ProblemLineReader.keys(of: .code).joined(separator: ", "))"
    case .unknownTestKey: "the keys are input, output"
    case .wrongType(let key, let expected, _): "give '\(key)' \(expected)"
    case .unknownDomain:
      "the domains are \(Domain.allCases.map(\.rawValue).joined(separator: ", "))"
    case .numberOutOfRange: "use a smaller whole number"
    case .notInVocabulary:
      "the tokens are \(Vocabulary.symbols.map(String.init).joined(separator: " ")) "
        + "and the numbers 0…99, without spaces"
    case .promptTooLong: "shorten the prompt"
    case .bracketInAnswer: "write the answer without brackets, as it would stand in the box"
    case .answerDiffers(_, let value): "write \"\(value)\", or mend the prompt"
    case .noTests: #"add tests such as {"input":3,"output":12}"#
    case .referenceRefused: "mend the program or the tests, or leave 'reference' out"
    case .duplicateID: "give every problem an id of its own"
    case .sameProblem: "remove one of the two"
    }
  }
}
