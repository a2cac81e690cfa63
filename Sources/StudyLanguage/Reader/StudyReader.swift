package import Diagnostics
import Reproducibility

/// Everything that is wrong with a study, its recipe included, in one pass.
package typealias StudyFaults = DiagnosticReport

/// Reads study files: file → value, or every fault of it.
package struct StudyReader: Sendable {
  private let files: any FileReading
  private let recipes: RecipeSchemas

  /// - Parameter recipes: what trainers read, which the study varies.
  package init(files: some FileReading, recipes: RecipeSchemas) {
    self.files = files
    self.recipes = recipes
  }

  /// - Parameter recipe: what the trainer reads, which the study varies.
  package init(files: some FileReading, recipe: RecordSchema) {
    self.init(files: files, recipes: RecipeSchemas(standard: recipe))
  }

  package func read(_ path: String) throws(StudyFaults) -> Study {
    try pass(over: path) { $0.study() }
  }
}

extension StudyReader {
  /// What one reading of a file makes.
  ///
  /// - Parameter read: nil when there is too little to make it from.
  /// - Throws: all that was found, when there is an error among it.
  func pass<Value>(
    over path: String, _ read: (inout StudyPass) -> Value?
  ) throws(StudyFaults) -> Value {
    var pass: StudyPass
    do {
      pass = StudyPass(file: try JSONFile(path, from: files), files: files, schemas: recipes)
    } catch {
      throw StudyFaults([error], first: path)
    }
    let value = read(&pass)
    let found = StudyFaults(pass.diagnostics, first: path)
    guard let value, !found.hasErrors else { throw found }
    return value
  }
}

/// One reading of one file. Each part of the study is read as far as it can be, so that one fault
/// hides no other; parts that do not even have their form were reported by the schema and are left
/// out.
struct StudyPass {
  let file: JSONFile
  let files: any FileReading
  let schemas: RecipeSchemas
  /// Of the recipe, once that has been looked at.
  var schema: RecordSchema
  /// The kind that the recipe's stages name; nil of the trainer's own.
  var stageKind: String?
  /// The study with what it extends.
  var root: SourcedJSON
  /// nil when there is none that could be read.
  var recipe: RecipeDraft?
  var origins = FileOrigins()
  var diagnostics: [Diagnostic] = []

  init(file: JSONFile, files: any FileReading, schemas: RecipeSchemas) {
    self.file = file
    self.files = files
    self.schemas = schemas
    schema = schemas.standard
    root = file.root
  }

  init(file: JSONFile, files: any FileReading, schema: RecordSchema) {
    self.init(file: file, files: files, schemas: RecipeSchemas(standard: schema))
  }

  mutating func report(
    _ what: String, at span: SourceSpan?, why: String, help: String,
    severity: Diagnostic.Severity = .error
  ) {
    diagnostics.append(
      Diagnostic(what, severity: severity, at: span ?? beginning, why: why, help: help))
  }

  /// Where the study begins, for what has no better place.
  var beginning: SourceSpan { SourceSpan(file.source, file.root.span?.beginning.range ?? 0..<0) }

  /// Joins the study with what it extends and holds it against the table of keys.
  @discardableResult
  mutating func readForm() -> Normalised? {
    extendStudy()
    var normaliser = Normaliser()
    let normalised = normaliser.normalise(
      root, as: .record(StudySchema.schema), at: SettingPlace())
    diagnostics += normaliser.faults.map { $0.diagnostic(at: beginning) }
    checkName()
    return normalised
  }

  func acknowledges(_ warning: Acknowledgement) -> Bool {
    root["acknowledges"]?.elements?.contains { $0.string == warning.rawValue } ?? false
  }

  /// - Returns: nil when there is too little to unfold; the diagnostics say why.
  mutating func study() -> Study? {
    defer { diagnostics = diagnostics.map(origins.complete) }
    let normalised = readForm()
    if root.members == nil { return nil }

    let (seeds, seedRule) = readSeeds()
    let measures = readMeasures()
    recipe = readRecipe()
    let axes = readAxes()
    let blocks = readBlocks(axes)
    let drafts = armDrafts(blocks, axes)
    let unfolded =
      recipe.map { unfold(drafts, blocks, axes, recipe: $0) } ?? Unfolded(drafts: drafts)
    let table = ArmTable(axes: axes, drafts: unfolded.drafts, places: unfolded.places)
    let baseline = readBaseline(table)
    let paper = readPaper(table, baseline: baseline, measures: measures)
    let claims = readClaims(table, baseline: baseline, measures: measures)
    let tolerances = readTolerances(of: measures, seeds: seeds.count)
    checkHeadings(axes: axes, measures: measures)
    warnOfConfounding(axes, unfolded)

    guard let value = normalised?.value, let recipe, let baseline, unfolded.places != nil else {
      return nil
    }
    let settings = Settings(normalised: value, as: .record(StudySchema.schema))
    let name = settings.text("study")
    return Study(
      path: file.source.name, name: name, question: settings.text("question"),
      source: settings.optionalText("source"),
      title: settings.record("report").optionalText("title") ?? name,
      interval: .init(rawValue: settings.record("report").text("interval")) ?? .studentT,
      axes: axes.map(\.axis), arms: unfolded.arms, baseline: baseline, seeds: seeds,
      seedRule: seedRule,
      measures: measures,
      headings: Dictionary(
        uniqueKeysWithValues: settings.map("headings").map { ($0.name, $0.value.text) }),
      paper: paper,
      tolerances: tolerances,
      claims: claims, merged: unfolded.merged, aliases: aliases(of: blocks, axes),
      warnings: diagnostics.filter { $0.severity == .warning }.map(origins.complete),
      executor: settings.record("executor").value,
      acknowledgesBudgets: acknowledges(.unequalBudgets), recipeSpan: recipe.span,
      axesSpan: root.member("axes")?.keySpan, stageKind: stageKind, origins: origins)
  }
}

extension SettingFault {
  /// - Parameter fallback: where to point when the value stands in no file.
  func diagnostic(at fallback: SourceSpan) -> Diagnostic {
    var place = span ?? fallback
    if case .expression(let fault) = reason { place = place.inString(fault.range) }
    return Diagnostic(what, at: place, why: why, help: help)
  }
}
