/// A table as an Apache Parquet file, a row group at a time: flat columns, no compression.
///
/// Texts and whole numbers are indices into a dictionary of their own in each row group, since names and steps
/// repeat; doubles stand as they are, with not-a-number and the infinities. Bounds of columns are left out:
/// readers use them to skip row groups, and these files are small.
/// Source: parquet-format 2.11, parquet.thrift and Encodings.md.
package struct ParquetFile {
  private let columns: [(name: String, kind: Kind, isOptional: Bool)]
  private var groups: [ThriftStructure] = []
  private var rows = 0
  /// Bytes written so far.
  private var offset = 0

  /// Rows that a row group should have: enough for small headers, few enough to be held at once.
  package static let rowsOfGroup = 1 << 17

  private static let magic = Array("PAR1".utf8)

  /// Numbers of `Type`.
  private enum Kind: Int {
    case int64 = 2
    case double = 5
    case byteArray = 6

    init(_ cells: TrackedRows.Cells) {
      switch cells {
      case .texts: self = .byteArray
      case .integers: self = .int64
      case .numbers: self = .double
      }
    }
  }

  /// - Parameter rows: any rows of the table, for the names and kinds of its columns.
  package init(like rows: TrackedRows) {
    columns = zip(rows.columns, SafeName.distinct(rows.columns.map(\.name))).map {
      ($1, Kind($0.cells), $0.isOptional)
    }
  }

  /// The bytes of a row group, and before the first one those that begin the file.
  package mutating func rowGroup(_ rows: TrackedRows) -> [UInt8] {
    var bytes: [UInt8] = []
    if offset == 0 {
      bytes = Self.magic
      offset = bytes.count
    }
    if rows.count == 0 { return bytes }
    precondition(rows.columns.count == columns.count, "every row group has the same columns")
    var chunks: [ThriftStructure] = []
    var size = 0
    for (column, source) in zip(columns, rows.columns) {
      let chunk = ParquetPages(source)
      chunks.append(metadata(of: chunk, column.name, column.kind))
      bytes += chunk.bytes
      offset += chunk.bytes.count
      size += chunk.bytes.count
    }
    self.rows += rows.count
    groups.append(
      .made {
        $0.add(1, structures: chunks)
        $0.add(2, int64: size)
        $0.add(3, int64: rows.count)
      })
    return bytes
  }

  /// The bytes that end the file, after at least one call of ``rowGroup(_:)``.
  package func end() -> [UInt8] {
    precondition(offset > 0)
    let root = ThriftStructure.made {
      $0.add(4, text: "schema")
      $0.add(5, int32: columns.count)
    }
    let footer = ThriftStructure.made {
      $0.add(1, int32: 2)
      $0.add(2, structures: [root] + columns.map(Self.schema))
      $0.add(3, int64: rows)
      $0.add(4, structures: groups)
      $0.add(6, text: "ablate")
    }.bytes
    var bytes = footer
    bytes.appendLittleEndian(UInt32(footer.count))
    return bytes + Self.magic
  }

  private static func schema(
    _ column: (name: String, kind: Kind, isOptional: Bool)
  ) -> ThriftStructure {
    .made {
      $0.add(1, int32: column.kind.rawValue)
      $0.add(3, int32: column.isOptional ? 1 : 0)
      $0.add(4, text: column.name)
      if column.kind == .byteArray {
        // Once for readers of today, once for older ones.
        $0.add(6, int32: 0)
        $0.add(10, .made { $0.add(1, ThriftStructure()) })
      }
    }
  }

  /// `ColumnChunk` with its `ColumnMetaData`, of a chunk that begins at ``offset``.
  private func metadata(
    of chunk: ParquetPages, _ name: String, _ kind: Kind
  ) -> ThriftStructure {
    let encodings: [ParquetEncoding] =
      chunk.dictionaryBytes == 0 ? [.plain] : [.plain, .dictionary]
    let details = ThriftStructure.made {
      $0.add(1, int32: kind.rawValue)
      $0.add(2, int32s: (encodings + [.runs]).map(\.rawValue))
      $0.add(3, texts: [name])
      $0.add(4, int32: 0)
      $0.add(5, int64: chunk.count)
      $0.add(6, int64: chunk.bytes.count)
      $0.add(7, int64: chunk.bytes.count)
      $0.add(9, int64: offset + chunk.dictionaryBytes)
      if chunk.dictionaryBytes > 0 { $0.add(11, int64: offset) }
    }
    return .made {
      // Where the metadata would be repeated; nothing is there.
      $0.add(2, int64: 0)
      $0.add(3, details)
    }
  }
}
