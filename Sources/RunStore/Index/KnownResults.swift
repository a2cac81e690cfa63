package import Reproducibility

/// The results that the index has as done and sound, so that a look at a file's entry on the disk can
/// take the place of reading it. The folders stay the truth: where an entry differs, the files are read.
package struct KnownResults: Sendable {
  struct Entry: Sendable {
    var seal: Int64
    var seconds: Double?
    var files: Files
  }

  /// The names of a result's files, and how many bytes they have together.
  struct Files: Sendable {
    var names: [String] = []
    var bytes = 0
  }

  fileprivate(set) var entries: [Digest: Entry] = [:]

  /// Nothing is known.
  package init() {}

  package func contains(_ identity: Digest) -> Bool { entries[identity] != nil }

  /// The state of an item whose result was found sound and is untouched since; nil otherwise.
  package func state(of folder: ItemFolder) throws(StoreFault) -> ItemState? {
    guard let entry = entries[folder.identity], try folder.seal(of: entry.files.names) == entry.seal
    else { return nil }
    return .known(seconds: entry.seconds, bytes: entry.files.bytes)
  }
}

extension ResultIndex {
  /// Every result that was found sound, in two passes over the tables.
  package func known() throws(StoreFault) -> KnownResults {
    var known = KnownResults()
    var files: [Int64: KnownResults.Files] = [:]
    for row in try rows(
      "SELECT item, name, bytes FROM artifact JOIN item USING (item) WHERE seal IS NOT NULL")
    {
      if case .integer(let item) = row[0], case .text(let name) = row[1],
        case .integer(let bytes) = row[2]
      {
        files[item, default: .init()].names.append(name)
        files[item, default: .init()].bytes += Int(bytes)
      }
    }
    for row in try rows(
      "SELECT item, identity, seconds, seal FROM item WHERE state = 'done' AND seal IS NOT NULL")
    {
      guard case .integer(let item) = row[0], case .text(let hex) = row[1],
        let identity = Digest(hex: hex), case .integer(let seal) = row[3]
      else { continue }
      var seconds: Double?
      if case .real(let value) = row[2] { seconds = value }
      known.entries[identity] = .init(seal: seal, seconds: seconds, files: files[item] ?? .init())
    }
    return known
  }
}

extension ItemFolder {
  /// A number that is another one as soon as `done.json` or one of these files is written to, replaced or
  /// touched, though nobody reads them.
  ///
  /// - Returns: nil when one of them is missing.
  func seal(of names: [String]) throws(StoreFault) -> Int64? {
    var said: [UInt8] = []
    for name in [Name.done.rawValue] + names {
      guard let status = try files.status(of: path(name)) else { return nil }
      let numbers = [
        Int64(status.bytes), status.changed, status.entryChanged, Int64(bitPattern: status.number),
      ]
      for number in numbers {
        for shift in stride(from: 0, to: 64, by: 8) {
          said.append(UInt8(truncatingIfNeeded: number >> shift))
        }
      }
    }
    return Int64(bitPattern: SHA256.digest(of: said).leadingBits)
  }
}
