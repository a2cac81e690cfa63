import Diagnostics
import Reproducibility

extension StudyPass {
  /// Puts the study over the one that it extends, and that over the one before.
  ///
  /// Objects are merged after RFC 7386: members of the same name are merged in turn, null takes one away,
  /// anything else replaces what was there.
  mutating func extendStudy() {
    guard let mention = root.member("extends") else { return }
    if root["study"] == nil, let span = mention.value.span {
      report(
        "a study that extends another needs a name of its own", at: span,
        why: "report and accepted values lie under the name, and would be written over",
        help: "add \"study\": \"…\"")
    }
    root = extended(root, files: [file.source.name]) ?? root
  }

  private mutating func extended(_ own: SourcedJSON, files: [String]) -> SourcedJSON? {
    guard let mention = own.member("extends"), let span = mention.value.span,
      let name = mention.value.string
    else { return own }
    guard let base = read(name, at: span, as: "what this study extends", files: files),
      let whole = extended(base.root, files: files + [base.source.name])
    else { return nil }
    return merged(own.setting("extends", keySpan: nil, to: nil), over: whole)
  }

  private func merged(_ new: SourcedJSON, over old: SourcedJSON) -> SourcedJSON {
    guard let additions = new.members, old.members != nil else { return new }
    var result = SourcedJSON(old.node, span: new.span)
    for addition in additions {
      let value = result[addition.key].map { merged(addition.value, over: $0) } ?? addition.value
      result = result.setting(
        addition.key, keySpan: addition.keySpan, to: value.isNull ? nil : value)
    }
    return result
  }

  // MARK: Recipes

  /// A recipe with the one that it extends below it: its members are changes, whose names may be paths, in the order of the file.
  mutating func extendedRecipe(_ own: SourcedJSON, files: [String]) -> SourcedJSON? {
    guard let mention = own.member("extends"), let members = own.members else { return own }
    guard let span = mention.value.span else { return own }
    guard let name = mention.value.string else {
      report(
        "'extends' must be a text, found \(mention.value.form.rawValue)", at: span,
        why: "it names the recipe's file that this one is a variation of",
        help: "write \"extends\": \"staged-rl.json\"")
      return nil
    }
    guard let base = read(name, at: span, as: "what this recipe extends", files: files),
      var whole = extendedRecipe(base.root, files: files + [base.source.name])
    else { return nil }
    let faultsBefore = diagnostics.count
    let changes = readChanges(
      SourcedJSON(.object(members.filter { $0.key != "extends" }), span: own.span))
    for var change in changes {
      change.mayAdd = true
      do {
        whole = try change.applied(to: whole, schema: schema)
      } catch {
        diagnostics.append(error.diagnostic(at: span))
      }
    }
    return diagnostics.count > faultsBefore ? nil : whole
  }

  /// A file that another one names, unless it leads back to itself.
  mutating func read(
    _ name: String, at span: SourceSpan, as what: String, files chain: [String]
  ) -> JSONFile? {
    let place = path(name, besideFile: span.source.name)
    if let start = chain.firstIndex(of: place) {
      let circle = (chain[start...] + [place]).joined(separator: " → ")
      report(
        "'\(name)' leads back to itself", at: span, why: "the files name each other: \(circle)",
        help: "remove one of the mentions")
      return nil
    }
    let origin = Diagnostic.Origin(span: span, what: what)
    do {
      let file = try JSONFile(place, from: files, origin: origin)
      origins.add(place, namedBy: origin)
      return file
    } catch {
      var error = error
      // A file with a fault of its form knows who named it; who named that one is known here.
      if error.span?.source.name == place { error.chain += origins.chain(for: span) }
      diagnostics.append(error)
      return nil
    }
  }
}
