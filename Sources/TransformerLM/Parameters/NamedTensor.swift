// swift-format-ignore-file: AlwaysUseLowerCamelCase
internal import KernelInterface

/// A tensor as other programs know it: its Qwen2 name, its shape as PyTorch has it (`[out, in]`, rows
/// first), and its place in an arena.
///
/// Digests and files see a model only through these, so they do not depend on panels and padding.
struct NamedTensor: Sendable {
  enum Place: Sendable {
    case vector(Range<Int>)
    /// Rows are the rows of the panels: the embedding, and an output projection of its own.
    case rows(ParameterLayout.Matrix)
    /// Row `i` is column `columns.lowerBound + i` of the panels.
    case columns(ParameterLayout.Matrix, Range<Int>)
    /// Row `i` is a column of one half of gate|up: blocks of 16, from column `first`.
    case interleaved(ParameterLayout.Matrix, count: Int, first: Int)
  }

  let name: String
  let shape: [Int]
  let place: Place

  /// The tensor's numbers, row-major, out of an arena.
  func read(_ arena: FloatView) -> [Float] {
    switch place {
    case .vector(let range): arena[range].array
    case .rows(let matrix): matrix.shape.unpack(arena[matrix.place])
    case .columns(let matrix, let columns):
      matrix.shape.unpack(arena[matrix.place], transposed: true, columns: columns)
    case .interleaved(let matrix, let count, let first):
      matrix.shape.unpack(
        arena[matrix.place], transposed: true, columns: 0..<count,
        column: { interleavedColumn($0, first: first) })
    }
  }

  /// Puts row-major numbers into an arena.
  func write(_ values: [Float], to arena: FloatView) {
    precondition(values.count == shape.reduce(1, *))
    switch place {
    case .vector(let range): arena[range].copy(from: values)
    case .rows(let matrix): matrix.shape.pack(arena[matrix.place], from: values)
    case .columns(let matrix, let columns):
      matrix.shape.pack(
        arena[matrix.place], from: values, transposed: true, columns: columns)
    case .interleaved(let matrix, let count, let first):
      matrix.shape.pack(
        arena[matrix.place], from: values, transposed: true, columns: 0..<count,
        column: { interleavedColumn($0, first: first) })
    }
  }
}

private func interleavedColumn(_ i: Int, first: Int) -> Int { i / 16 * 32 + first + i % 16 }

extension ParameterLayout {
  /// All tensors in canonical order: embedding, layers, last norm, and the output projection unless
  /// it is the embedding.
  func tensors(of model: ModelShape) -> [NamedTensor] {
    let C = model.width
    let Q = model.queryWidth
    let K = model.keyValueWidth
    let F = model.feedForward
    var list = [
      NamedTensor(
        name: "model.embed_tokens.weight", shape: [model.vocabulary, C], place: .rows(embedding))
    ]
    for (index, layer) in layers.enumerated() {
      func add(_ name: String, _ shape: [Int], _ place: NamedTensor.Place) {
        list.append(NamedTensor(name: "model.layers.\(index).\(name)", shape: shape, place: place))
      }
      add("input_layernorm.weight", [C], .vector(layer.attentionNorm))
      for (letter, columns) in [("q", 0..<Q), ("k", Q..<Q + K), ("v", Q + K..<Q + 2 * K)] {
        add(
          "self_attn.\(letter)_proj.weight", [columns.count, C],
          .columns(layer.queryKeyValue, columns))
        if let bias = layer.bias {
          let place = bias.lowerBound + columns.lowerBound..<bias.lowerBound + columns.upperBound
          add("self_attn.\(letter)_proj.bias", [columns.count], .vector(place))
        }
      }
      add("self_attn.o_proj.weight", [C, Q], .columns(layer.output, 0..<C))
      add("post_attention_layernorm.weight", [C], .vector(layer.feedForwardNorm))
      add("mlp.gate_proj.weight", [F, C], .interleaved(layer.gateUp, count: F, first: 0))
      add("mlp.up_proj.weight", [F, C], .interleaved(layer.gateUp, count: F, first: 16))
      add("mlp.down_proj.weight", [C, F], .columns(layer.down, 0..<C))
    }
    list.append(NamedTensor(name: "model.norm.weight", shape: [C], place: .vector(finalNorm)))
    if let head {
      list.append(
        NamedTensor(name: "lm_head.weight", shape: [model.vocabulary, C], place: .rows(head)))
    }
    return list
  }
}
