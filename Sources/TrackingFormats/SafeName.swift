import Reproducibility

/// Names of a study as names of files: what a person can still read of them, and never two for one.
///
/// A name that has to be changed ends in eight digits of its SHA-256 digest, so that two that lose what told
/// them apart stay two, and so that a name does not depend on its neighbours.
package enum SafeName {
  /// A name as a single folder or file that any common file system takes.
  package static func component(_ name: String) -> String {
    made(name) { scalar in
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate,
        .unassigned:
        false
      default: !#"/\:*?"<>|"#.unicodeScalars.contains(scalar)
      }
    }
  }

  /// A name as a key that MLflow takes, in a file of that name: letters and digits, `_`, `-`, `.` and spaces.
  /// MLflow takes slashes too, but then `loss` and `loss/math` would be a file and a folder of one name; and
  /// colons, but not on Windows.
  package static func key(_ name: String) -> String {
    made(name) { scalar in
      if scalar.isASCII {
        return scalar.properties.isAlphabetic || "0123456789_-. ".unicodeScalars.contains(scalar)
      }
      // What Python's `\w` takes, as far as all of its versions in use know the scalar.
      guard let age = scalar.properties.age, age.major <= 9 else { return false }
      switch scalar.properties.generalCategory {
      case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
        .decimalNumber:
        return true
      default: return false
      }
    }
  }

  /// The names of a list, where one that is there already gets a number.
  package static func distinct(_ names: [String]) -> [String] {
    var taken = Set(names)
    var seen: Set<String> = []
    return names.map { name in
      if seen.insert(name).inserted { return name }
      var number = 2
      while !taken.insert("\(name)-\(number)").inserted { number += 1 }
      return "\(name)-\(number)"
    }
  }

  /// With its digest far below the 255 bytes that file systems and the 250 characters that MLflow take.
  private static let limit = 160

  private static func made(_ name: String, _ isFine: (Unicode.Scalar) -> Bool) -> String {
    var made = ""
    var bytes = 0
    for scalar in name.unicodeScalars {
      let kept: Unicode.Scalar = isFine(scalar) ? scalar : "_"
      bytes += UTF8.width(kept)
      if bytes > limit { break }
      made.unicodeScalars.append(kept)
    }
    // Hidden, or a way to another folder; and Windows drops points and spaces at an end.
    if made.unicodeScalars.first == "." {
      made = "_" + String(made.unicodeScalars.dropFirst())
    }
    if let last = made.unicodeScalars.last, last == "." || last == " " {
      made.unicodeScalars.removeLast()
      made += "_"
    }
    if made.utf8.elementsEqual(name.utf8), !made.isEmpty { return made }
    return (made.isEmpty ? "_" : made) + "-" + SHA256.digest(of: Array(name.utf8)).short
  }
}
