/// Places labels of one height beside their anchors so that none overlaps.
///
/// Labels keep the order of their anchors. Neighbours that would collide form a block whose members
/// sit one height apart, centred on the mean of their anchors; blocks merge until all is clear. That
/// moves the labels as little as possible in the squared sense.
///
/// - Parameters:
///   - anchors: wished centres, in any order.
///   - height: least distance of two centres.
///   - range: where centres may lie; when there are too many labels for it, they overflow downwards.
/// - Returns: the centres, in the order of `anchors`.
func placedLabels(
  anchors: [Double], height: Double, within range: ClosedRange<Double>
) -> [Double] {
  struct Block {
    var members: [Int]
    var sum: Double
    let height: Double

    /// Centre of the first member.
    func top(_ range: ClosedRange<Double>) -> Double {
      let extent = height * Double(members.count - 1)
      let wish = sum / Double(members.count) - extent / 2
      return max(range.lowerBound, min(wish, range.upperBound - extent))
    }

    func bottom(_ range: ClosedRange<Double>) -> Double {
      top(range) + height * Double(members.count - 1)
    }
  }
  let order = anchors.indices.sorted { (anchors[$0], $0) < (anchors[$1], $1) }
  var blocks: [Block] = []
  for index in order {
    var block = Block(members: [index], sum: anchors[index], height: height)
    while let previous = blocks.last, previous.bottom(range) + height > block.top(range) + 1e-9 {
      block = Block(
        members: previous.members + block.members, sum: previous.sum + block.sum, height: height)
      blocks.removeLast()
    }
    blocks.append(block)
  }
  var centres = anchors
  for block in blocks {
    for (place, member) in block.members.enumerated() {
      centres[member] = block.top(range) + Double(place) * height
    }
  }
  return centres
}

/// The width of a text in a sans-serif face, in pixels; within a tenth for common faces, which is
/// enough to leave room.
func estimatedWidth(_ text: String, fontSize: Double) -> Double {
  text.reduce(0) { width, character in
    let share: Double =
      switch character {
      case "i", "j", "l", "I", "'", ".", ",", ":", ";", "|", "!": 0.3
      case "f", "t", "r", " ", "(", ")", "[", "]", "-", "/": 0.38
      case "m", "w", "M", "W", "%", "@": 0.92
      case "A"..."Z", "→", "+", "=", "×", "±": 0.72
      default: displayWidth(String(character)) == 2 ? 1.05 : 0.6
      }
    return width + share * fontSize
  }
}

/// The text, cut with an ellipsis when it is wider than `width`.
func shortened(_ text: String, fontSize: Double, to width: Double) -> String {
  guard estimatedWidth(text, fontSize: fontSize) > width else { return text }
  var kept = text
  while !kept.isEmpty, estimatedWidth(kept + "…", fontSize: fontSize) > width { kept.removeLast() }
  while kept.last == " " { kept.removeLast() }
  return kept + "…"
}
