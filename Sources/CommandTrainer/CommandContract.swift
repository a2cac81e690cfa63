/// What a command and `ablate` promise each other: names of variables, limits, and their version. Every line
/// is in docs/command-trainer.md.
package enum CommandContract {
  /// Raised when a command that was written for an earlier version could misunderstand.
  package static let version = 1

  /// The kind of stages, and of work items, that run a command.
  package static let kind = "command"

  /// The name of what a command leaves for the next stage: a folder of the item.
  package static let stateFolder = "checkpoint"

  /// What a command hears of its caller's surroundings without asking for it.
  package static let keptVariables = ["PATH", "HOME", "LD_LIBRARY_PATH", "TMPDIR"]

  /// Begins the names of variables that are ours to set.
  static let variablePrefix = "ABLATE_"

  /// By which libraries are told how many threads to use.
  static let threadVariables = [
    "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS",
    "NUMEXPR_NUM_THREADS", "VECLIB_MAXIMUM_THREADS",
  ]

  /// What a command may use of the disk and of our patience.
  package struct Limits: Sendable {
    /// Bytes of its output that are kept; one that says more is ended.
    package var output = 64 << 20
    /// Bytes of its measurements.
    package var measurements = 256 << 20
    /// Bytes of one line of them.
    package var line = 1 << 16
    /// Seconds that its children have to end when it has ended.
    package var patience = 0.5
    /// Seconds by which we may hear later than the command that it is to leave.
    package var hearing = 1.0

    package init() {}
  }

  /// Seconds that a command has to save and leave, unless its stage says otherwise; less than a worker has.
  package static let standardGrace = 8

  /// The exit by which a command says that the machine let it down; `EX_TEMPFAIL` of sysexits.h.
  static let machineFaultExit: Int32 = 75
}
