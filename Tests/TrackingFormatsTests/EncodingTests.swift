import Reproducibility
import Testing
import TrackingFormats

@Suite("checksums and encodings")
struct EncodingTests {
  /// RFC 3720, appendix B.4, and the check value of the catalogue of CRC algorithms.
  @Test("CRC-32C gives the sums of RFC 3720")
  func castagnoli() {
    let command: [UInt8] = [
      0x01, 0xC0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x14, 0, 0, 0, 0, 0, 0x04, 0,
      0, 0, 0, 0x14, 0, 0, 0, 0x18, 0x28, 0, 0, 0, 0, 0, 0, 0, 0x02, 0, 0, 0, 0, 0, 0, 0,
    ]
    let known: [([UInt8], UInt32)] = [
      ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
      ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
      ([UInt8](0..<32), 0x46DD_794E), ([UInt8]((0..<32).reversed()), 0x113F_DB5C),
      (command, 0xD996_3A56), (Array("123456789".utf8), 0xE306_9283), ([], 0),
    ]
    for (bytes, sum) in known { #expect(CRC32C.checksum(of: bytes) == sum) }
  }

  @Test("a masked sum can be turned back")
  func masked() {
    let bytes = Array("TFRecord".utf8)
    let turned = CRC32C.masked(of: bytes) &- 0xA282_EAD8
    #expect(turned >> 17 | turned << 15 == CRC32C.checksum(of: bytes))
  }

  /// The first three are the examples of protobuf.dev/programming-guides/encoding.
  @Test("protobuf fields have the bytes of its documentation")
  func protobuf() {
    func bytes(_ body: (inout ProtobufMessage) -> Void) -> [UInt8] {
      var message = ProtobufMessage()
      body(&message)
      return message.bytes
    }
    #expect(bytes { $0.add(1, integer: 150) } == [0x08, 0x96, 0x01])
    #expect(bytes { $0.add(2, text: "testing") } == [0x12, 0x07] + Array("testing".utf8))
    var inner = ProtobufMessage()
    inner.add(1, integer: 150)
    #expect(bytes { $0.add(3, inner) } == [0x1A, 0x03, 0x08, 0x96, 0x01])
    #expect(bytes { $0.add(1, integer: 0) } == [0x08, 0])
    #expect(
      bytes { $0.add(1, integer: -1) } == [0x08] + [UInt8](repeating: 0xFF, count: 9) + [0x01])
    #expect(bytes { $0.add(16, integer: 1) } == [0x80, 0x01, 0x01])
    #expect(bytes { $0.add(1, double: 1) } == [0x09, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F])
    #expect(bytes { $0.add(2, float: -2) } == [0x15, 0, 0, 0, 0xC0])
  }

  /// By the tables of thrift-compact-protocol.md: a header is the distance and the kind, numbers go zigzag.
  @Test("Thrift's compact protocol, worked out by hand")
  func thrift() {
    func bytes(_ body: (inout ThriftStructure) -> Void) -> [UInt8] {
      var structure = ThriftStructure()
      body(&structure)
      return structure.bytes
    }
    #expect(bytes { _ in } == [0])
    for (number, zigzag) in [
      (0, [0]), (-1, [1]), (1, [2]), (-2, [3]), (63, [126]), (64, [0x80, 1]),
      (2_147_483_647, [0xFE, 0xFF, 0xFF, 0xFF, 0x0F]),
    ] as [(Int, [UInt8])] {
      #expect(bytes { $0.add(1, int32: number) } == [0x15] + zigzag + [0])
    }
    #expect(
      bytes {
        $0.add(1, int64: .min)
        $0.add(4, text: "é")
      } == [0x16] + [UInt8](repeating: 0xFF, count: 9) + [0x01, 0x38, 2, 0xC3, 0xA9, 0])
    #expect(bytes { $0.add(2, int32s: [1, 2, 3]) } == [0x29, 0x35, 2, 4, 6, 0])
    #expect(
      bytes { $0.add(1, int32s: [Int](repeating: 0, count: 15)) }
        == [0x19, 0xF5, 15] + [UInt8](repeating: 0, count: 15) + [0])
    #expect(bytes { $0.add(1, ThriftStructure()) } == [0x1C, 0, 0])
    #expect(bytes { $0.add(1, structures: [.init(), .init()]) } == [0x19, 0x2C, 0, 0, 0])
    #expect(bytes { $0.add(1, texts: ["a"]) } == [0x19, 0x18, 1, 0x61, 0])
  }

  /// The packed example is that of parquet-format, Encodings.md: 0 to 7 in three bits each.
  @Test("runs and packed groups, worked out by hand")
  func levels() {
    #expect(LevelRuns.encoded([0, 1, 2, 3, 4, 5, 6, 7], width: 3) == [0x03, 0x88, 0xC6, 0xFA])
    #expect(
      LevelRuns.encoded([UInt32](repeating: 7, count: 100), width: 3) == [0xC8, 0x01, 0x07])
    #expect(LevelRuns.encoded([], width: 1) == [])
    #expect(LevelRuns.encoded([1, 1, 0], width: 1) == [0x03, 0x03])
    #expect([0, 1, 2, 3, 4, 5, 256, 257].map(LevelRuns.width) == [0, 0, 1, 2, 2, 3, 8, 9])
  }

  @Test("what is encoded is decoded again", arguments: 0..<64)
  func levelsComeBack(seed: UInt64) {
    var random = RandomStream(Seed(seed).derive("levels"))
    let width = Int.random(in: 1...20, using: &random)
    var numbers: [UInt32] = []
    for _ in 0..<Int.random(in: 0...40, using: &random) {
      let number = UInt32.random(in: 0..<1 << UInt32(width), using: &random)
      let count = Bool.random(using: &random) ? 1 : Int.random(in: 1...40, using: &random)
      numbers += [UInt32](repeating: number, count: count)
    }
    let bytes = LevelRuns.encoded(numbers, width: width)
    #expect(Self.decoded(bytes, width: width, count: numbers.count) == numbers)
  }

  /// As the specification has it, a bit at a time.
  private static func decoded(_ bytes: [UInt8], width: Int, count: Int) -> [UInt32] {
    var place = 0
    func next() -> Int {
      var (number, shift) = (0, 0)
      while true {
        let byte = Int(bytes[place])
        place += 1
        number |= (byte & 127) << shift
        shift += 7
        if byte < 128 { return number }
      }
    }
    var numbers: [UInt32] = []
    while place < bytes.count {
      let header = next()
      if header & 1 == 0 {
        var number: UInt32 = 0
        for byte in 0..<(width + 7) / 8 {
          number |= UInt32(bytes[place + byte]) << UInt32(8 * byte)
        }
        place += (width + 7) / 8
        numbers += [UInt32](repeating: number, count: header >> 1)
      } else {
        let values = 8 * (header >> 1)
        for value in 0..<values {
          var number: UInt32 = 0
          for bit in 0..<width {
            let position = value * width + bit
            number |= UInt32(bytes[place + position / 8] >> UInt8(position % 8) & 1) << UInt32(bit)
          }
          numbers.append(number)
        }
        place += values * width / 8
      }
    }
    return Array(numbers.prefix(count))
  }
}
