import Reproducibility
import Testing

@testable import RunScheduler

@Suite("work graph")
struct WorkGraphTests {
  @Test("equal orders are one item; inputs come before their readers; otherwise the given order")
  func shared() throws {
    // Two trials that share a solver: stage b reads it and is listed before it.
    let solver = order("solver")
    let (a, b) = (order("a", reads: [solver]), order("b", reads: [solver]))
    var renamed = solver
    renamed.label = "the same under another name"
    let graph = try WorkGraph(orders: [b, solver, a, renamed])
    #expect(graph.orders.map(\.label) == ["solver", "b", "a"])
    #expect(graph.identities == graph.orders.map(\.identity))
    #expect(graph.inputs == [[], [0], [0]])
    #expect(graph.dependents == [[1, 2], [], []])
    #expect(graph.followers == [1, 0, 0])
    #expect(graph.place(of: a.identity) == 2)
    #expect(graph.place(of: order("other").identity) == nil)
    #expect(try WorkGraph(orders: []).count == 0)
  }

  @Test("an input that is not among the orders is named")
  func missing() {
    let solver = order("solver")
    #expect(
      throws: GraphFault.missingInput(
        item: "a", name: "input 0", identity: solver.identity)
    ) { try WorkGraph(orders: [order("a", reads: [solver])]) }
    #expect(
      "\(GraphFault.missingInput(item: "a", name: "policy", identity: solver.identity))"
        == "'a' reads 'policy' from item \(solver.identity.short), which is not among the orders")
  }

  @Test("numbers that depend on each other have no order")
  func cycles() {
    // Identities are digests of what they depend on, so real orders cannot; the sort itself can tell.
    #expect(stableTopologicalOrder([[1], [0]]) == nil)
    #expect(stableTopologicalOrder([[0]]) == nil)
    #expect(stableTopologicalOrder([[], [2], [3], [1]]) == nil)
    #expect(stableTopologicalOrder([[], [0], [1]]) == [0, 1, 2])
    #expect(stableTopologicalOrder([[2], [], []]) == [2, 0, 1])
    let chain = (0..<100_000).map { $0 == 99_999 ? [] : [$0 + 1] }
    #expect(stableTopologicalOrder(chain) == (0..<100_000).reversed())
  }

  @Test(
    "any graph without cycles is sorted, and one sorted already stays as it is", arguments: 0..<64)
  func property(seed: UInt64) throws {
    var random = RandomStream(Seed(seed).derive("graph"))
    let count = random.integer(in: 1...40)
    let sorted = (0..<count).map { node in
      (0..<random.integer(in: 0...3)).compactMap { _ in
        node == 0 ? nil : random.integer(in: 0...node - 1)
      }
    }
    #expect(stableTopologicalOrder(sorted) == Array(0..<count), "seed \(seed)")
    let names = random.shuffled(Array(0..<count))
    var renamed = [[Int]](repeating: [], count: count)
    for (node, inputs) in sorted.enumerated() { renamed[names[node]] = inputs.map { names[$0] } }
    let order = try #require(stableTopologicalOrder(renamed))
    var place = [Int](repeating: 0, count: count)
    for (index, node) in order.enumerated() { place[node] = index }
    #expect(order.sorted() == Array(0..<count))
    for node in 0..<count {
      for input in renamed[node] { #expect(place[input] < place[node], "seed \(seed)") }
    }
  }
}
