/// What a program may use before it is stopped (docs/task-language.md#limits).
package struct ProgramLimits: Sendable, Hashable {
  /// Longest program; bytes, which for every valid program are characters.
  package var characters: Int
  /// Brackets, signs and branches in one another.
  package var nesting: Int
  /// Instructions executed for one input.
  package var steps: Int
  /// Values held at once: the memory of a program.
  package var cells: Int
  /// Largest absolute value of an input, a constant or a result.
  package var magnitude: Int

  /// The magnitudes for which a product fits an `Int` before it is compared with the limit.
  package static let magnitudes = 1...1_000_000_000

  package init(
    characters: Int = 32, nesting: Int = 12, steps: Int = 64, cells: Int = 16,
    magnitude: Int = 1_000_000_000
  ) {
    precondition(characters > 0 && steps > 0 && cells > 0 && Self.magnitudes.contains(magnitude))
    // The parser descends once a level, so this bound is also what protects its own stack.
    precondition((0...256).contains(nesting))
    self.characters = characters
    self.nesting = nesting
    self.steps = steps
    self.cells = cells
    self.magnitude = magnitude
  }

  package static let standard = ProgramLimits()
}

/// Why a text is no program. Offsets are in bytes from its beginning.
package enum ProgramFault: Error, Sendable, Hashable {
  case empty
  case tooLong(characters: Int, limit: Int)
  case unexpected(Character, offset: Int, expected: String)
  case unexpectedEnd(offset: Int, expected: String)
  case tooNested(offset: Int, limit: Int)
  case constantTooLarge(offset: Int, limit: Int)
}

/// Why a program gave no value for an input.
package enum RunFault: Error, Sendable, Hashable {
  case stepLimit(Int)
  case cellLimit(Int)
  case overflow(limit: Int)
}

extension ProgramFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .empty: "the program is empty"
    case .tooLong(let characters, let limit):
      "the program has \(characters) characters; at most \(limit) are allowed"
    case .unexpected(let found, let offset, let expected):
      "'\(found)' at character \(offset + 1) of the program, where \(expected) was expected"
    case .unexpectedEnd(let offset, let expected):
      "the program ends after \(offset) characters, where \(expected) was expected"
    case .tooNested(let offset, let limit):
      "more than \(limit) levels of nesting at character \(offset + 1) of the program"
    case .constantTooLarge(let offset, let limit):
      "a constant above \(limit) at character \(offset + 1) of the program"
    }
  }
}

extension RunFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .stepLimit(let limit): "it was stopped after \(limit) steps"
    case .cellLimit(let limit): "it needs more than \(limit) values at once"
    case .overflow(let limit): "a value beyond ±\(limit) occurred"
    }
  }
}
