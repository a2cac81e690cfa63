import Foundation
import Testing

/// Compares a whole text with a file under `Golden/`. With `ABLATE_RECORD=1` the file is rewritten,
/// and the test fails, so that no new recording passes unseen.
func expectGolden(
  _ text: String, _ name: String, at location: SourceLocation = #_sourceLocation
) throws {
  let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appending(path: "Golden").appending(path: name)
  if ProcessInfo.processInfo.environment["ABLATE_RECORD"] == "1" {
    try FileManager.default.createDirectory(
      at: golden.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: golden)
    Issue.record(
      "recorded \(name): look at the difference, then run again", sourceLocation: location)
    return
  }
  guard let expected = try? Data(contentsOf: golden) else {
    Issue.record("there is no \(name): ABLATE_RECORD=1 records it", sourceLocation: location)
    return
  }
  guard Data(text.utf8) != expected else { return }
  Issue.record(
    """
    \(name) differs. It is
    \(text)
    and was
    \(String(decoding: expected, as: UTF8.self))
    ABLATE_RECORD=1 records it anew
    """, sourceLocation: location)
}

extension Ended {
  /// The whole of what a person saw, as a text to compare.
  func transcript(of words: [String]) -> String {
    let typed = words.map { $0.contains(" ") ? "'\($0)'" : $0 }.joined(separator: " ")
    let streams = [("output", output), ("error", error)].filter { !$0.1.isEmpty }
    return "$ \(words.isEmpty ? "ablate" : "ablate \(typed)")\n"
      + streams.map { "--- \($0.0)\n\($0.1)" }.joined() + "--- exit \(code)\n"
  }
}
