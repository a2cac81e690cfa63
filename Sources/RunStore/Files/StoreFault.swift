/// What can go wrong between the store and the world. A value with its facts; the words are in
/// `StoreFault+Wording.swift`.
package enum StoreFault: Error, Sendable, Hashable {
  /// A step on a file or folder failed.
  /// - code: the system's `errno`.
  case file(path: String, action: FileAction, code: Int32)
  /// A file is there but does not say what it must.
  case damaged(path: String, reason: String)
  /// A newer attempt owns the item: what this process still holds must not be written.
  case attemptLost(path: String, attempt: Int)
  /// Another process is working on the item.
  case attemptHeld(path: String, holder: String)
  /// The item already has its result.
  case alreadyDone(path: String)
  /// The folder has no `order.json`.
  case noOrder(path: String)
  /// A measurement or artifact that the store cannot take: the caller's mistake, told with its name.
  case refused(path: String, reason: String)
  /// SQLite said no.
  /// - code: its extended result code.
  case database(path: String, sql: String, code: Int32, words: String)
  /// The index was written by a newer program.
  case newerIndex(path: String, found: Int, known: Int)
}

/// A step of ``FileSystem``, for messages.
package enum FileAction: String, Sendable, Hashable {
  case read = "read"
  case list = "list"
  case makeFolder = "create the folder"
  case write = "write"
  case append = "append to"
  case truncate = "shorten"
  case sync = "sync"
  case rename = "rename"
  case link = "create"
  case remove = "remove"
  case touch = "touch"
}
