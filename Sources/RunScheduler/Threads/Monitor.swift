import Glibc

/// A value with a lock, and two bells: one for threads that wait until it changes, one for an observer
/// that looks from time to time and must only be called at the end. The standard library's `Mutex` has
/// no bell.
///
/// `@unchecked Sendable`: `value` is touched only between lock and unlock. The pthread objects stay at
/// one address for their whole life, as they must.
@safe final class Monitor<Value>: @unchecked Sendable {
  private var value: Value
  private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let bell = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private let observerBell = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init(_ value: sending Value) {
    self.value = value
    unsafe lock.initialize(to: pthread_mutex_t())
    unsafe bell.initialize(to: pthread_cond_t())
    unsafe observerBell.initialize(to: pthread_cond_t())
    unsafe pthread_mutex_init(lock, nil)
    // Deadlines are by the clock that nobody can set.
    var attributes = pthread_condattr_t()
    unsafe pthread_condattr_init(&attributes)
    unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    unsafe pthread_cond_init(bell, &attributes)
    unsafe pthread_cond_init(observerBell, &attributes)
    unsafe pthread_condattr_destroy(&attributes)
  }

  deinit {
    unsafe pthread_cond_destroy(bell)
    unsafe pthread_cond_destroy(observerBell)
    unsafe pthread_mutex_destroy(lock)
    unsafe bell.deallocate()
    unsafe observerBell.deallocate()
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

  /// Works on the value alone, then wakes everyone who waits, the observer too.
  func changeForAll<Result>(_ body: (inout Value) -> Result) -> Result {
    change { value in
      defer { unsafe pthread_cond_broadcast(observerBell) }
      return body(&value)
    }
  }

  /// Tries again after each change until the body gives a result.
  func wait<Result>(_ body: (inout Value) -> Result?) -> Result {
    unsafe pthread_mutex_lock(lock)
    defer { unsafe pthread_mutex_unlock(lock) }
    while true {
      if let result = body(&value) { return result }
      unsafe pthread_cond_wait(bell, lock)
    }
  }

  /// The observer's wait: it looks now, when it is called by ``changeForAll(_:)``, and when the time is
  /// up. Changes do not wake it, or a thousand short items would cost a thousand switches of threads.
  func observe<Result>(atMost seconds: Double, _ body: (inout Value) -> Result?) -> Result? {
    var deadline = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &deadline)
    let nanoseconds = deadline.tv_nsec + Int(seconds * 1e9)
    deadline.tv_sec += nanoseconds / 1_000_000_000
    deadline.tv_nsec = nanoseconds % 1_000_000_000
    unsafe pthread_mutex_lock(lock)
    defer { unsafe pthread_mutex_unlock(lock) }
    while true {
      if let result = body(&value) { return result }
      if unsafe pthread_cond_timedwait(observerBell, lock, &deadline) == ETIMEDOUT {
        return body(&value)
      }
    }
  }
}
