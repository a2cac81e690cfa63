import PolicyTrainer
import Reproducibility
import StudyLanguage
import TensorKernels
import TransformerLM

/// The work of some arms, each with what it shares with the arm before.
struct ArmWork: Sendable {
  /// Of each arm, one for each seed.
  var trials: [[CompiledTrial]] = []
  var budgets: [TrainingBudget] = []
  var suiteNames: [String] = []
  var usesOwnProducts = true
  /// nil of the shared trainer.
  var commands: CommandFacts?
  /// Whether a recipe has a fault; the arms after it were not looked at.
  var hasFault = false
  /// Of the first problem file that cannot be used.
  var fileFault: (any Error)?

  init(of arms: ArraySlice<Arm>, _ study: Study, files: any FileReading) {
    if study.isOfCommands {
      self.init(ofCommands: arms, study, files: files)
    } else {
      self.init(ofTrainer: arms, study, files: files)
    }
  }

  private init(ofTrainer arms: ArraySlice<Arm>, _ study: Study, files: any FileReading) {
    var texts = ProblemTexts(beside: study.path, files: files)
    var compiler = TrialCompiler(numerics: numericsVersion)
    var last: Recipe?
    for arm in arms {
      let recipe = Recipe(arm.settings, sharing: last)
      if !recipe.faultsOfOwnParts().isEmpty {
        hasFault = true
        return
      }
      budgets.append(recipe.budget)
      for suite in recipe.evaluation.suites where !suiteNames.contains(suite.name) {
        suiteNames.append(suite.name)
      }
      if recipe.model.products != .tiles { usesOwnProducts = false }
      for file in recipe.problemFiles { compiler.texts[file] = texts[file] }
      trials.append(
        compiler.compile(recipe, canonical: arm.canonicalRecipe, seeds: study.seeds))
      last = recipe
    }
    fileFault = texts.fault
  }
}

/// The texts of the problem files that recipes name, each read once and checked line by line.
private struct ProblemTexts {
  private let folder: [Substring]
  private let files: any FileReading
  private var texts: [String: String] = [:]
  /// Of the first file that cannot be used.
  private(set) var fault: (any Error)?

  /// - Parameter study: files are named from where it lies.
  init(beside study: String, files: any FileReading) {
    folder = study.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    self.files = files
  }

  /// nil when it cannot be used.
  subscript(file: String) -> String? {
    mutating get {
      if let text = texts[file] { return text }
      let path = file.hasPrefix("/") ? file : (folder + [Substring(file)]).joined(separator: "/")
      do {
        let checked = try CheckedProblems(path, files: files)
        texts[file] = String(decoding: checked.bytes, as: UTF8.self)
      } catch {
        fault = fault ?? error
      }
      return texts[file]
    }
  }
}
