import Diagnostics
import Reproducibility

/// A file of JSON; one named `.jsonc` may have comments and trailing commas.
struct JSONFile {
  let source: SourceText
  let root: SourcedJSON

  /// - Parameters:
  ///   - origin: where another file names this one, and as what; nil when the user did.
  /// - Throws: the one diagnostic that can be given of a file that is no JSON.
  init(_ path: String, from files: any FileReading, origin: Diagnostic.Origin? = nil)
    throws(Diagnostic)
  {
    let bytes: [UInt8]
    do {
      bytes = try files.read(path)
    } catch {
      // What cannot be read has no line to show, but whoever names it has.
      guard let origin else {
        throw Diagnostic(
          error.what, at: .file(path), why: "a study is a file of JSON", help: error.help)
      }
      throw Diagnostic(
        "'\(path)': \(error.what)", at: origin.span,
        why: "it is named as \(origin.what); paths are relative to the file that they stand in",
        help: error.help)
    }
    source = SourceText(name: path, bytes: bytes)
    let dialect = JSONDialect(ofFile: path)
    do {
      root = SourcedJSON(try LocatedJSON.parse(bytes, as: dialect), in: source)
    } catch {
      throw Diagnostic(
        error.reason.wording,
        at: SourceSpan(source, error.offset..<error.offset + error.length),
        why: error.why(dialect), help: error.help(in: bytes, dialect),
        chain: origin.map { [$0] } ?? [])
    }
  }
}

extension JSONFault {
  fileprivate func why(_ dialect: JSONDialect) -> String {
    switch reason {
    case .byteOrderMark, .notUTF8:
      "JSON is UTF-8 without a mark at its start (RFC 8259, section 8.1)"
    case .duplicateKey: "one of the two values would be silently lost"
    case .tooDeep: "the bound keeps reading any file within time and memory"
    case .numberOutOfRange: "numbers are IEEE doubles, at most 1.8e308"
    case .nulInString, .controlCharacterInString:
      "such a character cannot be seen and is rarely meant"
    case .loneSurrogate: "half of a character has no meaning (RFC 8259, section 8.2)"
    case .openComment: "all that follows would be part of it"
    default:
      switch dialect {
      case .json: "the file must be JSON as RFC 8259 has it: no comments, no trailing commas"
      case .jsonc: "a .jsonc file is JSON as RFC 8259 has it, with comments and trailing commas"
      }
    }
  }

  fileprivate func help(in bytes: [UInt8], _ dialect: JSONDialect) -> String {
    switch reason {
    case .byteOrderMark: return "save the file as UTF-8 without BOM"
    case .notUTF8: return "save the file as UTF-8"
    case .duplicateKey: return "keep one of them"
    case .tooDeep: return "nothing in a study needs so many levels"
    case .numberOutOfRange: return "write a smaller number"
    case .controlCharacterInString: return "write \\n or \\t, or close the string on its line"
    case .nulInString, .loneSurrogate: return "remove the escape"
    case .unknownEscape(let escape):
      return escape.hasPrefix("\\u")
        ? "\\u is followed by four hexadecimal digits" : "a backslash itself is written \\\\"
    case .malformedNumber: return Self.numberHelp
    case .noValue: return bytes.isEmpty ? "the file is empty" : "write an object, { … }"
    case .endOfText: return "close every bracket and string that is open"
    case .openComment: return "close it with */"
    case .textAfterValue:
      return commentHelp(in: bytes, dialect) ?? "a file holds one value; remove what follows"
    case .unexpected(let found):
      return commentHelp(in: bytes, dialect) ?? help(found, in: bytes, dialect)
    }
  }

  private static let numberHelp = "write 0.5, not .5 or 5.; no leading zeros, no plus sign"

  /// What to do about a comment that begins at the fault; nil when none does.
  private func commentHelp(in bytes: [UInt8], _ dialect: JSONDialect) -> String? {
    let rest = bytes[min(offset, bytes.count)...]
    let isHash = rest.first == UInt8(ascii: "#")
    switch dialect {
    case .json:
      let isComment = isHash || rest.starts(with: "//".utf8) || rest.starts(with: "/*".utf8)
      return isComment
        ? "remove the comment; a file named .jsonc may have // and /* */ comments" : nil
    case .jsonc:
      return isHash ? "a comment is // to the end of the line, or /* */" : nil
    }
  }

  private func help(_ found: String, in bytes: [UInt8], _ dialect: JSONDialect) -> String {
    let before = bytes[..<min(offset, bytes.count)].last { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
    let closes = found == "'}'" || found == "']'"
    if closes && before == UInt8(ascii: ",") && dialect == .json {
      return "remove the comma before it; a file named .jsonc may have one there"
    }
    if found == "'''" { return "strings stand in double quotes" }
    if found == "'\"'" { return "is there a comma missing before it?" }
    if found == "'.'" || found == "'+'" { return Self.numberHelp }
    return "look at the place marked and just before it"
  }
}
