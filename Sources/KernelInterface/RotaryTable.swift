/// The cosines and sines of rotary positions, computed in `Double` with nothing but additions,
/// multiplications, divisions: the same bits on every machine.
///
/// Angle `i` of position `t` is `t · base^(−2i/D)`, `i < D/2`. The D/2-th root of `base` comes from
/// Newton's method, the first position's cosine and sine from their Taylor series (angles are at
/// most 1), the others by turning from one position to the next. After 10⁵ positions the rounding
/// errors of the turns add up to less than 10⁻⁹, far below the last bit of a `Float`.
package enum RotaryTable {
  /// Fills a table.
  ///
  /// - Parameters:
  ///   - table: `[positions, D]`; a row holds `D/2` cosines, then `D/2` sines.
  ///   - headWidth: `D`, even.
  ///   - base: 10,000 in the paper, 1,000,000 in Qwen2; above 1.
  /// - Source: Su et al. 2021, arXiv:2104.09864, section 3.2.2.
  package static func fill(_ table: FloatView, positions: Int, headWidth: Int, base: Double) {
    let half = headWidth / 2
    precondition(headWidth.isMultiple(of: 2) && half > 0 && base > 1)
    precondition(table.count == positions * headWidth)
    let ratio = 1 / root(base, degree: half)
    var angle = 1.0
    table.withMutableSpan { table in
      for i in 0..<half {
        let turn = cosineAndSine(angle)
        var (cosine, sine) = (1.0, 0.0)
        for position in 0..<positions {
          table[position * headWidth + i] = Float(cosine)
          table[position * headWidth + half + i] = Float(sine)
          (cosine, sine) = (
            cosine * turn.cosine - sine * turn.sine, sine * turn.cosine + cosine * turn.sine
          )
        }
        angle *= ratio
      }
    }
  }

  /// The `degree`-th root of `value > 1`: Newton's method from above, which falls until rounding
  /// stops it.
  static func root(_ value: Double, degree: Int) -> Double {
    var x = 1 + (value - 1) / Double(degree)  // Bernoulli: at or above the root
    while true {
      let next = x - (x - value / power(x, degree - 1)) / Double(degree)
      if next >= x { return x }
      x = next
    }
  }

  /// Taylor series for an angle in [0, 1]; the first term left out is below 10⁻¹⁹.
  static func cosineAndSine(_ angle: Double) -> (cosine: Double, sine: Double) {
    let square = angle * angle
    var cosine = 1.0
    var sine = 1.0
    // Whole terms: a stride of doubles multiplies and adds by a call of the mathematics library.
    for term in stride(from: 20, to: 0, by: -2).lazy.map(Double.init) {
      cosine = 1 - square / (term * (term - 1)) * cosine
      sine = 1 - square / (term * (term + 1)) * sine
    }
    return (cosine, sine * angle)
  }
}
