import Diagnostics
import Reproducibility

extension SettingFault {
  /// `stages.first.steps: expected …`, for settings that stand in no file.
  var line: String { path.isEmpty ? what : "\(path): \(what)" }

  private var name: String { key?.name ?? "this" }
  private var purpose: String { key.map { " for '\($0.name)'" } ?? "" }

  /// The fault in one line.
  var what: String {
    switch reason {
    case .unknownKey(let key, let schema, _): "unknown key '\(key)' in \(container(schema))"
    case .missingKey(let key, let schema): "'\(key.name)' is missing in \(container(schema))"
    case .wrongForm(let found):
      "expected \(type?.wording ?? "another value")\(purpose), found \(found.rawValue)"
    case .notAnInteger(let number):
      "expected \(type?.wording ?? "an integer")\(purpose), found \(ecmaScriptNumber(number))"
    case .outOfRange(let number):
      "'\(name)' is \(ecmaScriptNumber(number)), not \(type?.wording ?? "in its range")"
    case .notAChoice(let word, _): "'\(word)' is no choice for '\(name)'"
    case .missingKind(let tag, _): "'\(tag)' is missing in '\(name)'"
    case .unknownKind(let word, _): "'\(word)' is no kind of '\(name)'"
    case .emptyList: "'\(name)' is an empty list"
    case .repeatedName(let name): "the name '\(name)' comes twice"
    case .expression(let fault): fault.what
    case .schedule(let fault): fault.what
    case .malformedPath(let path, let part): "'\(path)' is no path: \(part)"
    case .noParts(.open): "'\(path)' is a single value and has no parts"
    case .noParts(let type): "'\(path)' is \(type.wording) and has no parts"
    case .noElement(.name(let name), _): "'\(path)' has no element '\(name)'"
    case .noElement(.index(let index), let names):
      "'\(path)' has no element [\(index)], only \(names.count)"
    case .noElement(.appended, _): "the new element of '\(path)' has no parts yet"
    case .noEntry(let name, _): "'\(path)' has no entry '\(name)'"
    }
  }

  /// The rule that was broken; of a value, what the setting is for.
  var why: String {
    switch reason {
    case .unknownKey:
      "only keys that are read may be written, so a typo cannot become a silent default"
    case .missingKey(let key, _): "it has no default. '\(key.name)' means: \(key.doc)"
    case .wrongForm, .notAnInteger, .outOfRange, .notAChoice, .emptyList, .missingKind,
      .unknownKind:
      key.map { "'\($0.name)' means: \($0.doc)" } ?? "nothing else can be read here"
    case .repeatedName: "a path could not tell the two apart"
    case .expression(let fault): fault.why
    case .schedule(let fault): fault.why
    case .malformedPath: "a path is names with dots between them"
    case .noParts: "a path leads from the whole to a part"
    case .noElement, .noEntry:
      "a change must find what it changes, so a typo cannot become a silent default"
    }
  }

  /// What to type.
  var help: String {
    switch reason {
    case .unknownKey(let key, let schema, let kinds): unknownKeyHelp(key, schema, kinds)
    case .missingKey(let key, _): "add \"\(key.name)\": \(key.sample.shown)"
    case .wrongForm, .notAnInteger, .outOfRange:
      "write \(type?.wording ?? "another value")\(unit)\(standard)"
    case .notAChoice(let word, let words), .unknownKind(let word, let words):
      choices(words, for: word)
    case .missingKind(let tag, let words): "add \"\(tag)\": one of \(quoted(words))"
    case .emptyList: "write at least one element"
    case .repeatedName: "give one of them another name"
    case .expression(let fault): fault.help
    case .schedule(let fault): fault.help
    case .malformedPath: "write for example stages.second.steps or stages[1].steps"
    case .noParts(.choice(let words)): "end the path here and give one of \(quoted(words))"
    case .noParts(.open): "end the path here"
    case .noParts(let type): "end the path here and give \(type.wording)"
    case .noElement(.name(let name), let names), .noEntry(let name, let names):
      choices(names, for: name)
    case .noElement(.appended, _): "write [+] last, with the whole element as its value"
    case .noElement(.index, let names):
      names.isEmpty ? "the list is empty" : "elements are counted from 0 to \(names.count - 1)"
    }
  }

  private func unknownKeyHelp(_ key: String, _ schema: RecordSchema, _ kinds: [String]) -> String {
    let all = "All keys: \(reference(schema))"
    if let close = Suggestion.closest(to: key, among: schema.keys.map(\.name)) {
      return "did you mean '\(close)'? \(all)"
    }
    if !kinds.isEmpty { return "'\(key)' belongs to the kind \(quoted(kinds)). \(all)" }
    return "remove it. \(all)"
  }

  /// What an object is called: a record by its name, a union by its key and kind.
  private func container(_ schema: RecordSchema) -> String {
    unionKey.map { "'\($0)' of kind '\(schema.name)'" } ?? "'\(schema.name)'"
  }

  /// Where the reference page lists the keys of an object.
  private func reference(_ schema: RecordSchema) -> String {
    let isSchedule = if case .schedule = type { true } else { false }
    let section = isSchedule ? "schedule" : unionKey ?? schema.name
    return "docs/study-format.md#\(anchor(section))"
  }

  private var unionKey: String? {
    if let key, case .union = type?.opened(for: .object) { key.name } else { nil }
  }

  private var unit: String { key?.unit.map { " (\($0))" } ?? "" }

  private var standard: String {
    guard let value = key?.defaultValue, value.object == nil, value.array == nil, !value.isNull
    else { return "" }
    return "; the default is \(value.shown)"
  }
}
