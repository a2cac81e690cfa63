import Glibc

/// A value with a lock, and a bell for threads that wait until it changes. The standard library's
/// `Mutex` has no bell.
///
/// `@unchecked Sendable`: `value` is touched only between lock and unlock. The two pthread objects stay
/// at one address for their whole life, as they must.
@safe final class Monitor<Value>: @unchecked Sendable {
  private var value: Value
  private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let bell = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init(_ value: sending Value) {
    self.value = value
    unsafe lock.initialize(to: pthread_mutex_t())
    unsafe bell.initialize(to: pthread_cond_t())
    unsafe pthread_mutex_init(lock, nil)
    // Deadlines are by the clock that nobody can set.
    var attributes = pthread_condattr_t()
    unsafe pthread_condattr_init(&attributes)
    unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    unsafe pthread_cond_init(bell, &attributes)
    unsafe pthread_condattr_destroy(&attributes)
  }

  deinit {
    unsafe pthread_cond_destroy(bell)
    unsafe pthread_mutex_destroy(lock)
    unsafe bell.deallocate()
    unsafe lock.deallocate()
  }

  /// Works on the value alone, then wakes everyone who waits.
  func change<Result>(_ body: (inout Value) -> Result) -> Result {
    unsafe pthread_mutex_lock(lock)
    defer {
      unsafe pthread_cond_broadcast(bell)
      unsafe pthread_mutex_unlock(lock)
    }
    return body(&value)
  }

  /// Works on the value alone; nobody is woken.
  func look<Result>(_ body: (inout Value) -> Result) -> Result {
    unsafe pthread_mutex_lock(lock)
    defer { unsafe pthread_mutex_unlock(lock) }
    return body(&value)
  }

  /// Tries again after each change until the body gives a result or the time is up.
  ///
  /// - Parameter seconds: how long to wait at most; nil for ever.
  func wait<Result>(atMost seconds: Double? = nil, _ body: (inout Value) -> Result?) -> Result? {
    var deadline = timespec()
    if let seconds {
      unsafe clock_gettime(CLOCK_MONOTONIC, &deadline)
      let nanoseconds = deadline.tv_nsec + Int(seconds * 1e9)
      deadline.tv_sec += nanoseconds / 1_000_000_000
      deadline.tv_nsec = nanoseconds % 1_000_000_000
    }
    unsafe pthread_mutex_lock(lock)
    defer { unsafe pthread_mutex_unlock(lock) }
    while true {
      if let result = body(&value) { return result }
      if seconds == nil {
        unsafe pthread_cond_wait(bell, lock)
      } else if unsafe pthread_cond_timedwait(bell, lock, &deadline) == ETIMEDOUT {
        return body(&value)
      }
    }
  }
}
