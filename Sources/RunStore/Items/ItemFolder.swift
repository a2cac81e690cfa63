package import Reproducibility

/// The folder of one work item: where things are, and what they say. Reading changes nothing; writing
/// is ``ItemWriter``'s, claiming is in `ItemFolder+Claim.swift`.
package struct ItemFolder: Sendable {
  package let results: ResultsFolder
  package let identity: Digest
  package let path: String

  init(results: ResultsFolder, identity: Digest, path: String) {
    self.results = results
    self.identity = identity
    self.path = path
  }

  /// An item folder by its path, as a worker is given it: `…/items/3f/3f9a2c…`.
  ///
  /// - Throws: ``StoreFault/noOrder(path:)`` when the path is not an item folder's.
  package init(
    path: String, files: any FileSystem = LocalFileSystem()
  ) throws(StoreFault) {
    var path = path
    while path.count > 1 && path.hasSuffix("/") { path.removeLast() }
    let name = path.split(separator: "/").last.map(String.init) ?? ""
    let items = parent(of: parent(of: path))
    guard let identity = Digest(hex: name), items.split(separator: "/").last == "items" else {
      throw .noOrder(path: path)
    }
    self.init(
      results: ResultsFolder(parent(of: items), files: files), identity: identity, path: path)
  }

  package var files: any FileSystem { results.files }

  /// The files that an item folder always calls by these names.
  package enum Name: String, CaseIterable, Sendable {
    case order = "order.json"
    case measurements = "measurements.jsonl"
    case progress = "progress.json"
    case checkpoint = "checkpoint.json"
    case failure = "failure.json"
    case done = "done.json"
    case leftOut = "left-out.json"
    case log = "log.txt"
  }

  package func path(_ name: Name) -> String { "\(path)/\(name.rawValue)" }
  func path(_ name: String) -> String { "\(path)/\(name)" }

  /// What the item is to do; nil when it has no order yet.
  package func order() throws(StoreFault) -> WorkOrder? {
    guard let json = try json(.order) else { return nil }
    do {
      let order = try WorkOrder(json: json)
      guard order.identity == identity else {
        throw WorkOrderFault.identityDiffers(stored: identity.hex, computed: order.identity.hex)
      }
      return order
    } catch {
      throw .damaged(path: path(.order), reason: "\(error)")
    }
  }

  /// The same; nil too for an order that is damaged.
  package func readableOrder() throws(StoreFault) -> WorkOrder? {
    do throws(StoreFault) {
      return try order()
    } catch {
      guard case .damaged = error else { throw error }
      return nil
    }
  }

  /// The folder of another item that this one reads, by the name under which the order asks for it.
  package func input(_ name: String) throws(StoreFault) -> ItemFolder? {
    try order()?.inputs.first { $0.name == name }.map { results.item($0.identity) }
  }

  /// How far a running item is; nil when it has not said so, or its word is just being replaced.
  package func progress() -> ItemProgress? {
    (try? json(.progress)).flatMap { $0 }.flatMap(ItemProgress.init(json:))
  }

  /// The failure that a worker wrote down, of whichever attempt.
  package func failure() throws(StoreFault) -> ItemFailure? {
    try json(.failure).flatMap(ItemFailure.init(json:))
  }

  /// A JSON file of the folder; nil when it is not there.
  func json(_ name: Name) throws(StoreFault) -> JSONValue? {
    try files.json(at: path(name))
  }
}

extension FileSystem {
  /// A JSON file; nil when there is none, or one without content: that is what a power cut leaves of a
  /// file whose bytes the disk did not have yet.
  package func json(at path: String) throws(StoreFault) -> JSONValue? {
    guard let bytes = try contents(of: path), bytes.contains(where: { $0 != 0 }) else { return nil }
    do throws(JSONFault) {
      return try JSONValue(parsing: bytes)
    } catch {
      throw .damaged(path: path, reason: "\(error)")
    }
  }
}
