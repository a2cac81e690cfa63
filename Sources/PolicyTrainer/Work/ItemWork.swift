package import Reproducibility
import StudyLanguage

/// One kind of work item: which settings it reads, and how it is done.
protocol ItemWork: Sendable {
  static var kind: WorkKind { get }
  /// The parts of the recipe that decide its bits.
  static var schema: RecordSchema { get }
  /// How much there is to do, above 0, in a unit of the kind's own: twice as much is taken to need twice
  /// the time. 1 where nobody can tell from the settings alone.
  ///
  /// - Parameter settings: the part of an order's configuration that ``amountSettings(_:)`` takes from it.
  static func amount(_ settings: JSONObject) -> Double
  /// The settings that decide how much there is to do.
  static func amountSettings(_ configuration: JSONValue) -> JSONObject
  init(_ settings: Settings, order: WorkOrder)
  /// Does the work and leaves files on the bench.
  ///
  /// - Returns: a few values for the item's record, the same on every machine.
  func perform(on bench: any WorkBench) throws -> JSONObject
}

extension ItemWork {
  static func amount(_ settings: JSONObject) -> Double { 1 }
  static func amountSettings(_ configuration: JSONValue) -> JSONObject { [:] }
}

/// How much items have to do; found out once for all that have the same settings.
package struct WorkAmounts {
  private struct Settings: Hashable {
    var kind: String
    var values: JSONObject
  }

  private var known: [Settings: Double] = [:]

  package init() {}

  /// For guesses of what an item will take, in a unit of its kind's own, above 0; 1 for kinds that have none.
  ///
  /// - Parameter configuration: the settings of an order, defaults left out.
  package mutating func amount(ofKind kind: String, _ configuration: JSONValue) -> Double {
    guard let work = WorkPerformer.works.first(where: { $0.kind.rawValue == kind }) else {
      return 1
    }
    let settings = Settings(kind: kind, values: work.amountSettings(configuration))
    if let amount = known[settings] { return amount }
    let amount = work.amount(settings.values)
    known[settings] = amount
    return amount
  }
}

/// Does any item that the compiler can order.
package enum WorkPerformer {
  static let works: [any ItemWork.Type] = [
    SuitesWork.self, SolverWork.self, ProblemsWork.self, GradesWork.self, LevelsWork.self,
    EvaluationWork.self,
    StageWork.self,
  ]

  /// The settings of an order written out, those left at their default included, so that two orders can be
  /// compared setting by setting; as they stand where this version cannot read them.
  package static func writtenOut(_ order: WorkOrder) -> JSONValue {
    guard let work = works.first(where: { $0.kind.rawValue == order.kind }),
      let settings = try? Settings(normalising: order.configuration, as: work.schema)
    else { return order.configuration }
    return settings.value
  }

  /// What ``WorkAmounts`` says of one item.
  package static func amount(ofKind kind: String, _ configuration: JSONValue) -> Double {
    var amounts = WorkAmounts()
    return amounts.amount(ofKind: kind, configuration)
  }

  /// - Throws: ``WorkFault`` when the order is of no known kind or its settings are not valid;
  ///   otherwise what the work throws.
  package static func perform(_ order: WorkOrder, on bench: any WorkBench) throws -> JSONObject {
    guard let work = works.first(where: { $0.kind.rawValue == order.kind }) else {
      throw WorkFault(
        what: "unknown kind of work item '\(order.kind)'",
        why: "the order was written by another version of the program",
        help: "run the study again with this version; it writes orders of its own")
    }
    let settings: Settings
    do {
      settings = try Settings(normalising: order.configuration, as: work.schema)
    } catch {
      throw WorkFault(
        what: "the settings of '\(order.label)' cannot be read: \(error)",
        why: "the order was written by another version of the program",
        help: "run the study again with this version; it writes orders of its own")
    }
    return try work.init(settings, order: order).perform(on: bench)
  }
}
