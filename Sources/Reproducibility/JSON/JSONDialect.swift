/// Which texts are read as JSON.
package enum JSONDialect: Sendable, Hashable, CaseIterable {
  /// RFC 8259 and nothing beyond it.
  case json
  /// The same, with comments wherever space may stand, `// …` to the end of the line and `/* … */`,
  /// which do not nest, and with one comma after the last member or element.
  case jsonc

  /// That of a file, by the suffix of its name: `.jsonc` may have comments, every other is strict.
  package init(ofFile path: String) { self = path.hasSuffix(".jsonc") ? .jsonc : .json }
}
