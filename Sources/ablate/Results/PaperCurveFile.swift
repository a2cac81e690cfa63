import Diagnostics
import Reporting
import StudyLanguage

/// The curves that a paper published, as a study's CSV file has them: a series, a step and a value a line.
struct PaperCurveFile {
  /// Every figure of the source that the study names.
  ///
  /// - Throws: ``StudyFaults`` for a file that cannot be read or understood.
  static func figures(of study: Study, files: any FileReading) throws -> [PaperFigure] {
    try study.paper.curves.map { curves in
      // Of the file that names it: a study that extends that one may lie elsewhere.
      let folder = curves.span.source.name.split(separator: "/", omittingEmptySubsequences: false)
        .dropLast()
      let path =
        curves.file.hasPrefix("/")
        ? curves.file : (folder + [Substring(curves.file)]).joined(separator: "/")
      let bytes: [UInt8]
      do throws(FileFault) {
        bytes = try files.read(path)
      } catch {
        throw study.fault(
          in: curves, what: "'\(curves.file)' cannot be read: \(error.what)",
          why: "it holds the curves of '\(curves.name)'", help: error.help)
      }
      do throws(Fault) {
        return PaperFigure(
          name: curves.name, heading: curves.heading, unit: curves.unit,
          series: try chosen(
            curves.series, of: series(String(decoding: bytes, as: UTF8.self), column: curves.column)
          ),
          source: curves.source, stageSwitches: curves.stages)
      } catch {
        throw study.fault(
          in: curves, what: "'\(curves.file)' \(error.what)",
          why: "each line is a series, a step and a value", help: error.help)
      }
    }
  }

  private static func chosen(
    _ names: [String], of all: [PaperFigure.Series]
  ) throws(Fault) -> [PaperFigure.Series] {
    if names.isEmpty { return all }
    var chosen: [PaperFigure.Series] = []
    for name in names {
      guard let series = all.first(where: { $0.label == name }) else {
        throw Fault(
          what: "has no series '\(name)'",
          help: "it has \(all.map { "'\($0.label)'" }.joined(separator: ", "))")
      }
      chosen.append(series)
    }
    return chosen
  }

  private struct Fault: Error {
    var what: String
    var help: String
  }

  /// In the order of their first lines.
  private static func series(
    _ text: String, column: String
  ) throws(Fault) -> [PaperFigure.Series] {
    // Not by Character: CR LF is one.
    let lines = text.utf8.split(separator: UInt8(ascii: "\n")).map { line in
      String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
        .split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    guard let header = lines.first else {
      throw Fault(what: "is empty", help: "begin it with series,step,\(column)")
    }
    func place(_ name: String) throws(Fault) -> Int {
      if let place = header.firstIndex(of: name) { return place }
      throw Fault(
        what: "has no column '\(name)'",
        help: "its first line names the columns: \(header.joined(separator: ", "))")
    }
    let (name, step, value) = (try place("series"), try place("step"), try place(column))
    var names: [String] = []
    var points: [String: [CurvePoint]] = [:]
    for (index, line) in lines.enumerated().dropFirst() {
      guard line.count == header.count, let at = Int(line[step]), let number = Double(line[value]),
        number.isFinite
      else {
        throw Fault(
          what: "line \(index + 1) has no whole step and finite value",
          help: "write for example level 1,20,30.4; without commas or quotes in names")
      }
      if let last = points[line[name]]?.last, last.step >= at {
        throw Fault(
          what: "line \(index + 1) goes back to step \(at)", help: "sort each series by step")
      }
      if points[line[name]] == nil { names.append(line[name]) }
      points[line[name], default: []].append(CurvePoint(at, number))
    }
    return names.map { PaperFigure.Series(label: $0, points: points[$0] ?? []) }
  }
}
