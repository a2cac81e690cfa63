package import Reproducibility

/// The last word on an item: `done.json`. It names every file of the result with size and digest, and
/// carries a digest of itself, so a changed bit anywhere is seen.
package struct DoneNote: Sendable, Hashable {
  /// A file of the result.
  package struct File: Sendable, Hashable {
    package var name: String
    package var bytes: Int
    package var digest: Digest

    package init(name: String, bytes: Int, digest: Digest) {
      self.name = name
      self.bytes = bytes
      self.digest = digest
    }
  }

  package var identity: Digest
  /// The attempt that finished.
  package var attempt: Int
  /// Sorted by name; measurements are one of them when any were made.
  package var files: [File]
  /// The result in short: what the next item or a report asks for first.
  package var values: JSONObject
  package var numerics: Int
  /// Seconds by phase. For people and estimates: they differ from run to run and must not enter a
  /// report.
  package var timings: JSONObject
  /// Where it ran: ``MachineFingerprint``. It must not enter a report's numbers either.
  package var machine: JSONObject

  package init(
    identity: Digest, attempt: Int, files: [File], values: JSONObject, numerics: Int,
    timings: JSONObject, machine: JSONObject
  ) {
    self.identity = identity
    self.attempt = attempt
    self.files = files
    self.values = values
    self.numerics = numerics
    self.timings = timings
    self.machine = machine
  }

  /// Seconds that the finishing attempt took.
  package var seconds: Double? { timings["seconds"]?.double }

  package func file(_ name: String) -> File? { files.first { $0.name == name } }
}

extension DoneNote {
  package var json: JSONValue {
    var members = content
    members["digest"] = .string(JSONValue.object(content).digest.hex)
    return .object(members)
  }

  private var content: JSONObject {
    [
      "identity": .string(identity.hex), "attempt": JSONValue(attempt), "exit": 0,
      "files": .object(files.json), "values": .object(values), "numerics": JSONValue(numerics),
      "timings": .object(timings), "machine": .object(machine),
    ]
  }

  /// Reads what ``json`` wrote.
  ///
  /// - Throws: ``StoreFault/damaged(path:reason:)`` when a member is missing or the digest is not the
  ///   content's.
  package init(json: JSONValue, path: String) throws(StoreFault) {
    guard var members = json.object, let stored = json["digest"]?.string else {
      throw .damaged(path: path, reason: "it has no digest")
    }
    members["digest"] = nil
    guard JSONValue.object(members).digest.hex == stored else {
      throw .damaged(path: path, reason: "its content does not fit its digest")
    }
    guard let identity = json["identity"]?.string.flatMap(Digest.init(hex:)),
      let attempt = json["attempt"]?.int, let files = json["files"].flatMap([File].init(json:)),
      let values = json["values"]?.object, let numerics = json["numerics"]?.int,
      let timings = json["timings"]?.object, let machine = json["machine"]?.object
    else { throw .damaged(path: path, reason: "a member is missing") }
    self.init(
      identity: identity, attempt: attempt, files: files, values: values, numerics: numerics,
      timings: timings, machine: machine)
  }
}

extension Array where Element == DoneNote.File {
  /// `{"name": {"bytes": …, "sha256": …}, …}`
  var json: JSONObject {
    JSONObject(
      map { file in
        (file.name, ["bytes": JSONValue(file.bytes), "sha256": .string(file.digest.hex)])
      })
  }

  init?(json: JSONValue) {
    guard let members = json.object?.members else { return nil }
    self = []
    for (name, value) in members {
      guard let bytes = value["bytes"]?.int,
        let digest = value["sha256"]?.string.flatMap(Digest.init(hex:))
      else { return nil }
      append(Element(name: name, bytes: bytes, digest: digest))
    }
  }
}
