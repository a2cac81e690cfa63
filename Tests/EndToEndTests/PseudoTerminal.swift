import Foundation
import Glibc
import Synchronization

/// Both ends of a terminal: the program writes to one, a thread collects at the other.
final class PseudoTerminal {
  /// The end that a program takes for a terminal.
  let program: FileHandle
  private let ours: Int32
  private let collected = Collected()
  private let done = DispatchSemaphore(value: 0)

  /// What was shown so far, and the thread that reads it.
  private final class Collected: Sendable {
    let bytes = Mutex<[UInt8]>([])
  }

  struct Refused: Error {
    var code: Int32
  }

  init(columns: Int, rows: Int) throws {
    var (ours, theirs): (Int32, Int32) = (-1, -1)
    var size = winsize()
    size.ws_col = UInt16(columns)
    size.ws_row = UInt16(rows)
    guard unsafe openpty(&ours, &theirs, nil, nil, &size) == 0 else { throw Refused(code: errno) }
    self.ours = ours
    // Other children must not keep it open.
    for end in [ours, theirs] { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    program = FileHandle(fileDescriptor: theirs, closeOnDealloc: false)
    let (collected, done, source) = (collected, done, ours)
    Thread.detachNewThread {
      var buffer = [UInt8](repeating: 0, count: 4096)
      while true {
        let count = unsafe read(source, &buffer, buffer.count)
        // The end of a terminal whose other side was closed is an error, EIO.
        if count <= 0 && errno != EINTR { break }
        if count > 0 { collected.bytes.withLock { $0 += buffer[..<count] } }
      }
      close(source)
      done.signal()
    }
  }

  /// As when a person drags the window's edge.
  func resize(columns: Int, rows: Int) {
    var size = winsize()
    size.ws_col = UInt16(columns)
    size.ws_row = UInt16(rows)
    _ = unsafe ioctl(ours, UInt(TIOCSWINSZ), &size)
  }

  var soFar: [UInt8] { collected.bytes.withLock { $0 } }

  /// Everything that was shown, once the program has ended.
  func finish() throws -> [UInt8] {
    try program.close()
    done.wait()
    return soFar
  }
}

/// What a terminal would show after some bytes: lines, wrapped at its width; of the escapes only the
/// two that a redrawn block needs.
struct Screen {
  private var columns: Int
  private var cells: [[Character]] = [[]]
  private var row = 0
  private var column = 0
  /// Escapes that it does not know.
  private(set) var unknown: [String] = []

  init(columns: Int) { self.columns = columns }

  /// Without trailing blanks, and without empty lines at the end.
  var lines: [String] {
    var lines = cells.map { line in
      var line = line
      while line.last == " " { line.removeLast() }
      return String(line)
    }
    while lines.last == "" { lines.removeLast() }
    return lines
  }

  /// Wraps what stands there anew, as terminals do. Nothing may be wrapped yet.
  mutating func narrow(to columns: Int) {
    let before = cells
    self.columns = columns
    cells = []
    for (index, line) in before.enumerated() {
      if index == row { row = cells.count }
      var rest = line[...]
      while rest.last == " " { rest.removeLast() }
      repeat {
        cells.append(Array(rest.prefix(columns)))
        rest = rest.dropFirst(columns)
      } while !rest.isEmpty
    }
  }

  mutating func show(_ bytes: [UInt8]) {
    var rest = Substring(String(decoding: bytes, as: UTF8.self))
    while let next = rest.first {
      if let escape = rest.prefixMatch(of: /\u{1B}\[([0-9]*)([A-Za-z])/) {
        obey(String(escape.output.2), Int(escape.output.1) ?? 0)
        rest = rest[escape.range.upperBound...]
        continue
      }
      rest.removeFirst()
      // A carriage return and a line feed are one character to Swift.
      switch next {
      case "\r\n", "\n":
        down()
        column = 0
      case "\r": column = 0
      default: put(next)
      }
    }
  }

  private mutating func put(_ character: Character) {
    // A letter of two columns leaves a place that nothing else can take.
    let isWide = character.unicodeScalars.contains {
      (0x1100...0xFFDC).contains($0.value) && $0.value > 0x2E80
    }
    if isWide && column == columns - 1 { put(" ") }
    defer { if isWide { place("\u{0}") } }
    place(character)
  }

  private mutating func place(_ character: Character) {
    if column == columns {
      down()
      column = 0
    }
    while cells[row].count <= column { cells[row].append(" ") }
    cells[row][column] = character
    column += 1
  }

  private mutating func down() {
    row += 1
    if row == cells.count { cells.append([]) }
  }

  private mutating func obey(_ letter: String, _ number: Int) {
    switch letter {
    case "A": row = max(0, row - max(1, number))
    case "J" where number == 0:
      cells[row] = Array(cells[row].prefix(column))
      cells.removeSubrange((row + 1)...)
    default: unknown.append("\(number)\(letter)")
    }
  }
}
