import Foundation
import Reproducibility
import Testing

@Suite("JSON")
struct JSONTests {
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
      ("", 0, .noValue), ("[", 1, .endOfText), ("[1,]", 3, .unexpected("']'")),
      ("{\"a\":1,\"a\":2}", 7, .duplicateKey("a")),
      ("01", 0, .malformedNumber), ("1e999", 0, .numberOutOfRange),
      ("nul", 0, .unexpected("'nul'")),
      ("\"\\ud800\"", 1, .loneSurrogate), ("\"\\u0000\"", 1, .nulInString),
      ("\"a\tb\"", 2, .controlCharacterInString), ("[1] x", 4, .textAfterValue),
      ("\u{FEFF}{}", 0, .byteOrderMark), ("{'a':1}", 1, .unexpected("'''")),
      ("{\"a\" 1}", 5, .unexpected("'1'")), ("\"\\x\"", 1, .unknownEscape("\\x")),
      ("[-]", 1, .malformedNumber), ("[1e]", 1, .malformedNumber), ("1.e", 0, .malformedNumber),
      ("// c\n1", 0, .unexpected("'/'")),
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
