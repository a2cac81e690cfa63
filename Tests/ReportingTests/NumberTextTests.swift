import Foundation
import Reproducibility
import Testing

@testable import Reporting

@Suite("Numbers as text")
struct NumberTextTests {
  @Test(
    "fixed decimals, half away from zero as the decimal reads",
    arguments: [
      (25.1, 1, "25.1"), (25.0, 0, "25"), (0.285, 2, "0.29"), (0.5, 0, "1"), (0.05, 0, "0"),
      (9.99, 1, "10.0"), (999.95, 1, "1000.0"), (0.0949, 1, "0.1"), (0.04, 1, "0.0"),
      (-0.04, 1, "0.0"), (-6.25, 1, "−6.3"), (1e-7, 3, "0.000"), (1.5e-5, 6, "0.000015"),
      (123456789, 2, "123456789.00"), (1e17, 0, "100000000000000000"),
      (2.5e20, 1, "250000000000000000000.0"),
      (0, 2, "0.00"), (.infinity, 1, "∞"), (-.infinity, 1, "−∞"), (.nan, 1, "nan"),
    ] as [(Double, Int, String)])
  func fixed(value: Double, digits: Int, text: String) {
    #expect(NumberText.fixed(value, digits: digits) == text)
  }

  @Test("agrees with printf away from ties", arguments: 0..<64)
  func printf(seed: UInt64) {
    var random = RandomStream(Seed(seed).derive("printf"))
    for digits in 0...4 {
      let value = random.normal() * [0.001, 1, 100, 1e6][random.integer(in: 0...3)]
      let expected = String(format: "%.\(digits)f", abs(value))
      #expect(NumberText.fixed(abs(value), digits: digits) == expected, "\(value)")
    }
  }

  @Test("coordinates have no trailing zeros and an ASCII minus")
  func coordinates() {
    let texts = [
      (0, "0"), (12, "12"), (-3.5, "-3.5"), (0.25, "0.25"), (-0.001, "0"), (7.105, "7.11"),
      (1e12, "1000000000000"), (-100.1, "-100.1"), (99.996, "100"), (0.07, "0.07"),
    ]
    for (value, text) in texts { #expect(NumberText.coordinate(value) == text) }
  }

  @Test("whole numbers of the last digit read as the text does, near a half too", arguments: 0..<64)
  func scaled(seed: UInt64) {
    var random = RandomStream(Seed(seed).derive("scaled"))
    for digits in 0...3 {
      let unit = [1, 10, 100, 1_000][digits]
      let half = Double(2 * random.integer(in: 0...100_000) + 1) / Double(2 * unit)
      for value in [half, half.nextUp, half.nextDown, -half, random.normal() * 1e4, 1e13] {
        let scaled = NumberText.scaled(value, digits: digits)
        let text = NumberText.fixed(scaled / Double(unit), digits: digits)
        #expect(text == NumberText.fixed(value, digits: digits), "\(value)")
      }
    }
  }

  @Test("differences carry their sign, zero none")
  func signed() {
    #expect(NumberText.signed(1.64, digits: 1) == "+1.6")
    #expect(NumberText.signed(-1.64, digits: 1) == "−1.6")
    #expect(NumberText.signed(0.04, digits: 1) == "0.0")
    #expect(NumberText.signed(-0.04, digits: 1) == "0.0")
  }

  @Test("full precision reads back as the same double", arguments: 0..<64)
  func full(seed: UInt64) {
    var random = RandomStream(Seed(seed).derive("full"))
    let value = random.normal() * [1e-9, 1, 1e12][random.integer(in: 0...2)]
    #expect(Double(NumberText.full(value)) == value)
    #expect(NumberText.full(25) == "25" && NumberText.full(-0.0) == "0")
  }

  @Test(
    "digits follow the spread: two significant ones",
    arguments: [
      (2.3, 1), (0.021, 3), (12, 0), (9.96, 0), (9.94, 1), (0.99, 2), (0, 0), (.infinity, 0),
    ])
  func digits(spread: Double, digits: Int) {
    #expect(NumberText.digits(showing: spread) == digits)
  }

  @Test("a p-value is never printed as zero")
  func pValues() {
    #expect(NumberText.pValue(0.0004) == "< 0.001")
    #expect(NumberText.pValue(0.0625) == "0.063")
    #expect(NumberText.pValue(1) == "1.000")
  }
}
