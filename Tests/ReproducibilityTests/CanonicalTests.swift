import Reproducibility
import Testing

/// The vectors that RFC 8785 prints.
@Suite("Canonical JSON (RFC 8785)")
struct CanonicalTests {
  /// Appendix B: the bits of a double and its text.
  private static let appendixB: [(UInt64, String)] = [
    (0x0000_0000_0000_0000, "0"),
    (0x8000_0000_0000_0000, "0"),
    (0x0000_0000_0000_0001, "5e-324"),
    (0x8000_0000_0000_0001, "-5e-324"),
    (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
    (0xffef_ffff_ffff_ffff, "-1.7976931348623157e+308"),
    (0x4340_0000_0000_0000, "9007199254740992"),
    (0xc340_0000_0000_0000, "-9007199254740992"),
    (0x4430_0000_0000_0000, "295147905179352830000"),
    (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
    (0x44b5_2d02_c7e1_4af6, "1e+23"),
    (0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23"),
    (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
    (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"),
    (0x444b_1ae4_d6e2_ef50, "1e+21"),
    (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
    (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
    (0x41b3_de43_5555_5553, "333333333.3333332"),
    (0x41b3_de43_5555_5554, "333333333.33333325"),
    (0x41b3_de43_5555_5555, "333333333.3333333"),
    (0x41b3_de43_5555_5556, "333333333.3333334"),
    (0x41b3_de43_5555_5557, "333333333.33333343"),
    (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
    (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
  ]

  @Test("numbers of appendix B", arguments: appendixB)
  func numbers(bits: UInt64, expected: String) throws {
    let number = Double(bitPattern: bits)
    #expect(ecmaScriptNumber(number) == expected)
    #expect(JSONValue.number(number).canonical == expected)
    #expect(try JSONValue(parsing: expected) == .number(number))
  }

  @Test("appendix B: not-a-number and infinity have no text")
  func noText() async {
    await #expect(processExitsWith: .failure) {
      _ = ecmaScriptNumber(Double(bitPattern: 0x7fff_ffff_ffff_ffff))
    }
    await #expect(processExitsWith: .failure) {
      _ = JSONValue.number(Double(bitPattern: 0x7ff0_0000_0000_0000)).canonical
    }
    await #expect(processExitsWith: .failure) { _ = JSONValue.number(-.infinity).line }
    #expect(throws: JSONFault.self) { try JSONValue(parsing: "NaN") }
    #expect(throws: JSONFault.self) { try JSONValue(parsing: "-Infinity") }
    #expect(throws: JSONFault.self) { try JSONValue(parsing: "1.7976931348623159e308") }
  }

  @Test("the sample of section 3.2.2 becomes the bytes of section 3.2.4")
  func sample() throws {
    let sample = #"""
      {
        "numbers": [333333333.33333329, 1E30, 4.50,
                    2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
        "literals": [null, true, false]
      }
      """#
    let value = try JSONValue(parsing: sample)
    #expect(
      value.canonical == #"{"literals":[null,true,false],"#
        + #""numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"#
        + #""string":"€$\u000f\nA'B\"\\\\\"/"}"#)
    let hex = """
      7b 22 6c 69 74 65 72 61 6c 73 22 3a 5b 6e 75 6c 6c 2c 74 72 75 65 2c 66 61 6c 73 65 5d 2c
      22 6e 75 6d 62 65 72 73 22 3a 5b 33 33 33 33 33 33 33 33 33 2e 33 33 33 33 33 33 33 2c 31
      65 2b 33 30 2c 34 2e 35 2c 30 2e 30 30 32 2c 31 65 2d 32 37 5d 2c 22 73 74 72 69 6e 67 22
      3a 22 e2 82 ac 24 5c 75 30 30 30 66 5c 6e 41 27 42 5c 22 5c 5c 5c 5c 5c 22 2f 22 7d
      """
    #expect(value.canonicalBytes == hex.split { $0.isWhitespace }.map { UInt8($0, radix: 16) })
  }

  @Test("the names of section 3.2.3 are sorted by UTF-16 code units")
  func sorting() throws {
    let text = #"""
      {
        "\u20ac": "Euro Sign",
        "\r": "Carriage Return",
        "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One",
        "\ud83d\ude00": "Emoji: Grinning Face",
        "\u0080": "Control",
        "\u00f6": "Latin Small Letter O With Diaeresis"
      }
      """#
    let expected =
      #"{"\r":"Carriage Return","1":"One","# + "\"\u{80}\":\"Control\","
      + "\"\u{F6}\":\"Latin Small Letter O With Diaeresis\",\"\u{20AC}\":\"Euro Sign\","
      + "\"\u{1F600}\":\"Emoji: Grinning Face\",\"\u{FB33}\":\"Hebrew Letter Dalet With Dagesh\"}"
    // As bytes: Swift holds strings equal that Unicode holds equal.
    #expect(try JSONValue(parsing: text).canonicalBytes == Array(expected.utf8))
  }

  @Test("names of ASCII are sorted by code units too, in every object")
  func nestedSorting() throws {
    let text = #"{"b": [{"z": 1, "Z": {"10": 0, "1": 0, "": 0}}], "a": {}, "aa": [], "B": ""}"#
    #expect(
      try JSONValue(parsing: text).canonical
        == #"{"B":"","a":{},"aa":[],"b":[{"Z":{"":0,"1":0,"10":0},"z":1}]}"#)
  }

  @Test("strings are escaped as section 3.2.2.2 says, and are never normalised")
  func strings() throws {
    let escapes = #""\u0000\u0001\b\t\n\u000b\f\r\u001f \"\\/"# + "\u{7F}\u{80}\u{2028}\u{10FFFF}\""
    let text =
      String(
        String.UnicodeScalarView(
          [0x00, 0x01, 0x08, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x1F, 0x20, 0x22, 0x5C, 0x2F, 0x7F]
            .map { Unicode.Scalar($0) })) + "\u{80}\u{2028}\u{10FFFF}"
    #expect(JSONValue.string(text).canonicalBytes == Array(escapes.utf8))
    for text in ["\u{E9}", "e\u{301}"] {
      #expect(JSONValue.string(text).canonicalBytes == Array("\"\(text)\"".utf8))
    }
  }

  @Test(
    "one number has one text, however it is written",
    arguments: [
      (["3e6", "3000000", "3.0e6", "3E+6", "0.3e7", "30000000e-1"], "3000000"),
      (["0", "-0", "0.0", "0e9", "-0.0E-9", "1e-999"], "0"),
      (["1e21", "1000000000000000000000"], "1e+21"),
      (["1e20", "100000000000000000000"], "100000000000000000000"),
      (["0.000001", "1e-6", "10e-7"], "0.000001"), (["0.0000001", "1e-7"], "1e-7"),
      (["9007199254740993", "9007199254740992"], "9007199254740992"),
      (["0.1", "0.10", "0.1000000000000000055511151231257827"], "0.1"),
      (["1e15", "1000000000000000"], "1000000000000000"),
      (["123456789012345.6", "1.234567890123456e14"], "123456789012345.6"),
    ])
  func oneText(written: [String], expected: String) throws {
    for text in written { #expect(try JSONValue(parsing: text).canonical == expected) }
  }

  /// 20,000 bit patterns, and with each the nearest whole number, where the way of writing changes.
  @Test("a random double reads back with the same bits", arguments: 0..<20)
  func roundTrip(seed: UInt64) throws {
    var random = RandomStream(Seed(seed).derive("doubles"))
    var tried = 0
    while tried < 1000 {
      let value = Double(bitPattern: random.next())
      if !value.isFinite { continue }
      tried += 1
      for number in [value, value.rounded()] {
        let text = ecmaScriptNumber(number)
        let read = try #require(Double(text), "seed \(seed): \(text)")
        #expect(read == number, "seed \(seed): \(text)")
        #expect(try JSONValue(parsing: text).double == number, "seed \(seed): \(text)")
        #expect(JSONValue.number(number).canonical == text, "seed \(seed)")
      }
    }
  }
}
