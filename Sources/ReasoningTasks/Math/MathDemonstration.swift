import Reproducibility

extension Problem {
  /// The steps in post-order, `a op b=c;` each, and the answer in its box. With n operations and
  /// without a jump that is 6n + 3 tokens, 6n + 4 with the end token.
  func mathDemonstration(
    style: DemonstrationStyle, random: inout RandomStream
  ) throws(DemonstrationFault) -> String {
    guard let expression = try? MathExpression(prompt: prompt) else {
      throw .notAnExpression(id: id)
    }
    if let node = expression.nodes.first(where: { !Vocabulary.numbers.contains($0.value) }) {
      throw .valueWithoutToken(id: id, value: node.value)
    }
    if let answer, answer != String(expression.value) {
      throw .answerDiffers(id: id, answer: answer, value: expression.value)
    }
    var text: [UInt8] = []
    for step in expression.steps {
      if random.chance(style.jump) { break }
      step.write(to: &text)
    }
    text.append(UInt8(ascii: "["))
    text.append(number: expression.value)
    text.append(UInt8(ascii: "]"))
    return String(decoding: text, as: UTF8.self)
  }
}
