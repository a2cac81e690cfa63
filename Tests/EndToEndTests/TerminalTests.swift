import Foundation
import Reproducibility
import Testing

@Suite("on a terminal and elsewhere")
struct TerminalTests {
  /// Long enough that the block is drawn a few times.
  private static let recipe = TinyStudy.recipe.with("\"steps\": 60", "\"steps\": 300")

  /// Runs with standard error on a terminal.
  private func run(
    _ words: [String] = [], environment: [String: String] = [:], columns: Int = 100,
    recipe: String = Self.recipe
  ) throws -> (ended: Ended, bytes: [UInt8], screen: Screen) {
    let place = try Place(recipe: recipe)
    let terminal = try PseudoTerminal(columns: columns, rows: 40)
    let run = try place.start(
      ["run", "study.json"] + words, environment: environment, error: terminal.program)
    let ended = try run.end()
    let bytes = try terminal.finish()
    var screen = Screen(columns: columns)
    screen.show(bytes)
    return (ended, bytes, screen)
  }

  @Test("a block shows the progress and leaves a clean screen", arguments: [100, 52])
  func block(columns: Int) throws {
    let (ended, bytes, screen) = try run(["-j", "2"], columns: columns)
    #expect(ended.code == 0)
    let text = String(decoding: bytes, as: UTF8.self)
    for part in [
      "preparation  ", "unsure       ", "some         ", "█", "/\(TinyStudy.preparations + 2)",
      " items   ", " done", " running", " waiting", "2 workers", "▸ ", " left",
    ] {
      #expect(text.contains(part), "no '\(part)' was drawn")
    }
    // What stays is what a run without progress says, wrapped as the terminal wraps.
    let place = try Place(recipe: Self.recipe)
    var plain = Screen(columns: columns)
    plain.show(Array(try place.ablate("run", "study.json", "--progress", "none").error.utf8))
    #expect(screen.lines == plain.lines)
    #expect(screen.unknown.isEmpty)
  }

  @Test("a window that becomes narrower while the block stands leaves no rest of it")
  func resized() throws {
    let place = try Place(recipe: Self.recipe)
    let terminal = try PseudoTerminal(columns: 120, rows: 40)
    let run = try place.start(["run", "study.json", "-j", "2"], error: terminal.program)
    #expect(run.wait { String(decoding: terminal.soFar, as: UTF8.self).contains("▸ ") })
    terminal.resize(columns: 30, rows: 40)
    let boundary = terminal.soFar.count
    let ended = try run.end()
    #expect(ended.code == 0)
    let bytes = try terminal.finish()
    var screen = Screen(columns: 120)
    screen.show(Array(bytes[..<boundary]))
    #expect(screen.lines.contains { $0.contains("▸ ") }, "the block stood there")
    screen.narrow(to: 30)
    screen.show(Array(bytes[boundary...]))
    #expect(!screen.lines.contains { $0.contains("▸ ") || $0.contains("█") }, "\(screen.lines)")
    #expect(screen.lines.first == "tiny · Which level?", "what stood above is left alone")
  }

  @Test("in a terminal of few rows the arms make room for what runs, and nothing scrolls away")
  func fewRows() throws {
    let place = try Place(recipe: Self.recipe)
    let terminal = try PseudoTerminal(columns: 60, rows: 5)
    let run = try place.start(["run", "study.json", "-j", "2"], error: terminal.program)
    #expect(try run.end().code == 0)
    let text = String(decoding: try terminal.finish(), as: UTF8.self)
    #expect(text.contains("▸ ") && !text.contains("preparation  "))
    // Never more than four lines are taken back: there are only five rows.
    let ups = text.matches(of: /\u{1B}\[([0-9]+)A/).compactMap { Int($0.output.1) }
    #expect((ups.max() ?? 0) <= 4 && !ups.isEmpty)
  }

  @Test("names of wide letters take their two columns")
  func wideNames() throws {
    let study = TinyStudy.study.with("\"unsure\": {}", "\"難しい問題だけで訓練する\": {}").with(
      "\"data\": \"unsure\"", "\"data\": \"難しい問題だけで訓練する\"")
    let place = try Place(study: study, recipe: Self.recipe)
    let terminal = try PseudoTerminal(columns: 34, rows: 40)
    let run = try place.start(
      ["run", "study.json", "--progress", "bar"], error: terminal.program)
    #expect(try run.end().code == 0)
    var screen = Screen(columns: 34)
    screen.show(try terminal.finish())
    #expect(!screen.lines.contains { $0.contains("█") }, "\(screen.lines)")
  }

  @Test("for programs there is an object a line, and nothing else on standard error")
  func json() throws {
    let place = try Place()
    let ended = try place.ablate("run", "study.json", "--progress", "json", "--json")
    #expect(ended.code == 0)
    let events = try ended.error.split(separator: "\n").map {
      try JSONValue(parsing: String($0))
    }
    let names = events.compactMap { $0["event"]?.string }
    #expect(names.first == "planned" && names.count == events.count)
    #expect(names.count { $0 == "finished" } == TinyStudy.items)
    #expect(names.count { $0 == "started" } == TinyStudy.items)
    #expect(names.last == "tick" && events.last?["done"]?.int == TinyStudy.items)
    #expect(try JSONValue(parsing: ended.output)["arms"] != nil)
  }

  @Test("elsewhere there are lines, without a single escape")
  func lines() throws {
    let place = try Place()
    for environment in [[:], ["TERM": "dumb"]] {
      let ended = try place.ablate("run", "study.json", environment: environment)
      #expect(
        ended.code == 0 && !ended.output.contains("\u{1B}") && !ended.error.contains("\u{1B}"))
      // The second time there is nothing left to do.
      if environment.isEmpty {
        #expect(ended.error.contains("[\(TinyStudy.items)/\(TinyStudy.items)]"), "\(ended.error)")
      }
    }
  }

  @Test(
    "no block is drawn where it is not wanted",
    arguments: [
      ([String](), ["CI": "1"]), ([], ["TERM": "dumb"]), (["--progress", "lines"], [:]),
      (["--progress", "none"], [:]), (["--quiet"], [:]),
    ])
  func plain(words: [String], environment: [String: String]) throws {
    let (ended, bytes, _) = try run(words, environment: environment, recipe: TinyStudy.recipe)
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(ended.code == 0 && !ended.output.contains("\u{1B}"))
    #expect(!text.contains("\u{1B}") && !text.contains("█"), "\(text)")
    #expect(
      text.contains("done     levels") == !(words.contains("none") || words.contains("--quiet")))
    if words == ["--quiet"] { #expect(text.isEmpty) }
  }

  @Test("NO_COLOR takes every colour from the table and keeps the words")
  func color() throws {
    let place = try Place()
    #expect(try place.ablate("run", "study.json", "--quiet").code == 0)
    func table(_ environment: [String: String]) throws -> String {
      let terminal = try PseudoTerminal(columns: 120, rows: 40)
      let run = try place.start(
        ["run", "study.json", "--quiet"], environment: environment, output: terminal.program)
      #expect(try run.end().code == 0)
      return String(decoding: try terminal.finish(), as: UTF8.self)
    }
    let (bold, plain) = try (table([:]), table(["NO_COLOR": "1"]))
    #expect(bold.contains("\u{1B}[") && !plain.contains("\u{1B}"))
    #expect(bold.replacing(/\u{1B}\[[0-9]*m/, with: "") == plain)
    #expect(try table(["TERM": "dumb"]) == plain)
  }

  @Test("Ctrl-C takes the block away before it says how to go on")
  func interrupted() throws {
    let place = try Place(recipe: TinyStudy.recipe.with("\"steps\": 60", "\"steps\": 100000"))
    let terminal = try PseudoTerminal(columns: 100, rows: 40)
    let run = try place.start(["run", "study.json"], error: terminal.program)
    #expect(run.wait { terminal.soFar.contains(UInt8(ascii: "%")) || terminal.soFar.count > 600 })
    run.signal(2)
    #expect(try run.end().code == 130)
    var screen = Screen(columns: 100)
    screen.show(try terminal.finish())
    #expect(screen.lines.last == "  again: ./ablate run study.json", "\(screen.lines)")
    #expect(!screen.lines.contains { $0.contains("preparation  ") }, "\(screen.lines)")
  }

  @Test("a reader who leaves early does not make a run fail")
  func closedPipe() throws {
    let place = try Place()
    let program = try AblateProgram.path()
    let ended = try place.other(
      "/bin/sh",
      ["-c", "{ '\(program)' run study.json; echo code $? >&3; } 3>code.txt 2>&1 | head -n 1"])
    #expect(ended.output == "tiny · Which level?\n")
    #expect(try place.text("code.txt") == "code 0\n")
  }
}
