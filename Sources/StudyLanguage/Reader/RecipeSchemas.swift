import Diagnostics

/// What a recipe may be: that of the trainer, or one whose stages each name a `kind` of their own.
package struct RecipeSchemas: Sendable {
  package let standard: RecordSchema
  /// By kind.
  package let kinds: [String: RecordSchema]

  package init(standard: RecordSchema, kinds: [String: RecordSchema] = [:]) {
    self.standard = standard
    self.kinds = kinds
  }

  /// The schema by whose stages a recipe is read; for a kind that does not exist, that of the only other one,
  /// whose reader knows what to say.
  func schema(ofStages kind: String?) -> RecordSchema {
    guard let kind else { return standard }
    return kinds[kind] ?? kinds.min { $0.key < $1.key }?.value ?? standard
  }
}

extension StudyPass {
  /// Finds out what a recipe is from its stages, or from those of the recipe that it extends.
  ///
  /// - Returns: false when its stages are of several kinds, which is reported.
  mutating func chooseSchema(of recipe: SourcedJSON) -> Bool {
    guard !schemas.kinds.isEmpty else { return true }
    let stages = stages(of: recipe, depth: 0)
    guard let first = stages.first(where: { $0["kind"] != nil }) else { return true }
    let kind = first["kind"]?.string ?? ""
    guard let other = stages.first(where: { $0["kind"] == nil }) else {
      stageKind = kind
      schema = schemas.schema(ofStages: kind)
      return true
    }
    let name = other["name"]?.string.map { "'\($0)'" } ?? "another one"
    report(
      "stage \(name) is the shared trainer's, and others of this recipe are of kind '\(kind)'",
      at: other["name"]?.span ?? other.span?.beginning,
      why:
        "a stage goes on from what the one before left, and no trainer reads what another leaves",
      help:
        "give every stage \"kind\": \"\(kind)\", or write a recipe, and a study, for each of the two"
    )
    return false
  }

  /// What cannot be read is reported when the recipe itself is read.
  private func stages(of recipe: SourcedJSON, depth: Int) -> [SourcedJSON] {
    if let stages = recipe["stages"]?.elements { return stages }
    guard depth < Self.longestChain, let base = recipe["extends"], let span = base.span,
      let name = base.string,
      let file = try? JSONFile(path(name, besideFile: span.source.name), from: files)
    else { return [] }
    return self.stages(of: file.root, depth: depth + 1)
  }

  /// Recipes that extend one another; a circle is found and reported when they are read.
  private static var longestChain: Int { 64 }
}
