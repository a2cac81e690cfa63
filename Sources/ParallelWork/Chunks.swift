import Dispatch
import Synchronization

/// Works through 0..<count in chunks, on as many threads as the machine has cores.
///
/// The chunks are the same on every machine, and so is the result, whatever the number of threads.
///
/// - Parameters:
///   - size: the most that a chunk holds, at least 1.
///   - work: is given a chunk; knows nothing of the others.
/// - Returns: what became of each chunk, in order.
package func chunked<Result: Sendable>(
  _ count: Int, size: Int, _ work: @Sendable (Range<Int>) -> Result
) -> [Result] {
  let chunks = stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
  if chunks.count < 2 { return chunks.map(work) }
  let results = Mutex<[Result?]>(Array(repeating: nil, count: chunks.count))
  DispatchQueue.concurrentPerform(iterations: chunks.count) { place in
    let result = work(chunks[place])
    results.withLock { $0[place] = result }
  }
  return results.withLock { $0.compactMap(\.self) }
}
