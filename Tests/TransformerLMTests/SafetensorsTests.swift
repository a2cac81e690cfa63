import Foundation
import KernelInterface
import Reproducibility
import Testing

@testable import TransformerLM

@Suite("Safetensors")
struct SafetensorsTests {
  @Test(
    "a model written and read is the same model", arguments: [ModelShape.tiny, .grouped, .untied])
  func roundTrip(shape: ModelShape) throws {
    let folder = try TemporaryFolder()
    let p = ModelParameters.lively(shape, seed: 1)
    p.step = 17
    try p.writeSafetensors(to: folder.path("m"))
    let read = try ModelParameters(safetensors: folder.path("m"))
    #expect(read.shape == shape && read.step == 17 && read.digest == p.digest)
    try read.writeSafetensors(to: folder.path("n"))
    let files = try ["m", "n"].map { try Data(contentsOf: URL(filePath: folder.path($0))) }
    #expect(files[0] == files[1])
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("")).count == 2)
  }

  @Test("a file has the names and shapes of Qwen2")
  func names() throws {
    let p = ModelParameters(.grouped, seed: Seed(1))
    let tensors = p.layout.named(p.values.all, of: p.shape, prefix: "")
    let list = tensors.map { "\($0.name) \($0.shape)" }
    #expect(
      list.prefix(8) == [
        "model.embed_tokens.weight [37, 32]",
        "model.layers.0.input_layernorm.weight [32]",
        "model.layers.0.self_attn.q_proj.weight [48, 32]",
        "model.layers.0.self_attn.k_proj.weight [16, 32]",
        "model.layers.0.self_attn.v_proj.weight [16, 32]",
        "model.layers.0.self_attn.o_proj.weight [32, 48]",
        "model.layers.0.post_attention_layernorm.weight [32]",
        "model.layers.0.mlp.gate_proj.weight [80, 32]",
      ])
    #expect(list.last == "model.norm.weight [32]")
    #expect(tensors.reduce(0) { $0 + $1.values.count } == p.shape.parameterCount)
    #expect(
      ModelParameters(.tiny, seed: Seed(1)).named.map(\.name).contains(
        "model.layers.1.self_attn.k_proj.bias"))
    let untied = ModelParameters(.untied, seed: Seed(1))
    let last = untied.layout.named(untied.values.all, of: .untied, prefix: "").last
    #expect(last?.name == "lm_head.weight" && last?.shape == [35, 32])
  }

  @Test("a file says that the ends are two matrices, and nothing when they are one")
  func ends() throws {
    for shape in [ModelShape.tiny, .untied] {
      let bytes = ModelParameters(shape, seed: Seed(1)).safetensors
      let file = try Safetensors(bytes, path: "m")
      let text = try #require(file[metadata: "shape"])
      #expect(text.contains(#""tied_embeddings":false"#) == !shape.tiedEmbeddings)
      #expect(text.contains("tied_embeddings") == !shape.tiedEmbeddings)
    }
    var odd = try Safetensors(ModelParameters(.untied, seed: Seed(1)).safetensors, path: "m")
    odd.metadata = odd.metadata.map {
      ($0.key, $0.value.replacing("_embeddings\":false", with: "_embeddings\":0"))
    }
    do {
      _ = try ModelParameters(odd, shape: nil, path: "m")
      Issue.record("the file was read")
    } catch {
      #expect(
        error.description
          == "m: the metadata are not valid: 'shape' has 0 for 'tied_embeddings', not a boolean")
    }
  }

  @Test("bytes are laid out as the format says")
  func bytes() {
    var file = Safetensors()
    file.tensors = [Safetensors.Tensor(name: "a", shape: [2], values: [1, -2])]
    let header = #"{"a":{"data_offsets":[0,8],"dtype":"F32","shape":[2]}}"#
    let padded = header + String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
    let expected: [UInt8] =
      [UInt8(padded.utf8.count), 0, 0, 0, 0, 0, 0, 0] + Array(padded.utf8)
      + [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]
    #expect(file.bytes == expected)
  }

  /// A file of one header and `count` zero bytes.
  static func file(_ header: String, data count: Int) -> [UInt8] {
    let length = UInt64(header.utf8.count)
    return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + Array(header.utf8)
      + [UInt8](repeating: 0, count: count)
  }

  // swift-format-ignore: one case a line
  static let damaged: [(String, [UInt8], String)] = [
    (
      "empty", [],
      "the file has 0 bytes: a safetensors file begins with the 8-byte length of its header"
    ),
    (
      "length", [255, 255, 255, 255, 255, 255, 255, 255, 1],
      "the header should be 18446744073709551615 bytes long, but the file has 9: it was cut short, or is no safetensors file"
    ),
    (
      "json", file("{\"a\":", data: 0),
      "the header is not valid: byte 5: the text ends inside a value"
    ),
    ("list", file("[]", data: 0), "the header is not valid: found a list where an object belongs"),
    (
      "type", file(#"{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}"#, data: 4),
      "tensor 'a': its type is F16, and only F32 is read"
    ),
    (
      "size", file(#"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,4]}}"#, data: 4),
      "tensor 'a': its shape holds -2, not a size"
    ),
    (
      "span", file(#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, data: 4),
      "tensor 'a': its shape [2] needs 8 bytes, its offsets span 4"
    ),
    (
      "huge",
      file(
        #"{"a":{"dtype":"F32","shape":[9007199254740991,9007199254740991],"data_offsets":[0,4]}}"#,
        data: 4), "tensor 'a': its shape is too large"
    ),
    (
      "short", file(#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, data: 7),
      "tensor 'a': its bytes end at 8, the file's at 7: the file was cut short"
    ),
    (
      "rest", file(#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, data: 9),
      "the header is not valid: 1 bytes follow the last tensor"
    ),
    (
      "gap", file(#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, data: 8),
      "tensor 'a': its bytes begin at 4, the tensor before ends at 0: gaps and overlaps are refused"
    ),
    (
      "offsets", file(#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4]}}"#, data: 8),
      "tensor 'a': 'data_offsets' must be two rising byte offsets"
    ),
    (
      "metadata", file(#"{"__metadata__":{"step":3}}"#, data: 0),
      "the metadata are not valid: 'step' is a number, not a string"
    ),
  ]

  @Test("a damaged file is refused and the message says why", arguments: damaged)
  func refusal(name: String, bytes: [UInt8], message: String) {
    do {
      _ = try Safetensors(bytes, path: "x")
      Issue.record("\(name) was read")
    } catch {
      #expect(error.description == "x: \(message)")
    }
  }

  @Test("a file with one byte of its header broken is refused, or is the same model")
  func mutations() throws {
    let p = ModelParameters.lively(.grouped, seed: 1)
    var file = Safetensors()
    file.metadata = [("format", "pt")]
    file.tensors = p.layout.named(p.values.all, of: p.shape, prefix: "")
    let bytes = file.bytes
    let header = 8 + Int(bytes[0]) + Int(bytes[1]) << 8
    var random = RandomStream(Seed(4))
    var refused = 0
    for _ in 0..<300 {
      var broken = bytes
      broken[random.integer(in: 0...header - 1)] = UInt8(random.integer(in: 0...255))
      do {
        let read = try ModelParameters(
          Safetensors(broken, path: "x"), shape: .grouped, path: "x")
        #expect(read.digest == p.digest)
      } catch { refused += 1 }
    }
    #expect(refused > 200, "\(refused)")
  }

  // swift-format-ignore: one case a line
  static let strangers: [(String, @Sendable (inout Safetensors) -> Void, String)] = [
    (
      "missing", { $0.tensors.removeFirst() },
      "tensor 'model.embed_tokens.weight' is missing: the model's shape calls for it"
    ),
    (
      "more", { $0.tensors.append(.init(name: "lm_head.weight", shape: [1], values: [0])) },
      "tensor 'lm_head.weight' has no place in this model: the file belongs to another shape"
    ),
    (
      "shape", { $0.tensors[0].shape = [32, 37] },
      "tensor 'model.embed_tokens.weight': its shape is [32, 37], the model's is [37, 32]"
    ),
    (
      "nan", { $0.tensors[1].values[3] = .nan },
      "tensor 'model.layers.0.input_layernorm.weight': it holds numbers that are not finite"
    ),
    (
      "step", { $0.metadata = [("step", "-1")] },
      "the metadata are not valid: 'step' is '-1', not a count"
    ),
  ]

  @Test("a file of another model is refused", arguments: 0..<5)
  func otherModel(index: Int) throws {
    let (_, change, message) = Self.strangers[index]
    let folder = try TemporaryFolder()
    let p = ModelParameters(.grouped, seed: Seed(1))
    var file = Safetensors()
    file.tensors = p.layout.named(p.values.all, of: p.shape, prefix: "")
    change(&file)
    try file.write(to: folder.path("m"))
    do {
      _ = try ModelParameters(safetensors: folder.path("m"), shape: .grouped)
      Issue.record("the file was read")
    } catch {
      #expect(error.description == "\(folder.path("m")): \(message)")
    }
  }

  @Test("a file without metadata needs a shape, and a damaged state leaves the optimizer empty")
  func metadata() throws {
    let folder = try TemporaryFolder()
    let p = ModelParameters(.grouped, seed: Seed(1))
    var file = Safetensors()
    file.tensors = p.layout.named(p.values.all, of: p.shape, prefix: "")
    try file.write(to: folder.path("m"))
    #expect(try ModelParameters(safetensors: folder.path("m"), shape: .grouped).digest == p.digest)
    #expect(throws: TensorFault.self) { try ModelParameters(safetensors: folder.path("m")) }
    #expect(throws: TensorFault.self) { try ModelParameters(safetensors: folder.path("none")) }
    #expect(throws: TensorFault.self) { try ModelParameters(safetensors: folder.path("")) }
    #expect(throws: TensorFault.self) { try p.writeSafetensors(to: folder.path("none/m")) }
    let optimizer = AdamW(.grouped)
    _ = optimizer.update(p, Gradient(.grouped), learningRate: 0)
    #expect(optimizer.step == 1)
    #expect(throws: TensorFault.self) { try optimizer.load(from: folder.path("m")) }
    #expect(optimizer.digest == AdamW(.grouped).digest)
  }
}
