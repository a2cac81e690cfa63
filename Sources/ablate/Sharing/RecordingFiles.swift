import StudyLanguage
import Synchronization

/// The files of this machine, which remembers what was read.
final class RecordingFiles: FileReading {
  private let read = Mutex<[(path: String, bytes: [UInt8])]>([])

  /// Each file once with its content, in the order in which they were first read.
  var contents: [(path: String, bytes: [UInt8])] { read.withLock { $0 } }

  func read(_ path: String) throws(FileFault) -> [UInt8] {
    let bytes = try DiskFiles().read(path)
    read.withLock { read in
      if !read.contains(where: { $0.path == path }) { read.append((path, bytes)) }
    }
    return bytes
  }
}
