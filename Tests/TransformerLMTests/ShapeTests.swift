import Testing

@testable import TransformerLM

@Suite("Shape of a model")
struct ShapeTests {
  @Test("the count of parameters is that of the paper's small model, worked by hand")
  func parameterCount() {
    // embedding 122·64 = 7808; a block: qkv 64·192 + 192 = 12480, output 4096, feed-forward
    // 3·64·176 = 33792, norms 128: 50496; two blocks 100992; last norm 64.
    let shape = ModelShape(
      vocabulary: 122, width: 64, layers: 2, heads: 4, feedForward: 176, context: 128)
    #expect(shape.headWidth == 16 && shape.keyValueHeads == 4)
    #expect(shape.parameterCount == 7808 + 100_992 + 64)
    var untied = shape
    untied.tiedEmbeddings = false
    #expect(untied.parameterCount == 2 * 7808 + 100_992 + 64)
  }

  // swift-format-ignore: one case a line
  static let refusals: [(String, ModelShape, String)] = {
    func shape(_ change: (inout ModelShape) -> Void) -> ModelShape {
      var shape = ModelShape.tiny
      change(&shape)
      return shape
    }
    return [
      (
        "width", shape { $0.width = 48 },
        "width 48 is not a multiple of 32: the kernels compute 32 columns at a time"
      ),
      (
        "head", shape { $0.headWidth = 24 },
        "head width 24 is not a multiple of 16: the kernels compute 16 columns at a time"
      ),
      (
        "feed-forward", shape { $0.feedForward = 40 },
        "feed-forward width 40 is not a multiple of 16: the kernels compute 16 columns at a time"
      ),
      (
        "sharing",
        shape {
          $0.heads = 3; $0.keyValueHeads = 2
        },
        "3 heads cannot share 2 key-value heads: each key-value head serves the same number of query heads"
      ),
      ("layers", shape { $0.layers = 0 }, "layers is 0: it must lie in 1…256"),
      ("vocabulary", shape { $0.vocabulary = 1 }, "vocabulary is 1: it must lie in 2…1048576"),
      ("context", shape { $0.context = -1 }, "context is -1: it must lie in 1…131072"),
      (
        "base", shape { $0.ropeBase = 1 },
        "rotary base 1.0 is not in 1…1e9 (1 itself excluded): the frequencies base^(−2i/D) must fall with i"
      ),
      (
        "base nan", shape { $0.ropeBase = .nan },
        "rotary base nan is not in 1…1e9 (1 itself excluded): the frequencies base^(−2i/D) must fall with i"
      ),
    ]
  }()

  @Test("a shape that cannot be built is refused with what and why", arguments: refusals)
  func refusal(name: String, shape: ModelShape, message: String) {
    #expect(throws: ShapeFault.self) { try shape.validate() }
    do { try shape.validate() } catch { #expect(error.description == message) }
  }

  @Test("the shapes of the tests are valid")
  func valid() throws {
    try ModelShape.tiny.validate()
    try ModelShape.grouped.validate()
    try ModelShape.untied.validate()
  }
}

extension ModelShape {
  /// Two layers of 32 channels; a vocabulary that fills no vector.
  static let tiny = ModelShape(
    vocabulary: 21, width: 32, layers: 2, heads: 2, feedForward: 48, context: 48)

  /// Odd in every way that is allowed: three query heads on one key-value head, heads wider in sum
  /// than the model, no bias, a half-filled last panel.
  static let grouped = ModelShape(
    vocabulary: 37, width: 32, layers: 2, heads: 3, keyValueHeads: 1, headWidth: 16,
    feedForward: 80, context: 40, attentionBias: false)

  /// An output projection of its own, and two query heads for each of two key-value heads.
  static let untied = ModelShape(
    vocabulary: 35, width: 32, layers: 2, heads: 4, keyValueHeads: 2, headWidth: 16,
    feedForward: 48, context: 44, tiedEmbeddings: false)
}
