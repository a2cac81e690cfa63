extension Array where Element == UInt8 {
  /// The bytes of a number, the lowest first.
  mutating func appendLittleEndian(_ number: some FixedWidthInteger) {
    var rest = number
    for _ in 0..<number.bitWidth / 8 {
      append(UInt8(truncatingIfNeeded: rest))
      rest >>= 8
    }
  }

  /// Seven bits a byte, the lowest first; the eighth says that another follows. Protobuf, Thrift and Parquet
  /// all count so.
  mutating func appendVariableLength(_ number: UInt64) {
    var rest = number
    while rest > 127 {
      append(UInt8(truncatingIfNeeded: rest) | 128)
      rest >>= 7
    }
    append(UInt8(truncatingIfNeeded: rest))
  }
}
