import Diagnostics
import Reproducibility

/// How large a study is, found without making its arms.
package struct StudyCount: Sendable, Hashable {
  /// Combinations that the conditions leave.
  package let arms: Int
  /// Combinations before anything was cut.
  package let combinations: Int
  /// Arms that are different experiments; nil where only their recipes could tell, and of studies of millions.
  package let distinct: Int?
  package let seeds: Int

  package var trials: Int { arms * seeds }
}

extension StudyReader {
  /// Counts the arms of a study of any size.
  ///
  /// - Throws: every fault of its form, axes, design and conditions; those of single arms are ``read(_:)``'s.
  package func count(_ path: String) throws(StudyFaults) -> StudyCount {
    try pass(over: path) { $0.count() }
  }
}

extension StudyPass {
  mutating func count() -> StudyCount? {
    defer { diagnostics = diagnostics.map(origins.complete) }
    readForm()
    if root.members == nil { return nil }
    let seeds = readSeeds().seeds
    recipe = readRecipe()
    let axes = readAxes()
    let blocks = readBlocks(axes)
    guard let recipe, !blocks.isEmpty else { return nil }
    if blocks.contains(where: { $0.cuts.readsSettings }) { return slowCount(seeds: seeds.count) }
    var combinations = 0
    for block in blocks {
      guard let count = block.count(axes), count <= Self.countLimit - combinations else {
        report(
          "the axes make more than \(Self.countLimit) arms", at: block.span,
          why: "nobody could ever run them",
          help: "list the arms that matter, or vary one axis at a time")
        return nil
      }
      combinations += count
    }
    let fingerprints =
      combinations > Self.comparedLimit
      ? nil : GridFingerprints(axes, recipe: recipe.root, schema: schema)
    let isPlain = blocks.count == 1 && blocks[0].cuts.isEmpty
    if isPlain && fingerprints == nil {
      return StudyCount(
        arms: combinations, combinations: combinations, distinct: nil, seeds: seeds.count)
    }
    var seen: Set<[Int]> = []
    var experiments: Set<ArmFingerprint> = []
    var arms = 0
    for block in blocks {
      guard case .design(let design) = block.maker else { return slowCount(seeds: seeds.count) }
      let sizes = block.axes.map { axes[$0].variants.count }
      var variants = block.centre
      var faultsBefore = diagnostics.count
      design.walk(sizes: sizes, centre: block.axes.map { block.centre[$0] }) { combination in
        for (place, axis) in block.axes.enumerated() { variants[axis] = combination[place] }
        if !block.cuts.isEmpty, !holds(block.cuts, variants, axes) {
          // A condition without a value is said once.
          defer { faultsBefore = diagnostics.count }
          return diagnostics.count == faultsBefore
        }
        if blocks.count > 1, !seen.insert(variants).inserted { return true }
        arms += 1
        if let fingerprints { experiments.insert(fingerprints[variants]) }
        return true
      }
    }
    return StudyCount(
      arms: arms, combinations: combinations,
      distinct: fingerprints == nil ? nil : experiments.count, seeds: seeds.count)
  }

  /// Arms that only their recipes can tell are made.
  private mutating func slowCount(seeds: Int) -> StudyCount? {
    var pass = StudyPass(file: file, files: files, schemas: schemas)
    let study = pass.study()
    diagnostics = pass.diagnostics
    guard let study else { return nil }
    return StudyCount(
      arms: study.arms.count + study.merged.count,
      combinations: study.arms.count + study.merged.count, distinct: study.arms.count,
      seeds: seeds)
  }

  /// Arms that are walked through one by one.
  private static var countLimit: Int { 100_000_000 }
  /// Arms that are told from each other, which takes some fifty bytes for each.
  private static var comparedLimit: Int { 4_000_000 }
}
