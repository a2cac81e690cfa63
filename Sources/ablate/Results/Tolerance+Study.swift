import Reporting
import StudyLanguage

extension Tolerance {
  /// A tolerance as a study declares it.
  init(_ declared: Study.Tolerance) {
    switch declared {
    case .room(let absolute, let relative):
      self = .room(absolute: Room(absolute), relative: Room(relative))
    case .equivalence(let margin, let confidence):
      self = .equivalence(margin: Room(margin), level: confidence)
    }
  }
}

extension Tolerance.Room {
  fileprivate init(_ declared: Study.Tolerance.Room) {
    self.init(below: declared.below, above: declared.above)
  }
}

extension Study {
  /// By measure, as a check takes them.
  var checkTolerances: [String: Reporting.Tolerance] {
    tolerances.mapValues { Reporting.Tolerance($0) }
  }
}
