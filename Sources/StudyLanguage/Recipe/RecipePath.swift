/// One step of a path into settings.
package enum PathElement: Sendable, Hashable {
  /// A key, an entry of a map, or an element of a list by its name.
  case name(String)
  /// An element of a list by its place, from 0.
  case index(Int)
  /// A new element after the last: `stages[+]`.
  case appended
}

/// A place in settings as studies write it: `stages.second.objective.clip`, `stages[1].steps`.
package struct RecipePath: Sendable, Hashable {
  package let elements: [PathElement]

  package init(_ elements: [PathElement]) { self.elements = elements }

  /// Why a text is no path.
  package enum Fault: Error, Sendable, Hashable {
    case empty
    /// Two dots in a row, or one at an end.
    case emptyName
    case badIndex(String)
  }

  package init(parsing text: String) throws(Fault) {
    if text.isEmpty { throw .empty }
    var elements: [PathElement] = []
    for part in text.split(separator: ".", omittingEmptySubsequences: false) {
      let pieces = part.split(separator: "[", omittingEmptySubsequences: false)
      if pieces[0].isEmpty { throw .emptyName }
      elements.append(.name(String(pieces[0])))
      for piece in pieces.dropFirst() {
        if piece == "+]" {
          elements.append(.appended)
          continue
        }
        guard piece.last == "]", let index = Int(piece.dropLast()), index >= 0,
          piece.dropLast() == "\(index)"
        else { throw .badIndex("[\(piece)") }
        elements.append(.index(index))
      }
    }
    self.elements = elements
  }

  package var text: String {
    elements.reduce("") { text, element in
      switch element {
      case .name(let name): text.isEmpty ? name : "\(text).\(name)"
      case .index(let index): "\(text)[\(index)]"
      case .appended: "\(text)[+]"
      }
    }
  }
}
