internal import Reproducibility

/// What a browser may do with the page: run the one script and use the one style sheet that are written
/// into it, each known by its digest, and load nothing.
enum ContentPolicy {
  static let text =
    "default-src 'none'; base-uri 'none'; form-action 'none'; "
    + "script-src \(source(PageScript.text)); style-src \(source(PageStyle.text))"

  /// A digest as a source of a policy (W3C, Content Security Policy Level 3, section 2.3.1).
  static func source(_ text: String) -> String {
    let hex = Array(SHA256.digest(of: text).hex.utf8)
    let bytes = stride(from: 0, to: hex.count, by: 2).map { place in
      nibble(hex[place]) << 4 | nibble(hex[place + 1])
    }
    return "'sha256-\(base64(bytes))'"
  }

  private static func nibble(_ digit: UInt8) -> UInt8 {
    digit <= UInt8(ascii: "9") ? digit - UInt8(ascii: "0") : digit - UInt8(ascii: "a") + 10
  }

  /// Base 64 with padding (RFC 4648, section 4).
  static func base64(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var text = ""
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = (0..<3).reduce(0) { sum, offset in
        let place = start + offset
        return sum << 8 | (place < bytes.count ? Int(bytes[place]) : 0)
      }
      for digit in 0..<4 {
        let isKnown = start + digit - 1 < bytes.count
        text.append(isKnown ? alphabet[group >> (18 - 6 * digit) & 63] : "=")
      }
    }
    return text
  }
}
