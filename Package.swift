// swift-tools-version: 6.2
import PackageDescription

// The rooms of the house and which way the arrows point. `swift build
// --explicit-target-dependency-import-check error` holds every import to this list.

/// Settings of every room: Swift 6 mode, no warnings, no hidden existentials, no unmarked unsafety.
let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
]

/// One source of kernels, compiled once per x86-64 vector width; the program picks one at start.
/// `-Xcc -march` is where Swift's code generation takes the processor from, and `-fno-math-errno`
/// lets a square root be an instruction instead of a call. Without `FUSED_MULTIPLY_ADD` the
/// instruction of that name is composed of others.
func kernels(_ name: String, march: String?) -> Target {
  let flags = (march.map { ["-Xcc", "-march=\($0)"] } ?? []) + ["-Xcc", "-fno-math-errno"]
  let definitions: [SwiftSetting] =
    (march == nil ? [] : [.define("FUSED_MULTIPLY_ADD")])
    + (march == "x86-64-v4" ? [.define("WIDE_REGISTERS")] : [])
  return .target(
    name: name, dependencies: ["CProcessor", "KernelInterface"],
    swiftSettings: settings + [.unsafeFlags(flags)] + definitions)
}

/// A room and the rooms that it may import.
func room(_ name: String, imports: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: imports, swiftSettings: settings)
}

/// A room whose numbers decide bits of a result: it calls no function of the mathematics library. A
/// square root is an instruction when it need not tell errors.
func numericRoom(_ name: String, imports: [Target.Dependency] = []) -> Target {
  .target(
    name: name, dependencies: imports,
    swiftSettings: settings + [.unsafeFlags(["-Xcc", "-fno-math-errno"])])
}

/// The tests of a room; folders of data are read by path and are no part of the build.
func tests(_ name: String, imports: [Target.Dependency], data: [String] = []) -> Target {
  .testTarget(name: name, dependencies: imports, exclude: data, swiftSettings: settings)
}

let package = Package(
  name: "ablate",
  products: [.executable(name: "ablate", targets: ["ablate"])],
  targets: [
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    // Opened by name when it is first used, so the linker need not know of it.
    .systemLibrary(name: "COpenBLAS", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(name: "CProcessor"),
    .systemLibrary(name: "CSystem"),
    numericRoom("KernelInterface"),
    kernels("TensorKernelsBaseline", march: nil),
    kernels("TensorKernelsAVX2", march: "x86-64-v3"),
    kernels("TensorKernelsAVX512", march: "x86-64-v4"),
    room(
      "TensorKernels",
      imports: [
        "COpenBLAS", "CProcessor", "KernelInterface", "TensorKernelsBaseline", "TensorKernelsAVX2",
        "TensorKernelsAVX512",
      ]),
    tests("TensorKernelsTests", imports: ["KernelInterface", "TensorKernels", "Reproducibility"]),
    numericRoom("TransformerLM", imports: ["KernelInterface", "TensorKernels", "Reproducibility"]),
    tests(
      "TransformerLMTests",
      imports: [
        "AllocationCounter", "TransformerLM", "KernelInterface", "TensorKernels", "Reproducibility",
      ]),
    room("Diagnostics"),
    tests("DiagnosticsTests", imports: ["Diagnostics"]),
    room("ParallelWork"),
    numericRoom("Reproducibility"),
    tests("ReproducibilityTests", imports: ["Reproducibility"]),
    numericRoom("StudyLanguage", imports: ["Diagnostics", "ParallelWork", "Reproducibility"]),
    tests(
      "StudyLanguageTests",
      imports: ["StudyLanguage", "Diagnostics", "ParallelWork", "Reproducibility"],
      data: ["Corpus"]),
    numericRoom("ReasoningTasks", imports: ["Reproducibility"]),
    tests("ReasoningTasksTests", imports: ["ReasoningTasks", "Reproducibility"]),
    numericRoom(
      "PolicyTrainer",
      imports: [
        "Diagnostics", "KernelInterface", "ReasoningTasks", "Reproducibility", "StudyLanguage",
        "TensorKernels", "TransformerLM",
      ]),
    tests(
      "PolicyTrainerTests",
      imports: [
        "AllocationCounter", "PolicyTrainer", "ReasoningTasks", "Reproducibility", "StudyLanguage",
        "TransformerLM",
      ]),
    room(
      "CommandTrainer",
      imports: ["ChildProcesses", "CSystem", "Diagnostics", "Reproducibility", "StudyLanguage"]),
    tests(
      "CommandTrainerTests",
      imports: ["ChildProcesses", "CommandTrainer", "Reproducibility", "StudyLanguage"]),
    room("RunStore", imports: ["CSQLite", "CSystem", "Reproducibility"]),
    tests("RunStoreTests", imports: ["RunStore", "Reproducibility"]),
    room("ChildProcesses", imports: ["CSystem"]),
    room("RunScheduler", imports: ["ChildProcesses", "RunStore", "Reproducibility"]),
    tests("RunSchedulerTests", imports: ["RunScheduler", "RunStore", "Reproducibility"]),
    numericRoom("ResultStatistics", imports: ["Reproducibility"]),
    tests(
      "ResultStatisticsTests", imports: ["ResultStatistics", "Reproducibility"],
      data: ["Reference"]),
    room("Reporting", imports: ["ParallelWork", "ResultStatistics", "Reproducibility"]),
    tests(
      "ReportingTests", imports: ["Reporting", "ResultStatistics", "Reproducibility"],
      data: ["Golden", "Schemas"]),
    room("TrackingFormats", imports: ["Reproducibility"]),
    tests("TrackingFormatsTests", imports: ["TrackingFormats", "Reproducibility"]),
    .executableTarget(
      name: "ablate",
      dependencies: [
        "AblateBench", "CommandTrainer", "Diagnostics", "KernelInterface", "ParallelWork",
        "PolicyTrainer", "ReasoningTasks", "Reporting", "Reproducibility", "ResultStatistics",
        "RunScheduler", "RunStore", "StudyLanguage", "TensorKernels",
        "TrackingFormats", "TransformerLM",
      ], swiftSettings: settings,
      // At one fixed place in memory nothing has to be relocated when it starts: a millisecond of five.
      linkerSettings: [.unsafeFlags(["-Xlinker", "-no-pie"])]),
    room(
      "AblateBench",
      imports: [
        "KernelInterface", "PolicyTrainer", "ReasoningTasks", "Reproducibility",
        "ResultStatistics", "RunScheduler", "RunStore", "StudyLanguage", "TensorKernels",
        "TransformerLM",
      ]),
    tests(
      "AblateBenchTests",
      imports: ["AblateBench", "KernelInterface", "Reproducibility", "TransformerLM"]),
    // In the test program alone: it takes the place of the allocator, to count.
    .target(name: "AllocationCounter", path: "Tests/AllocationCounter"),
    // For tests alone: the runner without a trainer, to be killed thousands of times.
    .executableTarget(
      name: "RunnerProbe", dependencies: ["RunScheduler", "RunStore", "Reproducibility"],
      path: "Tests/RunnerProbe", swiftSettings: settings),
    tests("EndToEndTests", imports: ["Reproducibility", "RunStore"], data: ["Golden"]),
    // Beside programs that we did not write; skipped where there is no Python, see docs/parity.md.
    .testTarget(
      name: "ParityTests",
      dependencies: [
        "KernelInterface", "PolicyTrainer", "ReasoningTasks", "Reproducibility", "StudyLanguage",
        "TensorKernels", "TrackingFormats", "TransformerLM",
      ], path: "Tests/Parity",
      exclude: ["Python", "environment", "requirements.txt", "requirements-tracking.txt"],
      swiftSettings: settings),
  ]
)
