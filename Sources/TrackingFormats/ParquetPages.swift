/// Numbers of Parquet's `Encoding`.
enum ParquetEncoding: Int {
  case plain = 0
  case runs = 3
  case dictionary = 8
}

/// The pages of one column in one row group: a dictionary where it has one, then one page of values.
struct ParquetPages {
  private(set) var bytes: [UInt8]
  /// How many of the bytes are the dictionary's.
  private(set) var dictionaryBytes = 0
  /// Cells, the absent ones too.
  let count: Int

  init(_ column: TrackedRows.Column) {
    switch column.cells {
    case .numbers(let numbers):
      var content: [UInt8] = []
      content.reserveCapacity(8 * numbers.count)
      for number in numbers { content.appendLittleEndian(number.bitPattern) }
      self.init(
        count: numbers.count,
        Self.page(
          content, numbers.count, .plain, column.isOptional ? numbers.map { _ in 1 } : nil))
    case .integers(let integers):
      self.init(integers.map { $0 }, isOptional: column.isOptional) {
        $1.appendLittleEndian(Int64($0))
      }
    case .texts(let texts):
      self.init(texts, isOptional: column.isOptional) {
        $1.appendLittleEndian(UInt32($0.utf8.count))
        $1.append(contentsOf: $0.utf8)
      }
    }
  }

  private init(count: Int, _ bytes: [UInt8]) { (self.count, self.bytes) = (count, bytes) }

  /// By a dictionary of the values that there are, in the order in which they first appear.
  private init<Value: Hashable>(
    _ values: [Value?], isOptional: Bool, append: (Value, inout [UInt8]) -> Void
  ) {
    var places: [Value: UInt32] = [:]
    var plain: [UInt8] = []
    var indices: [UInt32] = []
    indices.reserveCapacity(values.count)
    for case let value? in values {
      let place = places[value] ?? UInt32(places.count)
      if place == places.count {
        places[value] = place
        append(value, &plain)
      }
      indices.append(place)
    }
    precondition(isOptional || indices.count == values.count, "a cell of this column is absent")
    // A width of none is allowed, but not every reader has met one.
    let width = max(LevelRuns.width(below: places.count), 1)
    let dictionary =
      Self.header(.dictionary, plain.count) {
        $0.add(1, int32: places.count)
        $0.add(2, int32: ParquetEncoding.plain.rawValue)
      } + plain
    let page = Self.page(
      [UInt8(width)] + LevelRuns.encoded(indices, width: width), values.count, .dictionary,
      isOptional ? values.map { $0 == nil ? 0 : 1 } : nil)
    self.init(count: values.count, dictionary + page)
    dictionaryBytes = dictionary.count
  }

  /// - Parameter levels: 1 for a cell with a value, 0 for one without, of an optional column.
  private static func page(
    _ content: [UInt8], _ count: Int, _ encoding: ParquetEncoding, _ levels: [UInt32]?
  ) -> [UInt8] {
    var body: [UInt8] = []
    if let levels {
      let runs = LevelRuns.encoded(levels, width: 1)
      body.appendLittleEndian(UInt32(runs.count))
      body += runs
    }
    body += content
    return header(.values, body.count) {
      $0.add(1, int32: count)
      $0.add(2, int32: encoding.rawValue)
      $0.add(3, int32: ParquetEncoding.runs.rawValue)
      $0.add(4, int32: ParquetEncoding.runs.rawValue)
    } + body
  }

  /// The number of a page's kind, and of the field of `PageHeader` in which its own header stands.
  private enum Kind {
    case values, dictionary
    var number: Int { self == .values ? 0 : 2 }
    var field: Int { self == .values ? 5 : 7 }
  }

  private static func header(
    _ kind: Kind, _ size: Int, _ details: (inout ThriftStructure) -> Void
  ) -> [UInt8] {
    ThriftStructure.made {
      $0.add(1, int32: kind.number)
      $0.add(2, int32: size)
      $0.add(3, int32: size)
      $0.add(kind.field, .made(details))
    }.bytes
  }
}
