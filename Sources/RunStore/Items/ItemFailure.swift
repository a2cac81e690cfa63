package import Reproducibility

/// Why an item has no result: `failure.json`, written by the worker, in the words of every message.
package struct ItemFailure: Sendable, Hashable {
  /// The order itself cannot be carried out, so the next attempt would fail alike.
  package var isConfigurationFault: Bool
  /// The numbers stopped being finite.
  package var isDivergence: Bool
  package var what: String
  package var why: String
  package var help: String
  /// The attempt that failed.
  package var attempt: Int

  package init(
    isConfigurationFault: Bool, isDivergence: Bool = false, what: String, why: String,
    help: String, attempt: Int = 0
  ) {
    self.isConfigurationFault = isConfigurationFault
    self.isDivergence = isDivergence
    self.what = what
    self.why = why
    self.help = help
    self.attempt = attempt
  }
}

extension ItemFailure {
  package var json: JSONValue {
    [
      "configuration_fault": .bool(isConfigurationFault), "divergence": .bool(isDivergence),
      "what": .string(what),
      "why": .string(why), "help": .string(help), "attempt": JSONValue(attempt),
    ]
  }

  package init?(json: JSONValue) {
    guard let isConfigurationFault = json["configuration_fault"]?.bool,
      let what = json["what"]?.string, let attempt = json["attempt"]?.int
    else { return nil }
    self.init(
      isConfigurationFault: isConfigurationFault,
      isDivergence: json["divergence"]?.bool ?? false, what: what, why: json["why"]?.string ?? "",
      help: json["help"]?.string ?? "", attempt: attempt)
  }
}
