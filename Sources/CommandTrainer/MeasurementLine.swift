import Diagnostics
package import Reproducibility

/// A line of what a command measures.
package enum MeasurementLine: Sendable, Hashable {
  case measurement(metric: String, step: Int, value: Double)
  /// It used a setting, named by its path.
  case read(String)
  case progress(Int, of: Int?)
  /// A folder holds the whole state after a step.
  case checkpoint(step: Int, folder: String)
}

/// Why a line is none.
package struct MeasurementFault: Error, Sendable, Hashable {
  package var what: String
  package var why: String
  /// nil where the line itself is the best help.
  package var help: String?

  init(_ what: String, why: String = Self.rule, help: String? = nil) {
    self.what = what
    self.why = why
    self.help = help
  }

  static let rule =
    #"a line is {"metric": …, "step": …, "value": …}, {"read": …}, {"progress": …} or {"checkpoint": …}"#
}

/// Reads lines of measurements one after another.
package struct MeasurementReader: Sendable {
  private let metrics: [String]
  private let settings: JSONObject
  /// The last step of each metric.
  package private(set) var lastSteps: [String: Int] = [:]

  /// - Parameters:
  ///   - metrics: those that may be measured.
  ///   - settings: those that may be said to be read.
  ///   - steps: at which each metric was measured last, by an earlier attempt.
  package init(metrics: [String], settings: JSONObject, lastSteps steps: [String: Int] = [:]) {
    self.metrics = metrics
    self.settings = settings
    lastSteps = steps
  }

  /// - Parameter bytes: without the end of the line.
  package mutating func read(_ bytes: [UInt8]) throws(MeasurementFault) -> MeasurementLine {
    let json: JSONValue
    do throws(JSONFault) {
      json = try JSONValue(parsing: bytes)
    } catch {
      // Python's json writes these three as bare words, which JSON does not know.
      guard let mended = Self.quotingNumbers(in: bytes), let value = try? JSONValue(parsing: mended)
      else { throw MeasurementFault("it is no JSON: \(error)") }
      json = value
    }
    guard let line = json.object else { throw MeasurementFault("it is no object") }
    if line["metric"] != nil { return try measurement(line) }
    if line["read"] != nil { return try reading(line) }
    if line["progress"] != nil { return try progress(line) }
    if line["checkpoint"] != nil { return try checkpoint(line) }
    throw MeasurementFault("it has no 'metric'")
  }

  private mutating func measurement(_ line: JSONObject) throws(MeasurementFault) -> MeasurementLine
  {
    try allow(["metric", "step", "value"], in: line)
    guard let metric = line["metric"]?.string else {
      throw MeasurementFault("its 'metric' is no string")
    }
    guard metrics.contains(metric) else {
      let close = Suggestion.closest(to: metric, among: metrics)
      let all = metrics.map { "'\($0)'" }.joined(separator: ", ")
      throw MeasurementFault(
        "unknown metric '\(metric)'", why: "the stage's 'metrics' declares \(all)",
        help: (close.map { "did you mean '\($0)'? Otherwise declare it: " } ?? "declare it: ")
          + "\"metrics\": {\(JSONValue.string(metric).line): {}}")
    }
    let step = try wholeNumber("step", of: line)
    guard let value = line["value"].flatMap(Self.number) else {
      throw MeasurementFault("its 'value' is \(line["value"] == nil ? "missing" : "no number")")
    }
    if let last = lastSteps[metric], step <= last {
      throw MeasurementFault(
        step == last
          ? "'\(metric)' was measured at step \(step) already"
          : "'\(metric)' was measured at step \(last), and then at step \(step)",
        why: "the steps of a metric rise, so that its measurements are one curve",
        help: "a command that goes on from a checkpoint goes on counting from its step")
    }
    lastSteps[metric] = step
    return .measurement(metric: metric, step: step, value: value)
  }

  private func reading(_ line: JSONObject) throws(MeasurementFault) -> MeasurementLine {
    try allow(["read"], in: line)
    guard let name = line["read"]?.string else { throw MeasurementFault("its 'read' is no string") }
    guard settings.value(at: name) != nil else {
      let close = Suggestion.closest(to: name, among: settings.paths)
      throw MeasurementFault(
        "'\(name)' is no setting", why: "what is said to be read must be there",
        help: close.map { "did you mean '\($0)'?" }
          ?? "name a setting of the stage, such as \(settings.paths.first ?? "one that it has")")
    }
    return .read(name)
  }

  private func progress(_ line: JSONObject) throws(MeasurementFault) -> MeasurementLine {
    try allow(["progress", "of"], in: line)
    let steps: Int? = line["of"] == nil ? nil : try wholeNumber("of", of: line)
    return .progress(try wholeNumber("progress", of: line), of: steps)
  }

  private func checkpoint(_ line: JSONObject) throws(MeasurementFault) -> MeasurementLine {
    try allow(["checkpoint", "folder"], in: line)
    let step = try wholeNumber("checkpoint", of: line)
    guard let folder = line["folder"] else { return .checkpoint(step: step, folder: String(step)) }
    guard let name = folder.string, !name.isEmpty, !name.contains("/"), !name.hasPrefix(".") else {
      throw MeasurementFault("its 'folder' is no name of a folder")
    }
    return .checkpoint(step: step, folder: name)
  }

  private func allow(_ names: [String], in line: JSONObject) throws(MeasurementFault) {
    guard let stranger = line.keys.first(where: { !names.contains($0) }) else { return }
    let close = Suggestion.closest(to: stranger, among: names)
    throw MeasurementFault(
      "unknown member '\(stranger)'", help: close.map { "did you mean '\($0)'?" })
  }

  private func wholeNumber(_ name: String, of line: JSONObject) throws(MeasurementFault) -> Int {
    guard let value = line[name] else { throw MeasurementFault("its '\(name)' is missing") }
    guard let number = value.int, number >= 0 else {
      throw MeasurementFault("its '\(name)' is no whole number from 0 on")
    }
    return number
  }

  private static func number(_ value: JSONValue) -> Double? {
    switch value {
    case .number(let number): number
    case .string("NaN"), .string("nan"): .nan
    case .string("Infinity"), .string("inf"): .infinity
    case .string("-Infinity"), .string("-inf"): -.infinity
    default: nil
    }
  }

  /// The text with quotes around the bare words that stand for numbers which JSON has not; nil when it has
  /// none of them.
  static func quotingNumbers(in bytes: [UInt8]) -> [UInt8]? {
    let words = ["NaN", "-Infinity", "Infinity"].map { Array($0.utf8) }
    var mended: [UInt8] = []
    var isInString = false
    var found = false
    var at = 0
    while at < bytes.count {
      let byte = bytes[at]
      if isInString {
        mended.append(byte)
        if byte == UInt8(ascii: "\\"), at + 1 < bytes.count {
          at += 1
          mended.append(bytes[at])
        } else if byte == UInt8(ascii: "\"") {
          isInString = false
        }
        at += 1
      } else if let word = words.first(where: { bytes[at...].starts(with: $0) }) {
        mended += [UInt8(ascii: "\"")] + word + [UInt8(ascii: "\"")]
        at += word.count
        found = true
      } else {
        isInString = byte == UInt8(ascii: "\"")
        mended.append(byte)
        at += 1
      }
    }
    return found ? mended : nil
  }
}
