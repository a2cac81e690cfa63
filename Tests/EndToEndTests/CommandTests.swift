import Foundation
import Glibc
import Reproducibility
import RunStore
import Testing

@Suite("commands as trainers")
struct CommandTests {
  /// The items of a place with what their folders hold.
  private func items(_ place: Place) throws -> [ItemFolder] {
    try place.results.identities().map { place.results.item($0) }
  }

  /// Processes that work anywhere below a place's results.
  private func commands(_ place: Place) -> [pid_t] {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return all.compactMap(pid_t.init).filter { process in
      let folder = try? FileManager.default.destinationOfSymbolicLink(
        atPath: "/proc/\(process)/cwd")
      return folder?.hasPrefix("\(place.path)/results/") == true
    }
  }

  // MARK: The whole way

  @Test("a study of a script is planned, run, reported, checked and verified like any other")
  func wholeWay() throws {
    let place = try CommandStudy.place()
    try place.ablate("validate", "study.json", "--strict").expect(0)
    let plan = try place.ablate("plan", "study.json", "--json")
    #expect(plan.code == 0)
    let planned = try JSONValue(parsing: plan.output)["items"]?.array ?? []
    #expect(planned.map { $0["kind"] } == [JSONValue](repeating: "command", count: 4))
    let run = try place.ablate("run", "study.json", "--json", "--progress", "none")
    #expect(run.code == 0, "\(run.error)")
    let arms = try JSONValue(parsing: run.output)["arms"]?.array ?? []
    // The last of four steps, with seeds 1 and 2 as the last digit: 0.141 and 0.142.
    #expect(arms[0]["measures"]?["final(reward)"]?["mean"] == 0.1415)
    #expect(arms[1]["measures"]?["final(reward)"]?["mean"] == 0.2415)
    for item in try items(place) {
      let names = try place.results.files.names(in: item.path)
      #expect(
        names == [
          "attempt-0001.jsonl", "checkpoint", "done.json", "log.txt", "measurements.jsonl",
          "order.json",
        ])
      let done = try #require(try item.done(.contents))
      #expect(done.files.map(\.name) == ["checkpoint/inner/step", "measurements.jsonl"])
      #expect(done.values["step"] == 4 && done.values["checkpoint"] == 4)
    }
    let marks = try place.doneMarks()
    try place.ablate("run", "study.json", "--quiet").expect(0)
    #expect(try place.doneMarks() == marks, "nothing is run twice")
    try place.ablate("check", "study.json", "--accept").expect(0)
    try place.ablate("check", "study.json").expect(0)
    for words in [
      ["status", "study.json"], ["report", "study.json"], ["plan", "study.json", "--tree"], ["ls"],
    ] {
      #expect(try place.start(words).end().code == 0, "\(words)")
    }
    let readme = try place.text("Reports/script/README.md")
    #expect(readme.contains("any, a command trains"))
    #expect(!readme.contains("Warning") && !readme.contains("initial policy"))
    let verify = try place.ablate("verify", "study.json", "--how", "all")
    #expect(verify.code == 0, "\(verify.output)")
    #expect(verify.output.contains("14 the same, 0 differ, 0 not compared"))
    #expect(verify.output.contains("killed 3 times"))
    #expect(
      try place.results.files.names(in: place.results.path).allSatisfy {
        !$0.hasPrefix("verifying")
      })
    try place.ablate("gc").expect(0)
    #expect(try place.doneMarks() == marks)
  }

  @Test("an archive holds the states, or leaves them out; the report is the same")
  func archives() throws {
    let place = try CommandStudy.place()
    try place.ablate("run", "study.json", "--quiet").expect(0)
    let outcome = try place.outcome()
    for (name, options) in [("whole", []), ("lean", ["--without-weights"])] {
      #expect(
        try place.start(["export", "study.json", "--to", "\(name).tar"] + options).end().code == 0)
      let other = try Place(study: "{}", recipe: "{}")
      for file in ["study.json", "recipe.json"] { try other.remove(file) }
      let imported = try other.ablate("import", "\(place.path)/\(name).tar")
      #expect(imported.code == 0, "\(imported.error)")
      let run = try other.ablate("run", "study.json", "--quiet")
      #expect(run.code == 0, "\(run.error)")
      try other.expectOutcome(outcome, name)
      #expect(try other.attempts().values.allSatisfy { $0 == 0 }, "nothing was run again")
    }
  }

  @Test("a stage goes on from what the one before left; the steps of both are one curve")
  func stages() throws {
    let place = try CommandStudy.place(
      recipe: CommandStudy.recipe.with(
        "\"inherit\": [\"HOLD\"]\n    }",
        """
        "inherit": ["HOLD"]
            },
            {
              "name": "second", "kind": "command", "run": ["sh", "second.sh"],
              "metrics": { "reward": {} }, "files": ["second.sh"]
            }
        """))
    try place.write(
      "second.sh",
      """
      [ "$ABLATE_RESUMED" = 0 ] || exit 4
      before=$(cat "$ABLATE_CHECKPOINT_IN/inner/step")
      echo "{\\"metric\\": \\"reward\\", \\"step\\": 2, \\"value\\": $before}" >> "$ABLATE_MEASUREMENTS"
      """)
    let run = try place.ablate("run", "study.json", "--json", "--progress", "none")
    #expect(run.code == 0, "\(run.error)")
    let arms = try JSONValue(parsing: run.output)["arms"]?.array ?? []
    #expect(arms[0]["measures"]?["final(reward)"]?["mean"] == 4)
    let curves = try place.text("Reports/script/curves.csv")
    #expect(curves.contains(",6,4"), "step 2 of the second stage is step 6 of the trial\n\(curves)")
  }

  @Test("the command hears what it is told and nothing else")
  func surroundings() throws {
    let place = try CommandStudy.place(
      recipe: CommandStudy.recipe.with(
        "[\"HOLD\"]", "[\"TOKEN\"], \"cores\": 3, \"environment\": { \"MODE\": \"fast\" }"),
      script: """
        env | sort > "$ABLATE_CHECKPOINT_OUT/../../heard"
        pwd >> "$ABLATE_CHECKPOINT_OUT/../../heard"
        cat "$ABLATE_CONFIG" >> "$ABLATE_CHECKPOINT_OUT/../../heard"
        ls >> "$ABLATE_CHECKPOINT_OUT/../../heard"
        echo '{"metric": "reward", "step": 0, "value": 1}' >> "$ABLATE_MEASUREMENTS"
        """)
    let run = try place.start(
      ["run", "study.json", "--quiet"],
      environment: ["TOKEN": "secret", "OTHER": "noise", "ABLATE_SEED": "99"]
    ).end()
    #expect(run.code == 0, "\(run.error)")
    let item = try #require(try items(place).first { try $0.order()?.label == "train, seed 2" })
    let path = try #require(item.path.hasPrefix("/") ? item.path : nil)
    let heard = try String(contentsOfFile: "\(path)/heard", encoding: .utf8)
    let lines = heard.split(separator: "\n").map(String.init)
    let names = Set(lines.compactMap { $0.split(separator: "=").first.map(String.init) })
    #expect(names.isSuperset(of: ["PATH", "HOME", "TOKEN", "MODE", "ABLATE_CONTRACT"]))
    #expect(!names.contains("OTHER") && !names.contains("ABLATE_CHECKPOINT_IN"))
    #expect(!names.contains("ABLATE_INHERIT") && !names.contains("TERM"))
    for line in [
      "TOKEN=secret", "MODE=fast", "ABLATE_SEED=2", "ABLATE_STAGE=train", "ABLATE_RESUMED=0",
      "ABLATE_ATTEMPT=1", "ABLATE_CONTRACT=1", "OMP_NUM_THREADS=3", "OPENBLAS_NUM_THREADS=3",
      "ABLATE_ORDER=\(path)/order.json", "ABLATE_ITEM=\(path)", "train.sh",
      "\(path)/draft-1-command/work",
    ] {
      #expect(lines.contains(line), "\(line) is not in\n\(heard)")
    }
    #expect(heard.contains(#""optimizer":{"beta":0.9}"#))
  }

  @Test("less is better where a metric says so, and its unit is printed")
  func direction() throws {
    let place = try CommandStudy.place(
      recipe: CommandStudy.recipe.with(
        "{ \"reward\": {} }", "{ \"reward\": { \"better\": \"lower\", \"unit\": \"nats\" } }"))
    let run = try place.ablate("run", "study.json", "--progress", "none")
    #expect(run.code == 0)
    #expect(
      run.output.contains("reward, nats ↓") || run.output.contains("reward ↓"), "\(run.output)")
    #expect(try place.text("Reports/script/README.md").contains("nats"))
  }

  @Test("a metric that may be missing leaves a hole, which says why; the trial stands")
  func optional() throws {
    let place = try CommandStudy.place(
      study: CommandStudy.study.with("\"final(reward)\"", "\"final(reward)\", \"final(loss)\""),
      recipe: CommandStudy.recipe.with(
        "{ \"reward\": {} }", "{ \"reward\": {}, \"loss\": { \"optional\": true } }"))
    let run = try place.ablate("run", "study.json", "--progress", "none")
    #expect(run.code == 0, "\(run.error)")
    #expect(run.output.contains("the trial measured no 'loss'"), "\(run.output)")
  }

  // MARK: Kills

  /// A run that waits at step 3 of each item, until the file that is returned goes.
  private func startHeld(_ place: Place) throws -> (running: Running, hold: String) {
    let hold = "\(place.path)/hold"
    try place.write("hold", "")
    let running = try place.start(
      ["run", "study.json", "--quiet", "-j", "1"], environment: ["HOLD": hold])
    let isThere = try running.wait {
      try items(place).contains { item in
        try item.measurements().contains { $0.step == 3 } && item.done() == nil
      }
    }
    #expect(isThere)
    return (running, hold)
  }

  private static func unbroken() throws -> Outcome {
    let place = try CommandStudy.place()
    try place.ablate("run", "study.json", "--quiet").expect(0)
    return try place.outcome()
  }

  @Test(
    "a worker that is killed takes its command along; the next attempt ends with the same bytes")
  func killedWorker() throws {
    let place = try CommandStudy.place()
    let (running, hold) = try startHeld(place)
    let worker = try #require(place.workers.first)
    let before = commands(place)
    #expect(before.count >= 2, "the guard and the command")
    kill(worker, SIGKILL)
    let isGone = running.wait { !before.contains { Self.isAlive($0) } }
    #expect(isGone, "left alive: \(before.filter { Self.isAlive($0) })")
    try FileManager.default.removeItem(atPath: hold)
    let ended = try running.end()
    #expect(ended.code == 0, "\(ended.error)")
    try place.expectOutcome(try Self.unbroken())
    #expect(try place.attempts().values.sorted() == [1, 1, 1, 2])
  }

  @Test(
    "a guard that is killed leaves its command to the worker, which ends it; the item is tried again"
  )
  func killedGuard() throws {
    let place = try CommandStudy.place()
    let (running, hold) = try startHeld(place)
    let before = commands(place)
    let watching = try #require(
      before.first { process in
        let line = try? String(contentsOfFile: "/proc/\(process)/cmdline", encoding: .utf8)
        return line?.contains("--guard") == true
      })
    kill(watching, SIGKILL)
    let isGone = running.wait { !before.contains { Self.isAlive($0) } }
    #expect(isGone, "left alive: \(before.filter { Self.isAlive($0) })")
    try FileManager.default.removeItem(atPath: hold)
    let ended = try running.end()
    #expect(ended.code == 0, "\(ended.error)")
    try place.expectOutcome(try Self.unbroken())
    #expect(try place.attempts().values.sorted() == [1, 1, 1, 2])
  }

  @Test("a coordinator that is killed leaves no command behind; the same command goes on")
  func killedCoordinator() throws {
    let place = try CommandStudy.place()
    let (running, hold) = try startHeld(place)
    let before = commands(place)
    kill(running.process, SIGKILL)
    _ = try running.end()
    let deadline = Date().addingTimeInterval(10)
    while before.contains(where: Self.isAlive), Date() < deadline { usleep(5000) }
    #expect(!before.contains(where: Self.isAlive))
    try FileManager.default.removeItem(atPath: hold)
    try place.ablate("run", "study.json", "--quiet").expect(0)
    try place.expectOutcome(try Self.unbroken())
  }

  @Test("SIGTERM reaches the command, which saves and leaves; the same command goes on")
  func asked() throws {
    let place = try CommandStudy.place()
    let (running, hold) = try startHeld(place)
    running.signal(SIGTERM)
    let ended = try running.end()
    #expect(ended.code == 143, "\(ended.error)")
    let item = try #require(try items(place).first { $0.checkpointStep() != nil })
    #expect(item.checkpointStep() == 3, "the state after the step at which it was asked")
    #expect(commands(place).isEmpty)
    try FileManager.default.removeItem(atPath: hold)
    try place.ablate("run", "study.json", "--quiet").expect(0)
    try place.expectOutcome(try Self.unbroken())
    #expect(try item.attempts().count == 2)
  }

  @Test("a command that does not leave is killed when its grace is over")
  func grace() throws {
    let place = try CommandStudy.place(
      recipe: CommandStudy.recipe.with("[\"HOLD\"]", "[\"HOLD\"], \"grace\": 1"),
      script: CommandStudy.script.with("trap 'save; exit 1' TERM", "trap '' TERM"))
    let (running, _) = try startHeld(place)
    let began = Date()
    running.signal(SIGTERM)
    let ended = try running.end()
    #expect(ended.code == 143, "\(ended.error)")
    #expect((0.9..<6).contains(Date().timeIntervalSince(began)))
    #expect(commands(place).isEmpty)
  }

  private static func isAlive(_ process: pid_t) -> Bool {
    guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
      let bracket = text.lastIndex(of: ")")
    else { return false }
    return !text[bracket...].dropFirst(2).hasPrefix("Z")
  }

  // MARK: What a command leaves

  @Test("children that it leaves are killed, also those that left its group, and the log says so")
  func leftBehind() throws {
    let place = try CommandStudy.place(
      study: CommandStudy.study.with("\"count\": 2", "\"count\": 1"),
      script: """
        sleep 1000 &
        setsid sleep 1000 &
        echo '{"metric": "reward", "step": 1, "value": 1}' >> "$ABLATE_MEASUREMENTS"
        """)
    try place.ablate("run", "study.json", "--quiet").expect(0)
    #expect(commands(place).isEmpty)
    for item in try items(place) {
      let log = try String(contentsOfFile: item.path(.log), encoding: .utf8)
      #expect(
        log.hasPrefix(
          "warning: the command left 2 processes behind, which were killed: sleep, sleep\n  why:  "),
        "\(log)")
      #expect(try item.done() != nil, "what it measured counts")
    }
  }

  @Test("output without end is cut at the limit and fills neither disk nor memory")
  func endlessOutput() throws {
    let place = try CommandStudy.place(
      study: CommandStudy.study.with("\"count\": 2", "\"count\": 1"),
      script: "yes 0123456789012345678901234567890123456789 | head -c 1000000000\n")
    let run = try place.ablate("run", "study.json", "--quiet")
    #expect(run.code == 3)
    for item in try items(place) {
      #expect(try place.results.files.status(of: item.path(.log))?.bytes == 64 << 20)
      #expect(try place.results.files.bytes(under: item.path) < (64 << 20) + 100_000)
      let memory = try item.attempts().first?.ending?.peakMemory ?? 0
      #expect((1..<200 << 20).contains(memory))
    }
  }

  @Test("a state of many bytes is moved and not read into memory")
  func largeState() throws {
    let place = try CommandStudy.place(
      study: CommandStudy.study.with("\"count\": 2", "\"count\": 1")
        .with("[0.1, 0.2]", "[0.1]"),
      script: """
        mkdir -p "$ABLATE_CHECKPOINT_OUT/1/shard"
        head -c 300000000 /dev/zero > "$ABLATE_CHECKPOINT_OUT/1/shard/weights.bin"
        echo '{"metric": "reward", "step": 1, "value": 1}' >> "$ABLATE_MEASUREMENTS"
        echo '{"checkpoint": 1}' >> "$ABLATE_MEASUREMENTS"
        """)
    try place.ablate("run", "study.json", "--quiet").expect(0)
    let item = try #require(try items(place).first)
    #expect(try item.done()?.file("checkpoint/shard/weights.bin")?.bytes == 300_000_000)
    let memory = try item.attempts().first?.ending?.peakMemory ?? 0
    #expect((1..<150 << 20).contains(memory), "\(memory >> 20) MiB")
  }

  // MARK: Settings that nobody read

  private static let reading = CommandStudy.script.with(
    "step=0\nif", "say \"{\\\"read\\\": \\\"$READS\\\"}\"\nstep=0\nif")

  @Test(
    "an axis over a setting that no command read is said by run, report and check",
    arguments: ["optimizer.beta", "rate"])
  func unread(reads: String) throws {
    let place = try CommandStudy.place(
      recipe: CommandStudy.recipe.with(", \"{rate}\"]", ", \"0.1\"]").with(
        "[\"HOLD\"]", "[], \"environment\": { \"READS\": \"\(reads)\" }"),
      script: Self.reading)
    let isWarned = reads != "rate"
    let warning =
      "warning: axis 'rate' varies 'rate' of stage 'train', and no command read it\n  why:  "
    let run = try place.ablate("run", "study.json", "--quiet")
    #expect(run.code == 0)
    #expect(run.error.contains(warning) == isWarned, "\(run.error)")
    #expect(run.error.contains("\n  help: look for the key") == isWarned)
    let report = try place.ablate("report", "study.json")
    #expect(report.error.contains(warning) == isWarned)
    for page in ["README.md", "index.html", "report.tex"] {
      #expect(
        try place.text("Reports/script/\(page)").contains("Warning.") == isWarned, "\(page)")
    }
    try place.ablate("check", "study.json", "--accept").expect(0)
    let check = try place.ablate("check", "study.json", "--json", "--junit", "junit.xml")
    #expect(check.code == (isWarned ? 1 : 0))
    #expect((try JSONValue(parsing: check.output)["warnings"] != nil) == isWarned)
    #expect(try place.text("junit.xml").contains("script.warnings") == isWarned)
  }

  @Test("a command that never says what it reads is not held to it")
  func silent() throws {
    let place = try CommandStudy.place(
      recipe: CommandStudy.recipe.with(", \"{rate}\"]", ", \"0.1\"]"))
    let run = try place.ablate("run", "study.json", "--quiet")
    #expect(run.code == 0 && !run.error.contains("warning"), "\(run.error)")
  }

  @Test("a setting that stands in the words of the command counts as read")
  func readByWords() throws {
    let place = try CommandStudy.place(
      recipe: CommandStudy.recipe.with(
        "[\"HOLD\"]", "[], \"environment\": { \"READS\": \"optimizer\" }"),
      script: Self.reading)
    let run = try place.ablate("run", "study.json", "--quiet")
    #expect(run.code == 0 && !run.error.contains("warning"), "\(run.error)")
  }

  // MARK: Before it runs

  @Test("validate warns of a program that is not in PATH, and of nothing else")
  func validate() throws {
    let place = try CommandStudy.place(
      recipe: CommandStudy.recipe.with("\"sh\"", "\"no-such-shell\""))
    let ended = try place.ablate("validate", "study.json")
    #expect(ended.code == 0)
    #expect(
      ended.error.hasPrefix(
        "recipe.json:6:15: warning: no program 'no-such-shell' is in PATH\n"), "\(ended.error)")
    try place.ablate("validate", "study.json", "--strict").expect(2)
  }

  @Test("a recipe of commands may extend another, and add settings there")
  func extending() throws {
    let place = try CommandStudy.place(
      study: CommandStudy.study.with("\"recipe.json\"", "\"recipes/other.json\""))
    try place.write(
      "recipes/other.json",
      """
      {
        "extends": "../recipe.json",
        "stages.train.settings": { "added": true },
        "stages.train.settings.optimizer.beta": 0.5
      }
      """)
    let plan = try place.ablate("plan", "study.json")
    #expect(plan.code == 0, "\(plan.error)")
    try place.ablate("run", "study.json", "--quiet").expect(0)
    let order = try #require(try items(place).first?.order())
    #expect(order.configuration["settings"]?["added"] == true)
    #expect(order.configuration["settings"]?["optimizer"]?["beta"] == 0.5)
    #expect(order.configuration["files"]?["train.sh"]?.string == CommandStudy.script)
  }

  @Test("the examples of the page run as they are typed")
  func page() throws {
    let page = try String(
      contentsOfFile: "\(AblateProgram.repository)/docs/command-trainer.md", encoding: .utf8)
    func block(_ language: String) throws -> String {
      let start = try #require(page.range(of: "```\(language)\n"))
      let end = try #require(page.range(of: "```\n", range: start.upperBound..<page.endIndex))
      return String(page[start.upperBound..<end.lowerBound])
    }
    let study = try block("json")
    let shell = try Place(study: study, recipe: "{}")
    try shell.write("train.sh", try block("sh"))
    #expect(try shell.start(["run", "study.json", "--quiet"]).end().code == 0)
    try shell.ablate("verify", "study.json", "--how", "resumed").expect(0)
    guard FileManager.default.isExecutableFile(atPath: "/usr/bin/python3") else { return }
    let python = try Place(
      study: study.with("\"./train.sh\", \"{learning_rate}\"", "\"python3\", \"train.py\"")
        .with("[\"train.sh\"]", "[\"train.py\"]").with("\"count\": 5", "\"count\": 1"),
      recipe: "{}")
    try python.write("train.py", try block("python"))
    let run = try python.start(
      ["run", "study.json", "--quiet"], environment: ["PATH": "/usr/bin:/bin"]
    ).end()
    #expect(run.code == 0, "\(run.error)")
    #expect(!run.error.contains("no command read"))
  }
}
