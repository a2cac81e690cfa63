import Reproducibility
import RunStore
import Testing

@Suite("the kernels can be asked for by name")
struct KernelChoiceTests {
  @Test("the bench says which it times")
  func bench() throws {
    // No case at all: the peak alone.
    let place = try Place()
    let ended = try place.ablate(
      "bench", "--cases", ",", "--rounds", "1", environment: ["ABLATE_KERNELS": "baseline"])
    #expect(ended.code == 0, "\(ended.error)")
    #expect(ended.output.hasPrefix("One core, baseline kernels: "), "\(ended.output)")
  }

  @Test(
    "what this machine does not run is refused, with what it runs", arguments: ["sse9", "AVX2"])
  func refused(name: String) throws {
    let place = try Place()
    let ended = try place.ablate("plan", "study.json", environment: ["ABLATE_KERNELS": name])
    #expect(ended.code == 2 && ended.output.isEmpty)
    let lines = ended.error.split(separator: "\n").map(String.init)
    try #require(lines.count == 3, "\(lines)")
    #expect(lines[0] == "error: ABLATE_KERNELS asks for the kernels '\(name)'")
    let available = #/  why:  this machine runs (avx512, )?(avx2, )?baseline/#
    #expect(lines[1].wholeMatch(of: available) != nil, "\(lines)")
    #expect(lines[2] == "  help: name one of these, or unset ABLATE_KERNELS to take the fastest")
  }

  @Test("an empty name asks for nothing")
  func empty() throws {
    let place = try Place()
    let ended = try place.ablate("plan", "study.json", environment: ["ABLATE_KERNELS": ""])
    #expect(ended.code == 0, "\(ended.error)")
  }

  @Test("a core type that OpenBLAS is held to is warned of and recorded, where OpenBLAS computes")
  func coreType() throws {
    let environment = ["OPENBLAS_CORETYPE": "Haswell"]
    let place = try Place(
      recipe: TinyStudy.recipe.with(
        "\"context\": 64", "\"context\": 64, \"products\": \"openblas\""))
    let run = try place.ablate("run", "study.json", "--quiet", environment: environment)
    #expect(run.code == 0)
    #expect(
      run.error.hasPrefix(
        """
        warning: OPENBLAS_CORETYPE=Haswell holds OpenBLAS to that core's kernels
          why:  bits and speed are those of that core type, not of this processor
          help: unset OPENBLAS_CORETYPE, or keep it to compare machines: results record it

        """), "\(run.error)")
    var kinds: Set<String> = []
    for identity in try place.results.identities() {
      let folder = place.results.item(identity)
      let machine = try #require(try folder.done()).machine
      let computes = try folder.order()?.configuration["model"]?["products"] == "openblas"
      if computes { kinds.insert(try #require(try folder.order()).kind) }
      #expect(machine["openblas_coretype"] == (computes ? "Haswell" : nil))
      #expect((machine["openblas"]?.string?.contains("OpenBLAS") == true) == computes)
      #expect(machine["kernels"]?.string != nil)
    }
    #expect(kinds == ["solver", "grades", "evaluation", "stage"])
    // Our own tiles do not ask OpenBLAS.
    let own = try Place()
    let quiet = try own.ablate("run", "study.json", "--quiet", environment: environment)
    #expect(quiet.code == 0 && quiet.error.isEmpty, "\(quiet.error)")
  }
}
