import Diagnostics
import Reproducibility

/// Values that a recipe computes from its other settings: `"= round(2 * stages.first.steps)"` in place of a
/// number, truth value or text. Names are paths of the recipe, as changes write them; a text that begins with
/// an equals sign is written `"= '=text'"`.
struct DerivedValues {
  private let schema: RecordSchema
  private var recipe: SourcedJSON
  private var formulas: [String: Formula] = [:]
  /// In the order of the recipe.
  private var order: [String] = []
  private(set) var diagnostics: [Diagnostic] = []

  private struct Formula {
    var path: [PathElement]
    var span: SourceSpan?
    /// nil when its text is no expression, which was reported.
    var expression: Expression?
    var state = State.new
  }

  private enum State {
    case new
    case open
    case done
    case failed
  }

  /// Whether a value of a file is a formula.
  static func isFormula(_ value: SourcedJSON) -> Bool { value.string?.first == "=" }

  /// Whether any part of a value is one.
  static func containsFormula(_ value: SourcedJSON) -> Bool {
    switch value.node {
    case .string: isFormula(value)
    case .array(let elements): elements.contains(where: containsFormula)
    case .object(let members): members.contains { containsFormula($0.value) }
    case .null, .bool, .number: false
    }
  }

  private init(_ recipe: SourcedJSON, schema: RecordSchema) {
    self.recipe = recipe
    self.schema = schema
    collect(recipe, at: [])
  }

  struct Resolved {
    /// With every formula that has a value replaced by it.
    var recipe: SourcedJSON
    /// What kept the others from having one.
    var diagnostics: [Diagnostic] = []
    /// Where the others stand.
    var failed: Set<SourceSpan> = []
  }

  static func resolved(_ recipe: SourcedJSON, schema: RecordSchema) -> Resolved {
    var derived = DerivedValues(recipe, schema: schema)
    for name in derived.order { derived.resolve(name) }
    let failed = derived.formulas.values.filter { $0.state == .failed }
    return Resolved(
      recipe: derived.recipe, diagnostics: derived.diagnostics,
      failed: Set(failed.compactMap(\.span)))
  }

  private mutating func collect(_ value: SourcedJSON, at path: [PathElement]) {
    switch value.node {
    case .string(let text) where text.first == "=":
      let name = RecipePath(path).text
      order.append(name)
      let span = value.span
      do {
        formulas[name] = Formula(path: path, span: span, expression: try Expression(body(of: text)))
      } catch {
        formulas[name] = Formula(path: path, span: span, expression: nil)
        report(error, span)
      }
    case .array(let elements):
      for (index, element) in elements.enumerated() { collect(element, at: path + [.index(index)]) }
    case .object(let members):
      for member in members { collect(member.value, at: path + [.name(member.key)]) }
    default: break
    }
  }

  /// The formula without its sign; places in it stay those of the text.
  private func body(of text: String) -> String { " " + text.dropFirst() }

  private mutating func report(_ fault: ExpressionFault, _ span: SourceSpan?) {
    guard let span else { return }
    diagnostics.append(
      Diagnostic(
        fault.what, at: span.inString(fault.range), why: fault.why, help: fault.help))
  }

  private mutating func resolve(_ name: String) {
    guard let formula = formulas[name], formula.state == .new else { return }
    guard let expression = formula.expression else {
      formulas[name]?.state = .failed
      return
    }
    formulas[name]?.state = .open
    let hasValue = value(of: expression, formula, name)
    formulas[name]?.state = hasValue ? .done : .failed
  }

  /// - Returns: whether the formula has a value, which then stands in the recipe.
  private mutating func value(
    of expression: Expression, _ formula: Formula, _ name: String
  ) -> Bool {
    var known: [(name: String, type: ExpressionType)] = []
    var values: [String: ExpressionValue] = [:]
    for used in expression.names {
      let place = canonicalName(used)
      resolve(place)
      switch formulas[place]?.state {
      case .open:
        reportCircle(from: place, to: name, formula.span)
        return false
      case .failed:
        // What it waits for was reported.
        return false
      case .new, .done, nil: break
      }
      guard let value = setting(used) else { continue }
      known.append((used, value.type))
      values[used] = value
    }
    if let fault = firstFault(of: expression, known: known) {
      report(fault, formula.span)
      return false
    }
    do {
      let value = try expression.value { values[$0] }
      replace(formula, by: value)
      return true
    } catch {
      report(error, formula.span)
      return false
    }
  }

  /// A formula may have a value of any type; its setting says which one fits.
  private func firstFault(
    of expression: Expression, known: [(name: String, type: ExpressionType)]
  ) -> ExpressionFault? {
    let all = ExpressionType.allCases.map { expression.faults(expecting: $0, names: known) }
    guard var fault = all.min(by: { $0.count < $1.count })?.first else { return nil }
    if case .unknownName(let name, _, _) = fault.reason {
      let near = Suggestion.closest(to: name, among: settingNames)
      fault.reason = .unknownSetting(name, suggestion: near)
    }
    return fault
  }

  private mutating func reportCircle(from place: String, to name: String, _ span: SourceSpan?) {
    guard let span else { return }
    let what =
      place == name
      ? "'\(name)' is computed from itself"
      : "'\(name)' and '\(place)' are computed from each other"
    diagnostics.append(
      Diagnostic(
        what, at: span, why: "a value must be known before another is computed from it",
        help: "write one of them as a number"))
  }

  private mutating func replace(_ formula: Formula, by value: ExpressionValue) {
    let node: SourcedJSON.Node =
      switch value {
      case .number(let number): .number(number)
      case .boolean(let boolean): .bool(boolean)
      case .text(let text): .string(text)
      }
    recipe = recipe.replacing(
      at: formula.path[...], by: SourcedJSON(node, span: formula.span))
  }

  // MARK: Names

  private func setting(_ name: String) -> ExpressionValue? {
    (try? RecipePath(parsing: name)).flatMap {
      recipe.setting(at: $0, type: .record(schema))?.expressionValue
    }
  }

  /// The name under which a formula at a path is kept: elements of lists by their places.
  private func canonicalName(_ name: String) -> String {
    guard let path = try? RecipePath(parsing: name) else { return name }
    var value = recipe
    var elements: [PathElement] = []
    for element in path.elements {
      if case .name(let word) = element, let list = value.elements,
        let place = list.firstIndex(where: { $0["name"]?.string == word })
      {
        elements.append(.index(place))
        value = list[place]
        continue
      }
      elements.append(element)
      switch element {
      case .name(let word): value = value[word] ?? SourcedJSON(.null, span: nil)
      case .index(let place):
        let list = value.elements ?? []
        value = list.indices.contains(place) ? list[place] : SourcedJSON(.null, span: nil)
      case .appended: break
      }
    }
    return RecipePath(elements).text
  }

  /// The settings that the recipe writes, for suggestions.
  private var settingNames: [String] {
    func names(_ value: SourcedJSON, _ path: String) -> [String] {
      switch value.node {
      case .object(let members):
        members.flatMap { names($0.value, path.isEmpty ? $0.key : "\(path).\($0.key)") }
      case .array(let elements):
        elements.enumerated().flatMap {
          names($1, "\(path)" + ($1["name"]?.string.map { ".\($0)" } ?? "[\($0)]"))
        }
      default: [path]
      }
    }
    return names(recipe, "")
  }
}

extension SourcedJSON {
  /// The value with the part at a path, which is there, replaced.
  fileprivate func replacing(
    at path: ArraySlice<PathElement>, by new: SourcedJSON
  ) -> SourcedJSON {
    guard let element = path.first else { return new }
    switch (node, element) {
    case (.array(var elements), .index(let place)):
      elements[place] = elements[place].replacing(at: path.dropFirst(), by: new)
      return SourcedJSON(.array(elements), span: span)
    case (.object(var members), .name(let name)):
      guard let place = members.firstIndex(where: { $0.key == name }) else { return self }
      members[place].value = members[place].value.replacing(at: path.dropFirst(), by: new)
      return SourcedJSON(.object(members), span: span)
    default: return self
    }
  }
}
