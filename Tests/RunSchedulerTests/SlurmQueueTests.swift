import Foundation
import Reproducibility
import RunStore
import Testing

@testable import RunScheduler

@Suite("Slurm's commands")
struct SlurmQueueTests {
  let place: Workplace

  init() throws { place = try Workplace() }

  /// A queue whose commands are scripts of ours.
  private func queue(
    _ commands: [String: String], deadline: Double = 10, environment: [String: String] = [:],
    _ change: (inout SlurmQueue.Settings) -> Void = { _ in }
  ) throws -> SlurmQueue {
    let folder = place.path + "/bin"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (name, body) in commands {
      // Written by another process and moved there: a child that another test forks now cannot hold it open.
      let script = "\(folder)/\(name)"
      try "#!/bin/sh\n\(body)\n".write(toFile: script + ".new", atomically: true, encoding: .utf8)
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/sh")
      process.arguments = ["-c", "cp '\(script).new' '\(script)' && chmod +x '\(script)'"]
      try process.run()
      process.waitUntilExit()
    }
    var settings = SlurmQueue.Settings()
    settings.deadline = deadline
    change(&settings)
    var environment = environment
    environment["PATH"] = "\(folder):/usr/bin:/bin"
    return SlurmQueue(settings, user: "jane", environment: environment)
  }

  private func submission(_ chunks: Int = 3, _ request: ClusterRequest = ClusterRequest())
    -> Submission
  {
    Submission(
      study: "s", chunks: (0..<chunks).map { [order("\($0)").identity] }, request: request,
      workers: 1, limits: [:])
  }

  private func submit(_ queue: SlurmQueue) throws -> SubmitAnswer {
    let submission = submission()
    let folder = try SubmissionFolder.create(
      submission, script: { _ in "true" }, in: place.results)
    return queue.submit(submission, in: folder, after: [])
  }

  @Test("every option stands on the line, a later one of the user's wins")
  func options() throws {
    let submission = submission(4, ClusterRequest(minutes: 90, memory: 700, cores: 2))
    let queue = try queue([:]) {
      $0.partition = "main"
      $0.account = "lab"
      $0.qos = "high"
      $0.constraint = "a100&nvlink"
      $0.gpus = 2
      $0.slots = 8
      $0.options = ["--exclusive", "--requeue"]
    }
    let results = ResultsFolder("/shared/50%/results")
    let folder = SubmissionFolder(results, name: submission.name)
    #expect(
      queue.words(submission, folder, after: ["7", "9"]) == [
        "--parsable", "--job-name=\(submission.name)", "--array=0-3%8", "--nodes=1", "--ntasks=1",
        "--cpus-per-task=2", "--no-requeue", "--export=ALL", "--open-mode=append",
        "--output=/shared/50%%/results/submissions/\(submission.name)/logs/%a.txt",
        "--input=/dev/null", "--time=90", "--signal=B:USR1@120", "--mem=700M", "--gres=gpu:2",
        "--partition=main", "--account=lab", "--qos=high", "--constraint=a100&nvlink",
        "--dependency=afterany:7:9", "--exclusive", "--requeue",
        "/shared/50%/results/submissions/\(submission.name)/run.sh",
      ])
    // Of a task of one minute, half a minute is for work.
    let short = queue.words(self.submission(1, ClusterRequest(minutes: 1)), folder, after: [])
    #expect(short.contains("--signal=B:USR1@30"))
    #expect(!short.contains { $0.hasPrefix("--mem") })
  }

  @Test("nothing of the caller's Slurm settings reaches sbatch; the cluster's configuration does")
  func scrubbed() throws {
    let seen = place.path + "/seen"
    let queue = try queue(
      ["sbatch": "env >'\(seen)'; echo 17"],
      environment: [
        "SBATCH_PARTITION": "wrong", "SLURM_JOB_ID": "3", "SLURM_CONF": "/etc/slurm/slurm.conf",
        "SQUEUE_FORMAT": "%i", "ABLATE_LEASE": "60",
      ])
    #expect(try submit(queue) == .accepted(job: "17"))
    let environment = try String(contentsOfFile: seen, encoding: .utf8)
    #expect(!environment.contains("SBATCH_") && !environment.contains("SLURM_JOB_ID"))
    #expect(!environment.contains("SQUEUE_"))
    #expect(environment.contains("SLURM_CONF=/etc/slurm/slurm.conf"))
    #expect(environment.contains("ABLATE_LEASE=60"))
  }

  @Test(
    "what sbatch says, and what it means",
    arguments: [
      ("echo '17;cluster'", SubmitAnswer.accepted(job: "17")),
      ("echo 'lua: hello'; echo 17", .accepted(job: "17")),
      ("echo hello", .unknown(reason: "sbatch said 'hello' and no job id")),
      (
        "echo 'sbatch: error: Batch job submission failed: Unable to contact slurm controller (connect failure)' >&2; exit 1",
        .unknown(
          reason:
            "Batch job submission failed: Unable to contact slurm controller (connect failure)")
      ),
      (
        "echo 'sbatch: error: Batch job submission failed: Socket timed out on send/recv operation' >&2; exit 1",
        .unknown(reason: "Batch job submission failed: Socket timed out on send/recv operation")
      ),
      (
        "echo 'sbatch: error: invalid partition specified: nix' >&2; echo 'sbatch: error: Batch job submission failed: Invalid partition name specified' >&2; exit 1",
        .refused(reason: "Batch job submission failed: Invalid partition name specified")
      ),
      (
        "echo 'sbatch: error: Memory specification can not be satisfied' >&2; echo 'sbatch: error: Batch job submission failed: Requested node configuration is not available' >&2; exit 1",
        .refused(
          reason: "Batch job submission failed: Requested node configuration is not available")
      ),
      (
        "echo 'sbatch: error: QOSMaxSubmitJobPerUserLimit' >&2; echo 'sbatch: error: Batch job submission failed: Job violates accounting/QOS policy (job submit limit, user'\\''s size and/or time limits)' >&2; exit 1",
        .full(
          reason:
            "Batch job submission failed: Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)"
        )
      ),
      (
        "echo 'sbatch: error: Batch job submission failed: Invalid job array specification' >&2; exit 1",
        .full(reason: "Batch job submission failed: Invalid job array specification")
      ),
      (
        "echo \"sbatch: unrecognized option '--nix'\" >&2; exit 1",
        .refused(reason: "sbatch: unrecognized option '--nix'")
      ),
      ("exit 3", .unknown(reason: "sbatch ended with exit 3")),
    ])
  func answers(body: String, answer: SubmitAnswer) throws {
    #expect(try submit(queue(["sbatch": body])) == answer)
  }

  @Test("a command that hangs is ended with what it started; it may have been heard")
  func late() throws {
    let queue = try queue(["sbatch": "sleep 100 & sleep 100"], deadline: 0.3)
    let began = steadySeconds()
    #expect(try submit(queue) == .unknown(reason: "sbatch gave no answer in 0 s"))
    #expect(steadySeconds() - began < 5)
  }

  @Test("without Slurm on PATH it says so")
  func absent() throws {
    let queue = SlurmQueue(.init(), user: "jane", environment: ["PATH": "/nowhere"])
    #expect(try submit(queue) == .refused(reason: "'sbatch' is not on PATH"))
    #expect(queue.look() == nil)
    #expect(queue.endings(of: "ablate-s") == TaskEndings())
    #expect(queue.mostTasks == 1000)
    #expect(!queue.cancel(["ablate-s"], waitingOnly: false))
  }

  @Test("what squeue lists: ours by name, each task by itself, and what will wait for ever")
  func looking() throws {
    let lines = [
      "ablate-a-1|17|0|RUNNING|None", "ablate-a-1|17|1|PENDING|JobArrayTaskLimit",
      "other|18|0|RUNNING|None", "ablate-b-2|19|N/A|RUNNING|None",
      "ablate-c-3|20|4|COMPLETING|None",
      "ablate-d-4|21|0|PENDING|QOSMaxCpuPerJobLimit", "ablate-d-4|21|1|PENDING|Resources",
      "ablate-e-5|22|0|PENDING|(null)|x", "half a line",
    ]
    let queue = try queue(["squeue": lines.map { "echo '\($0)'" }.joined(separator: "\n")])
    let tasks = try #require(queue.look()).tasks
    #expect(tasks.keys.sorted() == ["ablate-a-1", "ablate-c-3", "ablate-d-4", "ablate-e-5"])
    #expect(tasks["ablate-a-1"]?[0] == .init(job: "17", isRunning: true))
    #expect(tasks["ablate-a-1"]?[1]?.reason == "JobArrayTaskLimit")
    #expect(tasks["ablate-c-3"]?[4]?.isRunning == true)
    #expect(tasks["ablate-d-4"]?[0]?.isHopeless == true)
    #expect(tasks["ablate-d-4"]?[1]?.isHopeless == false)
    #expect(try self.queue(["squeue": "echo 'ablate-a|1|0|RUNNING|None'; exit 1"]).look() == nil)
  }

  @Test("the accounting's words where there are some, the log's otherwise")
  func endings() throws {
    let queue = try queue([
      "sacct":
        "echo '17_1|CANCELLED by 1000'; echo '17_2|OUT_OF_MEMORY'; echo '17_[3,5-6%2]|NODE_FAIL'; echo '17|CANCELLED by 0'"
    ])
    let endings = queue.endings(of: "ablate-a-1")
    #expect(
      [1, 2, 3, 4, 5, 6].map { endings[$0].flatMap(SlurmWords.ending(state:)) } == [
        .cancelled, .memory, .nodeLost, .cancelled, .nodeLost, .nodeLost,
      ])
    let none = try self.queue(["sacct": "echo 'Slurm accounting storage is disabled' >&2; exit 1"])
    #expect(none.endings(of: "ablate-a-1") == TaskEndings())
    for (log, ending) in [
      (
        "slurmstepd: error: *** JOB 9 ON n1 CANCELLED AT 2026-11-26T00:00:00 DUE TO TIME LIMIT ***",
        TaskEnding.timeLimit
      ),
      (
        "slurmstepd: error: *** JOB 9 ON n1 CANCELLED AT 2026-11-26T00:00:00 DUE TO PREEMPTION ***",
        .preempted
      ),
      ("slurmstepd: error: *** JOB 9 ON n1 CANCELLED AT 2026-11-26T00:00:00 ***", .cancelled),
      ("slurmstepd: error: Job 9 exceeded memory limit (200 > 100), being killed", .memory),
      ("slurmstepd: error: Detected 1 oom-kill event(s) in StepId=9.batch.", .memory),
    ] {
      #expect(SlurmWords.ending(inLog: log) == ending)
    }
    #expect(SlurmWords.ending(inLog: "done item 3") == nil)
  }

  @Test("the cluster's array limit is asked for once")
  func limit() throws {
    let asked = place.path + "/asked"
    let queue = try queue([
      "scontrol":
        "echo x >>'\(asked)'; echo 'Configuration data'; echo 'MaxArraySize            = 11'"
    ])
    #expect(queue.mostTasks == 11 && queue.mostTasks == 11)
    #expect(try String(contentsOfFile: asked, encoding: .utf8) == "x\n")
  }
}
