/// `C<input>:<output>,<input>:<output>,…=`: the examples a program is to be found for.
package struct CodePrompt: Sendable, Hashable {
  package var examples: [CodeTest]

  package init(examples: [CodeTest]) { self.examples = examples }

  /// Reads a prompt; nil when it is of another form. Numbers are whole, not negative, at most 10⁹.
  package init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count >= 2, bytes.first == UInt8(ascii: "C"), bytes.last == UInt8(ascii: "=") else {
      return nil
    }
    examples = []
    for pair in bytes[1..<bytes.count - 1].split(
      separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    {
      let sides = pair.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
      guard sides.count == 2, let input = number(sides[0]), let output = number(sides[1]) else {
        return nil
      }
      examples.append(CodeTest(input: input, output: output))
    }
  }

  package var text: String {
    var bytes: [UInt8] = [UInt8(ascii: "C")]
    for (index, example) in examples.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      bytes.append(number: example.input)
      bytes.append(UInt8(ascii: ":"))
      bytes.append(number: example.output)
    }
    bytes.append(UInt8(ascii: "="))
    return String(decoding: bytes, as: UTF8.self)
  }
}

private func number(_ digits: ArraySlice<UInt8>) -> Int? {
  guard (1...9).contains(digits.count), digits.allSatisfy(\.isDigit) else { return nil }
  return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
}
