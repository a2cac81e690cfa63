internal import Reproducibility

/// Names of LaTeX macros, which are letters alone, made from names that may be anything.
///
/// The words of a name are joined with capitals and digits are spelled out: study `difficulty`, arm
/// `level 1`, measure `final(contest)` become `\ablateDifficultyLevelOneContest`. A name depends on
/// nothing but the words that it is made of, unless several of a study sound the same (`level 1` and
/// `Level-1`): then *each* of them ends with `X` and eight letters of a digest of its own words. A macro can
/// so vanish when a study gets another arm, which stops LaTeX and is told by `lint`; it can not come to
/// mean another number.
enum MacroNames {
  /// - Parameter names: the parts of each name, after the study's; no two alike.
  /// - Returns: one for each, without the backslash.
  static func names(study: String, _ names: [[String]]) -> [String] {
    let head = "ablate" + spoken(study)
    let plain = names.map { parts in head + parts.map { spoken($0) }.joined() }
    let counts = Dictionary(plain.map { ($0, 1) }, uniquingKeysWith: +)
    return zip(names, plain).map { parts, name in
      counts[name] == 1 ? name : name + tag(parts)
    }
  }

  /// A part of a name in letters; a tag of it where it has neither letters nor digits.
  static func spoken(_ text: String) -> String {
    let scalars = Array(text.unicodeScalars)
    var words = ""
    var startsWord = true
    for (place, scalar) in scalars.enumerated() {
      let before = place > 0 ? scalars[place - 1] : " "
      let after = place + 1 < scalars.count ? scalars[place + 1] : " "
      if let digit = digit(scalar) {
        words += digits[digit]
        startsWord = true
      } else if isLetter(scalar) {
        words += startsWord ? String(scalar).uppercased() : String(scalar)
        startsWord = false
      } else {
        startsWord = true
        if scalar == ".", digit(before) != nil, digit(after) != nil { words += "Point" }
        let isSign = !isLetter(before) && digit(before) == nil && before != ")"
        if scalar == "-" || scalar == "−", isSign, digit(after) != nil { words += "Minus" }
      }
    }
    return words.isEmpty ? tag([text]) : words
  }

  private static let digits = [
    "Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine",
  ]

  private static func digit(_ scalar: Unicode.Scalar) -> Int? {
    ("0"..."9").contains(scalar) ? Int(scalar.value - 48) : nil
  }

  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
  }

  private static func tag(_ parts: [String]) -> String {
    let digest = JSONValue.array(parts.map { .string($0) }).digest
    var rest = digest.leadingBits
    var letters = "X"
    for _ in 0..<8 {
      letters.unicodeScalars.append(Unicode.Scalar(UInt8(ascii: "a") + UInt8(rest % 26)))
      rest /= 26
    }
    return letters
  }
}
