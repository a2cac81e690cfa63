import Foundation
import Reproducibility
import RunStore
import Testing

@Suite("export and import")
struct ExportTests {
  private func exported(_ recipe: String = TinyStudy.recipe) throws -> Place {
    let place = try Place(recipe: recipe)
    try place.ablate("run", "study.json", "--quiet").expect(0)
    try place.ablate("export", "study.json", "--to", "one.tar").expect(0)
    return place
  }

  /// A folder with archives of another one and nothing else.
  private func elsewhere(_ source: Place, with archives: String...) throws -> Place {
    let place = try Place()
    for name in ["study.json", "recipe.json"] { try place.remove(name) }
    for archive in archives + ["one.tar"] {
      try FileManager.default.copyItem(
        atPath: "\(source.path)/\(archive)", toPath: "\(place.path)/\(archive)")
    }
    return place
  }

  private func scratch(_ place: Place) throws -> [String] {
    try place.results.files.names(in: place.results.path).filter {
      $0.hasPrefix("importing-") || $0.hasPrefix("exporting-")
    }
  }

  @Test("imported elsewhere, the study reports byte for byte the same, and nothing has to run")
  func roundTrip() throws {
    let source = try exported()
    let place = try elsewhere(source)
    let taken = try place.ablate("import", "one.tar")
    #expect(taken.code == 0, "\(taken.error)")
    #expect(taken.output == "tiny: \(TinyStudy.items) items taken, 0 there already\n")
    #expect(try place.outcome().differences(from: source.outcome()) == [])
    try place.ablate("report", "study.json").expect(0)
    #expect(try place.outcome().differences(from: source.outcome()) == [])
    // What was imported can be handed on, to the byte.
    try place.ablate("export", "study.json", "--to", "two.tar").expect(0)
    #expect(
      try place.results.files.contents(of: place.path + "/two.tar")
        == place.results.files.contents(of: place.path + "/one.tar"))
    #expect(try place.ablate("plan", "study.json", "--exit-code").code == 0)
    #expect(try place.ablate("verify", "study.json").code == 0)
    #expect(try scratch(place).isEmpty && scratch(source).isEmpty)
    let again = try place.ablate("import", "one.tar")
    #expect(again.output == "tiny: 0 items taken, \(TinyStudy.items) there already\n")
  }

  @Test(
    "without weights, packed, the report is the same; work that wants a policy makes it anew, with the same bits"
  )
  func withoutWeights() throws {
    let source = try exported()
    try source.ablate("export", "study.json", "--to", "small.tar.gz", "--without-weights").expect(0)
    let place = try elsewhere(source, with: "small.tar.gz")
    try place.ablate("import", "small.tar.gz").expect(0)
    let identities = try place.results.identities()
    for identity in identities {
      let names = try place.results.files.names(in: place.results.item(identity).path)
      #expect(!names.contains { $0.hasSuffix(".safetensors") })
    }
    func report() throws -> [String] {
      try place.ablate("report", "study.json").expect(0)
      return try place.outcome().differences(from: source.outcome())
    }
    // Read from the folders, then beside an index that was brought up to date.
    #expect(try report() == [])
    try place.ablate("index").expect(0)
    #expect(try report() == [])
    #expect(try place.ablate("plan", "study.json", "--exit-code").code == 0)
    // Handed on it is the same archive.
    try place.ablate("export", "study.json", "--to", "two.tar.gz").expect(0)
    #expect(
      try place.results.files.contents(of: place.path + "/two.tar.gz")
        == source.results.files.contents(of: source.path + "/small.tar.gz"))
    // Trials are made from nothing and compared; items that begin with a policy cannot be made alone.
    let scratch = try place.ablate("verify", "study.json", "--how", "from-scratch")
    #expect(scratch.code == 0, "\(scratch.output)\(scratch.error)")
    let alone = try place.ablate("verify", "study.json")
    #expect(alone.code == 3 && alone.output.contains("it was left out of the archive"))
    // A further seed begins with the solver, which is made again, and with it nothing changes.
    try place.write("study.json", TinyStudy.study.with("\"count\": 2", "\"count\": 3"))
    let plan = try place.ablate("plan", "study.json", "--why")
    #expect(plan.output.contains("it was left out of the archive"), "\(plan.output)")
    try place.ablate("run", "study.json", "--quiet").expect(0)
    try source.write("study.json", TinyStudy.study.with("\"count\": 2", "\"count\": 3"))
    try source.ablate("run", "study.json", "--quiet").expect(0)
    #expect(try place.outcome().differences(from: source.outcome()) == [])
  }

  @Test(
    "a program that packs and is not there is named, with how it comes, before anything is written")
  func packerMissing() throws {
    let place = try exported()
    try FileManager.default.createDirectory(
      atPath: place.path + "/bin", withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: place.path + "/bin/tar", withDestinationPath: "/usr/bin/tar")
    let path = ["PATH": place.path + "/bin"]
    try place.write("one.tar.xz", "what tar would be given")
    for words in [["export", "study.json", "--to", "two.tar.xz"], ["import", "one.tar.xz"]] {
      let ended = try place.start(words, environment: path).end()
      #expect(
        ended.code == 3 && ended.error.contains("there is no program 'xz' on PATH"),
        "\(words): \(ended.error)")
      #expect(ended.error.contains("apt-get install xz-utils"))
    }
    #expect(try !place.exists("two.tar.xz") && scratch(place).isEmpty)
  }

  @Test("a whole archive completes what came without weights")
  func completed() throws {
    let source = try exported()
    try source.ablate("export", "study.json", "--to", "small.tar", "--without-weights").expect(0)
    let place = try elsewhere(source, with: "small.tar")
    try place.ablate("import", "small.tar").expect(0)
    let taken = try place.ablate("import", "one.tar")
    #expect(
      taken.code == 0 && !taken.output.contains(" 0 items taken"), "\(taken.output)\(taken.error)")
    #expect(try place.ablate("verify", "study.json").code == 0)
    let back = try place.ablate("import", "small.tar")
    #expect(back.output == "tiny: 0 items taken, \(TinyStudy.items) there already\n")
  }

  @Test("only weights may be left out: what was measured is missed")
  func leftOutMeasurements() throws {
    let place = try Place()
    try place.ablate("run", "study.json", "--quiet").expect(0)
    let stage = try #require(
      try place.results.identities().first { try place.results.item($0).order()?.kind == "stage" })
    let folder = "results/items/\(stage.hex.prefix(2))/\(stage.hex)"
    try place.write("\(folder)/left-out.json", #"["evaluations.jsonl", "policy.safetensors"]"#)
    try place.remove("\(folder)/policy.safetensors")
    try place.ablate("report", "study.json").expect(0)
    try place.remove("\(folder)/evaluations.jsonl")
    let report = try place.ablate("report", "study.json")
    #expect(
      report.code == 3 && report.error.contains("evaluations.jsonl' is damaged: it is missing"))
    // Done anew, nothing is left out any more.
    try place.ablate("run", "study.json", "--quiet").expect(0)
    #expect(
      !place.exists("\(folder)/left-out.json") && place.exists("\(folder)/policy.safetensors"))
  }

  @Test("an index that is there learns of what was imported")
  func index() throws {
    let source = try exported()
    let place = try elsewhere(source)
    try place.write("study.json", TinyStudy.study.with("\"tiny\"", "\"other\""))
    try place.write("recipe.json", TinyStudy.untrained)
    try place.ablate("run", "study.json", "--quiet").expect(0)
    for name in ["study.json", "recipe.json"] { try place.remove(name) }
    try place.ablate("import", "one.tar").expect(0)
    #expect(try place.ablate("status").output.contains("tiny: "))
  }

  @Test("a failed trial travels too: its hole is told in the same words")
  func hole() throws {
    let source = try Place(
      study: TinyStudy.study.with(
        "{ \"math\": \"some\" } }",
        "{ \"math\": \"some\" },"
          + " \"stages.first.optimizer\": { \"learning_rate\": 10, \"weight_decay\": 10, \"clip_norm\": 1e9 } }"
      ))
    #expect(try source.ablate("run", "study.json", "--quiet").code == 3)
    try source.ablate("report", "study.json").expect(0)
    try source.ablate("export", "study.json", "--to", "one.tar").expect(0)
    let place = try elsewhere(source)
    try place.ablate("import", "one.tar").expect(0)
    try place.ablate("report", "study.json").expect(0)
    let differences = try place.outcome().differences(from: source.outcome())
    #expect(differences == [])
    #expect(try place.text("Reports/tiny/README.md").contains("diverged"))
  }

  @Test("another result, study or report that is there is kept, and then nothing is taken")
  func conflicts() throws {
    let source = try exported()
    let changes: [(String, (Place) throws -> Void, String)] = [
      ("study", { try $0.write("study.json", "{}") }, "'study.json' is there already"),
      ("report", { try $0.write("Reports/tiny/README.md", "mine") }, "'Reports/tiny/README.md' is"),
      (
        "note", { try $0.write("results/studies/tiny.json", "{}") },
        "'results/studies/tiny.json' is there already"
      ),
    ]
    for (name, change, words) in changes {
      let place = try elsewhere(source)
      try change(place)
      let ended = try place.ablate("import", "one.tar")
      #expect(ended.code == 3 && ended.error.contains(words), "\(name): \(ended.error)")
      #expect(try place.results.identities().isEmpty && scratch(place).isEmpty)
    }
  }

  @Test("an item with another result is refused")
  func otherResult() throws {
    let source = try exported()
    let place = try elsewhere(source)
    let identity = try #require(try source.results.identities().first)
    let order = try #require(try source.results.item(identity).order())
    let writer = try ItemWriter(place.results.place(order))
    try writer.writeArtifact("other.txt", [1])
    try writer.finish(values: [:], machine: [:])
    let ended = try place.ablate("import", "one.tar")
    #expect(ended.code == 3 && ended.error.contains("has another result in results\n"))
    #expect(try place.results.identities() == [identity])
  }

  @Test("a changed byte anywhere is seen before anything is taken")
  func damage() throws {
    let source = try exported()
    let bytes = try #require(try source.results.files.contents(of: source.path + "/one.tar"))
    for share in [3, 5, 8, 11] {
      let place = try elsewhere(source)
      var damaged = bytes
      damaged[bytes.count * share / 13] ^= 1
      try place.results.files.write(damaged, to: place.path + "/one.tar")
      let ended = try place.ablate("import", "one.tar")
      // A bit between two files is nobody's.
      if ended.code == 0 { continue }
      #expect(ended.code == 3 && ended.error.contains("nothing was taken over"), "\(ended.error)")
      #expect(try place.results.identities().isEmpty && !place.exists("study.json"))
      #expect(try scratch(place).isEmpty)
    }
    let cut = try elsewhere(source)
    try cut.results.files.write(Array(bytes.prefix(bytes.count / 2)), to: cut.path + "/one.tar")
    #expect(try cut.ablate("import", "one.tar").code == 3)
    #expect(try cut.results.identities().isEmpty)
  }

  @Test("an archive with a link, a path that leads out, or a file that it does not list is refused")
  func hostileArchives() throws {
    let source = try exported()
    let place = try elsewhere(source)
    try place.other("/bin/mkdir", ["-p", "x/study"]).expect(0)
    try place.write("outside.txt", "x")
    try place.write("x/report/stranger.txt", "x")
    try place.write("x/study/.envrc", "x")
    try place.other("/bin/ln", ["-s", "/etc/passwd", "x/study/link"]).expect(0)
    let archives = [
      ("link.tar", ["--append", "--file=link.tar", "-C", "x", "study/link"], "no file: lrwx"),
      (
        "out.tar", ["--append", "--file=out.tar", "-P", "--transform=s,^,../,", "outside.txt"],
        "leads out of it: '../outside.txt'"
      ),
      (
        "absolute.tar",
        ["--append", "--file=absolute.tar", "-P", "--transform=s,^,/tmp/,", "outside.txt"],
        "leads out of it: '/tmp/outside.txt'"
      ),
      (
        "hidden.tar", ["--append", "--file=hidden.tar", "-C", "x", "study/.envrc"],
        "'study/.envrc' is not in its list"
      ),
      (
        "stranger.tar", ["--append", "--file=stranger.tar", "-C", "x", "report/stranger.txt"],
        "'report/stranger.txt' is not in its list"
      ),
    ]
    for (name, words, message) in archives {
      try FileManager.default.copyItem(
        atPath: place.path + "/one.tar", toPath: place.path + "/" + name)
      try place.other("/usr/bin/env", ["tar"] + words).expect(0)
      let ended = try place.ablate("import", name)
      #expect(ended.code == 3 && ended.error.contains(message), "\(name): \(ended.error)")
      #expect(try place.results.identities().isEmpty && scratch(place).isEmpty)
    }
  }

  @Test("what a killed import left goes with the next one")
  func leftOver() throws {
    let source = try exported()
    let place = try elsewhere(source)
    // No process has so high a number.
    try place.write("results/importing-4194999/archive/half", "half")
    try place.ablate("import", "one.tar").expect(0)
    #expect(try scratch(place).isEmpty)
  }

  @Test(
    "an import that is killed at any time leaves whole items, and the same command completes it")
  func killed() throws {
    let source = try exported()
    // While it unpacks and verifies, and, without a pause, as soon as the first item is there.
    for pause in [1, 10, 30, 60, nil, nil, nil] {
      let place = try elsewhere(source)
      let run = try place.start(["import", "one.tar"])
      if let pause {
        usleep(UInt32(pause) * 1000)
      } else {
        _ = try run.wait { try !place.results.identities().isEmpty }
      }
      run.signal(9)
      _ = try run.end()
      for identity in try place.results.identities() {
        #expect(try place.results.item(identity).done(.contents) != nil)
      }
      try place.ablate("import", "one.tar").expect(0)
      #expect(try place.outcome().differences(from: source.outcome()) == [])
      #expect(try scratch(place).isEmpty)
    }
  }

  @Test("a study in a hidden folder is not exported, for nobody would import it")
  func hidden() throws {
    let place = try Place()
    for name in ["study.json", "recipe.json"] {
      try place.write(".hidden/" + name, place.text(name))
    }
    try place.ablate("run", ".hidden/study.json", "--quiet").expect(0)
    let ended = try place.ablate("export", ".hidden/study.json")
    #expect(ended.code == 2, "\(ended.error)")
    #expect(ended.error.hasPrefix("error: '.hidden/study.json' is hidden, or in a hidden folder\n"))
  }

  @Test("without GNU tar, or from outside the working folder, export refuses")
  func refusals() throws {
    let place = try Place(recipe: TinyStudy.recipe)
    try place.ablate("run", "study.json", "--quiet").expect(0)
    let bare = try place.ablate(
      "export", "study.json", environment: ["PATH": place.path])
    #expect(bare.code == 3)
    #expect(bare.error.hasPrefix("error: there is no program 'tar' on PATH\n"), "\(bare.error)")
    #expect(try !place.exists("tiny.tar") && scratch(place).isEmpty)
    let other = try Place()
    let outside = try other.ablate(
      "export", "\(place.path)/study.json", "--results", "\(place.path)/results")
    #expect(outside.code == 2, "\(outside.error)")
    #expect(outside.error.contains("does not lie in the working folder\n"))
  }
}
