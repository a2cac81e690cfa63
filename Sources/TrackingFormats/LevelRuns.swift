/// Small numbers as Parquet's hybrid of runs and packed groups of eight; parquet-format, Encodings.md, RLE.
///
/// A number that repeats eight times or more is a run; all others are packed, the lowest bits first.
package enum LevelRuns {
  /// - Parameter width: bits of each number, 0 to 32.
  package static func encoded(_ numbers: [UInt32], width: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    var packed: [UInt32] = []
    var place = 0
    while place < numbers.count {
      let number = numbers[place]
      var end = place + 1
      while end < numbers.count, numbers[end] == number { end += 1 }
      // Packed groups are whole, so a run gives up what the last group lacks.
      let missing = (8 - packed.count % 8) % 8
      if end - place - missing >= 8 {
        for _ in 0..<missing { packed.append(number) }
        pack(&packed, width, &bytes)
        let count = end - place - missing
        bytes.appendVariableLength(UInt64(count) << 1)
        bytes += number.littleEndianBytes((width + 7) / 8)
      } else {
        for _ in place..<end { packed.append(number) }
      }
      place = end
    }
    // What the last group lacks is no number: a reader knows how many there are.
    while !packed.count.isMultiple(of: 8) { packed.append(0) }
    pack(&packed, width, &bytes)
    return bytes
  }

  /// Bits that a number below a bound takes.
  package static func width(below bound: Int) -> Int {
    bound < 2 ? 0 : Int.bitWidth - (bound - 1).leadingZeroBitCount
  }

  private static func pack(_ numbers: inout [UInt32], _ width: Int, _ bytes: inout [UInt8]) {
    if numbers.isEmpty { return }
    bytes.appendVariableLength(UInt64(numbers.count / 8) << 1 | 1)
    var (bits, count) = (UInt64(0), 0)
    for number in numbers {
      bits |= UInt64(number) << UInt64(count)
      count += width
      while count >= 8 {
        bytes.append(UInt8(truncatingIfNeeded: bits))
        bits >>= 8
        count -= 8
      }
    }
    numbers.removeAll(keepingCapacity: true)
  }
}

extension UInt32 {
  fileprivate func littleEndianBytes(_ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: self >> UInt32(8 * $0)) }
  }
}
