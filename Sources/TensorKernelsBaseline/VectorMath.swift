// Elementary functions and folds on sixteen lanes, from additions, multiplications, fused
// multiply-adds and shifts only: the same bits at every register width, and no library calls.
// (`.max()`, `.clamped` and whatever is generic over SIMD compile to calls or scalar loops;
// `replacing(with:where:)` on the concrete type does not.)

typealias VectorBits = SIMD16<UInt32>

/// Adding it leaves an integer of magnitude below 2²² in the low bits of a float: 1.5 · 2²³.
private let integerShift: Float = 12_582_912

/// ln 2, in a part with few digits (products with exponents are exact) and the rest.
private let ln2High: Float = 0.693359375
private let ln2Low: Float = -2.12194440e-4

/// `exp(x)`, x clamped to [−87, 88] so that the result is a normal number; at most 1 ulp off.
///
/// `x = n ln 2 + r`, `|r| ≤ ½ ln 2`; polynomial of degree 6 in `r`; n goes into the exponent.
/// - Source: Cephes `expf` (Moshier), coefficients.
@inline(always)
func exp16(_ argument: Vector) -> Vector {
  let low = Vector(repeating: -87)
  let high = Vector(repeating: 88)
  var x = argument.replacing(with: low, where: argument .< low)
  x = x.replacing(with: high, where: x .> high)
  let shifted = Vector(repeating: integerShift)
    .adding(x, times: Vector(repeating: 1.442_695_040_888_963_41))
  let n = shifted - Vector(repeating: integerShift)
  var r = x.adding(n, times: Vector(repeating: -ln2High))
  r = r.adding(n, times: Vector(repeating: -ln2Low))
  var p = Vector(repeating: 1.987_569_150_0e-4)
  p = Vector(repeating: 1.398_199_950_7e-3).adding(p, times: r)
  p = Vector(repeating: 8.333_451_907_3e-3).adding(p, times: r)
  p = Vector(repeating: 4.166_579_589_4e-2).adding(p, times: r)
  p = Vector(repeating: 1.666_666_545_9e-1).adding(p, times: r)
  p = Vector(repeating: 5.000_000_120_1e-1).adding(p, times: r)
  // 1 + (r + r² p): one rounding at the size of the result. (1 + r) + r² p has two, 1.2 ulp.
  p = r.adding(p, times: r * r) + Vector(repeating: 1)
  let exponent =
    (unsafe unsafeBitCast(shifted, to: VectorBits.self) &<< VectorBits(repeating: 23))
    &+ VectorBits(repeating: 0x3f80_0000)
  return unsafe p * unsafeBitCast(exponent, to: Vector.self)
}

/// `log(x)` of normal `x > 0`; at most 1 ulp off.
///
/// `x = 2^e m`, `√½ ≤ m < √2`; polynomial of degree 10 in `m − 1`.
/// - Source: Cephes `logf` (Moshier), coefficients.
@inline(always)
func log16(_ x: Vector) -> Vector {
  let rootOfHalf = VectorBits(repeating: 0x3f35_04f3)
  let bits = unsafe unsafeBitCast(x, to: VectorBits.self)
  // e, offset by 256 so that the unsigned shift serves negative exponents too.
  let offset: UInt32 = 1 << 8
  let biased =
    (bits &+ VectorBits(repeating: offset &<< 23) &- rootOfHalf) &>> VectorBits(repeating: 23)
  let exponentBits = (biased &- VectorBits(repeating: offset)) &<< VectorBits(repeating: 23)
  let mantissaBits = bits &- exponentBits
  let e =
    (unsafe unsafeBitCast(biased &+ VectorBits(repeating: 0x4b40_0000), to: Vector.self))
    - Vector(repeating: integerShift + Float(offset))
  let r = (unsafe unsafeBitCast(mantissaBits, to: Vector.self)) - Vector(repeating: 1)
  let z = r * r
  var p = Vector(repeating: 7.037_683_629_2e-2)
  p = Vector(repeating: -1.151_461_031_0e-1).adding(p, times: r)
  p = Vector(repeating: 1.167_699_874_0e-1).adding(p, times: r)
  p = Vector(repeating: -1.242_014_084_6e-1).adding(p, times: r)
  p = Vector(repeating: 1.424_932_278_7e-1).adding(p, times: r)
  p = Vector(repeating: -1.666_805_766_5e-1).adding(p, times: r)
  p = Vector(repeating: 2.000_071_476_5e-1).adding(p, times: r)
  p = Vector(repeating: -2.499_999_399_3e-1).adding(p, times: r)
  p = Vector(repeating: 3.333_333_117_4e-1).adding(p, times: r)
  var y = (p * r) * z
  y = y.adding(e, times: Vector(repeating: ln2Low))
  y = y.adding(z, times: Vector(repeating: -0.5))
  return (r + y).adding(e, times: Vector(repeating: ln2High))
}

/// `log` of one number: the same code, hence the same bits.
@inline(always)
func naturalLog(_ x: Float) -> Float { log16(Vector(repeating: x))[0] }

/// The sum of the lanes, halves folded onto halves: part of every result's definition.
@inline(always)
func foldedSum(_ v: Vector) -> Float {
  let eight = v.lowHalf + v.highHalf
  let four = eight.lowHalf + eight.highHalf
  let two = four.lowHalf + four.highHalf
  return two.x + two.y
}

@inline(always)
func larger(_ a: Vector, _ b: Vector) -> Vector { a.replacing(with: b, where: b .> a) }

/// The largest lane. It folds rotated copies of the whole vector: the compiler cuts comparisons of
/// halves and quarters into pieces.
@inline(always)
func foldedMaximum(_ v: Vector) -> Float {
  let eight = larger(v, Vector(lowHalf: v.highHalf, highHalf: v.lowHalf))
  let half = eight.lowHalf
  let turned = SIMD8(lowHalf: half.highHalf, highHalf: half.lowHalf)
  let four = larger(eight, Vector(lowHalf: turned, highHalf: turned))
  let two = larger(Vector(repeating: four[0]), Vector(repeating: four[1]))
  let other = larger(Vector(repeating: four[2]), Vector(repeating: four[3]))
  return larger(two, other)[0]
}

extension Vector {
  /// Lanes `0..<count` as they are, zero in those behind; 16 and more keep all. For rows that end
  /// within their last vector. By bits and not by a mask, which the compiler cuts into quarter
  /// registers.
  @inline(always)
  func keeping(_ count: Int) -> Vector {
    let bits = unsafe unsafeBitCast(self, to: LaneIntegers.self)
    return unsafe unsafeBitCast(bits & keptLanes(count), to: Vector.self)
  }

  /// −∞ in the lanes from `count` on.
  @inline(always)
  func minusInfinity(from count: Int) -> Vector {
    let kept = keptLanes(count)
    let bits = unsafe unsafeBitCast(self, to: LaneIntegers.self)
    let infinity = LaneIntegers(repeating: Int32(bitPattern: 0xff80_0000))
    return unsafe unsafeBitCast((bits & kept) | (infinity & ~kept), to: Vector.self)
  }
}

typealias LaneIntegers = SIMD16<Int32>

/// All ones in lanes `0..<count`, else zero: the sign of `lane − count` in every bit.
@inline(always)
private func keptLanes(_ count: Int) -> LaneIntegers {
  let lanes = LaneIntegers(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
  return (lanes &- LaneIntegers(repeating: Int32(truncatingIfNeeded: count)))
    &>> LaneIntegers(repeating: 31)
}
