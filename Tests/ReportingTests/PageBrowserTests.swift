import Foundation
import Reproducibility
import ResultStatistics
import Testing

@testable import Reporting

/// A browser without a window, where there is one: Debian's package `chromium`.
enum Chromium {
  static let program: String? = {
    let environment = ProcessInfo.processInfo.environment
    let found =
      environment["ABLATE_CHROMIUM"]
      ?? ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].first {
        FileManager.default.isExecutableFile(atPath: $0)
      }
    if found == nil {
      FileHandle.standardError.write(
        Data("THE PAGE IS NOT TESTED IN A BROWSER: chromium is not installed\n".utf8))
    }
    return found
  }()

  /// The document as it stands after its scripts have run, opened from disk.
  static func document(of html: String, fragment: String = "") throws -> String {
    let folder = FileManager.default.temporaryDirectory.appending(path: "ablate-page-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "index.html")
    try Data(html.utf8).write(to: file)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(program))
    process.arguments = [
      "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run",
      "--disable-background-networking", "--window-size=1200,900",
      "--user-data-dir=\(folder.path)/profile", "--virtual-time-budget=5000", "--dump-dom",
      file.absoluteString + fragment,
    ]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let document = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: document, as: UTF8.self)
  }

  /// What a script that is added to the page returned. The page's policy is taken out for it: it runs
  /// no program but the page's own.
  static func result(of script: String, on html: String, width: Int = 1_200) throws -> JSONValue {
    let watching =
      "<script>window.faults = []; addEventListener('error', (e) => faults.push(e.message));</script>"
    let asking = """
      <script>
      const outcome = (() => { \(script) })();
      outcome.faults = window.faults;
      outcome.loaded = performance.getEntriesByType('resource').map((one) => one.name);
      parent.postMessage(encodeURIComponent(JSON.stringify(outcome)), '*');
      </script></body>
      """
    let page = html.replacing(ContentPolicy.text, with: "")
      .replacing("<title>", with: watching + "<title>").replacing("</body>", with: asking)
    let frame = """
      <!DOCTYPE html><html><body><script>
      addEventListener('message', (event) => { document.title = 'outcome:' + event.data + ';'; });
      </script><iframe width="\(width)" height="900" srcdoc="\(HTMLText.frame(page))">
      </iframe></body></html>
      """
    let document = try document(of: frame)
    let answer = try #require(document.split(separator: "<title>outcome:").dropFirst().first)
    let text = try #require(answer.split(separator: ";").first)
    return try JSONValue(parsing: Array(try #require(String(text).removingPercentEncoding).utf8))
  }
}

extension HTMLText {
  /// A whole page as the value of an attribute.
  fileprivate static func frame(_ page: String) -> String {
    page.replacing("&", with: "&amp;").replacing("\"", with: "&quot;")
  }
}

@Suite(
  "The page in a browser",
  .enabled(if: Chromium.program != nil, "chromium is not installed: apt-get install chromium"),
  .serialized)
struct PageBrowserTests {
  private static let detailed = page(DetailedStudy.results)

  private func expectQuiet(_ outcome: JSONValue) {
    #expect(outcome["faults"]?.array == [])
    #expect(outcome["loaded"]?.array == [])
  }

  @Test("opened from disk, the policy lets the page's own program run and no other")
  func policy() throws {
    let stranger = "<script>document.title = 'stolen'</script></body>"
    let document = try Chromium.document(of: Self.detailed.replacing("</body>", with: stranger))
    #expect(document.contains("class=\"sort\"") && document.contains("<dialog"))
    #expect(document.contains("<title>Difficulty and training</title>"))
  }

  @Test("a heading sorts up, down, and back to the order of the study; what is absent stays last")
  func sorting() throws {
    let outcome = try Chromium.result(
      of: """
        const names = () => [...document.querySelectorAll('#score-table tbody th')]
          .map((one) => one.textContent);
        const sort = (column) => document.querySelectorAll('#score-table .sort')[column].click();
        const orders = [names()];
        for (const column of [1, 1, 1, 4, 4]) { sort(column); orders.push(names()); }
        return { orders, sorted: document.querySelectorAll('#score-table [aria-sort]').length };
        """, on: Self.detailed)
    let (one, two, three) = ("level 1 (base)", "level 2", "level 3 | hard")
    let orders = outcome["orders"]?.array?.map { $0.array?.compactMap(\.string) ?? [] }
    #expect(
      orders == [
        [one, two, three], [three, one, two], [two, one, three], [one, two, three],
        [three, two, one], [two, three, one],
      ])
    #expect(outcome["sorted"]?.int == 1)
    expectQuiet(outcome)
  }

  @Test("a filter keeps the rows with all its words and counts them")
  func filtering() throws {
    let outcome = try Chromium.result(
      of: """
        const input = document.querySelector('#scores .filter input');
        input.value = 'HARD level';
        input.dispatchEvent(new Event('input'));
        const rows = [...document.querySelectorAll('#score-table tbody tr')];
        return { hidden: rows.map((row) => row.hidden),
          count: document.querySelector('#scores output').textContent };
        """, on: Self.detailed)
    #expect(outcome["hidden"]?.array == [true, true, false])
    #expect(outcome["count"]?.string == "1 of 3 rows")
    expectQuiet(outcome)
  }

  @Test("a score opens to seeds, holes, differences, settings, wall times and whole digests")
  func cells() throws {
    let outcome = try Chromium.result(
      of: """
        const link = document.querySelector('a[href="#arm-2-measure-0"]');
        link.dispatchEvent(new KeyboardEvent('keydown', { key: ' ', bubbles: true }));
        const dialog = document.querySelector('dialog');
        const text = dialog.textContent;
        const rows = [...dialog.querySelectorAll('table')].map((one) => one.tBodies[0].rows.length);
        const isOpen = dialog.open;
        dialog.querySelector('button').click();
        return { text, rows, isOpen, isClosed: !dialog.open };
        """, on: Self.detailed)
    let text = try #require(outcome["text"]?.string)
    let trial = DetailedStudy.results.arms[2].trials[0]
    let value = try #require(trial.observations[0].value)
    for part in [
      "contest of level 3 | hard", "4 of 5 seeds have a value", NumberText.full(value),
      "– (failed, out of memory)", "minus level 1", "stages.second.kl", "\"level-3\"", "737280",
      trial.identity, trial.details.stages[0].policy, "102.8",
    ] { #expect(text.contains(part), "\(part)") }
    // Seeds; settings; nine stages, for the trial with a hole ended after one.
    #expect(outcome["rows"]?.array == [5, 2, 9])
    #expect(outcome["isOpen"]?.bool == true && outcome["isClosed"]?.bool == true)
    expectQuiet(outcome)
  }

  @Test("an address with a score's name opens it")
  func deepLink() throws {
    let document = try Chromium.document(of: Self.detailed, fragment: "#arm-1-measure-2")
    #expect(document.contains("<dialog aria-labelledby=\"cell-title\" open"))
    #expect(document.contains("<bdi>length</bdi> of <bdi>level 2</bdi>"))
  }

  @Test("curves give their values by the arrow keys, and arms can be switched off")
  func curves() throws {
    let outcome = try Chromium.result(
      of: """
        const plot = document.querySelector('#chart-0 .plot');
        const values = () => [...document.querySelectorAll('#chart-0 .legend tbody tr')]
          .map((row) => row.cells[1].textContent);
        const press = (key) => plot.dispatchEvent(new KeyboardEvent('keydown', { key }));
        const steps = [plot.getAttribute('aria-valuenow')];
        for (const key of ['ArrowLeft', 'Home', 'ArrowRight', 'End']) {
          press(key);
          steps.push(plot.getAttribute('aria-valuenow'));
        }
        press('Home');
        const first = values();
        const lines = () => plot.querySelectorAll('.mean').length;
        const before = lines();
        document.querySelector('#chart-0 input').click();
        return { steps, first, lines: [before, lines()],
          isStillHidden: document.querySelector('#chart-0 .still').hidden,
          text: plot.getAttribute('aria-valuetext') };
        """, on: Self.detailed)
    #expect(outcome["steps"]?.array?.compactMap(\.string) == ["180", "160", "0", "20", "180"])
    #expect(outcome["lines"]?.array == [3, 2])
    #expect(outcome["isStillHidden"]?.bool == true)
    let first = (outcome["first"]?.array ?? []).compactMap(\.string)
    #expect(first.count == 3)
    let family = DetailedStudy.results.curves[0]
    for (arm, shown) in zip(family.arms, first) {
      let mean = arm.lines.reduce(0) { $0 + $1.points[0].value } / Double(arm.lines.count)
      #expect(shown == NumberText.fixed(mean, digits: 2))
    }
    #expect(outcome["text"]?.string?.contains("level 1") == false)
    expectQuiet(outcome)
  }

  @Test("nothing sticks out of a phone of 360 points", arguments: [360, 390])
  func narrow(width: Int) throws {
    let outcome = try Chromium.result(
      of: """
        for (const details of document.querySelectorAll('details')) details.open = true;
        return { inner: innerWidth, page: document.documentElement.scrollWidth };
        """, on: Self.detailed, width: width)
    #expect(outcome["page"]?.int ?? .max <= width)
    expectQuiet(outcome)
  }

  @Test("hostile names run nothing")
  func hostile() throws {
    let outcome = try Chromium.result(
      of: """
        let count = 0;
        window.alert = () => { count += 1; };
        document.querySelector('a.cell').click();
        return { count, images: document.images.length,
          title: document.querySelector('#cell-title').textContent };
        """, on: page(PageTextTests.results))
    #expect(outcome["count"]?.int == 0 && outcome["images"]?.int == 0)
    #expect(
      outcome["title"]?.string == "</script><script>alert(2)</script> of <script>alert(1)</script>")
    expectQuiet(outcome)
  }
}
