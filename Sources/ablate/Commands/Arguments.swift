import Diagnostics

/// The words after the verb. Each option is taken by the command that knows it; what is left at the
/// end is refused, so that no option is parsed and ignored.
final class Arguments {
  private let command: any Command.Type
  private var words: [String]
  private var known: [String] = []

  init(_ words: [String], of command: any Command.Type) {
    self.command = command
    // `--name=value` is two words.
    self.words = words.flatMap { word -> [String] in
      guard word.hasPrefix("--"), let mark = word.firstIndex(of: "=") else { return [word] }
      return [String(word[..<mark]), String(word[word.index(after: mark)...])]
    }
  }

  /// Whether the option without a value was given.
  func flag(_ name: String) -> Bool {
    known.append(name)
    let count = words.count
    words.removeAll { $0 == name }
    return words.count < count
  }

  /// The value of an option; nil when it was not given.
  ///
  /// - Throws: ``CommandFault`` when the option has no value.
  func value(_ names: String...) throws -> String? { try value(of: names) }

  /// The values of an option that may be given many times.
  func values(_ name: String) throws -> [String] {
    var found: [String] = []
    known.append(name)
    while let place = words.firstIndex(of: name) {
      words.remove(at: place)
      guard place < words.count, !words[place].hasPrefix("--") else {
        throw fault("'\(name)' needs a value")
      }
      found.append(words.remove(at: place))
    }
    return found
  }

  private func value(of names: [String]) throws -> String? {
    known += names
    guard let place = words.firstIndex(where: { names.contains($0) }) else { return nil }
    let name = words.remove(at: place)
    guard place < words.count, !words[place].hasPrefix("--") else {
      throw fault("'\(name)' needs a value")
    }
    let value = words.remove(at: place)
    if words.contains(where: names.contains) { throw fault("'\(name)' is given twice") }
    return value
  }

  /// The value of an option as a whole number of a range.
  func integer(_ names: String..., in range: ClosedRange<Int>) throws -> Int? {
    guard let text = try value(of: names) else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw fault(
        "'\(names[0]) \(text)' is not a whole number from \(range.lowerBound) to \(range.upperBound)"
      )
    }
    return number
  }

  /// The value of an option that names one of several choices.
  func choice<Choice: RawRepresentable & CaseIterable>(
    _ name: String, as type: Choice.Type
  ) throws -> Choice? where Choice.RawValue == String {
    guard let text = try value(name) else { return nil }
    if let choice = Choice(rawValue: text) { return choice }
    let all = type.allCases.map(\.rawValue)
    throw fault(
      "'\(name) \(text)' is none of \(all.joined(separator: ", "))", near: text, among: all)
  }

  /// The next word that is no option.
  func next() -> String? {
    guard let place = words.firstIndex(where: { !$0.hasPrefix("-") || $0 == "-" }) else {
      return nil
    }
    return words.remove(at: place)
  }

  /// The one word that the command works on.
  func single(_ what: String) throws -> String {
    guard let word = next() else { throw fault("no \(what) was named") }
    return word
  }

  /// Refuses what no one took.
  func finish() throws {
    guard let word = words.first else { return }
    throw word.hasPrefix("-")
      ? fault("unknown option '\(word)'", near: word, among: known)
      : fault("'\(word)' is one word too many")
  }

  func fault(_ what: String, near word: String? = nil, among names: [String] = []) -> CommandFault {
    let suggestion = word.flatMap { Suggestion.closest(to: $0, among: names) }
    let help = suggestion.map { "did you mean '\($0)'? " } ?? ""
    return CommandFault(
      what: what, why: "usage: \(command.usage.split(separator: "\n")[0])",
      help: "\(help)ablate help \(command.name) shows every option")
  }
}
