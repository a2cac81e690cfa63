import Testing

/// One row of the tables of messages: a text with a fault, and everything that is said about it.
struct MessageCase: Sendable, CustomTestStringConvertible {
  /// How the bakery's study or recipe is spoilt.
  enum Fault: Sendable {
    case study(String, String)
    case recipe(String, String)
    case wholeStudy(String)
    case wholeRecipe(String)
  }

  let name: String
  let fault: Fault
  let message: String

  init(_ name: String, _ fault: Fault, _ message: String) {
    self.name = name
    self.fault = fault
    self.message = message
  }

  var testDescription: String { name }

  func check(_ location: SourceLocation = #_sourceLocation) {
    let found =
      switch fault {
      case .study(let old, let new): complaint(study: Bakery.study.with(old, new))
      case .recipe(let old, let new): complaint(recipe: Bakery.recipe.with(old, new))
      case .wholeStudy(let text): complaint(study: text)
      case .wholeRecipe(let text): complaint(recipe: text)
      }
    #expect(found == message, "\(name)", sourceLocation: location)
  }
}
