package import Reproducibility

/// `results/`: the item folders, which are the truth, and what is derived from them.
///
/// ```
/// results/items/3f/3f9a2c…/   one folder per work item, named by its identity
/// results/studies/staging.json   which trials a study has and which items each is made of
/// results/trash/              removed items that are being deleted
/// results/ablate.sqlite       the index: all of it in tables
/// ```
package struct ResultsFolder: Sendable {
  package let path: String
  package let files: any FileSystem

  package init(_ path: String, files: any FileSystem = LocalFileSystem()) {
    // One spelling, so that paths in messages and in children are the same.
    var path = path
    while path.count > 1 && path.hasSuffix("/") { path.removeLast() }
    self.path = path.isEmpty ? "." : path
    self.files = files
  }

  /// Makes the folder and makes sure that files can be written in it, before anything is started.
  package func prepare() throws(StoreFault) {
    // By itself first, so that a fault names the folder that the user named.
    try files.makeFolder(path)
    try files.makeFolder(itemsPath)
    let trial = "\(path)/.writable-\(ProcessMark.current.process)"
    try files.write([], to: trial)
    try files.remove(trial)
  }

  /// Returns when everything that was written to the items would outlive a power cut.
  package func syncItems() throws(StoreFault) { try files.syncDisk(of: itemsPath) }

  /// The folder of an item, whether it exists or not.
  package func item(_ identity: Digest) -> ItemFolder {
    let hex = identity.hex
    return ItemFolder(
      results: self, identity: identity, path: "\(itemsPath)/\(hex.prefix(2))/\(hex)")
  }

  /// Writes down what is to be done. An item that has its order is left as it is; one whose order was
  /// damaged gets it anew.
  @discardableResult
  package func place(_ order: WorkOrder) throws(StoreFault) -> ItemFolder {
    try place([order])
    return item(order.identity)
  }

  /// Writes down what is to be done, many items with one wait for the disk. When this returns, every
  /// order and the names of its folders would outlive a power cut.
  package func place(_ orders: [WorkOrder]) throws(StoreFault) {
    var placed: [ItemFolder] = []
    for order in orders {
      let item = item(order.identity)
      let bytes = Array((order.json.pretty + "\n").utf8)
      do throws(StoreFault) {
        if try item.order() != nil { continue }
        try files.makeFolder(item.path)
        // An order without content, or one that another process has just written.
        if try !files.create(item.path(.order), with: bytes, .untilPowerCut) {
          try files.replace(item.path(.order), with: bytes, .untilPowerCut)
        }
      } catch {
        guard case .damaged = error else { throw error }
        try files.replace(item.path(.order), with: bytes, .untilPowerCut)
      }
      placed.append(item)
    }
    if placed.count > Self.syncedOneByOne { return try files.syncDisk(of: itemsPath) }
    for item in placed {
      try files.sync(item.path(.order))
      for folder in [item.path, parent(of: item.path)] { try files.syncFolder(folder) }
    }
    if !placed.isEmpty { try files.syncFolder(itemsPath) }
  }

  /// For fewer items the disk as a whole is not asked: it may hold much that others wrote.
  static let syncedOneByOne = 4

  /// Every item that has a folder, in the order of their identities.
  package func identities() throws(StoreFault) -> [Digest] {
    var found: [Digest] = []
    for shelf in try files.names(in: itemsPath) where shelf.utf8.count == 2 {
      for name in try files.names(in: "\(itemsPath)/\(shelf)") {
        if let identity = Digest(hex: name) { found.append(identity) }
      }
    }
    return found.sorted()
  }

  /// Which items may have a folder, from one look at `items/`.
  package func shelves() throws(StoreFault) -> Shelves {
    Shelves(names: try files.names(in: itemsPath))
  }

  var itemsPath: String { "\(path)/items" }
  var studiesPath: String { "\(path)/studies" }
  var trashPath: String { "\(path)/trash" }
  package var indexPath: String { "\(path)/ablate.sqlite" }
}

/// The folders that items lie in, by the first two digits of their identities. Of a new results folder none is
/// there, and of many items none has to be looked for.
package struct Shelves: Sendable {
  private let first: Set<UInt64>

  init(names: [String]) {
    first = Set(names.filter { $0.utf8.count == 2 }.compactMap { UInt64($0, radix: 16) })
  }

  /// false for an item that has no folder.
  package func mayHold(_ identity: Digest) -> Bool { first.contains(identity.leadingBits >> 56) }
}
