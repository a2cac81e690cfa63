import CommandTrainer
import PolicyTrainer
import Reporting
import Reproducibility
import StudyLanguage

/// Settings that a study varies and that its commands, by what they say of themselves, never read. Arms that
/// differ in nothing else are compared with themselves, and the difference between them is luck.
struct UnreadSettings {
  let warnings: [ReportWarning]

  /// A setting of a stage that differs between arms.
  private struct Varied: Hashable {
    var axis: String
    var stage: String
    var path: String
  }

  init(_ compiled: CompiledStudy, _ measured: MeasuredTrials) {
    guard compiled.study.isOfCommands else {
      warnings = []
      return
    }
    let said = Self.said(compiled, measured)
    warnings = Self.varied(in: compiled.study).compactMap { varied in
      guard let said = said[varied.stage], said.isOfEveryArm,
        !said.names.contains(where: { Self.covers($0, varied.path) })
      else { return nil }
      return ReportWarning(
        what:
          "axis '\(varied.axis)' varies '\(varied.path)' of stage '\(varied.stage)', and no command read it",
        why:
          "its commands say what they read in \(countText(said.trials, "trial")), and never this: arms that differ in it alone are compared with themselves",
        help:
          "look for the key that the command reads in its place; where it does read this one, let it say {\"read\": \"\(varied.path)\"}"
      )
    }
  }

  // MARK: What is varied

  private static func varied(in study: Study) -> [Varied] {
    var found: [Varied] = []
    for axis in study.axes.indices {
      // Arms that agree on all other axes.
      var firsts: [[String]: Arm] = [:]
      for arm in study.arms {
        var others = arm.variants.map(\.variant)
        others[axis] = ""
        guard let first = firsts[others] else {
          firsts[others] = arm
          continue
        }
        for (stage, path) in differences(first, arm) {
          let varied = Varied(axis: study.axes[axis].name, stage: stage, path: path)
          if !found.contains(varied) { found.append(varied) }
        }
      }
    }
    return found
  }

  /// Settings of stages in which two arms differ.
  private static func differences(_ a: Arm, _ b: Arm) -> [(stage: String, path: String)] {
    let (first, second) = (CommandRecipe(a.settings).stages, CommandRecipe(b.settings).stages)
    return zip(first, second).filter { $0.name == $1.name }.flatMap { first, second in
      JSONValue.object(first.settings).changes(to: .object(second.settings)).map {
        (first.name, $0.path)
      }
    }
  }

  // MARK: What is read

  private struct Said {
    var names: Set<String> = []
    /// In how many trials commands said anything.
    var trials = 0
    /// Whether some trial of each arm has come through the stage: before that somebody may yet read it.
    var isOfEveryArm = true
  }

  /// By stage; only of stages whose commands say what they read.
  private static func said(
    _ compiled: CompiledStudy, _ measured: MeasuredTrials
  ) -> [String: Said] {
    var said: [String: Said] = [:]
    var arms: [String: Set<Int>] = [:]
    for (trial, series) in zip(compiled.trials, measured.series) {
      for (part, stage) in zip(trial.compiled.stages, series.stages) {
        arms[part.name, default: []].insert(trial.arm)
        guard let read = stage.read else { continue }
        said[part.name, default: Said()].names.formUnion(read)
        said[part.name, default: Said()].trials += 1
      }
    }
    let all = Set(compiled.trials.map(\.arm))
    for stage in said.keys { said[stage]?.isOfEveryArm = arms[stage] == all }
    return said
  }

  /// Whether who read one setting read the other: itself, a whole that it is part of, or a part of it.
  private static func covers(_ read: String, _ path: String) -> Bool {
    func isPart(_ inner: String, of outer: String) -> Bool {
      inner.hasPrefix(outer + ".") || inner.hasPrefix(outer + "[")
    }
    return read == path || isPart(path, of: read) || isPart(read, of: path)
  }
}
