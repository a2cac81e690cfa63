import Diagnostics
import Reproducibility

/// What a setting may hold. One description serves the reader, the defaults, the messages and the
/// reference page.
package indirect enum ValueType: Sendable {
  case integer(ClosedRange<Int>)
  case number(NumberRange)
  case boolean
  case text
  /// One of these words.
  case choice([String])
  case record(RecordSchema)
  /// - nonEmpty: whether an empty list is refused.
  /// - nameKey: the key of an element whose value names it in paths: `stages.second.steps`.
  case list(of: ValueType, nonEmpty: Bool = false, nameKey: String? = nil)
  /// An object of freely named values.
  case map(of: ValueType)
  /// The record, which then is for everything, or an object of such records by name, where `*` stands for
  /// all names that it does not have. Written out in full it is always the latter.
  case byName(RecordSchema)
  /// An object whose member `tag` says which record the others are; a case is named by its record.
  /// A bare word `"uniform"` is short for `{"kind": "uniform"}`.
  case union(tag: String = "kind", cases: [RecordSchema])
  /// Text in the language of ``Expression``. What its names mean is the reader's business.
  case expression
  /// A number, or an object that says how the number moves with the step (``Schedule``).
  case schedule(NumberRange)
  /// The value, or null for none.
  case nullable(ValueType)
  /// The first of these that has the value's JSON form; no two may share one.
  case either([ValueType])
  /// Any JSON value, unchecked: something else gives it its meaning.
  case anything
  /// A setting that nobody declared, of a program that we know nothing of: any JSON value, of which a change
  /// may name every part that is there and add none.
  case open
}

extension ValueType {
  /// Whether nobody declared what is in it.
  var isOpen: Bool { if case .open = self { true } else { false } }

  /// `null` belongs to the type.
  var allowsNull: Bool {
    switch self {
    case .nullable, .anything, .open: true
    case .either(let types): types.contains(where: \.allowsNull)
    default: false
    }
  }

  /// The type without the layers that only widen it, for a value of this form.
  func unwrapped(for form: JSONForm?) -> ValueType {
    switch self {
    case .nullable(let inner):
      inner.unwrapped(for: form)
    case .either(let types):
      (types.first { type in form.map { type.accepts($0) } ?? true } ?? types[0])
        .unwrapped(for: form)
    case .byName(let schema): .map(of: .record(schema))
    case .open where form == .object: .map(of: .open)
    case .open where form == .list: .list(of: .open)
    default: self
    }
  }

  /// The same with a schedule as the union that it is, for whoever looks inside.
  func opened(for form: JSONForm?) -> ValueType {
    let type = unwrapped(for: form)
    if case .schedule(let range) = type {
      return .union(tag: Schedule.tag, cases: Schedule.cases(range))
    }
    return type
  }

  /// Whether a value of this form can be of this type, whatever is in it.
  func accepts(_ form: JSONForm) -> Bool {
    switch self {
    case .anything, .open: true
    case .integer, .number: form == .number
    case .boolean: form == .boolean
    case .text, .choice, .expression: form == .string
    case .record, .map, .byName: form == .object
    case .list: form == .list
    case .union: form == .object || form == .string
    case .schedule: form == .object || form == .number
    case .nullable(let inner): form == .null || inner.accepts(form)
    case .either(let types): types.contains { $0.accepts(form) }
    }
  }
}

extension RecordSchema {
  /// Whether an object of ``ValueType/byName(_:)`` holds such records by name. With a key of the record, or one
  /// that only a slip of the pen keeps from being one, it is meant to be the record itself.
  func isByName(_ members: [SourcedJSON.Member]) -> Bool {
    let names = keys.map(\.name)
    return !members.isEmpty
      && members.allSatisfy { member in
        member.value.form == .object && key(member.key) == nil
          && Suggestion.closest(to: member.key, among: names) == nil
      }
  }
}

/// The six forms of JSON values.
enum JSONForm: String, Sendable {
  case null
  case boolean = "a boolean"
  case number = "a number"
  case string = "a string"
  case list = "a list"
  case object = "an object"
}

extension JSONValue {
  var form: JSONForm {
    switch self {
    case .null: .null
    case .bool: .boolean
    case .number: .number
    case .string: .string
    case .array: .list
    case .object: .object
    }
  }
}
