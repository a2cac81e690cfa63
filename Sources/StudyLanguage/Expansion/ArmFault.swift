package import Diagnostics
import Reproducibility

/// A fault of an arm's recipe that its schema cannot see: settings that do not fit together.
package struct ArmFault: Sendable, Hashable {
  /// The setting to point at: `stages.first.group_size`.
  package var path: String
  /// Bytes of the text of that setting, when only a part of it is wrong.
  package var part: Range<Int>?
  package var what: String
  package var why: String
  package var help: String

  package init(path: String, part: Range<Int>? = nil, what: String, why: String, help: String) {
    self.path = path
    self.part = part
    self.what = what
    self.why = why
    self.help = help
  }
}

extension Study {
  /// The faults that somebody finds in the arms, at the place where each setting is written. What
  /// several arms share is said once; what only some arms have names the first of them.
  package func diagnostics(of faults: (Arm) -> [ArmFault]) -> [Diagnostic] {
    let found = arms.enumerated().flatMap { index, arm in
      faults(arm).map { fault in
        let place = arm.location(of: fault.path) ?? recipeSpan
        return FoundInArm(
          arm: index,
          diagnostic: Diagnostic(
            fault.what, at: fault.part.map(place.inString) ?? place, why: fault.why,
            help: fault.help))
      }
    }
    return gathered(found, arms: arms.map { ($0.label, $0.origin) }, origins: origins)
  }
}

/// A diagnostic of one arm.
struct FoundInArm {
  var arm: Int
  var diagnostic: Diagnostic
}

/// One diagnostic for all arms that have it, with the way to it: the recipe's file, and the arm when
/// not every arm has the fault.
func gathered(
  _ found: [FoundInArm], arms: [(label: String, origin: SourceSpan?)], origins: FileOrigins
) -> [Diagnostic] {
  struct Said: Hashable {
    var place: Diagnostic.Place
    var what: String
  }
  var order: [Said] = []
  var places: [Said: (diagnostic: Diagnostic, arms: [Int])] = [:]
  for item in found {
    let said = Said(place: item.diagnostic.place, what: item.diagnostic.what)
    if places[said] == nil { order.append(said) }
    places[said, default: (item.diagnostic, [])].arms.append(item.arm)
  }
  return order.compactMap { said in
    guard let (found, inArms) = places[said] else { return nil }
    var diagnostic = found
    if let span = diagnostic.span { diagnostic.chain += origins.chain(for: span) }
    let first = arms[inArms[0]]
    let count = Set(inArms).count
    // A fault that stands where the arm is made needs no second mention of the arm.
    let isElsewhere = diagnostic.span?.source !== first.origin?.source
    if count < arms.count, let origin = first.origin, isElsewhere {
      let others = count == 1 ? "" : " and \(count - 1) more"
      diagnostic.chain.append(
        Diagnostic.Origin(span: origin, what: "in arm '\(first.label)'\(others)"))
    }
    return diagnostic
  }
}
