/// Finds the number that a person means: `level 1, contest`, `\ablateDifficultyLevelOneContest`, `claim 2`.
package struct CellReference: Sendable, Hashable {
  package let subject: ReportedNumber.Subject

  /// Why nothing, or too much, was found.
  package enum Fault: Error, Sendable, Hashable {
    case unknownArm(String, arms: [String])
    case unknownMeasure(String, measures: [String])
    case unknownMacro(String, macros: [String])
    case noSuchClaim(String, count: Int)
    /// - cells: what it may mean, as they would be typed.
    case ambiguous(String, cells: [String])
  }

  /// An arm is named by its label and a measure by its name or heading; a part of either will do where
  /// only one has it. In a study of one measure the arm alone is enough.
  package init(_ text: String, in analysis: StudyAnalysis) throws(Fault) {
    let results = analysis.results
    if text.hasPrefix("\\") || text.hasPrefix("ablate") {
      subject = try Self.macro(text, in: analysis)
    } else if let place = Self.exact(text, in: results) {
      subject = place
    } else if let claim = text.wholeMatch(of: #/(?i)claim\s*(?<number>[^\s,]*)/#) {
      guard let number = Int(claim.number), results.claims.indices.contains(number - 1) else {
        throw .noSuchClaim(text, count: results.claims.count)
      }
      subject = .claim(number - 1)
    } else {
      subject = try Self.cell(text, in: results)
    }
  }

  private static func macro(
    _ text: String, in analysis: StudyAnalysis
  ) throws(Fault) -> ReportedNumber.Subject {
    let numbers = analysis.reportedNumbers
    let name = text.hasPrefix("\\") ? String(text.dropFirst()) : text
    guard let number = numbers.first(where: { $0.macro == name }) else {
      throw .unknownMacro(name, macros: numbers.map(\.macro))
    }
    return number.subject
  }

  /// Every comma may be the one between arm and measure, for labels have commas too.
  private static func splits(_ text: String) -> [(arm: String, measure: String)] {
    text.indices.filter { text[$0] == "," }.map { comma in
      (trimmed(text[..<comma]), trimmed(text[text.index(after: comma)...]))
    }
  }

  private static func trimmed(_ text: Substring) -> String {
    let start = text.drop { $0 == " " }
    return String(
      start.prefix(through: start.lastIndex { $0 != " " } ?? start.startIndex).drop {
        $0 == " "
      })
  }

  private static func exact(_ text: String, in results: StudyResults) -> ReportedNumber.Subject? {
    if results.measures.count == 1,
      let place = results.arms.firstIndex(where: { $0.label == text })
    {
      return .cell(arm: place, measure: 0)
    }
    for (arm, measure) in splits(text) {
      if let place = results.arms.firstIndex(where: { $0.label == arm }),
        let index = results.measures.firstIndex(where: { $0.name == measure })
          ?? results.measures.firstIndex(where: { $0.heading == measure })
      {
        return .cell(arm: place, measure: index)
      }
    }
    return nil
  }

  private static func cell(
    _ text: String, in results: StudyResults
  ) throws(Fault) -> ReportedNumber.Subject {
    let labels = results.arms.map(\.label)
    let names = results.measures.map(\.name)
    // The comma that finds most: whole labels before parts of them, the last comma before others.
    let parts = (splits(text) + [(text, "")]).map { arm, measure in
      (
        arm: arm, measure: measure, arms: matches(arm, labels),
        measures: measure.isEmpty
          ? Array(names.indices) : matches(measure, names, results.measures.map(\.heading))
      )
    }
    guard
      let best = parts.filter({ !$0.arms.isEmpty && !$0.measures.isEmpty }).min(by: {
        $0.arms.count * $0.measures.count < $1.arms.count * $1.measures.count
      })
    else {
      if let known = parts.last(where: { !$0.arms.isEmpty }) {
        throw .unknownMeasure(known.measure, measures: names)
      }
      throw .unknownArm(parts.first?.arm ?? text, arms: labels)
    }
    guard best.arms.count == 1, best.measures.count == 1 else {
      throw .ambiguous(
        text,
        cells: best.arms.flatMap { arm in best.measures.map { "\(labels[arm]), \(names[$0])" } })
    }
    return .cell(arm: best.arms[0], measure: best.measures[0])
  }

  /// Places of the names that are the word, otherwise of those that hold it, in either spelling.
  private static func matches(_ word: String, _ names: [String], _ others: [String] = []) -> [Int] {
    if word.isEmpty { return [] }
    func places(_ fits: (String) -> Bool) -> [Int] {
      names.indices.filter { fits(names[$0]) || (others.indices.contains($0) && fits(others[$0])) }
    }
    let whole = places { $0 == word }
    if !whole.isEmpty { return whole }
    let lower = word.lowercased()
    let same = places { $0.lowercased() == lower }
    return same.isEmpty ? places { $0.lowercased().contains(lower) } : same
  }
}
