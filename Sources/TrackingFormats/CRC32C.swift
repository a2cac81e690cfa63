/// The checksum of TFRecord files: a cyclic redundancy check with Castagnoli's polynomial, RFC 3720 appendix B.4.
package enum CRC32C {
  /// What eight shifts do to each byte, the polynomial 0x1EDC6F41 with its bits reversed.
  private static let table: [UInt32] = (0..<256).map { byte in
    var remainder = UInt32(byte)
    for _ in 0..<8 {
      remainder = remainder & 1 == 1 ? remainder >> 1 ^ 0x82F6_3B78 : remainder >> 1
    }
    return remainder
  }

  package static func checksum(of bytes: [UInt8]) -> UInt32 {
    let table = table
    var sum = ~UInt32(0)
    for byte in bytes { sum = sum >> 8 ^ table[Int(UInt8(truncatingIfNeeded: sum) ^ byte)] }
    return ~sum
  }

  /// As a TFRecord stores it: turned and moved, because a checksum of what holds checksums is a weak one.
  package static func masked(of bytes: [UInt8]) -> UInt32 {
    let sum = checksum(of: bytes)
    return (sum >> 15 | sum << 17) &+ 0xA282_EAD8
  }
}
