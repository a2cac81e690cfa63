import Diagnostics
import Reproducibility

/// An arm before its recipe is made.
struct ArmDraft {
  var label: String
  /// Place of its variant on each axis.
  var variants: [Int]
  /// Changes beyond those of the variants.
  var changes: [Change] = []
  var span: SourceSpan?
  /// Place of its block.
  var block = 0
}

/// A part of the study that makes arms by one design.
struct BlockDraft {
  enum Maker {
    case design(Design)
    case list([SourcedJSON])
  }

  var maker: Maker
  /// The axes that it varies.
  var axes: [Int]
  /// A variant of every axis: of one that it does not vary, the variant that it holds; of the others the centre.
  var centre: [Int]
  var cuts: Cuts
  /// Where it is written, for what has no better place.
  var span: SourceSpan?

  /// How many combinations it makes before anything is cut; nil when they are more than an `Int` holds.
  func count(_ all: [AxisDraft]) -> Int? {
    switch maker {
    case .design(let design): design.count(sizes: axes.map { all[$0].variants.count })
    case .list(let entries): entries.count
    }
  }
}

extension StudyPass {
  /// A study is read into memory arm by arm; what is larger than this is a slip of the pen.
  static var armLimit: Int { 100_000 }

  // MARK: Blocks

  mutating func readBlocks(_ axes: [AxisDraft]) -> [BlockDraft] {
    let cuts = readCuts(root, axes)
    guard let list = root["blocks"]?.elements else {
      return readBlock(root, axes, varied: nil, cuts: cuts, at: root.member("axes")?.keySpan).map {
        [$0]
      } ?? []
    }
    for name in ["design", "arms"] {
      guard let member = root.member(name), !member.value.isNull else { continue }
      report(
        "'\(name)' beside 'blocks'", at: member.keySpan,
        why: "each block has a design of its own", help: "move it into a block")
    }
    return list.compactMap { entry in
      guard entry.members != nil else { return nil }
      return readBlock(
        entry, axes, varied: entry["axes"]?.elements,
        cuts: cuts + readCuts(entry, axes), at: entry.span?.beginning)
    }
  }

  private mutating func readBlock(
    _ entry: SourcedJSON, _ axes: [AxisDraft], varied: [SourcedJSON]?, cuts: Cuts,
    at span: SourceSpan?
  ) -> BlockDraft? {
    var centre = centre(axes)
    var isHeld = axes.map { _ in false }
    let isBlock = root["blocks"]?.elements != nil
    if isBlock, let held = entry["variants"] {
      centre = readVariants(held, axes, default: centre)
      for (place, axis) in axes.enumerated() { isHeld[place] = held[axis.axis.name] != nil }
    }
    var places: [Int] = []
    for name in varied ?? [] {
      guard let text = name.string else { continue }
      guard let place = axes.firstIndex(where: { $0.axis.name == text }) else {
        reportUnknown(
          "axis", text, among: axes.map(\.axis.name), at: name.span,
          why: "a block varies axes of the study")
        continue
      }
      if isHeld[place] {
        report(
          "the block varies axis '\(text)' and holds it", at: name.span,
          why: "an axis is either varied or held", help: "take it out of 'variants' or of 'axes'")
      }
      if !places.contains(place) { places.append(place) }
    }
    if varied == nil { places = axes.indices.filter { !isHeld[$0] } }
    // The order of the file is that of the study's axes, whatever a block says.
    places.sort()
    guard let maker = readMaker(entry, places.map { axes[$0] }, at: span) else { return nil }
    return BlockDraft(maker: maker, axes: places, centre: centre, cuts: cuts, span: span)
  }

  /// The baseline's variants where it names them, otherwise the first ones.
  private func centre(_ axes: [AxisDraft]) -> [Int] {
    axes.map { axis in
      guard let name = root["baseline"]?[axis.axis.name]?.variantName else { return 0 }
      return axis.axis.variants.firstIndex(of: name) ?? 0
    }
  }

  private mutating func readMaker(
    _ entry: SourcedJSON, _ axes: [AxisDraft], at span: SourceSpan?
  ) -> BlockDraft.Maker? {
    let list = entry["arms"]?.elements
    let value = entry["design"]
    let word = value?.string ?? value?["kind"]?.string
    if let list {
      if let word, word != "arms" {
        report(
          "'arms' beside \"design\": \"\(word)\"", at: entry.member("arms")?.keySpan,
          why: "either a design makes the arms, or the file lists them",
          help: "remove 'arms', or write \"design\": \"arms\"")
      }
      return .list(list)
    }
    guard let word else { return .design(.product) }
    if word == "arms" {
      report(
        "the design 'arms' without a list of arms",
        at: value?.mark,
        why: "the arms of this design are those that the file lists",
        help: "add \"arms\": [{\"variants\": {…}}], or write \"design\": \"product\"")
      return nil
    }
    guard let design = design(word, value, axes) else { return nil }
    if let misfit = design.misfit(sizes: axes.map(\.variants.count)) {
      report(misfit, of: word, axes, at: value?.mark ?? span)
      return nil
    }
    return .design(design)
  }

  private mutating func design(
    _ word: String, _ value: SourcedJSON?, _ axes: [AxisDraft]
  ) -> Design? {
    switch word {
    case "product": return .product
    case "zip": return .zip
    case "one-at-a-time": return .oneAtATime
    case "leave-one-out": return .leaveOneOut
    case "path": return .path
    case "factorial":
      let fraction = value?["fraction"]?.string ?? "1/2"
      guard let parts = fraction.split(separator: "/").last, let denominator = Int(parts) else {
        return nil
      }
      let halvings = denominator.trailingZeroBitCount
      if let found = FractionalFactorial(axes: axes.count, halvings: halvings) {
        return .factorial(found)
      }
      report(
        "no factorial of \(axes.count) axes has the fraction \(fraction)",
        at: value?["fraction"]?.span ?? value?.mark,
        why: """
          each halving makes one axis the product of two or more others; at most \
          \(FractionalFactorial.mostAxes) axes
          """,
        help: "ask for a larger fraction, or write \"design\": \"product\"")
      return nil
    // The schema has said that there is no such design.
    default: return nil
    }
  }

  private mutating func report(
    _ misfit: Design.Misfit, of word: String, _ axes: [AxisDraft], at span: SourceSpan?
  ) {
    switch misfit {
    case .unequal:
      let lengths = axes.map { "'\($0.axis.name)' has \($0.variants.count)" }
      report(
        "the design 'zip' with axes of unequal length", at: span,
        why: "their variants are walked together: \(lengths.joined(separator: ", "))",
        help: "give each axis as many variants, or write \"design\": \"product\"")
    case .notTwo(let axis):
      let count = axes[axis].variants.count
      report(
        "the design '\(word)' with \(count) variants on axis '\(axes[axis].axis.name)'",
        at: axes[axis].span ?? span, why: "each axis of this design is either off or on",
        help: "keep two variants: the first is off, the second on")
    case .noAxes:
      report(
        "the design '\(word)' without an axis", at: span, why: "there is nothing to vary",
        help: "add an axis to 'axes'")
    }
  }

  // MARK: Combinations

  /// Every combination that no condition on the axes cuts, in the order of the blocks.
  mutating func armDrafts(_ blocks: [BlockDraft], _ axes: [AxisDraft]) -> [ArmDraft] {
    var drafts: [ArmDraft] = []
    var made = 0
    for (number, block) in blocks.enumerated() {
      if let count = block.count(axes), count <= Self.armLimit, made + count <= Self.armLimit {
        made += count
      } else {
        report(
          "the axes make more than \(Self.armLimit) arms", at: block.span,
          why: "every arm is trained with every seed",
          help: "list the arms that matter, or vary one axis at a time")
        return []
      }
      drafts += self.drafts(of: block, number, axes)
    }
    if drafts.isEmpty && made > 0 && !diagnostics.contains(where: { $0.severity == .error }) {
      reportNothingLeft(of: made)
    }
    return uniquelyLabelled(drafts, axes)
  }

  private mutating func drafts(
    of block: BlockDraft, _ number: Int, _ axes: [AxisDraft]
  ) -> [ArmDraft] {
    var drafts: [ArmDraft] = []
    switch block.maker {
    case .list(let entries):
      for entry in entries where entry.members != nil {
        if let draft = listed(entry, block, number, axes), holds(block.cuts, draft.variants, axes) {
          drafts.append(draft)
        }
      }
    case .design(let design):
      let sizes = block.axes.map { axes[$0].variants.count }
      var combinations: [[Int]] = []
      design.walk(sizes: sizes, centre: block.axes.map { block.centre[$0] }) {
        combinations.append($0)
        return true
      }
      for combination in combinations {
        var variants = block.centre
        for (axis, variant) in zip(block.axes, combination) { variants[axis] = variant }
        if !holds(block.cuts, variants, axes) { continue }
        // An arm is made where its last variant is.
        let span = block.axes.last.flatMap { axes[$0].variants[variants[$0]].span }
        drafts.append(
          ArmDraft(
            label: label(of: variants, in: block, design, axes), variants: variants, span: span,
            block: number))
      }
    }
    return drafts
  }

  private mutating func listed(
    _ entry: SourcedJSON, _ block: BlockDraft, _ number: Int, _ axes: [AxisDraft]
  ) -> ArmDraft? {
    let standard = root["blocks"]?.elements == nil ? nil : block.centre
    let variants =
      entry["variants"].map { readVariants($0, axes, default: standard) } ?? standard
      ?? [Int](repeating: 0, count: axes.count)
    let label = entry["label"]?.string ?? self.label(of: variants, axes)
    return ArmDraft(
      label: label, variants: variants, changes: entry["changes"].map { readChanges($0) } ?? [],
      span: entry["label"]?.span ?? entry.span?.beginning, block: number)
  }

  // MARK: Labels

  /// A combination that several blocks make is one arm. Of arms that would be called alike each gets its variants
  /// in full.
  private mutating func uniquelyLabelled(
    _ drafts: [ArmDraft], _ axes: [AxisDraft]
  ) -> [ArmDraft] {
    var kept: [ArmDraft] = []
    var seen: Set<[Int]> = []
    for draft in drafts {
      if draft.changes.isEmpty, !seen.insert(draft.variants).inserted,
        kept.last(where: { $0.variants == draft.variants })?.block != draft.block
      {
        continue
      }
      kept.append(draft)
    }
    var counts: [String: Int] = [:]
    for draft in kept { counts[draft.label, default: 0] += 1 }
    var taken: Set<String> = []
    for index in kept.indices {
      if counts[kept[index].label, default: 0] > 1, blockHasDesign(kept[index].block) {
        kept[index].label = label(of: kept[index].variants, axes)
      }
      if !taken.insert(kept[index].label).inserted {
        report(
          "a second arm is called '\(kept[index].label)'", at: kept[index].span,
          why: "rows of a table are told apart by their labels",
          help: "give each a \"label\" of its own")
      }
    }
    return kept
  }

  private func blockHasDesign(_ number: Int) -> Bool {
    let entry = root["blocks"]?.elements?[number] ?? root
    return entry["arms"]?.elements == nil
  }

  /// What a table calls a combination of a design: of those that speak of single changes, the change.
  private func label(
    of variants: [Int], in block: BlockDraft, _ design: Design, _ axes: [AxisDraft]
  ) -> String {
    func name(_ axis: Int, _ place: Int) -> String { axes[axis].variants[place].label }
    let moved = block.axes.filter { variants[$0] != block.centre[$0] }
    switch design {
    case .oneAtATime:
      return moved.first.map { name($0, variants[$0]) } ?? label(of: variants, axes)
    case .leaveOneOut:
      let off = block.axes.filter { variants[$0] == 0 }
      return off.first.map { "without \(axes[$0].axis.name)" } ?? "all"
    case .path:
      let on = block.axes.filter { variants[$0] != 0 }
      return on.last.map { "+ \(name($0, variants[$0]))" } ?? "start"
    case .product, .zip, .factorial: return label(of: variants, axes)
    }
  }

  /// `level 3, steps=200`.
  func label(of variants: [Int], _ axes: [AxisDraft]) -> String {
    if axes.isEmpty { return "recipe" }
    return zip(axes, variants).map { $0.variants[$1].label }.joined(separator: ", ")
  }
}
