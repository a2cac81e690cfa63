import Foundation
import Reproducibility
import Testing

/// The verdicts and numbers of Python's `json`, where there is a Python 3: whoever wrote our table may
/// have read the RFC as wrongly as whoever wrote our parser.
@Suite("JSON beside Python", .comparesWithPython)
struct PythonJSONTests {
  /// Prints a letter for each line of hexadecimal bytes: `y` JSON, `n` not, `b` within the grammar but
  /// with a string that is no text for us, a NUL or half of a surrogate pair.
  private static let judge = """
    import json, sys

    def number(text):
        value = float(text)
        if value in (float("inf"), float("-inf")):
            raise ValueError(text)
        return value

    def refuse(text):
        raise ValueError(text)

    def members(pairs):
        if len(dict(pairs)) != len(pairs):
            raise ValueError("duplicate key")
        return dict(pairs)

    def is_text(value):
        if isinstance(value, str):
            return chr(0) not in value and not any(0xD800 <= ord(c) < 0xE000 for c in value)
        if isinstance(value, list):
            return all(map(is_text, value))
        if isinstance(value, dict):
            return all(is_text(k) and is_text(v) for k, v in value.items())
        return True

    sys.setrecursionlimit(10000)
    for line in sys.stdin:
        try:
            text = bytes.fromhex(line).decode("utf-8")
            value = json.loads(text, parse_int=number, parse_float=number,
                               parse_constant=refuse, object_pairs_hook=members)
            print("y" if is_text(value) else "b")
        except ValueError:
            print("n")
    """

  @Test("the strict verdicts are those of Python")
  func verdicts() throws {
    let hex = JSONCase.all.map { entry in
      entry.bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
    let answers = try Python3.run(Self.judge, on: hex)
    try #require(answers.count == JSONCase.all.count)
    for (entry, answer) in zip(JSONCase.all, answers) {
      switch entry.verdict {
      case .accepted: #expect(answer == "y", "\(entry.name)")
      case .refused, .commented: #expect(answer == "n", "\(entry.name)")
      // The grammar allows them: a bound of ours, which Python need not share.
      case .bounded: #expect(answer != "n", "\(entry.name)")
      }
    }
  }

  /// Lays the digits of Python's `repr`, the shortest that read back, out as ECMAScript does.
  private static let writer = """
    import sys
    from decimal import Decimal

    def text(value):
        if value == 0:
            return "0"
        sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
        digits = "".join(map(str, digits))
        k, n = len(digits), len(digits) + exponent
        if k <= n <= 21:
            body = digits + "0" * (n - k)
        elif 0 < n <= 21:
            body = digits[:n] + "." + digits[n:]
        elif -6 < n <= 0:
            body = "0." + "0" * -n + digits
        else:
            body = digits[0] + ("." + digits[1:] if k > 1 else "")
            body += "e" + ("+" if n > 0 else "-") + str(abs(n - 1))
        return ("-" if sign else "") + body

    for line in sys.stdin:
        print(text(float.fromhex(line)))
    """

  @Test("20,000 random doubles are written with Python's digits")
  func numbers() throws {
    var random = RandomStream(Seed(0).derive("python"))
    var values: [Double] = []
    while values.count < 20_000 {
      let value = Double(bitPattern: random.next())
      // A third is of everyday size, where the text has no exponent.
      let scaled = values.count.isMultiple(of: 3) ? (random.uniform() - 0.5) * 2e6 : value
      if scaled.isFinite { values.append(scaled) }
    }
    let texts = try Python3.run(Self.writer, on: values.map(hexadecimal))
    try #require(texts.count == values.count)
    for (value, text) in zip(values, texts) { #expect(ecmaScriptNumber(value) == text) }
  }

  /// The exact value, as Python's `float.fromhex` reads it.
  private func hexadecimal(_ value: Double) -> String {
    "\(value < 0 ? "-" : "")0x\(String(value.significandBitPattern | (value.isNormal ? 1 << 52 : 0), radix: 16))"
      + "p\(Int(max(value.exponentBitPattern, 1)) - 1075)"
  }
}

/// Any Python 3 of this machine: nothing beyond its own library is asked of it.
private enum Python3 {
  static let isThere: Bool = {
    let isThere = (try? run("import sys; print(sys.version_info[0])", on: [])) == ["3"]
    if !isThere {
      FileHandle.standardError.write(
        Data("JSON IS NOT COMPARED WITH PYTHON: there is no python3\n".utf8))
    }
    return isThere
  }()

  struct Fault: Error {
    var status: Int32
  }

  /// The lines that a program writes when it reads these.
  static func run(_ program: String, on lines: [String]) throws -> [String] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-I", "-c", program]
    // A file, not a pipe: a program that writes before it has read all cannot block.
    let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try Data(lines.map { $0 + "\n" }.joined().utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    process.standardInput = try FileHandle(forReadingFrom: file)
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Fault(status: process.terminationStatus) }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  }
}

extension Trait where Self == ConditionTrait {
  /// Skips a suite where there is no Python 3.
  fileprivate static var comparesWithPython: Self {
    .enabled(if: Python3.isThere, "there is no python3 to compare with")
  }
}
