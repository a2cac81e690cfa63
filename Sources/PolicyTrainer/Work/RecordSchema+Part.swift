import Reproducibility
import StudyLanguage

extension RecordSchema {
  /// The keys of those names alone, for work that reads a few settings of many.
  func part(_ names: String...) -> RecordSchema {
    RecordSchema(name, keys: keys.filter { names.contains($0.name) })
  }

  /// The members of these keys in an object that may have others too.
  func part(of object: JSONValue?) -> JSONObject {
    var own = JSONObject()
    for key in keys { if let value = object?[key.name] { own.append(key.name, value) } }
    return own
  }

  /// - Returns: nil when they do not fit: another version of the program wrote them.
  func settings(from object: JSONObject) -> Settings? {
    try? Settings(normalising: .object(object), as: self)
  }
}
