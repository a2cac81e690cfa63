package import Reproducibility

/// One thing that is wrong with a problem file, and where.
package struct ProblemFileFault: Sendable, Hashable {
  package enum Reason: Sendable, Hashable {
    case emptyFile
    case notJSON(JSONFault.Reason)
    case notAnObject(found: String)
    case missingKey(String)
    /// nil when the line's own domain is not known.
    case unknownKey(String, domain: Domain?)
    case unknownTestKey(String)
    case wrongType(String, expected: String, found: String)
    case emptyText(String)
    case unknownDomain(String)
    case numberOutOfRange(String, limit: Int)
    case notInVocabulary(String, VocabularyFault)
    case promptTooLong(tokens: Int, limit: Int)
    case bracketInAnswer
    case answerDiffers(String, value: Int)
    case noTests
    case referenceRefused(Verdict.Reason)
    case duplicateID(String, firstLine: Int)
    case sameProblem(firstLine: Int)
  }

  /// A line of a file; its offset is that of its first byte.
  struct Line {
    var file: String
    var number: Int
    var offset: Int
  }

  package let file: String
  /// From 1.
  package let line: Int
  /// From 1, in characters.
  package let column: Int
  /// Bytes of the file.
  package let range: Range<Int>
  package let reason: Reason

  /// - Parameter range: bytes of the line.
  init(_ line: Line, column: Int, range: Range<Int>, reason: Reason) {
    file = line.file
    self.line = line.number
    self.column = column
    self.range = line.offset + range.lowerBound..<line.offset + range.upperBound
    self.reason = reason
  }
}

/// Everything that is wrong with a problem file, in file order; never empty.
package struct ProblemFileFaults: Error, Sendable, Hashable {
  package let faults: [ProblemFileFault]
}
