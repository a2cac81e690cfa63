/// Where a response's answer stands: the response must match `^[^\[\]]*\[([^\[\]]*)\]$`, one box at the
/// very end.
enum AnswerBox: Sendable, Hashable {
  /// What is between the brackets.
  case content([UInt8])
  case missing
  /// A bracket without its partner, or the two in the wrong order.
  case broken
  case several
  case followedByText

  init(of response: some Collection<UInt8>) {
    let text = Array(response)
    let opening = text.indices.filter { text[$0] == UInt8(ascii: "[") }
    let closing = text.indices.filter { text[$0] == UInt8(ascii: "]") }
    switch (opening.count, closing.count) {
    case (0, 0):
      self = .missing
    case (1, 1) where opening[0] > closing[0]:
      self = .broken
    case (1, 1) where closing[0] < text.count - 1:
      self = .followedByText
    case (1, 1):
      self = .content(Array(text[opening[0] + 1..<closing[0]]))
    case (0...1, 0...1):
      self = .broken
    default:
      self = .several
    }
  }
}
