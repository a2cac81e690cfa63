import Foundation
import Testing

/// `./ablate`, the script in the root: it builds the program when that is older than its sources, and
/// then is the program. The tools that it calls are replaced by scripts that say what they were asked.
@Suite("launcher")
struct LauncherTests {
  /// A repository in miniature, and a folder of tools that stands alone on PATH.
  private struct Clone {
    let place: Place

    /// - Parameters:
    ///   - user: what `id -u` says.
    ///   - installed: packages that `dpkg-query` knows.
    ///   - build: what `swift build` does; it may write `.build/release/ablate`.
    init(user: Int = 1000, installed: [String] = packages, swift build: String? = builds) throws {
      place = try Place()
      try FileManager.default.copyItem(
        atPath: AblateProgram.repository + "/ablate", toPath: place.path + "/ablate")
      try place.write("Package.swift", "// a manifest\n")
      try place.write("Sources/ablate/main.swift", "// a source\n")
      for tool in ["bash", "dirname", "find", "grep", "touch", "mkdir", "cat", "chmod"] {
        let known = ["/usr/bin/", "/bin/"].map { $0 + tool }
          .first { FileManager.default.isExecutableFile(atPath: $0) }
        try FileManager.default.createSymbolicLink(
          atPath: try place.tools() + tool, withDestinationPath: #require(known))
      }
      try tool("id", "echo \(user)")
      try tool(
        "dpkg-query",
        "case \" \(installed.joined(separator: " ")) \" in *\" ${!#} \"*) echo 'install ok installed';; *) exit 1;; esac"
      )
      try tool("apt-get", #"echo "apt-get $*" >> "$CALLS""#)
      if let build { try tool("swift", "echo \"swift $*\" >> \"$CALLS\"\n\(build)") }
    }

    func tool(_ name: String, _ body: String) throws {
      let path = try place.tools() + name
      try "#!/bin/bash\n\(body)\n".write(toFile: path + ".text", atomically: true, encoding: .utf8)
      // Copied by another process: a child that a test beside this one forks at the wrong instant would
      // hold the file open to write, and the kernel executes no such file.
      let copied = try place.other(
        "/bin/sh", ["-c", #"cp "$1.text" "$1" && chmod 755 "$1""#, "sh", path])
      #expect(copied.code == 0, "\(copied.error)")
    }

    func launch(_ words: String...) throws -> (ended: Ended, calls: [String]) {
      let calls = place.path + "/calls.txt"
      try Data().write(to: URL(fileURLWithPath: calls))
      let ended = try place.other(
        "/bin/bash", [place.path + "/ablate"] + words,
        environment: ["PATH": place.path + "/tools", "CALLS": calls])
      return (ended, try place.text("calls.txt").split(separator: "\n").map(String.init))
    }
  }

  private static let packages = ["libsqlite3-dev", "libopenblas-dev"]
  /// A build that leaves a program which says what it was called with.
  private static let builds = """
    mkdir -p .build/release
    printf '#!/bin/bash\\necho "program $*"\\nexit 7\\n' > .build/release/ablate
    chmod +x .build/release/ablate
    """

  @Test("without root it says which packages are missing, and what to type")
  func missingPackages() throws {
    let (ended, calls) = try Clone(installed: ["libsqlite3-dev"]).launch("run", "study.json")
    #expect(ended.code == 2 && ended.output.isEmpty)
    #expect(
      ended.error == """
        error: these Debian packages are missing: libopenblas-dev
          why:  the build links against them, and installing needs root
          help: sudo apt-get update && sudo apt-get install libopenblas-dev

        """)
    #expect(calls.isEmpty, "nothing was installed and nothing was built")
    let none = try Clone(installed: []).launch("run", "study.json").ended
    #expect(none.error.contains("missing: libsqlite3-dev libopenblas-dev\n"))
  }

  @Test("with root it installs what is missing, builds, and is the program")
  func installs() throws {
    let (ended, calls) = try Clone(user: 0, installed: ["libopenblas-dev"]).launch(
      "run", "a b.json")
    #expect(ended.code == 7, "\(ended.error)")
    #expect(ended.output == "program run a b.json\n")
    #expect(calls.count == 3 && calls[0].hasPrefix("apt-get update"))
    #expect(calls[1].hasPrefix("apt-get install") && calls[1].hasSuffix(" libsqlite3-dev"))
    #expect(calls[2].hasPrefix("swift build -c release"))
  }

  @Test("without a toolchain it says where to get one")
  func missingSwift() throws {
    let (ended, _) = try Clone(swift: nil).launch("plan", "study.json")
    #expect(ended.code == 2)
    #expect(
      ended.error == """
        error: no Swift toolchain was found
          why:  ablate is built from source with Swift 6.2 or later
          help: install one from https://www.swift.org/install/linux and put it on PATH

        """)
  }

  @Test("it builds once, and again only when a source is newer")
  func buildsWhenStale() throws {
    let clone = try Clone()
    #expect(try clone.launch("plan", "x").calls.count == 1)
    let second = try clone.launch("plan", "x")
    #expect(second.calls.isEmpty && second.ended.error.isEmpty)
    #expect(second.ended.output == "program plan x\n")
    let later = Date(timeIntervalSinceNow: 10)
    try FileManager.default.setAttributes(
      [.modificationDate: later], ofItemAtPath: clone.place.path + "/Sources/ablate/main.swift")
    #expect(try clone.launch("plan", "x").calls.count == 1)
  }

  @Test("a build that fails shows what the compiler said, and ends with 3")
  func failedBuild() throws {
    let (ended, _) = try Clone(swift: "echo 'main.swift:1: error: no'; exit 1").launch("plan", "x")
    #expect(ended.code == 3 && ended.output.isEmpty)
    #expect(ended.error == "building ablate (once; a few minutes)\nmain.swift:1: error: no\n")
  }
}

extension Place {
  /// The folder of the tools, made on first use; with its final slash.
  fileprivate func tools() throws -> String {
    let folder = path + "/tools/"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    return folder
  }
}
