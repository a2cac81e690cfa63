/// One verb of the program.
protocol Command: Sendable {
  init()
  static var name: String { get }
  /// What it does, in a line of `ablate help`.
  static var summary: String { get }
  /// How to write it, and its options a line each.
  static var usage: String { get }
  func run(_ arguments: Arguments) throws -> ExitCode
}

/// How the program ends (`ablate help` names these).
enum ExitCode: Int32 {
  case well = 0
  case checkFailed = 1
  case wrongRequest = 2
  case runFailed = 3
  /// Only of `ablate check`: nothing moved, but a test or a claim is undecided.
  case undecided = 4
  /// Only of `ablate plan --exit-code` and `ablate collect`.
  case somethingToRun = 10
  /// Only of `ablate work`: a coordinator tries the item again.
  case machineFault = 75
  case interrupted = 130
  case stopped = 143
}

/// A request that cannot be carried out, in the three lines of every message.
struct CommandFault: Error {
  var what: String
  var why: String
  var help: String
  var exit: ExitCode = .wrongRequest
}

/// Every verb, in the order of a day's work.
let commands: [any Command.Type] = [
  InitCommand.self, ValidateCommand.self, PlanCommand.self, DiffCommand.self, RunCommand.self,
  SubmitCommand.self, StatusCommand.self, CollectCommand.self, CancelCommand.self,
  ShowCommand.self, ReportCommand.self, ExplainCommand.self, LintCommand.self, CheckCommand.self,
  VerifyCommand.self, SelfComparisonCommand.self, ListCommand.self,
  LogsCommand.self, RetryCommand.self, RemoveCommand.self, GarbageCommand.self, ExportCommand.self,
  ImportCommand.self,
  ProblemsCommand.self, IndexCommand.self, BenchCommand.self, BenchRunnerCommand.self,
  BenchReportCommand.self,
  BenchCoverageCommand.self,
  WorkCommand.self, KeysCommand.self, SchemaCommand.self,
]
