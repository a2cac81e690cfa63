/// A file of TensorBoard's events: protobuf messages in the frames of TFRecord.
/// Source: tensorflow/core/util/event.proto, framework/summary.proto, lib/io/record_writer.h.
package struct EventFile {
  package private(set) var bytes: [UInt8] = []

  /// With the event that every such file begins with.
  package init() {
    append(
      .made {
        $0.add(1, double: 0)
        $0.add(3, text: "brain.Event:2")
      })
  }

  /// What an event says under one tag.
  package enum Value {
    /// In 32 bits, as all of TensorBoard has scalars; a double beyond their range becomes an infinity.
    case scalar(Double)
    /// Shown as Markdown.
    case text(String)
    /// For the plugin of hyperparameters: a trial's values, or how it ended.
    case hyperparameters(ProtobufMessage)
  }

  /// - Parameters:
  ///   - time: seconds since 1970, or of the trial.
  package mutating func append(step: Int, time: Double, _ values: [(tag: String, value: Value)]) {
    append(
      .made {
        $0.add(1, double: time)
        if step != 0 { $0.add(2, integer: step) }
        $0.add(
          5, .made { summary in for value in values { summary.add(1, Self.message(of: value)) } })
      })
  }

  private static func message(of value: (tag: String, value: Value)) -> ProtobufMessage {
    .made {
      $0.add(1, text: value.tag)
      switch value.value {
      case .scalar(let number): $0.add(2, float: Float(number))
      case .text(let text):
        $0.add(8, tensor(kind: 7) { $0.add(8, text: text) })
        $0.add(9, plugin("text", nil))
      case .hyperparameters(let content):
        // The message is in the metadata; the tensor, of no numbers at all, has to be there.
        $0.add(8, tensor(kind: 1, count: 0) { _ in })
        $0.add(9, plugin("hparams", content))
      }
    }
  }

  /// `TensorProto` of a single element, or of a list.
  ///
  /// - Parameter kind: 1 `DT_FLOAT`, 7 `DT_STRING`.
  private static func tensor(
    kind: Int, count: Int? = nil, _ content: (inout ProtobufMessage) -> Void
  ) -> ProtobufMessage {
    .made {
      $0.add(1, integer: kind)
      let shape = ProtobufMessage.made { shape in
        if let count { shape.add(2, .made { $0.add(1, integer: count) }) }
      }
      $0.add(2, shape)
      content(&$0)
    }
  }

  /// `SummaryMetadata` that says which plugin a value is for. TensorBoard finds the class of its data by that.
  private static func plugin(_ name: String, _ content: ProtobufMessage?) -> ProtobufMessage {
    .made {
      $0.add(
        1,
        .made {
          $0.add(1, text: name)
          if let content { $0.add(2, content) }
        })
    }
  }

  private mutating func append(_ event: ProtobufMessage) {
    var length: [UInt8] = []
    length.appendLittleEndian(UInt64(event.bytes.count))
    bytes += length
    bytes.appendLittleEndian(CRC32C.masked(of: length))
    bytes += event.bytes
    bytes.appendLittleEndian(CRC32C.masked(of: event.bytes))
  }
}
