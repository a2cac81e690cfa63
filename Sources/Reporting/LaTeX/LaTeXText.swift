/// Text that LaTeX sets as it is: no name turns into a command, a comment or a column, and every character
/// either prints or is shown by its number.
///
/// What comes out is ASCII and needs no package, so that it can be pasted beside any preamble and any
/// fonts. A character without a known writing becomes `[U+1F600]`.
package enum LaTeXText {
  package static func escaped(_ text: String) -> String {
    let scalars = Array(text.unicodeScalars)
    return scalars.indices.map { place in
      let following = place + 1 < scalars.count ? scalars[place + 1] : nil
      return written(scalars[place], before: following)
    }.joined()
  }

  /// A text for a comment: one line, whose invisible characters are seen.
  package static func comment(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { scalar in
          switch scalar.properties.generalCategory {
          case .control, .format, .lineSeparator, .paragraphSeparator: " "
          default: scalar
          }
        }))
  }

  private static func written(_ scalar: Unicode.Scalar, before next: Unicode.Scalar?) -> String {
    if let special = special[scalar] { return special }
    if let accented = accented[scalar] { return accented }
    switch scalar {
    case "\n", "\r", "\t": return " "
    case "-", ",", "'", "`", "?", "!":
      // Two of them, or one before a backtick, are another character in most fonts.
      return String(scalar) + (next == scalar || next == "`" || next == "\"" ? "{}" : "")
    case " "..."~": return String(scalar)
    default: return "[U+\(hexadecimal(scalar.value))]"
    }
  }

  /// At least four digits, as Unicode writes code points.
  private static func hexadecimal(_ value: UInt32) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  private static let special: [Unicode.Scalar: String] = {
    var table: [Unicode.Scalar: String] = [
      "\\": "\\textbackslash{}", "{": "\\{", "}": "\\}", "_": "\\_", "&": "\\&", "%": "\\%",
      "$": "\\$", "#": "\\#", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}",
      "|": "\\textbar{}", "\"": "''{}",
      "\u{A0}": "~", "–": "--", "—": "---", "‘": "`{}", "’": "'{}", "“": "``", "”": "''{}",
      "…": "\\ldots{}", "§": "\\S{}", "¶": "\\P{}", "©": "\\copyright{}", "£": "\\pounds{}",
      "ß": "\\ss{}", "æ": "\\ae{}", "Æ": "\\AE{}", "ø": "\\o{}", "Ø": "\\O{}", "å": "\\aa{}",
      "Å": "\\AA{}", "œ": "\\oe{}", "Œ": "\\OE{}", "ł": "\\l{}", "Ł": "\\L{}", "ı": "\\i{}",
    ]
    let signs: [Unicode.Scalar: String] = [
      "<": "<", ">": ">", "−": "-", "±": "\\pm", "×": "\\times", "÷": "\\div", "·": "\\cdot",
      "≤": "\\le", "≥": "\\ge",
      "≠": "\\ne", "≈": "\\approx", "∞": "\\infty", "√": "\\surd", "∑": "\\sum", "∈": "\\in",
      "→": "\\rightarrow", "←": "\\leftarrow", "↑": "\\uparrow", "↓": "\\downarrow",
      "°": "^{\\circ}", "¬": "\\neg", "µ": "\\mu",
    ]
    // In or out of formulas, for prose may quote a macro in either.
    for (scalar, sign) in signs { table[scalar] = "\\ensuremath{\(sign)}" }
    for (letter, name) in greek { table[letter] = "\\ensuremath{\\\(name)}" }
    for (value, scalar) in "⁰¹²³⁴⁵⁶⁷⁸⁹".unicodeScalars.enumerated() {
      table[scalar] = "\\textsuperscript{\(value)}"
    }
    for (value, scalar) in "₀₁₂₃₄₅₆₇₈₉".unicodeScalars.enumerated() {
      table[scalar] = "\\ensuremath{_{\(value)}}"
    }
    return table
  }()

  private static let greek: [(letter: Unicode.Scalar, name: String)] = [
    ("α", "alpha"), ("β", "beta"), ("γ", "gamma"), ("δ", "delta"), ("ε", "varepsilon"),
    ("ζ", "zeta"), ("η", "eta"), ("θ", "theta"), ("ι", "iota"), ("κ", "kappa"), ("λ", "lambda"),
    ("μ", "mu"), ("ν", "nu"), ("ξ", "xi"), ("π", "pi"), ("ρ", "rho"), ("σ", "sigma"),
    ("τ", "tau"), ("υ", "upsilon"), ("φ", "varphi"), ("χ", "chi"), ("ψ", "psi"), ("ω", "omega"),
    ("Γ", "Gamma"), ("Δ", "Delta"), ("Θ", "Theta"), ("Λ", "Lambda"), ("Ξ", "Xi"), ("Π", "Pi"),
    ("Σ", "Sigma"), ("Φ", "Phi"), ("Ψ", "Psi"), ("Ω", "Omega"),
  ]

  /// Letters with accents that all fonts can compose.
  private static let accented: [Unicode.Scalar: String] = {
    let accents: [(accent: String, letters: String, bases: String)] = [
      ("`", "ÀÈÌÒÙàèìòù", "AEIOUaeiou"),
      ("'", "ÁÉÍÓÚÝáéíóúýĆŃŚŹćńśź", "AEIOUYaeiouyCNSZcnsz"),
      ("^", "ÂÊÎÔÛâêîôû", "AEIOUaeiou"), ("~", "ÃÑÕãñõ", "ANOano"),
      ("\"", "ÄËÏÖÜŸäëïöüÿ", "AEIOUYaeiouy"), ("c", "ÇŞçş", "CScs"),
      ("v", "ČĎĚŇŘŠŤŽčďěňřšťž", "CDENRSTZcdenrstz"), ("H", "ŐŰőű", "OUou"),
      ("=", "ĀĒĪŌŪāēīōū", "AEIOUaeiou"), (".", "Żż", "Zz"), ("u", "Ğğ", "Gg"),
    ]
    var table: [Unicode.Scalar: String] = [:]
    for (accent, letters, bases) in accents {
      for (letter, base) in zip(letters.unicodeScalars, bases.unicodeScalars) {
        // An accent takes the place of the dot.
        let base = base == "i" && accent != "c" ? "\\i" : String(base)
        table[letter] = "\\\(accent){\(base)}"
      }
    }
    return table
  }()
}
