/// Numbers as text: no locale, no C library, the same bytes everywhere.
package enum NumberText {
  /// The minus sign of typography, as wide as the digits.
  package static let minus = "\u{2212}"

  /// Fixed number of decimals, rounded half away from zero *as the shortest decimal reads*: 0.285
  /// becomes 0.29 although the double below it is a little smaller. What a reader would do by hand.
  ///
  /// - Parameters:
  ///   - value: finite; a value that rounds to zero loses its sign.
  ///   - digits: decimals, 0 or more.
  package static func fixed(_ value: Double, digits: Int) -> String {
    precondition(digits >= 0)
    guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? minus + "∞" : "∞" }
    if let whole = whole(value, digits: digits) { return text(whole, digits: digits) }
    var decimal = Decimal(value.magnitude)
    decimal.round(to: digits)
    return (value < 0 && !decimal.isZero ? minus : "") + decimal.text(digits: digits)
  }

  /// As `fixed`, with a plus before positive numbers: for differences.
  package static func signed(_ value: Double, digits: Int) -> String {
    let text = fixed(value, digits: digits)
    let isZero = text.allSatisfy { $0 == "0" || $0 == "." }
    return value > 0 && !isZero ? "+" + text : text
  }

  /// As `fixed`, with an ASCII minus and without trailing zeros: for coordinates.
  static func coordinate(_ value: Double) -> String {
    if let whole = whole(value, digits: 2) {
      let (sign, size) = (whole < 0 ? "-" : "", abs(whole))
      if size.isMultiple(of: 100) { return sign + "\(size / 100)" }
      return sign
        + (size.isMultiple(of: 10) ? text(size / 10, digits: 1) : text(size, digits: 2))
    }
    var text = fixed(value, digits: 2)
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text.replacing(minus, with: "-")
  }

  /// The shortest text that reads back as the same double; an ASCII minus, for files that programs read.
  package static func full(_ value: Double) -> String {
    if value == 0 { return "0" }
    let text = "\(value)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  /// A p-value: three decimals, and never a zero.
  package static func pValue(_ p: Double) -> String {
    p < 0.001 ? "< 0.001" : fixed(p, digits: 3)
  }

  /// The decimals that show `spread` with two significant digits: 2.3 → 1, 0.021 → 3, 12 → 0.
  package static func digits(showing spread: Double) -> Int {
    guard spread > 0, spread.isFinite else { return 0 }
    var (digits, scaled) = (0, spread)
    // What rounds to 10 already has its two digits: 9.96 is shown as 10.
    while scaled < 9.95, digits < 12 {
      scaled *= 10
      digits += 1
    }
    return digits
  }
}

/// The decimal digits of a finite, non-negative double, as Swift prints its shortest form.
private struct Decimal {
  /// Most significant first.
  private var digits: [UInt8]
  /// The value is `0.d₁d₂d₃… · 10^exponent`.
  private var exponent: Int

  init(_ value: Double) {
    let parts = "\(value)".split(separator: "e")
    let mantissa = parts[0].split(separator: ".")
    digits = mantissa.joined().utf8.map { $0 - UInt8(ascii: "0") }
    exponent = mantissa[0].count + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
  }

  var isZero: Bool { digits.allSatisfy { $0 == 0 } }

  /// Keeps `count` digits after the point.
  mutating func round(to count: Int) {
    let kept = exponent + count
    guard kept < digits.count else { return }
    let roundsUp = kept >= 0 && digits[kept] >= 5
    digits = Array(digits.prefix(max(0, kept)))
    guard roundsUp else { return }
    var place = digits.count - 1
    while place >= 0, digits[place] == 9 {
      digits[place] = 0
      place -= 1
    }
    if place >= 0 {
      digits[place] += 1
    } else {
      digits.insert(1, at: 0)
      exponent += 1
    }
  }

  /// Plain notation with `count` digits after the point.
  func text(digits count: Int) -> String {
    func digit(_ place: Int) -> Character {
      digits.indices.contains(place)
        ? Character(Unicode.Scalar(digits[place] + UInt8(ascii: "0"))) : "0"
    }
    let whole = exponent > 0 ? String((0..<exponent).map(digit)) : "0"
    let leading = whole.drop { $0 == "0" }
    let fraction = String((exponent..<exponent + count).map(digit))
    return (leading.isEmpty ? "0" : String(leading)) + (count > 0 ? "." + fraction : "")
  }
}
