/// Digests texts of which many begin alike: what a text has in common with the one before it is not digested
/// again.
package struct PrefixDigest: Sendable {
  private var text: [UInt8] = []
  /// After each whole block of the text.
  private var states: [SHA256] = []

  package init() {}

  /// What ``SHA256/digest(of:)`` is.
  package mutating func digest(of next: [UInt8]) -> Digest {
    let common = zip(text, next).prefix { $0 == $1 }.count
    states.removeLast(states.count - min(states.count, common / Self.block))
    var sha = states.last ?? SHA256()
    var start = states.count * Self.block
    while start + Self.block <= next.count {
      sha.update(next.span.extracting(start..<start + Self.block))
      states.append(sha)
      start += Self.block
    }
    sha.update(next.span.extracting(start..<next.count))
    text = next
    return sha.finalize()
  }

  /// Bytes of a block (FIPS 180-4, section 1).
  private static let block = 64
}
