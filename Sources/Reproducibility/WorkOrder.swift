/// What one work item is to do: everything that decides its bits, and nothing else.
package struct WorkOrder: Sendable, Hashable {
  /// Another item whose result this one reads, under the name by which it asks for it.
  package struct Input: Sendable, Hashable {
    package var name: String
    package var identity: Digest

    package init(name: String, identity: Digest) {
      self.name = name
      self.identity = identity
    }
  }

  /// Which work: "solver", "problems", "grades", "levels", "stage", …
  package let kind: String
  /// The settings that the work reads, those equal to their default left out, so that a new
  /// setting with a default does not change what the item is called.
  package let configuration: JSONValue
  package let inputs: [Input]
  /// Where its random numbers come from; nil when it draws none.
  package let seedPath: String?
  /// Version of the arithmetic: raised when equal settings give other bits than before.
  package let numerics: Int
  /// SHA-256 of the canonical order. No clock, host, path, worker count or key order enters.
  package let identity: Digest
  /// What a person calls it; not part of the identity.
  package var label: String

  package init(
    kind: String, configuration: JSONValue, inputs: [Input] = [], seedPath: String? = nil,
    numerics: Int, label: String
  ) {
    var digest = PrefixDigest()
    self.init(
      kind: kind, configuration: configuration, text: configuration.canonicalBytes, inputs: inputs,
      seedPath: seedPath, numerics: numerics, label: label, digest: &digest)
  }

  /// An order whose configuration is written out already, one of many that begin alike.
  package init(
    kind: String, configuration: WrittenObject, inputs: [Input] = [], seedPath: String? = nil,
    numerics: Int, label: String, digest: inout PrefixDigest
  ) {
    self.init(
      kind: kind, configuration: .object(configuration.value), text: configuration.canonicalBytes,
      inputs: inputs, seedPath: seedPath, numerics: numerics, label: label, digest: &digest)
  }

  /// - Parameter text: the configuration's canonical text.
  private init(
    kind: String, configuration: JSONValue, text: [UInt8], inputs: [Input], seedPath: String?,
    numerics: Int, label: String, digest: inout PrefixDigest
  ) {
    self.kind = kind
    self.configuration = configuration
    self.inputs = inputs
    self.seedPath = seedPath
    self.numerics = numerics
    self.label = label
    // Taken here and kept: it is asked for many times, and writing the order out is most of its cost.
    let others = JSONValue.object(
      Self.identifying(kind, inputs, seedPath: seedPath, numerics: numerics))
    // The canonical text of the whole: of all its names 'configuration' is the first.
    identity = digest.digest(
      of: Array(#"{"configuration":"#.utf8) + text + Array(",".utf8)
        + others.canonicalBytes.dropFirst())
  }

  /// What decides the order's bits, the configuration aside.
  private static func identifying(
    _ kind: String, _ inputs: [Input], seedPath: String?, numerics: Int
  ) -> JSONObject {
    var members: JSONObject = [
      "kind": .string(kind),
      "inputs": .object(JSONObject(inputs.map { ($0.name, .string($0.identity.hex)) })),
      "numerics": .number(Double(numerics)),
    ]
    if let seedPath { members["seed"] = .string(seedPath) }
    return members
  }

  /// The order as `order.json` holds it.
  package var json: JSONValue {
    var members = Self.identifying(kind, inputs, seedPath: seedPath, numerics: numerics)
    members.insert("configuration", configuration, at: 1)
    members["label"] = .string(label)
    members["identity"] = .string(identity.hex)
    return .object(members)
  }

  /// Reads what ``json`` wrote.
  ///
  /// - Throws: ``WorkOrderFault`` when a member is missing or the stored identity is not the order's.
  package init(json: JSONValue) throws(WorkOrderFault) {
    guard let kind = json["kind"]?.string else { throw .missing("kind") }
    guard let configuration = json["configuration"] else { throw .missing("configuration") }
    guard let inputs = json["inputs"]?.object else { throw .missing("inputs") }
    guard let numerics = json["numerics"]?.int else { throw .missing("numerics") }
    var list: [Input] = []
    for (name, value) in inputs.members {
      guard let identity = value.string.flatMap(Digest.init(hex:)) else {
        throw .missing("inputs.\(name)")
      }
      list.append(Input(name: name, identity: identity))
    }
    self.init(
      kind: kind, configuration: configuration, inputs: list, seedPath: json["seed"]?.string,
      numerics: numerics, label: json["label"]?.string ?? kind)
    if let stored = json["identity"]?.string, stored != identity.hex {
      throw .identityDiffers(stored: stored, computed: identity.hex)
    }
  }
}

/// Why a stored order cannot be used.
package enum WorkOrderFault: Error, Sendable, Hashable, CustomStringConvertible {
  case missing(String)
  case identityDiffers(stored: String, computed: String)

  package var description: String {
    switch self {
    case .missing(let member): "the order has no valid '\(member)'"
    case .identityDiffers(let stored, let computed):
      "the order says it is \(stored.prefix(8)) but its content is \(computed.prefix(8))"
    }
  }
}
