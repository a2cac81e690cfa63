internal import CSystem
import Glibc

extension LocalFileSystem {
  /// Gives a folder the name of another that is there, and that one its name, at one instant: whoever looks
  /// finds the old content or the new, whole.
  ///
  /// - Returns: false, and nothing done, on a disk that cannot do both at once.
  package func exchange(_ path: String, with other: String) throws(StoreFault) -> Bool {
    if unsafe ablate_exchange(path, other) == 0 { return true }
    if errno == EINVAL || errno == ENOSYS || errno == ENOTSUP { return false }
    throw .file(path: other, action: .rename, code: errno)
  }
}
