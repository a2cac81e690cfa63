package import Reproducibility

/// How thorough a demonstration is. Every demonstration is correct, whatever its style.
///
/// A policy that saw only thorough demonstrations is sure of itself and learns nothing from
/// reinforcement; one that saw terse ones as well has skill which its samples do not show.
package struct DemonstrationStyle: Sendable, Hashable {
  /// Math: probability, before each step, of going straight to the box. 0…1.
  package var jump: Double
  /// Code: probability of showing no work at all; otherwise `!` and all of it. 0…1. The mark keeps the
  /// habits of the domains apart: with the same style in both, training on math alone lifts code.
  package var bareProgram: Double

  package init(jump: Double, bareProgram: Double = 0.5) {
    precondition((0...1).contains(jump) && (0...1).contains(bareProgram))
    self.jump = jump
    self.bareProgram = bareProgram
  }

  /// All the work, always.
  package static let thorough = DemonstrationStyle(jump: 0, bareProgram: 0)
}

extension Problem {
  /// A correct response to this problem, without the end token.
  ///
  /// The work is derived from the prompt (and the reference program), so it serves generated problems
  /// and problems from a file alike.
  ///
  /// - Throws: ``DemonstrationFault`` when the problem does not carry what the work is derived from.
  ///   Never for a generated problem.
  package func demonstration(
    style: DemonstrationStyle, random: inout RandomStream
  ) throws(DemonstrationFault) -> String {
    switch domain {
    case .math: try mathDemonstration(style: style, random: &random)
    case .code: try codeDemonstration(style: style, random: &random)
    }
  }
}

/// Why a problem has no demonstration.
package enum DemonstrationFault: Error, Sendable, Hashable {
  /// The math prompt is not `M<expression>=`.
  case notAnExpression(id: String)
  /// A value on the way has no token.
  case valueWithoutToken(id: String, value: Int)
  /// The answer on file is not the expression's value.
  case answerDiffers(id: String, answer: String, value: Int)
  /// The code problem has no reference program.
  case noReference(id: String)
}

extension DemonstrationFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notAnExpression(let id):
      "problem '\(id)' has no demonstration: its prompt is not of the form M<expression>="
    case .valueWithoutToken(let id, let value):
      "problem '\(id)' has no demonstration: \(value) occurs on the way, and tokens exist for 0…99"
    case .answerDiffers(let id, let answer, let value):
      "problem '\(id)' has no demonstration: its answer is '\(answer)', its prompt gives \(value)"
    case .noReference(let id):
      "problem '\(id)' has no demonstration: it has no reference program"
    }
  }
}
