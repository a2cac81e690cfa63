import Diagnostics

/// Why a value does not fit its schema. The wording lives in `SettingFault+Wording.swift`.
struct SettingFault: Error, Sendable {
  enum Reason: Sendable {
    /// A key that the schema lacks; `kinds` are those kinds of the same union that have it.
    case unknownKey(String, in: RecordSchema, kinds: [String] = [])
    case missingKey(Key, in: RecordSchema)
    case wrongForm(found: JSONForm)
    case notAnInteger(Double)
    case outOfRange(Double)
    case notAChoice(String, among: [String])
    case missingKind(tag: String, among: [String])
    case unknownKind(String, among: [String])
    case emptyList
    case repeatedName(String)
    case expression(ExpressionFault)
    case schedule(ScheduleFault)
    // Of changes:
    case malformedPath(String, String)
    case noParts(ValueType)
    case noElement(PathElement, of: [String])
    case noEntry(String, among: [String])
  }

  var reason: Reason
  /// Where in the settings: `stages.first.objective.clip`; empty for the whole.
  var path: String
  /// What the schema says about the place; nil where it says nothing.
  var key: Key?
  /// What is expected there.
  var type: ValueType?
  /// Where in a file; nil when the value stands in none.
  var span: SourceSpan?
}
