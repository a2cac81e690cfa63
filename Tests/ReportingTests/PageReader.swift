import Foundation
import FoundationXML
import Reproducibility

/// A page as an independent parser reads it. What stands in scripts and in the style sheet is cut out
/// first, for it is not markup.
final class PageReader: NSObject, XMLParserDelegate {
  struct Element {
    var name: String
    var attributes: [String: String]
    /// Its own and that of all elements inside.
    var text = ""
  }

  private(set) var elements: [Element] = []
  private var open: [Int] = []
  /// Contents of the scripts and the style sheet, in order.
  let raw: [(tag: String, content: String)]

  /// Nil when an element is not closed, or anything else is no well-formed markup.
  static func read(_ html: String) -> PageReader? {
    let reader = PageReader(html)
    let parser = XMLParser(data: Data(reader.markup.utf8))
    parser.delegate = reader
    return parser.parse() ? reader : nil
  }

  private let markup: String

  private init(_ html: String) {
    var (markup, raw) = ("", [(tag: String, content: String)]())
    var rest = html[...]
    while let next = ["<script", "<style"].compactMap({ rest.range(of: $0) })
      .min(by: { $0.lowerBound < $1.lowerBound }),
      let head = rest[next.lowerBound...].firstIndex(of: ">")
    {
      let tag = rest[next].dropFirst()
      let start = rest.index(after: head)
      guard let end = rest[start...].range(of: "</\(tag)>") else { break }
      raw.append((String(rest[next.lowerBound...head]), String(rest[start..<end.lowerBound])))
      markup += rest[..<start]
      rest = rest[end.lowerBound...]
      markup += rest.prefix(tag.count + 3)
      rest = rest.dropFirst(tag.count + 3)
    }
    self.markup = markup + rest
    self.raw = raw
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    open.append(elements.count)
    elements.append(Element(name: name, attributes: attributes))
  }

  func parser(_ parser: XMLParser, foundCharacters text: String) {
    for place in open { elements[place].text += text }
  }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
  ) {
    open.removeLast()
  }

  func all(_ name: String) -> [Element] { elements.filter { $0.name == name } }

  /// The data of a script element.
  func data(_ id: String) throws -> JSONValue? {
    try raw.first { $0.tag.contains("id=\"\(id)\"") }
      .map { try JSONValue(parsing: Array($0.content.utf8)) }
  }

  /// What a browser would run.
  var programs: [String] { raw.filter { $0.tag == "<script>" }.map(\.content) }
  var styles: [String] { raw.filter { $0.tag == "<style>" }.map(\.content) }
}
