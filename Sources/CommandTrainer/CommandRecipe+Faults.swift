import Diagnostics
import Reproducibility
package import StudyLanguage

extension CommandRecipe {
  /// What is wrong with the recipe that no single key shows.
  package func faults() -> [ArmFault] { stages.flatMap { $0.faults } }
}

extension CommandStage {
  fileprivate var faults: [ArmFault] {
    wordFaults + settingFaults + metricFaults + fileFaults + variableFaults
  }

  private func path(_ key: String) -> String { "stages.\(name).\(key)" }

  private var wordFaults: [ArmFault] {
    let known = settings.paths + [CommandWord.seed]
    var faults: [ArmFault] = []
    for (place, word) in run.enumerated() {
      for (name, range) in CommandWord(word).placeholders
      where name != CommandWord.seed && settings.value(at: name) == nil {
        let suggestion = Suggestion.closest(to: name, among: known)
        faults.append(
          ArmFault(
            path: path("run[\(place)]"), part: range,
            what: "'{\(name)}' names no setting of stage '\(self.name)'",
            why: "it stands for a value of 'settings', which the study varies, or for the seed",
            help: (suggestion.map { "did you mean '{\($0)}'? Write" } ?? "write")
              + " {{\(name)}} for the braces themselves"))
      }
    }
    if run.first?.isEmpty == true {
      faults.append(
        ArmFault(
          path: path("run[0]"), what: "the program of stage '\(name)' has no name",
          why: "the first word of 'run' is the program", help: "write for example \"python3\""))
    }
    if let program = run.first, program.contains("/"), !program.hasPrefix("/"),
      CommandWord(program).placeholders.isEmpty,
      !files.contains(where: { Self.place(ofFile: $0) == Self.place(ofFile: program) })
    {
      faults.append(
        ArmFault(
          path: path("run[0]"), what: "'\(program)' is none of the files of stage '\(name)'",
          why: "the command runs in a fresh folder, which holds its 'files' and nothing else",
          help: "add it: \"files\": [\(JSONValue.string(Self.place(ofFile: program)).line)]"))
    }
    return faults
  }

  private var settingFaults: [ArmFault] {
    guard settings[CommandWord.seed] != nil else { return [] }
    return [
      ArmFault(
        path: path("settings.\(CommandWord.seed)"),
        what: "stage '\(name)' has a setting called '\(CommandWord.seed)'",
        why:
          "the seed is the trial's: {seed} and ABLATE_SEED. One that is set would be the same in every trial",
        help: "remove it and read the trial's, or call it what it seeds, such as \"data_seed\"")
    ]
  }

  private var metricFaults: [ArmFault] {
    if metrics.isEmpty {
      return [
        ArmFault(
          path: path("metrics"), what: "stage '\(name)' measures nothing",
          why: "what a command does is known by its measurements alone",
          help: "write for example \"metrics\": {\"reward\": {}}")
      ]
    }
    return metrics.filter { !Self.isWord($0.name) }.map { metric in
      ArmFault(
        path: path("metrics.\(metric.name)"), what: "'\(metric.name)' is no name for a metric",
        why: "measures and claims name it: final(reward)",
        help: "use letters, digits and '_', a letter first")
    }
  }

  private static func isWord(_ name: String) -> Bool {
    guard let first = name.utf8.first else { return false }
    func isLetter(_ byte: UInt8) -> Bool {
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_")
    }
    return isLetter(first)
      && name.utf8.allSatisfy {
        isLetter($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
      }
  }

  private var fileFaults: [ArmFault] {
    var names: [String: String] = [:]
    return files.enumerated().compactMap { place, file in
      let laid = Self.place(ofFile: file)
      if let other = names.updateValue(file, forKey: laid) {
        return ArmFault(
          path: path("files[\(place)]"),
          what: "'\(file)' and '\(other)' both lie as '\(laid)' in the command's working folder",
          why: "one would replace the other", help: "give one of them another name")
      }
      return nil
    }
  }

  private var variableFaults: [ArmFault] {
    let named =
      environment.map(\.name).map { ("environment.\($0)", $0) }
      + inherited.enumerated().map { ("inherit[\($0.offset)]", $0.element) }
    return named.compactMap { place, name in
      if name.hasPrefix(CommandContract.variablePrefix) {
        return ArmFault(
          path: path(place), what: "'\(name)' is not for a study to set",
          why:
            "variables that begin with \(CommandContract.variablePrefix) tell the command what to do",
          help: "give it another name")
      }
      guard name.isEmpty || name.contains("=") || name.contains("\0") else { return nil }
      return ArmFault(
        path: path(place), what: "'\(name)' is no name of a variable",
        why: "no system would take it", help: "use letters, digits and '_'")
    }
  }
}
