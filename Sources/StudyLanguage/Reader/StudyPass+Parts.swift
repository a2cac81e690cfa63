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

  mutating func readSeeds() -> (seeds: [Int], rule: Study.SeedRule?) {
    guard let value = root["seeds"] else { return ([], nil) }
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
      return (seeds, nil)
    }
    if value["until"]?.string != nil {
      let rule = readSeedRule(value)
      return (Array(1...max(1, rule?.most ?? 1)), rule)
    }
    for key in ["at_most", "at_least"] {
      guard let entry = value[key] else { continue }
      report(
        "'\(key)' without 'until'", at: entry.span,
        why: "it says how far seeds are added, and none are",
        help:
          "remove it, or write { \"until\": \"\(Study.SeedRule.claimsDecided)\", \"at_most\": 20 }")
    }
    guard let count = value["count"]?.int, (1...100_000).contains(count) else {
      if value["count"] == nil, value.members != nil {
        report(
          "'seeds' says neither how many nor until when", at: value.span,
          why: "every arm is run once for each seed",
          help:
            "write { \"count\": 5 }, or { \"until\": \"\(Study.SeedRule.claimsDecided)\", \"at_most\": 20 }"
        )
      }
      return ([], nil)
    }
    warnOfOneSeed(count, at: value["count"]?.span)
    return (Array(1...count), nil)
  }

  private mutating func readSeedRule(_ value: SourcedJSON) -> Study.SeedRule? {
    if let count = value["count"], count.int != nil {
      report(
        "both 'count' and 'until'", at: count.span, why: "one says how many, the other when to end",
        help: "remove 'count', or 'until' and what belongs to it")
      return nil
    }
    guard let most = value["at_most"]?.int, (2...100_000).contains(most) else {
      if value["at_most"] == nil {
        report(
          "'until' without 'at_most'", at: value["until"]?.span,
          why: "a claim whose sides are equal is never decided, and seeds would be added for ever",
          help: "add \"at_most\": 20")
      }
      return nil
    }
    let fewest = value["at_least"]?.int ?? min(3, most)
    if fewest > most {
      report(
        "'at_least' is more than 'at_most'", at: value["at_least"]?.span,
        why: "every arm begins with the one and ends with the other",
        help: "write at most \(most)")
      return nil
    }
    if root["claims"]?.elements?.isEmpty ?? true {
      report(
        "seeds until claims are decided, and no claim", at: value["until"]?.span,
        why: "claims decide where seeds are added",
        help: "add 'claims', or write { \"count\": \(most) }")
      return nil
    }
    return Study.SeedRule(fewest: fewest, most: most)
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
        guard let call = try Expression(text).call else {
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
            text: text, function: call.function, metric: call.subject, numbers: call.numbers,
            span: span))
      } catch {
        report(error.what, at: span.inString(error.range), why: error.why, help: error.help)
      }
    }
    return measures
  }

  mutating func checkHeadings(axes: [AxisDraft], measures: [MeasureCall]) {
    let known =
      axes.map(\.axis.name) + measures.map(\.text) + measures.map(\.metric)
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
    return Study.PaperFigures(
      source: paper?["source"]?.string, values: values, curves: readPaperCurves(paper))
  }

  private mutating func readPaperCurves(_ paper: SourcedJSON?) -> [Study.PaperFigures.Curves] {
    var curves: [Study.PaperFigures.Curves] = []
    for entry in paper?["curves"]?.elements ?? [] {
      guard let name = entry["name"]?.string, let heading = entry["heading"]?.string,
        let file = entry["file"], let path = file.string, let span = file.span
      else { continue }
      if curves.contains(where: { $0.name == name }) {
        report(
          "two figures of the paper are called '\(name)'", at: entry["name"]?.span,
          why: "the name is that of a file", help: "give one another name")
      }
      curves.append(
        Study.PaperFigures.Curves(
          name: name, heading: heading, unit: entry["unit"]?.string ?? "", file: path,
          column: entry["column"]?.string ?? "value",
          series: (entry["series"]?.elements ?? []).compactMap(\.string),
          stages: (entry["stages"]?.elements ?? []).compactMap(\.int),
          source: entry["source"]?.string ?? paper?["source"]?.string ?? "", span: span))
    }
    return curves
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
