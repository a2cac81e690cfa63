extension Expression {
  /// One comparison of numbers in a claim, as something that can be tested: a value for each seed, and where
  /// its mean is to lie.
  package struct Link: Sendable {
    package enum Region: Sendable, Hashable {
      /// `x > 20` of x; where both sides are measured, the larger side less the other is above 0.
      case above(Double)
      /// `x < 20` of x.
      case below(Double)
      /// `left == right`, and `abs(x) < limit` of x: no farther from 0 than the limit.
      case within(Double)
      /// `left != right`, and `abs(x) > limit` of x: farther from 0 than the limit.
      case outside(Double)
    }

    package let region: Region
    /// As it was written.
    package let text: String
    /// Those that it reads, in the order of the text.
    package let measures: [ArmMeasure]
    private let terms: Terms

    private enum Terms: Sendable {
      case difference(Node, less: Node)
      case single(Node)
    }

    /// - Parameter value: of a measure, by its name.
    /// - Throws: as ``Expression/value(_:)``.
    package func value(
      _ value: (String) -> ExpressionValue?
    ) throws(ExpressionFault) -> Double {
      try withoutActuallyEscaping(value) { (lookup) throws(ExpressionFault) in
        let evaluation = Evaluation(lookup: lookup)
        switch terms {
        case .single(let node): return try evaluation.number(node)
        case .difference(let node, let other):
          let left = try evaluation.number(node)
          return left - (try evaluation.number(other))
        }
      }
    }

    fileprivate init(_ left: Node, _ relation: Relation, _ right: Node, in text: String) {
      let range = left.range.lowerBound..<right.range.upperBound
      self.text = String(decoding: Array(text.utf8)[range], as: UTF8.self)
      measures = left.measures + right.measures
      // The mean of absolute values lies above 0 even where nothing differs, so a limit on abs(x) is one on x.
      if relation.isOrder, let (inner, limit, isUpper) = Self.limit(left, relation, right) {
        terms = .single(inner)
        region = isUpper ? .within(limit) : .outside(limit)
        return
      }
      let isLess = relation == .less || relation == .atMost
      if relation.isOrder, let bound = Self.constant(right) {
        terms = .single(left)
        region = isLess ? .below(bound) : .above(bound)
        return
      }
      if relation.isOrder, let bound = Self.constant(left) {
        terms = .single(right)
        region = isLess ? .above(bound) : .below(bound)
        return
      }
      switch relation {
      case .equal: region = .within(0)
      case .unequal: region = .outside(0)
      default: region = .above(0)
      }
      terms = isLess ? .difference(right, less: left) : .difference(left, less: right)
    }

    /// The value of a side that reads no measure.
    private static func constant(_ node: Node) -> Double? {
      guard node.measures.isEmpty else { return nil }
      return try? Evaluation(lookup: { _ in nil }).number(node)
    }

    /// Of `abs(x) < limit` and its like: x, the limit, and whether it is an upper one.
    private static func limit(
      _ left: Node, _ relation: Relation, _ right: Node
    ) -> (Node, Double, isUpper: Bool)? {
      let isLess = relation == .less || relation == .atMost
      if let inner = left.insideOfAbs, let limit = constant(right), limit >= 0 {
        return (inner, limit, isLess)
      }
      if let inner = right.insideOfAbs, let limit = constant(left), limit >= 0 {
        return (inner, limit, !isLess)
      }
      return nil
    }
  }

  /// Folds the truth of the expression from its links.
  ///
  /// - Parameter other: a part whose truth no link tells, such as `true`.
  package func fold<Value>(
    link: (Link) -> Value, all: ([Value]) -> Value, any: ([Value]) -> Value,
    not: (Value) -> Value, other: () -> Value
  ) -> Value {
    func fold(_ node: Node) -> Value {
      switch node.form {
      case .all(let nodes): return all(nodes.map(fold))
      case .any(let nodes): return any(nodes.map(fold))
      case .not(let inner): return not(fold(inner))
      case .chain(let terms, let relations) where !node.measures.isEmpty:
        let links = relations.indices.map { place in
          link(Link(terms[place], relations[place], terms[place + 1], in: text))
        }
        return links.count == 1 ? links[0] : all(links)
      default: return other()
      }
    }
    return fold(root)
  }

  /// All links, in the order of the text.
  package var links: [Link] {
    fold(
      link: { [$0] }, all: { $0.flatMap(\.self) }, any: { $0.flatMap(\.self) }, not: { $0 },
      other: { [] })
  }
}

extension Expression.Node {
  fileprivate var insideOfAbs: Expression.Node? {
    guard case .call(ExpressionFunction.abs.rawValue, let arguments, _) = form,
      arguments.count == 1, !arguments[0].measures.isEmpty
    else { return nil }
    return arguments[0]
  }
}
