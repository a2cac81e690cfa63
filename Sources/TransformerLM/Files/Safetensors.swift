internal import Reproducibility

/// A file of named `Float` tensors in the safetensors format: the header's length (8 bytes, lowest
/// first), a JSON header, then all numbers, row-major and lowest byte first.
///
/// Only the type F32 is written and read. The reader takes nothing on trust: each tensor's bytes must
/// follow the one before without gap or overlap, fill the file, and match the tensor's shape.
///
/// - Source: the format's description in the safetensors project's README, "Format".
struct Safetensors {
  struct Tensor {
    var name: String
    var shape: [Int]
    /// Row-major; as many as the product of the shape.
    var values: [Float]
  }

  /// In file order.
  var tensors: [Tensor] = []
  /// Free text beside the tensors, in file order.
  var metadata: [(key: String, value: String)] = []

  subscript(metadata key: String) -> String? { metadata.first { $0.key == key }?.value }
}

// MARK: - Writing

extension Safetensors {
  func write(to path: String) throws(TensorFault) {
    try FileBytes.write(bytes, to: path)
  }

  /// The whole file. Equal content gives equal bytes.
  var bytes: [UInt8] {
    var header = JSONObject()
    if !metadata.isEmpty {
      header["__metadata__"] = .object(
        JSONObject(metadata.map { ($0.key, JSONValue.string($0.value)) }))
    }
    var offset = 0
    for tensor in tensors {
      precondition(tensor.shape.reduce(1, *) == tensor.values.count)
      let end = offset + 4 * tensor.values.count
      header[tensor.name] = [
        "dtype": "F32",
        "shape": .array(tensor.shape.map { JSONValue($0) }),
        "data_offsets": [JSONValue(offset), JSONValue(end)],
      ]
      offset = end
    }
    var text = Array(JSONValue.object(header).canonical.utf8)
    // The numbers begin at a multiple of 8, as the format's own writers have it.
    while !text.count.isMultiple(of: 8) { text.append(UInt8(ascii: " ")) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 + text.count + offset)
    bytes.append(lowestFirst: UInt64(text.count), count: 8)
    bytes += text
    for tensor in tensors {
      for value in tensor.values { bytes.append(lowestFirst: UInt64(value.bitPattern), count: 4) }
    }
    return bytes
  }
}

extension [UInt8] {
  fileprivate mutating func append(lowestFirst number: UInt64, count: Int) {
    for place in 0..<count { append(UInt8(truncatingIfNeeded: number >> UInt64(8 * place))) }
  }

  fileprivate func number(lowestFirst start: Int, count: Int) -> UInt64 {
    var number: UInt64 = 0
    for place in 0..<count { number |= UInt64(self[start + place]) << UInt64(8 * place) }
    return number
  }
}

// MARK: - Reading

extension Safetensors {
  init(contentsOf path: String) throws(TensorFault) {
    try self.init(FileBytes.read(path), path: path)
  }

  init(_ bytes: [UInt8], path: String) throws(TensorFault) {
    func fault(_ reason: TensorFault.Reason) -> TensorFault {
      TensorFault(path: path, reason: reason)
    }
    guard bytes.count >= 8 else { throw fault(.tooShort(bytes: bytes.count)) }
    let length = bytes.number(lowestFirst: 0, count: 8)
    guard length <= UInt64(bytes.count - 8) else {
      throw fault(.headerLength(length, fileBytes: bytes.count))
    }
    let start = 8 + Int(length)
    let parsed: JSONValue
    do {
      parsed = try JSONValue(parsing: Array(bytes[8..<start]))
    } catch {
      throw fault(.header(error.description))
    }
    guard let header = parsed.object else {
      throw fault(.header("found \(parsed.kindName) where an object belongs"))
    }
    var entries: [Entry] = []
    for (name, value) in header.members {
      if name == "__metadata__" {
        metadata = try Self.metadata(value, path: path)
      } else {
        entries.append(try Entry(name, value, path: path))
      }
    }
    // Canonical headers sort their names, so file order is told by the offsets alone.
    entries.sort { ($0.begin, $0.end, $0.name) < ($1.begin, $1.end, $1.name) }
    var expected = 0
    for entry in entries {
      guard entry.begin == expected else {
        throw fault(
          .tensor(
            entry.name,
            "its bytes begin at \(entry.begin), the tensor before ends at "
              + "\(expected): gaps and overlaps are refused"))
      }
      guard entry.end <= bytes.count - start else {
        throw fault(
          .tensor(
            entry.name,
            "its bytes end at \(entry.end), the file's at "
              + "\(bytes.count - start): the file was cut short"))
      }
      expected = entry.end
      let values = stride(from: start + entry.begin, to: start + entry.end, by: 4).map {
        Float(bitPattern: UInt32(truncatingIfNeeded: bytes.number(lowestFirst: $0, count: 4)))
      }
      tensors.append(Tensor(name: entry.name, shape: entry.shape, values: values))
    }
    guard expected == bytes.count - start else {
      throw fault(.header("\(bytes.count - start - expected) bytes follow the last tensor"))
    }
  }

  private static func metadata(
    _ value: JSONValue, path: String
  ) throws(TensorFault) -> [(key: String, value: String)] {
    guard let object = value.object else {
      throw TensorFault(path: path, reason: .metadata("found \(value.kindName), not an object"))
    }
    var list: [(key: String, value: String)] = []
    for (key, value) in object.members {
      guard let text = value.string else {
        throw TensorFault(
          path: path, reason: .metadata("'\(key)' is \(value.kindName), not a string"))
      }
      list.append((key, text))
    }
    return list
  }

  /// One tensor of a header.
  private struct Entry {
    var name: String
    var shape: [Int]
    var begin: Int
    var end: Int

    init(_ name: String, _ value: JSONValue, path: String) throws(TensorFault) {
      func fault(_ text: String) -> TensorFault {
        TensorFault(path: path, reason: .tensor(name, text))
      }
      guard let type = value["dtype"]?.string else { throw fault("no 'dtype'") }
      guard type == "F32" else { throw fault("its type is \(type), and only F32 is read") }
      guard let sizes = value["shape"]?.array else { throw fault("no 'shape'") }
      var shape: [Int] = []
      var count = 1
      for size in sizes {
        guard let number = size.int, number >= 0 else {
          throw fault("its shape holds \(size.canonical), not a size")
        }
        let (product, overflow) = count.multipliedReportingOverflow(by: number)
        guard !overflow, product <= 1 << 40 else { throw fault("its shape is too large") }
        shape.append(number)
        count = product
      }
      guard let offsets = value["data_offsets"]?.array, offsets.count == 2,
        let begin = offsets[0].int, let end = offsets[1].int, begin >= 0, end >= begin
      else { throw fault("'data_offsets' must be two rising byte offsets") }
      guard end - begin == 4 * count else {
        throw fault("its shape \(shape) needs \(4 * count) bytes, its offsets span \(end - begin)")
      }
      self.name = name
      self.shape = shape
      self.begin = begin
      self.end = end
    }
  }
}
