package import Reproducibility

/// One execution of a work item, from the claim to the end: `attempts/0001.jsonl`, `0002.jsonl`, ….
///
/// The file is lease and record in one: a line for each change, the last whole line counts. It is created with its whole content at one instant under the
/// next free number, so of two processes that want the item exactly one gets it, and nothing is ever
/// removed: a stale lease is taken over by the next number. The number is the fencing token: an
/// attempt that finds a higher number than its own has lost the item and writes nothing more.
package struct Attempt: Sendable, Hashable {
  /// 1, 2, 3, …
  package var number: Int
  /// Who answers for the attempt: the coordinator, or the worker itself when it was started by hand.
  package var holder: ProcessMark
  /// The process that does the work, once it is known.
  package var worker: ProcessMark?
  /// Seconds since 1970.
  package var began: Double
  /// nil while it runs, and for ever when holder and worker died without a word.
  package var ending: Ending?

  package init(
    number: Int, holder: ProcessMark, worker: ProcessMark? = nil, began: Double,
    ending: Ending? = nil
  ) {
    self.number = number
    self.holder = holder
    self.worker = worker
    self.began = began
    self.ending = ending
  }

  /// How an attempt ended.
  package struct Ending: Sendable, Hashable {
    package enum Manner: String, Sendable, Hashable, CaseIterable {
      case done
      /// It was asked to leave, saved a checkpoint and left.
      case stopped
      /// The order cannot be carried out; trying again would give the same.
      case configurationFault = "configuration fault"
      /// The program gave up.
      case failed
      /// The process was killed or the machine let it down; trying again may help.
      case machineFault = "machine fault"
    }

    package var manner: Manner
    /// A line for people; empty when all is well.
    package var words: String
    package var seconds: Double
    /// Largest resident size of the process in bytes, where known.
    package var peakMemory: Int?

    package init(manner: Manner, words: String = "", seconds: Double, peakMemory: Int? = nil) {
      self.manner = manner
      self.words = words
      self.seconds = seconds
      self.peakMemory = peakMemory
    }
  }
}

extension Attempt {
  package var json: JSONValue {
    var members: JSONObject = [
      "attempt": JSONValue(number), "holder": holder.json, "began": .number(began),
    ]
    if let worker { members["worker"] = worker.json }
    if let ending {
      var end: JSONObject = [
        "manner": .string(ending.manner.rawValue), "words": .string(ending.words),
        "seconds": .number(ending.seconds),
      ]
      if let peakMemory = ending.peakMemory { end["peak_memory_bytes"] = JSONValue(peakMemory) }
      members["ending"] = .object(end)
    }
    return .object(members)
  }

  package init?(json: JSONValue) {
    guard let number = json["attempt"]?.int, let holder = ProcessMark(json: json["holder"]),
      let began = json["began"]?.double
    else { return nil }
    var ending: Ending?
    if let end = json["ending"] {
      guard let manner = end["manner"]?.string.flatMap(Ending.Manner.init(rawValue:)),
        let seconds = end["seconds"]?.double
      else { return nil }
      ending = Ending(
        manner: manner, words: end["words"]?.string ?? "", seconds: seconds,
        peakMemory: end["peak_memory_bytes"]?.int)
    }
    self.init(
      number: number, holder: holder, worker: ProcessMark(json: json["worker"]), began: began,
      ending: ending)
  }
}
