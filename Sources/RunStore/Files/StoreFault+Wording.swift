import Glibc

extension StoreFault: CustomStringConvertible {
  package var description: String { what }

  /// The fault in a line: which file, what was tried, the system's words.
  package var what: String {
    switch self {
    case .file(let path, let action, let code):
      "cannot \(action.rawValue) '\(path)': \(systemWords(code))"
    case .damaged(let path, let reason): "'\(path)' is damaged: \(reason)"
    case .attemptLost(let path, let attempt):
      "attempt \(attempt) of '\(path)' was taken over by a newer one"
    case .attemptHeld(let path, let holder): "'\(path)' is being worked on by \(holder)"
    case .alreadyDone(let path): "'\(path)' already has its result"
    case .noOrder(let path): "'\(path)' has no order.json"
    case .refused(let path, let reason): "'\(path)' cannot be stored: \(reason)"
    case .database(let path, let sql, let code, let words):
      "'\(path)': SQLite says \"\(words)\" (code \(code)) to: \(sql)"
    case .newerIndex(let path, let found, let known):
      "'\(path)' has version \(found); this program knows versions up to \(known)"
    }
  }

  /// Why that is not passed over.
  package var why: String {
    switch self {
    case .file(_, _, let code) where StoreFault.isOutOfSpace(code):
      "a result counts only when it is wholly on disk, so nothing half-written was kept"
    case .file: "results are files; without them nothing can be resumed or reported"
    case .damaged: "a number from a damaged file could stand in a table unnoticed"
    case .attemptLost: "an attempt that was given up must not overwrite the result of its successor"
    case .attemptHeld: "two processes on one item would do the work twice"
    case .alreadyDone: "a finished item is never run again"
    case .noOrder: "an item folder says in order.json what is to be done, before anything is done"
    case .refused: "what is stored must be read back unchanged"
    case .database: "the index is derived from the item folders, and nothing is lost with it"
    case .newerIndex: "an older program could misread what a newer one wrote"
    }
  }

  /// What to do, in words that can be typed where possible.
  package var help: String {
    switch self {
    case .file(_, _, let code) where StoreFault.isOutOfSpace(code):
      "make room and give the same command again; it goes on where it was"
    case .file(_, _, let code) where code == EACCES || code == EPERM || code == EROFS:
      "give write permission to the results folder, or name another with --results"
    case .file:
      "mend the path or name another folder with --results; then give the same command again"
    case .damaged: "give the same command again: a damaged item is done anew"
    case .attemptLost: "nothing: the newer attempt goes on"
    case .attemptHeld: "wait for it, or end that process; no lock needs removing"
    case .alreadyDone: "nothing: use the result"
    case .noOrder: "start work with 'ablate run', which writes the orders"
    case .refused: "mend the program that wrote it"
    case .database(let path, _, _, _), .newerIndex(let path, _, _):
      "remove '\(path)': it is rebuilt from the item folders"
    }
  }

  /// Whether the disk or the user's share of it is full.
  package var isOutOfSpace: Bool {
    if case .file(_, _, let code) = self { StoreFault.isOutOfSpace(code) } else { false }
  }

  private static func isOutOfSpace(_ code: Int32) -> Bool { code == ENOSPC || code == EDQUOT }
}

/// The system's words for an `errno`.
func systemWords(_ code: Int32) -> String {
  var buffer = [CChar](repeating: 0, count: 256)
  let result = unsafe strerror_r(code, &buffer, buffer.count)
  let words = String(
    decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  return result == 0 && !words.isEmpty ? words : "error \(code)"
}
