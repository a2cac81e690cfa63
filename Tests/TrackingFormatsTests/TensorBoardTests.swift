import Foundation
import Testing
import TrackingFormats

/// Reads fields of a protobuf message, as any reader would.
private struct ProtobufReader {
  var fields: [(number: Int, bytes: [UInt8])] = []

  init?(_ bytes: [UInt8]) {
    var rest = bytes[...]
    func number() -> UInt64? {
      var (value, shift) = (UInt64(0), UInt64(0))
      while let byte = rest.popFirst() {
        value |= UInt64(byte & 127) << shift
        shift += 7
        if byte < 128 { return value }
      }
      return nil
    }
    while !rest.isEmpty {
      guard let tag = number() else { return nil }
      let count: Int
      switch tag & 7 {
      case 0:
        let start = rest
        guard number() != nil else { return nil }
        fields.append((Int(tag >> 3), Array(start.prefix(start.count - rest.count))))
        continue
      case 1: count = 8
      case 5: count = 4
      case 2:
        guard let length = number() else { return nil }
        count = Int(length)
      default: return nil
      }
      guard rest.count >= count else { return nil }
      fields.append((Int(tag >> 3), Array(rest.prefix(count))))
      rest = rest.dropFirst(count)
    }
  }

  func all(_ number: Int) -> [[UInt8]] { fields.filter { $0.number == number }.map(\.bytes) }
  func text(_ number: Int) -> String? {
    all(number).first.map { String(decoding: $0, as: UTF8.self) }
  }
  func double(_ number: Int) -> Double? {
    all(number).first.map { Double(bitPattern: $0.reversed().reduce(0) { $0 << 8 | UInt64($1) }) }
  }
  func float(_ number: Int) -> Float? {
    all(number).first.map { Float(bitPattern: $0.reversed().reduce(0) { $0 << 8 | UInt32($1) }) }
  }
}

@Suite("TensorBoard's event files")
struct TensorBoardTests {
  /// The events of a file, each checksum compared.
  private func events(_ bytes: [UInt8]) throws -> [ProtobufReader] {
    func number(_ bytes: some Collection<UInt8>) -> Int {
      bytes.reversed().reduce(0) { $0 << 8 | Int($1) }
    }
    var events: [ProtobufReader] = []
    var place = 0
    while place < bytes.count {
      let head = Array(bytes[place..<place + 8])
      let length = number(head)
      #expect(number(bytes[place + 8..<place + 12]) == Int(CRC32C.masked(of: head)))
      let event = Array(bytes[place + 12..<place + 12 + length])
      let sum = number(bytes[place + 12 + length..<place + 16 + length])
      #expect(sum == Int(CRC32C.masked(of: event)))
      events.append(try #require(ProtobufReader(event)))
      place += 16 + length
    }
    return events
  }

  private let files = SampleStudy.files { TensorBoardRuns(SampleStudy.study).write($0) }

  @Test("a file begins with the bytes of every event file")
  func beginning() throws {
    let bytes = try #require(files.values.first)
    // The length 24 and its masked sum, as TensorFlow's own files have it, then the event.
    let head: [UInt8] = [24, 0, 0, 0, 0, 0, 0, 0, 0xA3, 0x7F, 0x4B, 0x22]
    #expect(bytes.starts(with: head))
    #expect(try events(bytes)[0].text(3) == "brain.Event:2")
  }

  @Test("a folder for each trial, named by arm and seed")
  func folders() {
    let name = "events.out.tfevents.0000000000.ablate"
    let other = SafeName.component("b/c")
    #expect(other != "b_c" && other.hasPrefix("b_c-"))
    #expect(
      files.keys.sorted()
        == [
          "a/seed-1/\(name)", "a/seed-2/\(name)", "\(other)/seed-1/\(name)",
          "\(other)/seed-2/\(name)",
        ])
  }

  @Test("every measurement is a scalar at its step and at the trial's second")
  func scalars() throws {
    let bytes = try #require(files["a/seed-1/events.out.tfevents.0000000000.ablate"])
    var found: [String: [(step: Int, time: Double, value: Float)]] = [:]
    for event in try events(bytes) {
      let step = event.all(2).first.map { Int($0[0]) } ?? 0
      for summary in event.all(5).compactMap(ProtobufReader.init) {
        for value in summary.all(1).compactMap(ProtobufReader.init) {
          guard let number = value.float(2), let tag = value.text(1) else { continue }
          found[tag, default: []].append((step, try #require(event.double(1)), number))
        }
      }
    }
    #expect(found.values.map(\.count).reduce(0, +) == 14)
    let loss = try #require(found["loss"])
    #expect(loss.map(\.step) == [1, 2, 3, 4, 5, 6])
    // Eight seconds over four steps, then two over two.
    #expect(loss.map(\.time) == [2, 4, 6, 8, 9, 10])
    #expect(loss[1].value == 0.5 && loss[4].value.isNaN && loss[5].value == .infinity)
    #expect(found[#"loss/{"domain":"math"}"#]?.count == 4)
    #expect(found["odd"]?.first?.value == -.infinity && found["contest"]?.last?.value == 0)
  }

  @Test("a trial that failed says so, and one that still runs has no end", arguments: [1, 2])
  func endings(seed: Int) throws {
    for (arm, status) in [
      ("a", seed == 1 ? 1 : 2), (SafeName.component("b/c"), seed == 1 ? 2 : nil),
    ] {
      let bytes = try #require(files["\(arm)/seed-\(seed)/events.out.tfevents.0000000000.ablate"])
      let ends = try events(bytes).flatMap { $0.all(5) }.compactMap(ProtobufReader.init)
        .flatMap { $0.all(1) }.compactMap(ProtobufReader.init)
        .filter { $0.text(1) == "_hparams_/session_end_info" }
      #expect(ends.count == (status == nil ? 0 : 1))
      let content = ends.first.flatMap { ProtobufReader($0.all(9)[0]) }
        .flatMap { ProtobufReader($0.all(1)[0]) }.flatMap { ProtobufReader($0.all(2)[0]) }
        .flatMap { ProtobufReader($0.all(4)[0]) }
      #expect(content?.all(1).first?.first.map(Int.init) == status)
    }
  }
}
