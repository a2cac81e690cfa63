import Foundation
import Reproducibility
import Testing

@testable import RunStore

@Suite("damage")
struct DamageTests {
  let place: Workplace

  init() throws { place = try Workplace() }

  @Test("a changed bit in any file of a result is seen, and the file named", arguments: 0..<40)
  func flippedBit(seed: UInt64) throws {
    var random = RandomStream(Seed(seed).derive("flip"))
    let folder = try place.item()
    try place.finish(folder)
    let name = random.element(of: ["done.json", "measurements.jsonl", "weights.bin"])
    var content = try bytes(folder.path(name))
    // Beyond the last brace of done.json stands only the end of the line.
    let at = random.integer(in: 0...content.count - 2)
    content[at] ^= 1 << UInt8(random.integer(in: 0...7))
    try write(content, folder.path(name))
    guard case .damaged(let reason) = try folder.state(.contents) else {
      // White space is the one place where a bit carries nothing.
      let isSpace = name == "done.json" && content[at] < 0x21
      #expect(isSpace, "seed \(seed): byte \(at) of \(name) changed unseen")
      return
    }
    #expect(reason.contains(name))
  }

  @Test("missing and shortened files are seen by a look at their sizes")
  func sizes() throws {
    let folder = try place.item()
    try place.finish(folder)
    let weights = folder.path("weights.bin")
    try write([1, 2, 3], weights)
    #expect(
      try folder.state() == .damaged("'\(weights)' is damaged: it has 3 bytes instead of 200"))
    try FileManager.default.removeItem(atPath: weights)
    #expect(try folder.state() == .damaged("'\(weights)' is damaged: it is missing"))
    #expect(throws: StoreFault.damaged(path: weights, reason: "it is missing")) {
      try folder.artifact("weights.bin")
    }
  }

  @Test("a damaged item is done anew, and what was wrong is kept beside it")
  func redone() throws {
    let folder = try place.item()
    try place.finish(folder)
    let first = try bytes(folder.path("weights.bin"))
    try write(Array(repeating: 0, count: 200), folder.path("weights.bin"))
    #expect(try folder.state() != folder.state(.contents), "only the content differs")
    let note = try place.finish(folder)
    #expect(note.attempt == 2)
    #expect(try bytes(folder.path("weights.bin")) == first)
    #expect(try place.results.files.exists(folder.path("attempt-0002.set-aside")))
    #expect(try folder.state(.contents) == .done(note))
  }

  @Test("an order in the wrong folder, or changed, is damage")
  func wrongOrder() throws {
    let folder = try place.item()
    try write(Array(order(5).json.pretty.utf8), folder.path(.order))
    guard case .damaged(let reason) = try folder.state() else {
      Issue.record("not seen")
      return
    }
    #expect(reason.contains("order.json"))
    try write(Array("{".utf8), folder.path(.order))
    #expect(
      try folder.state()
        == .damaged("'\(folder.path(.order))' is damaged: byte 1: the text ends inside a value"))
    try place.results.place(order(0))
    #expect(try folder.order() == order(0), "whoever knows the order writes it anew")
  }
}
