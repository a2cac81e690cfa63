import Reproducibility

/// Tells recipes apart without writing them out: a sum over all settings that differ from their defaults, each
/// with its path, so that what an axis changes is a number that is added, whatever the other axes do.
///
/// Two recipes with one fingerprint are the same but for a chance of 2⁻¹²⁸ for each pair.
package struct ArmFingerprint: Hashable, Sendable {
  private var high: UInt64 = 0
  private var low: UInt64 = 0

  package init() {}

  init(of canonical: JSONValue) { add(canonical, at: Self.root) }

  static func + (a: Self, b: Self) -> Self {
    var sum = a
    sum.high &+= b.high
    sum.low &+= b.low
    return sum
  }

  static func - (a: Self, b: Self) -> Self {
    var difference = a
    difference.high &-= b.high
    difference.low &-= b.low
    return difference
  }

  private typealias Key = (high: UInt64, low: UInt64)
  private static let root: Key = (1, 2)

  private mutating func add(_ value: JSONValue, at place: Key) {
    switch value {
    case .object(let object) where !object.isEmpty:
      for (name, member) in object.members { add(member, at: Self.key(name, in: place)) }
    case .array(let elements) where !elements.isEmpty:
      for (index, element) in elements.enumerated() {
        add(element, at: Self.key("[\(index)]", in: place))
      }
    default:
      let leaf = Self.key("=\(value.canonical)", in: place)
      high &+= leaf.high
      low &+= leaf.low
    }
  }

  private static func key(_ name: String, in place: Key) -> Key {
    let digest = SHA256.digest(of: "\(place.high) \(place.low) \(name)")
    return digest.halves
  }
}

/// The fingerprints of all arms of a study whose axes change different settings, from one recipe for each variant.
struct GridFingerprints {
  private let base: ArmFingerprint
  /// What each variant of each axis adds.
  private let shares: [[ArmFingerprint]]

  /// - Returns: nil when two axes may change one setting, or a recipe cannot be made.
  init?(_ axes: [AxisDraft], recipe: SourcedJSON, schema: RecordSchema) {
    guard Self.areIndependent(axes) else { return nil }
    var learner = Normaliser(learning: recipe)
    guard let plain = learner.normalise(recipe, as: .record(schema), at: SettingPlace()),
      let known = learner.known, !DerivedValues.containsFormula(recipe)
    else { return nil }
    base = ArmFingerprint(of: plain.canonical)
    var shares: [[ArmFingerprint]] = []
    for axis in axes {
      var ofAxis: [ArmFingerprint] = []
      for variant in axis.variants {
        var changed = recipe
        for change in variant.changes {
          guard !change.isDerived, let next = try? change.applied(to: changed, schema: schema)
          else { return nil }
          changed = next
        }
        var normaliser = Normaliser(knowing: known)
        guard
          let result = normaliser.normalise(changed, as: .record(schema), at: SettingPlace())
        else { return nil }
        ofAxis.append(ArmFingerprint(of: result.canonical) - base)
      }
      shares.append(ofAxis)
    }
    self.shares = shares
  }

  subscript(variants: [Int]) -> ArmFingerprint {
    var sum = base
    for axis in variants.indices { sum = sum + shares[axis][variants[axis]] }
    return sum
  }

  /// Whether no path of one axis is, or leads to, a path of another.
  private static func areIndependent(_ axes: [AxisDraft]) -> Bool {
    let paths = axes.map { axis in axis.variants.flatMap(\.changes).map(\.path.elements) }
    for first in paths.indices {
      for second in paths.indices where second > first {
        for a in paths[first] {
          for b in paths[second] where a.starts(with: b) || b.starts(with: a) { return false }
        }
      }
    }
    return true
  }
}
