import Reproducibility

/// The reference page of all keys, made from the same table as the reader and its messages: for each
/// key its meaning, type and range, default, unit and source.
package struct KeyReference {
  private var sections: [Section] = []

  private struct Section {
    var title: String
    var content: Content
    /// The content with links by name: what tells two objects of one name apart.
    var plain: String
  }

  /// What a section describes.
  private enum Content {
    case record(RecordSchema)
    case union(Key, tag: String, cases: [RecordSchema])
    case schedule

    var name: String {
      switch self {
      case .record(let schema): schema.name
      case .union(let key, _, _): key.name
      case .schedule: "schedule"
      }
    }
  }

  /// - Parameter schemas: the outermost objects, such as study and recipe.
  package init(of schemas: [RecordSchema]) {
    for schema in schemas { add(schema, owner: nil) }
  }

  /// Markdown: a section for each object, with a table of its keys.
  package var markdown: String {
    sections.map { section in
      "## \(section.title)\n\n" + body(of: section.content, title: title(of:))
    }.joined(separator: "\n")
  }

  /// Titles of the sections, in order; a message's link ends in one of them.
  package var titles: [String] { sections.map(\.title) }

  // MARK: Sections

  private mutating func add(_ schema: RecordSchema, owner: String?) {
    guard let title = begin(.record(schema), owner: owner) else { return }
    for key in schema.keys { add(key.type, of: key, owner: title) }
  }

  private mutating func add(_ type: ValueType, of key: Key, owner: String) {
    switch type {
    case .record(let schema), .byName(let schema):
      add(schema, owner: owner)
    case .list(let inner, _, _), .map(let inner), .nullable(let inner):
      add(inner, of: key, owner: owner)
    case .either(let types):
      for type in types { add(type, of: key, owner: owner) }
    case .union(let tag, let cases):
      guard begin(.union(key, tag: tag, cases: cases), owner: owner) != nil else { return }
      for schema in cases {
        for key in schema.keys { add(key.type, of: key, owner: "\(owner), \(schema.name)") }
      }
    case .schedule:
      _ = begin(.schedule, owner: nil)
    case .integer, .number, .boolean, .text, .choice, .expression, .anything, .open:
      break
    }
  }

  /// - Returns: the section's title, or nil when the very section is there already. Objects of one
  ///   name but other keys or defaults are told apart by where they stand.
  private mutating func begin(_ content: Content, owner: String?) -> String? {
    let plain = body(of: content, title: \.name)
    let name = content.name
    if sections.contains(where: { $0.content.name == name && $0.plain == plain }) { return nil }
    var title = name
    if sections.contains(where: { $0.title == name }), let owner { title += " of \(owner)" }
    if sections.contains(where: { $0.title == title }) { return nil }
    sections.append(Section(title: title, content: content, plain: plain))
    return title
  }

  /// Title of the section that describes an object.
  private func title(of content: Content) -> String {
    let plain = body(of: content, title: \.name)
    return sections.first { $0.content.name == content.name && $0.plain == plain }?.title
      ?? content.name
  }

  // MARK: Tables

  /// - Parameter title: of the section of an object, for links to it.
  private func body(of content: Content, title: (Content) -> String) -> String {
    switch content {
    case .record(let schema):
      return table(of: schema, title: title)
    case .union(let key, let tag, let cases):
      return key.doc + "\n\n" + parts(tag: tag, cases: cases, title: title)
    case .schedule:
      return "A number, or an object that says how it moves with the step. Every value lies in the "
        + "setting's range.\n\n"
        + parts(tag: Schedule.tag, cases: Schedule.cases(.any), title: title)
    }
  }

  private func parts(
    tag: String, cases: [RecordSchema], title: (Content) -> String
  ) -> String {
    cases.map { schema in
      let line = "`\"\(tag)\": \"\(schema.name)\"`"
      return schema.keys.isEmpty
        ? "\(line): no settings.\n" : "\(line):\n\n\(table(of: schema, title: title))"
    }.joined(separator: "\n")
  }

  private func table(of schema: RecordSchema, title: (Content) -> String) -> String {
    var lines = [
      "| key | what it may be | default | unit | meaning | source |", "|---|---|---|---|---|---|",
    ]
    for key in schema.keys {
      let cells = [
        "`\(key.name)`", link(key.type, of: key, title: title), standard(of: key), key.unit ?? "",
        key.doc, key.source ?? "",
      ]
      let row = cells.map { $0.replacing("|", with: "\\|").replacing("\n", with: " ") }
      lines.append("| \(row.joined(separator: " | ")) |")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The default, or an example of what must be there.
  private func standard(of key: Key) -> String {
    if let value = key.defaultValue { return value.isNull ? "–" : "`\(value.shown)`" }
    return key.example.map { "required: `\($0.shown)`" } ?? "required"
  }

  /// The type in words, with a link to the section of an object.
  private func link(_ type: ValueType, of key: Key, title: (Content) -> String) -> String {
    func to(_ content: Content) -> String {
      "[\(content.name)](#\(anchor(title(content))))"
    }
    return switch type {
    case .record(let schema): to(.record(schema))
    case .union(let tag, let cases): to(.union(key, tag: tag, cases: cases))
    case .schedule(let range): "a number\(range.wording), or a \(to(.schedule))"
    case .list(let inner, _, _): "list of \(link(inner, of: key, title: title))"
    case .map(let inner): "names with \(link(inner, of: key, title: title))"
    case .byName(let schema):
      "\(to(.record(schema))), or names and `*` with \(to(.record(schema)))"
    case .nullable(let inner): "\(link(inner, of: key, title: title)), or null"
    case .either(let types):
      types.map { link($0, of: key, title: title) }.joined(separator: ", or ")
    default: type.wording
    }
  }
}

/// Where a page links to a heading: `docs/study-format.md#level-rule`.
func anchor(_ title: String) -> String {
  let letters = title.lowercased().map { $0 == " " ? "-" : $0 }
  return String(letters.filter { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" })
}
