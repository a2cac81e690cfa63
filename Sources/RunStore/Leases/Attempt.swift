package import Reproducibility

/// One execution of a work item, from the claim to the end: `attempt-0001.jsonl`, `attempt-0002.jsonl`, ….
///
/// The file is lease and record in one: a line for each thing that became known, the last word on each
/// counts. It is created with its first line at one instant under the next free number, so of two processes that want the item exactly one gets it, and nothing is ever
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
    if let ending { members["ending"] = ending.json }
    return .object(members)
  }

  package init?(json: JSONValue) {
    guard let number = json["attempt"]?.int, let holder = ProcessMark(json: json["holder"]),
      let began = json["began"]?.double
    else { return nil }
    var ending: Ending?
    if let end = json["ending"], !end.isNull {
      ending = Ending(json: end)
      if ending == nil { return nil }
    }
    self.init(
      number: number, holder: holder, worker: ProcessMark(json: json["worker"]), began: began,
      ending: ending)
  }
}

extension Attempt.Ending {
  var json: JSONValue {
    var members: JSONObject = [
      "manner": .string(manner.rawValue), "words": .string(words), "seconds": .number(seconds),
    ]
    if let peakMemory { members["peak_memory_bytes"] = JSONValue(peakMemory) }
    return .object(members)
  }

  init?(json: JSONValue) {
    guard let manner = json["manner"]?.string.flatMap(Manner.init(rawValue:)),
      let seconds = json["seconds"]?.double
    else { return nil }
    self.init(
      manner: manner, words: json["words"]?.string ?? "", seconds: seconds,
      peakMemory: json["peak_memory_bytes"]?.int)
  }
}
