import Foundation
import Reproducibility
import RunStore
import Testing

/// A place where the probe runs: `Tests/RunnerProbe`, the runner without a trainer.
struct ProbePlace {
  let place: Place
  let items: Int
  /// Words for every run of it.
  let words: [String]

  init(items: Int, _ words: String...) throws { try self.init(items: items, words) }

  init(items: Int, _ words: [String]) throws {
    place = try Place(inMemory: true)
    self.items = items
    self.words =
      ["run", place.results.path, "--ledger", "\(place.path)/ledger", "--items", "\(items)"] + words
  }

  func start(_ environment: [String: String]? = nil) throws -> Running {
    try place.startOther(AblateProgram.probe(), words, environment: environment)
  }

  func run(_ environment: [String: String]? = nil) throws -> Ended { try start(environment).end() }

  /// Removes the results, so that the next run begins with nothing.
  func clear() throws {
    for name in ["results", "ledger"] where place.exists(name) { try place.remove(name) }
  }

  /// Grows with each item that is run to completion.
  var ledgerSize: Int {
    (try? LocalFileSystem().status(of: place.path + "/ledger"))??.bytes ?? 0
  }

  /// The items that were run to completion, as the work itself noted it: the store has no part in it.
  func ledger() throws -> [Substring] { try place.text("ledger").split(separator: "\n") }

  /// Integrity and the number of items, measurements and trials that the index knows of, as SQLite's
  /// own program finds them.
  func index() throws -> String {
    try place.sqlite(
      """
      PRAGMA integrity_check; PRAGMA foreign_key_check;
      SELECT (SELECT count(*) FROM item WHERE state = 'done'),
        (SELECT count(*) FROM measurement), (SELECT count(*) FROM trial);
      """)
  }
}

extension Ended {
  /// A number from the line that the probe prints at its end; nil when it printed none.
  func number(_ name: String) -> Int? {
    (try? JSONValue(parsing: Array(output.utf8)))?[name]?.int
  }
}
