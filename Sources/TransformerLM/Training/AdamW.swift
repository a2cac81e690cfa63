package import KernelInterface
package import Reproducibility
internal import TensorKernels

/// Settings of AdamW.
package struct AdamWSettings: Sendable, Hashable {
  /// Decay of the first and of the second moment, each in [0, 1).
  package var beta1: Float
  package var beta2: Float
  /// Added to the root of the second moment; positive.
  package var epsilon: Float
  /// All parameters shrink by `learning rate · weightDecay` of themselves a step, norms and biases
  /// too, as with `torch.optim.AdamW(model.parameters())`.
  package var weightDecay: Float
  /// A gradient with a larger Euclidean norm is scaled down to it; infinity never clips.
  package var clipNorm: Float

  package init(
    beta1: Float = 0.9, beta2: Float = 0.95, epsilon: Float = 1e-8, weightDecay: Float = 0,
    clipNorm: Float = 1
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.clipNorm = clipNorm
  }
}

/// AdamW and its state: two moments of the gradient and a count of steps.
///
/// - Source: Loshchilov & Hutter 2019, arXiv:1711.05101, algorithm 2; clipping by the norm of the
///   whole gradient, Pascanu et al. 2013, arXiv:1211.5063, algorithm 1.
package final class AdamW {
  package let shape: ModelShape
  package var settings: AdamWSettings
  /// Updates made since the moments were zero.
  package internal(set) var step = 0

  let layout: ParameterLayout
  let firstMoment: FloatBuffer
  let secondMoment: FloatBuffer
  private let kernels: KernelSet

  package init(
    _ shape: ModelShape, settings: AdamWSettings = AdamWSettings(),
    kernels: KernelSet = Kernels.active
  ) {
    self.shape = shape
    self.settings = settings
    self.kernels = kernels
    layout = ParameterLayout(shape)
    firstMoment = FloatBuffer(count: layout.count)
    secondMoment = FloatBuffer(count: layout.count)
  }

  /// Moves the parameters one step against the gradient and refreshes their transposed copies.
  ///
  /// A gradient that is not finite changes nothing: the caller sees it from the result and says
  /// where it broke.
  ///
  /// - Parameter g: kept, with a shared embedding's two parts added up; clear it before the next step.
  /// - Returns: the gradient's Euclidean norm before clipping.
  package func update(_ p: ModelParameters, _ g: Gradient, learningRate: Float) -> Float {
    precondition(p.shape == shape && g.shape == shape, "state, parameters, gradient: one shape")
    g.fold(kernels.operations)
    let norm = Float(kernels.operations.squaredNorm(g.values.all).squareRoot())
    guard norm.isFinite else { return norm }
    step += 1
    kernels.operations.adamW(
      p.values.all, gradient: g.values.all, firstMoment: firstMoment.all,
      secondMoment: secondMoment.all,
      step: AdamWStep(
        step: step, learningRate: learningRate, beta1: settings.beta1, beta2: settings.beta2,
        epsilon: settings.epsilon, weightDecay: settings.weightDecay,
        gradientScale: AdamWStep.clipScale(norm: norm, limit: settings.clipNorm)))
    p.step += 1
    p.refresh(kernels.products)
    return norm
  }

  /// Forgets all gradients seen.
  package func reset() {
    step = 0
    firstMoment.all.fill(0)
    secondMoment.all.fill(0)
  }

  /// SHA-256 over step and moments in canonical order.
  package var digest: Digest {
    var sha = SHA256()
    sha.update("step \(step)\n")
    layout.digest(firstMoment.all, of: shape, prefix: firstPrefix, into: &sha)
    layout.digest(secondMoment.all, of: shape, prefix: secondPrefix, into: &sha)
    return sha.finalize()
  }
}

// MARK: - Files

private let firstPrefix = "first_moment."
private let secondPrefix = "second_moment."

extension AdamW {
  /// Writes step and moments; the settings belong to the study, not to the state.
  ///
  /// - Throws: ``TensorFault`` when the file cannot be written.
  package func save(to path: String) throws(TensorFault) {
    try FileBytes.write(safetensors, to: path)
  }

  /// The file that ``save(to:)`` writes. Equal states give equal bytes.
  package var safetensors: [UInt8] {
    var file = Safetensors()
    file.metadata = [("step", String(step))]
    file.tensors =
      layout.named(firstMoment.all, of: shape, prefix: firstPrefix)
      + layout.named(secondMoment.all, of: shape, prefix: secondPrefix)
    return file.bytes
  }

  /// Takes over what ``save(to:)`` wrote for the same shape.
  ///
  /// - Throws: ``TensorFault`` when the file is damaged or belongs to another shape. The state is
  ///   then all zero, as after ``reset()``.
  package func load(from path: String) throws(TensorFault) {
    try load(safetensors: FileBytes.read(path), name: path)
  }

  /// Takes over the bytes of such a file.
  ///
  /// - Parameter name: what messages call the file.
  package func load(safetensors bytes: [UInt8], name path: String) throws(TensorFault) {
    reset()
    do throws(TensorFault) {
      let file = try Safetensors(bytes, path: path)
      try layout.take(
        file.tensors, into: [(firstPrefix, firstMoment.all), (secondPrefix, secondMoment.all)],
        of: shape, path: path)
      guard file[metadata: "step"] != nil else {
        throw TensorFault(
          path: path, reason: .metadata("there is no 'step', which corrects the moments' bias"))
      }
      step = try file.step(path: path)
    } catch {
      reset()
      throw error
    }
  }
}
