import Foundation
import Reproducibility
import Testing

@testable import ReasoningTasks

/// What docs/task-language.md says is what happens.
@Suite("docs/task-language.md")
struct DocumentTests {
  let rows: [[String]]

  init() throws {
    let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let text = try String(
      contentsOf: root.appending(path: "docs/task-language.md"), encoding: .utf8)
    rows = text.split(separator: "\n").filter { $0.hasPrefix("|") }.map { line in
      line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
    }
  }

  private func code(_ cell: String) -> String { cell.replacing("`", with: "") }

  @Test("every demonstration in it is what the program shows")
  func demonstrations() throws {
    var random = RandomStream(Seed(1))
    var count = 0
    for row in rows {
      guard
        let place = row.firstIndex(where: { $0.hasPrefix("`M") || $0.hasPrefix("`C") }),
        row.indices.contains(place + 1)
      else { continue }
      let (prompt, shown) = (code(row[place]), code(row[place + 1]))
      guard shown.hasSuffix("]"), let open = shown.lastIndex(of: "[") else { continue }
      let box = String(shown[open...].dropFirst().dropLast())
      let problem: Problem =
        if let examples = CodePrompt(prompt)?.examples {
          .code(prompt: prompt, tests: examples, reference: box)
        } else { .math(prompt: prompt, answer: box) }
      #expect(try problem.demonstration(style: .thorough, random: &random) == shown)
      count += 1
    }
    #expect(count == 11)
  }

  @Test("every verdict on a program in it is the verifier's")
  func verdicts() {
    let problem = Problem.code(
      prompt: "C1:4=", tests: [CodeTest(input: 3, output: 12)], reference: nil)
    let header = rows.firstIndex { $0.first?.hasPrefix("box, for the hidden test") == true }
    let table = rows[(header ?? 0)...].dropFirst(2).prefix { $0.count == 2 }
    for row in table {
      let program = row[0] == "nothing" ? "" : code(row[0])
      let verdict = Verifier().verify(problem, completion: "[\(program)]", isFinished: true)
      #expect(verdict.reason.description == row[1])
    }
    #expect(table.count == 9)
  }

  @Test("the limits in it are the defaults")
  func limits() {
    let limits = ProgramLimits.standard
    let expected = [
      "characters": limits.characters, "nesting": limits.nesting, "constant": limits.magnitude,
      "steps": limits.steps, "cells": limits.cells, "magnitude": limits.magnitude,
    ]
    for (name, value) in expected {
      #expect(rows.contains { $0.count == 4 && $0[0] == name && $0[1] == String(value) }, "\(name)")
    }
  }

  @Test("every verdict on a response in it is the verifier's")
  func boxes() {
    let problem = Problem.math(prompt: "M4+7=", answer: "11")
    let header = rows.firstIndex { $0 == ["response", "verdict"] } ?? 0
    let table = rows[header...].dropFirst(3).prefix { $0.count == 2 && $0[0].hasPrefix("`") }
    for row in table {
      let verdict = Verifier().verify(problem, completion: code(row[0]), isFinished: true)
      #expect(verdict.reason.description == row[1])
    }
    #expect(table.count == 4)
  }
}
