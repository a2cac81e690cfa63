import Reproducibility
import RunStore

/// Finds the item that a person means by the first digits of its identity.
enum ItemLookup {
  /// An item of a store.
  ///
  /// - Parameter none: what is said when there is no such item.
  static func identity(
    _ digits: String, in results: ResultsFolder, none: String? = nil
  ) throws -> Digest {
    let matches = try results.identities().filter { begins($0, with: digits) }
    return try single(
      matches, none: none ?? "no work item begins with '\(digits)'",
      many: "\(matches.count) work items begin with '\(digits)'", list: "ablate ls lists them")
  }

  /// An item of a study.
  static func order(_ digits: String, of orders: [WorkOrder]) throws -> WorkOrder {
    let matches = orders.filter { begins($0.identity, with: digits) }
    return try single(
      matches, none: "no item of the study begins with '\(digits)'",
      many: "\(matches.count) items of the study begin with '\(digits)'",
      list: "ablate plan lists those of a study")
  }

  private static func begins(_ identity: Digest, with digits: String) -> Bool {
    !digits.isEmpty && identity.hex.hasPrefix(digits.lowercased())
  }

  private static func single<Item>(
    _ matches: [Item], none: String, many: String, list: String
  ) throws -> Item {
    guard let match = matches.first, matches.count == 1 else {
      throw CommandFault(
        what: matches.isEmpty ? none : many,
        why: "an item is named by the digits of its identity, as few as tell it apart", help: list)
    }
    return match
  }
}
