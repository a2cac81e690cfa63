internal import KernelInterface
internal import Reproducibility
internal import TensorKernels

extension ModelParameters {
  /// Writes the weights under their Qwen2 names, with shape and step as metadata.
  ///
  /// - Throws: ``TensorFault`` when the file cannot be written; then no file of that name is left
  ///   half-written.
  package func writeSafetensors(to path: String) throws(TensorFault) {
    try FileBytes.write(safetensors, to: path)
  }

  /// The file that ``writeSafetensors(to:)`` writes. Equal weights give equal bytes.
  package var safetensors: [UInt8] {
    var file = Safetensors()
    file.metadata = [
      ("format", "pt"), ("shape", shape.json.canonical), ("step", String(step)),
    ]
    file.tensors = layout.named(values.all, of: shape, prefix: "")
    return file.bytes
  }

  /// Reads what ``writeSafetensors(to:)`` or another program wrote.
  ///
  /// - Parameter shape: nil takes the shape from the file's metadata.
  /// - Throws: ``TensorFault`` when the file is damaged, or is not exactly a model of that shape.
  package convenience init(
    safetensors path: String, shape given: ModelShape? = nil
  ) throws(TensorFault) {
    try self.init(Safetensors(contentsOf: path), shape: given, path: path)
  }

  /// Reads the bytes of such a file.
  ///
  /// - Parameter name: what messages call the file.
  package convenience init(
    safetensors bytes: [UInt8], name: String, shape: ModelShape? = nil
  ) throws(TensorFault) {
    try self.init(Safetensors(bytes, path: name), shape: shape, path: name)
  }

  convenience init(
    _ file: Safetensors, shape given: ModelShape?, path: String
  ) throws(TensorFault) {
    let shape: ModelShape
    if let given { shape = given } else { shape = try ModelShape(file, path: path) }
    do {
      try shape.validate()
    } catch {
      throw TensorFault(path: path, reason: .shape(error.description))
    }
    self.init(empty: shape)
    step = try file.step(path: path)
    try layout.take(file.tensors, into: [("", values.all)], of: shape, path: path)
    refresh(Kernels.active.products)
  }
}

// MARK: - Tensors of an arena

extension ParameterLayout {
  /// An arena as a file holds it.
  func named(_ arena: FloatView, of model: ModelShape, prefix: String) -> [Safetensors.Tensor] {
    tensors(of: model).map {
      Safetensors.Tensor(name: prefix + $0.name, shape: $0.shape, values: $0.read(arena))
    }
  }

  /// Puts a file's tensors into arenas, each told by the prefix of its names. Every tensor must be
  /// there with the right shape and finite numbers, and no other.
  func take(
    _ tensors: [Safetensors.Tensor], into arenas: [(prefix: String, arena: FloatView)],
    of model: ModelShape, path: String
  ) throws(TensorFault) {
    var rest = Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, $0) })
    for (prefix, arena) in arenas {
      for tensor in self.tensors(of: model) {
        let name = prefix + tensor.name
        guard let found = rest.removeValue(forKey: name) else {
          throw TensorFault(path: path, reason: .missing(name))
        }
        guard found.shape == tensor.shape else {
          throw TensorFault(
            path: path,
            reason: .tensor(name, "its shape is \(found.shape), the model's is \(tensor.shape)"))
        }
        guard found.values.allSatisfy(\.isFinite) else {
          throw TensorFault(
            path: path, reason: .tensor(name, "it holds numbers that are not finite"))
        }
        tensor.write(found.values, to: arena)
      }
    }
    // The first in file order, not in the dictionary's.
    if let stranger = tensors.first(where: { rest[$0.name] != nil }) {
      throw TensorFault(path: path, reason: .unexpected(stranger.name))
    }
  }
}

// MARK: - Metadata

extension Safetensors {
  /// The step in the metadata; 0 in the file of another program.
  func step(path: String) throws(TensorFault) -> Int {
    guard let text = self[metadata: "step"] else { return 0 }
    guard let step = Int(text), step >= 0 else {
      throw TensorFault(path: path, reason: .metadata("'step' is '\(text)', not a count"))
    }
    return step
  }
}

extension ModelShape {
  /// The ends are mentioned only when they are not shared, so that the files of models that share
  /// them keep the bytes that they had before there was a choice.
  var json: JSONValue {
    var json: JSONObject = [
      "vocabulary": JSONValue(vocabulary), "width": JSONValue(width), "layers": JSONValue(layers),
      "heads": JSONValue(heads), "key_value_heads": JSONValue(keyValueHeads),
      "head_width": JSONValue(headWidth), "feed_forward": JSONValue(feedForward),
      "context": JSONValue(context), "rope_base": .number(ropeBase),
      "attention_bias": .bool(attentionBias),
    ]
    if !tiedEmbeddings { json["tied_embeddings"] = false }
    return .object(json)
  }

  /// The shape in a file's metadata.
  fileprivate init(_ file: Safetensors, path: String) throws(TensorFault) {
    func fault(_ text: String) -> TensorFault { TensorFault(path: path, reason: .metadata(text)) }
    guard let text = file[metadata: "shape"] else {
      throw fault("there is no 'shape', so the reader must be told the model's shape")
    }
    let json: JSONValue
    do { json = try JSONValue(parsing: text) } catch {
      throw fault("'shape' is not JSON: \(error.description)")
    }
    func size(_ key: String) throws(TensorFault) -> Int {
      guard let value = json[key]?.int else { throw fault("'shape' has no whole number '\(key)'") }
      return value
    }
    guard let ropeBase = json["rope_base"]?.double else {
      throw fault("'shape' has no number 'rope_base'")
    }
    guard let attentionBias = json["attention_bias"]?.bool else {
      throw fault("'shape' has no boolean 'attention_bias'")
    }
    let ends = json["tied_embeddings"] ?? true
    guard let tiedEmbeddings = ends.bool else {
      throw fault("'shape' has \(ends.canonical) for 'tied_embeddings', not a boolean")
    }
    try self.init(
      vocabulary: size("vocabulary"), width: size("width"), layers: size("layers"),
      heads: size("heads"), keyValueHeads: size("key_value_heads"),
      headWidth: size("head_width"), feedForward: size("feed_forward"), context: size("context"),
      ropeBase: ropeBase, attentionBias: attentionBias, tiedEmbeddings: tiedEmbeddings)
  }
}
