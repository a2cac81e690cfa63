import Reproducibility

/// `executor`: what a study asks of machines other than this one. No number of a result depends on it, so it is
/// part of no identity.
package enum ExecutorSchema {
  package static let schema = RecordSchema(
    "executor",
    keys: [
      Key(
        "slurm", .record(slurm), default: [:],
        doc: "For `ablate run --executor slurm` and `ablate submit`.")
    ])

  private static func byKind(_ range: ClosedRange<Int>) -> ValueType {
    .nullable(.either([.integer(range), .map(of: .integer(range))]))
  }

  static let slurm = RecordSchema(
    "slurm",
    keys: [
      Key(
        "partition", .nullable(.text), isOptional: true, example: "gpu",
        doc: "Absent, the cluster's own choice."),
      Key("account", .nullable(.text), isOptional: true, example: "lab", doc: "Who pays."),
      Key("qos", .nullable(.text), isOptional: true, doc: "Quality of service."),
      Key(
        "constraint", .nullable(.text), isOptional: true, example: "a100&nvlink",
        doc: "Features that a node must have."),
      Key(
        "cpus", .integer(1...4096), default: 1, unit: "cores",
        doc: """
          Of a task. An item of our trainer uses one; with more, a task works on as many items at the same time.
          """),
      Key("gpus", .integer(0...64), default: 0, unit: "GPUs", doc: "Of a task, as `--gres=gpu:N`."),
      Key(
        "memory", byKind(1...16_777_216), isOptional: true, unit: "MiB", example: 2000,
        doc: """
          Of an item: one number, or one for each kind of work, `*` being all others. Absent, half as much again as \
          items of the kind ever had, and twice that after one that was ended for it; without any history the \
          partition's default.
          """),
      Key(
        "time", byKind(1...525_600), isOptional: true, unit: "minutes", example: 120,
        doc: """
          Of a task: one number, or one for each kind of work, `*` being all others. Absent, twice what its items are \
          guessed to take and 5 minutes; without any history the partition's default. An item that is \
          not done by then goes on from its checkpoint in another task.
          """),
      Key(
        "notice", .integer(1...86_400), default: 120, unit: "seconds",
        doc:
          "How long before the limit a worker is told to save and leave; of a short task, half of it."
      ),
      Key(
        "slots", .nullable(.integer(1...100_000)), isOptional: true, unit: "tasks",
        doc: "Tasks of an array that run at the same time; absent, as many as there is room for."),
      Key(
        "chunk", .nullable(.integer(1...100_000)), isOptional: true, unit: "items",
        doc: """
          Items of a task. Absent, so many that each slot gets five tasks, and that none takes longer than \
          `chunk_minutes`.
          """),
      Key(
        "chunk_minutes", .integer(1...525_600), default: 30, unit: "minutes",
        doc: """
          What a task of several items shall take at most. A task that has been at work for less goes on with the \
          items of tasks that have not begun.
          """),
      Key(
        "poll", .number(.closed(0.05, 3600)), default: 30, unit: "seconds",
        doc: "Between two questions to Slurm; its manual asks not to ask often."),
      Key(
        "grace", .number(.closed(0, 3600)), default: 30, unit: "seconds",
        doc: """
          How long a task may be gone without a result before its items are handed in again: what is written on one \
          node is not seen on another at once.
          """),
      Key(
        "deadline", .number(.closed(0.1, 3600)), default: 60, unit: "seconds",
        doc: "After which a command of Slurm's counts as unanswered."),
      Key(
        "setup", .list(of: .text), default: [], example: ["module load cuda/12.4"],
        doc: "Lines that a login bash runs before a task's work; one that fails ends the task."),
      Key(
        "inherit", .list(of: .text), default: [], example: ["HF_HOME"],
        doc: "Variables of the caller that tasks see beside those that workers need."),
      Key(
        "options", .list(of: .text), default: [], example: ["--exclusive"],
        doc: "Further options of sbatch, after ours; a later one wins."),
    ])
}
