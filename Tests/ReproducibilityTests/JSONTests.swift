import Foundation
import Reproducibility
import Testing

@Suite("JSON")
struct JSONTests {
  /// The numbers of RFC 8785, appendix B.
  @Test(
    "numbers are written as RFC 8785 has them",
    arguments: [
      (0x0000_0000_0000_0000, "0"), (0x8000_0000_0000_0000, "0"),
      (0x0000_0000_0000_0001, "5e-324"), (0x8000_0000_0000_0001, "-5e-324"),
      (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
      (0x4340_0000_0000_0000, "9007199254740992"), (0xc340_0000_0000_0000, "-9007199254740992"),
      (0x4430_0000_0000_0000, "295147905179352830000"),
      (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"), (0x44b5_2d02_c7e1_4af6, "1e+23"),
      (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"), (0x444b_1ae4_d6e2_ef50, "1e+21"),
      (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"), (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
      (0x41b3_de43_5555_5553, "333333333.3333332"),
      (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
      (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
    ] as [(UInt64, String)])
  func numbers(bits: UInt64, expected: String) {
    #expect(ecmaScriptNumber(Double(bitPattern: bits)) == expected)
  }

  @Test("canonical text sorts members by UTF-16 and escapes as RFC 8785 does")
  func canonical() throws {
    // RFC 8785, section 3.2.3.
    let text = #"""
      {"\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh",
       "1": "One", "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control",
       "\u00f6": "Latin Small Letter O With Diaeresis"}
      """#
    let names = ["Carriage Return", "One", "Control", "Latin Small", "Euro", "Emoji", "Hebrew"]
    let canonical = try JSONValue(parsing: text).canonical
    var at = canonical.startIndex
    for name in names {
      let range = try #require(canonical.range(of: name, range: at..<canonical.endIndex))
      at = range.upperBound
    }
    #expect(JSONValue.string("\u{0F}\n\"\\/").canonical == #""\u000f\n\"\\/""#)
  }

  @Test("writing and reading is identity", arguments: 0..<100)
  func roundTrip(seed: UInt64) throws {
    var random = RandomStream(Seed(seed))
    let value = arbitrary(&random, depth: 0)
    #expect(try JSONValue(parsing: value.canonical) == value)
    #expect(try JSONValue(parsing: value.pretty) == value)
    #expect(try JSONValue(parsing: value.line) == value)
    #expect(try JSONValue(parsing: value.pretty).canonical == value.canonical)
  }

  @Test(
    "what is not JSON is refused at its byte",
    arguments: [
      ("", 0, .endOfText), ("[1,]", 3, .unexpected("']'")),
      ("{\"a\":1,\"a\":2}", 7, .duplicateKey("a")),
      ("01", 0, .malformedNumber), ("1e999", 0, .numberOutOfRange),
      ("nul", 0, .unexpected("'nul'")),
      ("\"\\ud800\"", 1, .loneSurrogate), ("\"\\u0000\"", 1, .nulInString),
      ("\"a\tb\"", 2, .controlCharacterInString), ("[1] x", 4, .textAfterValue),
      ("\u{FEFF}{}", 0, .byteOrderMark), ("{'a':1}", 1, .unexpected("'''")),
      ("{\"a\" 1}", 5, .unexpected("'1'")), ("\"\\x\"", 1, .unknownEscape("\\x")),
      ("[-]", 1, .malformedNumber), ("// c\n1", 0, .unexpected("'/'")),
    ] as [(String, Int, JSONFault.Reason)])
  func refused(text: String, offset: Int, reason: JSONFault.Reason) {
    do {
      _ = try JSONValue(parsing: text)
      Issue.record("read although it is not JSON: \(text)")
    } catch {
      #expect(error.offset == offset)
      #expect(error.reason == reason)
    }
  }

  @Test("the 513th level of nesting is refused, the 512th read")
  func depth() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    _ = try JSONValue(parsing: nested(512))
    #expect(throws: JSONFault.self) { try JSONValue(parsing: nested(513)) }
  }

  @Test("bytes that are not UTF-8 are refused; no text traps", arguments: 0..<200)
  func bytes(seed: UInt64) {
    var random = RandomStream(Seed(seed).derive("bytes"))
    let alphabet =
      Array("{}[]\",:0123456789.eE+-truefalsn\\u \n".utf8) + [0xC3, 0x28, 0xED, 0xA0, 0xFF]
    let bytes = (0..<random.integer(in: 0...40)).map { _ in random.element(of: alphabet) }
    // Foundation is the reference: what we read, it reads too.
    if (try? JSONValue(parsing: bytes)) != nil {
      #expect(
        (try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)) != nil)
    }
    #expect(
      (String(validating: bytes, as: UTF8.self) != nil) || (try? JSONValue(parsing: bytes)) == nil)
  }

  private func arbitrary(_ random: inout RandomStream, depth: Int) -> JSONValue {
    switch random.integer(in: 0...(depth > 3 ? 3 : 5)) {
    case 0: return .null
    case 1: return .bool(random.chance(0.5))
    case 2:
      let value = Double(bitPattern: random.next())
      return .number(value.isFinite && value != 0 ? value : Double(random.integer(in: -99...99)))
    case 3:
      let scalars = (0..<random.integer(in: 0...6)).map { _ in
        Unicode.Scalar(UInt32(random.integer(in: 1...0x2FF))) ?? "x"
      }
      return .string(String(String.UnicodeScalarView(scalars)))
    case 4:
      return .array(
        (0..<random.integer(in: 0...4)).map { _ in arbitrary(&random, depth: depth + 1) })
    default:
      let members = (0..<random.integer(in: 0...4)).map {
        ("k\($0)\(random.integer(in: 0...9))", arbitrary(&random, depth: depth + 1))
      }
      return .object(JSONObject(members))
    }
  }
}
