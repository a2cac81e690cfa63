package import StudyLanguage

/// A level's rule: an expression over pass rates, `0 < p.S < 1`.
package struct LevelRule: Sendable {
  private let expression: Expression

  package init(_ expression: Expression) { self.expression = expression }

  package var text: String { expression.text }

  /// What is wrong with it when these solvers are graded.
  package func faults(solvers: [String]) -> [ExpressionFault] {
    expression.faults(
      expecting: .boolean, names: solvers.map { (name: Self.name(of: $0), type: .number) })
  }

  /// Whether a problem with these pass rates belongs to the level. A division by zero is no.
  ///
  /// - Parameter rate: of a solver, in 0…1; nil when it was not graded.
  package func holds(_ rate: (_ solver: String) -> Double?) -> Bool {
    let value = try? expression.value { name in
      guard name.hasPrefix(Self.prefix) else { return nil }
      return rate(String(name.dropFirst(Self.prefix.count))).map { .number($0) }
    }
    return value == .boolean(true)
  }

  private static let prefix = "p."
  private static func name(of solver: String) -> String { prefix + solver }
}
