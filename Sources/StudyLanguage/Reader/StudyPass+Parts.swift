import Diagnostics
import Reproducibility

extension StudyPass {
  /// The name becomes a folder and part of commands, so it is a plain word.
  mutating func checkName() {
    guard let member = root.member("study"), let name = member.value.string else { return }
    let isPlain = name.utf8.allSatisfy { byte in
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
    }
    if isPlain && !name.isEmpty && !name.hasPrefix("-") && name.utf8.count <= 64 { return }
    report(
      "'\(name)' is no name for a study", at: member.value.span,
      why: "the name is also that of the report's folder",
      help: "use small letters, digits and '-', at most 64, such as \"group-size\"")
  }

  mutating func readSeeds() -> [Int] {
    guard let value = root["seeds"] else { return [] }
    if let elements = value.elements {
      var seeds: [Int] = []
      var seen: Set<Int> = []
      for element in elements {
        guard let seed = element.int else { continue }
        if !seen.insert(seed).inserted {
          report(
            "seed \(seed) comes twice", at: element.span,
            why: "a repeated trial is the same trial: it adds nothing to the mean",
            help: "write another number")
        }
        seeds.append(seed)
      }
      warnOfOneSeed(seeds.count, at: value.span)
      return seeds
    }
    guard let count = value["count"]?.int, (1...100_000).contains(count) else { return [] }
    warnOfOneSeed(count, at: value["count"]?.span)
    return Array(1...count)
  }

  private mutating func warnOfOneSeed(_ count: Int, at span: SourceSpan?) {
    if count != 1 { return }
    report(
      "one seed gives no spread", at: span,
      why: "a difference between two runs cannot be told from luck",
      help: "use at least 3 seeds, 5 for an interval worth printing", severity: .warning)
  }

  mutating func readMeasures() -> [MeasureCall] {
    var measures: [MeasureCall] = []
    for element in root["measures"]?.elements ?? [] {
      guard let text = element.string, let span = element.span else { continue }
      do {
        guard let call = try Expression(text).call, !call.arguments.isEmpty else {
          report(
            "'\(text)' is no measure", at: span,
            why: "a measure is a function of a metric, so that the table says which steps it is of",
            help: "write for example final(reward) or mean(reward)")
          continue
        }
        if measures.contains(where: { $0.text == text }) {
          report(
            "the measure '\(text)' comes twice", at: span, why: "each is a column of the table",
            help: "remove one of them")
        }
        measures.append(
          MeasureCall(
            text: text, function: call.function, arguments: call.arguments, span: span))
      } catch {
        report(error.what, at: span.inString(error.range), why: error.why, help: error.help)
      }
    }
    return measures
  }

  mutating func checkHeadings(axes: [AxisDraft], measures: [MeasureCall]) {
    let known =
      axes.map(\.axis.name) + measures.map(\.text) + measures.flatMap(\.arguments)
    for member in root["headings"]?.members ?? [] where !known.contains(member.key) {
      report(
        "nothing is called '\(member.key)'", at: member.keySpan,
        why: "a heading belongs to an axis, a measure or a metric of a measure",
        help: choices(known, for: member.key))
    }
  }

  mutating func readPaper(
    _ table: ArmTable, baseline: Int?, measures: [MeasureCall]
  ) -> Study.PaperFigures {
    let paper = root["paper"]
    var values: [Study.PaperFigures.Value] = []
    for entry in paper?["values"]?.elements ?? [] {
      let arm = entry["arm"].flatMap { resolve($0, in: table, default: baseline) }
      let measure = entry["measure"].flatMap { paperMeasure($0, among: measures) }
      guard let arm, let measure, let value = entry["value"]?.double else { continue }
      if values.contains(where: { $0.arm == arm && $0.measure == measure }) {
        report(
          "a second value for '\(measure)' of this arm", at: entry.span?.beginning,
          why: "a cell of the paper's column holds one number", help: "remove one of them")
      }
      values.append(
        Study.PaperFigures.Value(
          arm: arm, measure: measure, value: value, error: entry["error"]?.double,
          note: entry["note"]?.string))
    }
    return Study.PaperFigures(source: paper?["source"]?.string, values: values)
  }

  private mutating func paperMeasure(
    _ value: SourcedJSON, among measures: [MeasureCall]
  ) -> String? {
    // Without any, that they are missing says it all.
    guard let text = value.string, root["measures"] != nil else { return nil }
    let known = measures.map(\.text)
    if known.contains(text) { return text }
    report(
      "'\(text)' is no measure of this study", at: value.span,
      why: "the paper's number stands beside a measured one",
      help: choices(known, for: text))
    return nil
  }
}
