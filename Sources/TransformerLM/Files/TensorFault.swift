/// Why a file of tensors cannot be read or written.
package struct TensorFault: Error, Sendable, Hashable, CustomStringConvertible {
  package enum Reason: Sendable, Hashable {
    /// The system's words for what failed.
    case system(operation: String, message: String)
    case tooShort(bytes: Int)
    case headerLength(UInt64, fileBytes: Int)
    case header(String)
    case tensor(String, String)
    case missing(String)
    case unexpected(String)
    case metadata(String)
    case shape(String)
  }

  /// The file, as the caller named it.
  package var path: String
  package var reason: Reason

  package var description: String { "\(path): \(reason.wording)" }
}

extension TensorFault.Reason {
  /// The fault in words: what was found, then why that is refused.
  package var wording: String {
    switch self {
    case .system(let operation, let message): "cannot \(operation): \(message)"
    case .tooShort(let bytes):
      "the file has \(bytes) bytes: a safetensors file begins with the 8-byte length of its header"
    case .headerLength(let length, let bytes):
      "the header should be \(length) bytes long, but the file has \(bytes): "
        + "it was cut short, or is no safetensors file"
    case .header(let fault): "the header is not valid: \(fault)"
    case .tensor(let name, let fault): "tensor '\(name)': \(fault)"
    case .missing(let name): "tensor '\(name)' is missing: the model's shape calls for it"
    case .unexpected(let name):
      "tensor '\(name)' has no place in this model: the file belongs to another shape"
    case .metadata(let fault): "the metadata are not valid: \(fault)"
    case .shape(let fault): "the shape is refused: \(fault)"
    }
  }
}
