/// Where a setting is, as a chain from the inside out: its path is text only when somebody asks. A study of
/// many arms reads millions of settings and names none of them.
final class SettingPlace: Sendable {
  private let parent: SettingPlace?
  private let name: String
  private let isIndex: Bool

  /// - Parameter name: empty for the whole.
  init(_ name: String = "", in parent: SettingPlace? = nil, isIndex: Bool = false) {
    self.name = name
    self.parent = parent
    self.isIndex = isIndex
  }

  func part(_ name: String) -> SettingPlace { SettingPlace(name, in: self) }
  func element(_ index: Int) -> SettingPlace { SettingPlace("[\(index)]", in: self, isIndex: true) }

  /// `stages.first.objective`, `stages[1]`; empty for the whole.
  var path: String {
    guard let before = parent?.path, !before.isEmpty else { return name }
    return isIndex ? before + name : "\(before).\(name)"
  }
}
