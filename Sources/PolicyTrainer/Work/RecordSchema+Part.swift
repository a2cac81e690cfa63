import Reproducibility
import StudyLanguage

extension RecordSchema {
  /// The keys of those names alone, for work that reads a few settings of many.
  func part(_ names: String...) -> RecordSchema {
    RecordSchema(name, keys: keys.filter { names.contains($0.name) })
  }

  /// The settings of these keys in an object that may have others too.
  ///
  /// - Returns: nil when they do not fit: another version of the program wrote them.
  func settings(from object: JSONValue) -> Settings? {
    let own = keys.compactMap { key in object[key.name].map { (key.name, $0) } }
    return try? Settings(normalising: .object(JSONObject(own)), as: self)
  }
}
