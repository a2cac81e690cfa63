// The multiply-add of the law: `a + x · y`, rounded once.
//
// AVX2, AVX-512 and arm64 have an instruction for it. Any x86-64 has not; there the compiler would
// call `fmaf` of the mathematics library for each lane, so that it is composed of vector
// instructions here: the same bits, and no function of a library in a path that decides them.

#if FUSED_MULTIPLY_ADD || arch(arm64)
  extension Vector {
    /// `self + x · y`, rounded once, in every lane.
    @inline(always)
    func adding(_ x: Vector, times y: Vector) -> Vector { addingProduct(x, y) }
  }

  extension SIMD8<Float> {
    /// `self + x · y`, rounded once, in every lane.
    @inline(always)
    func adding(_ x: Self, times y: Self) -> Self { addingProduct(x, y) }
  }
#else
  extension Vector {
    /// `self + x · y`, rounded once, in every lane.
    ///
    /// The product of two floats is exact in `Double`. Sum and result are rounded one after the
    /// other, which differs from one rounding only where the sum fell on the middle between two
    /// floats; then, about once in 2²⁹ random sums, it is rounded to odd instead. Quarters, because
    /// their intermediates fit the sixteen registers.
    @inline(always)
    func adding(_ x: Vector, times y: Vector) -> Vector {
      let first = QuarterSum(lowHalf.lowHalf, x.lowHalf.lowHalf, y.lowHalf.lowHalf)
      let second = QuarterSum(lowHalf.highHalf, x.lowHalf.highHalf, y.lowHalf.highHalf)
      let third = QuarterSum(highHalf.lowHalf, x.highHalf.lowHalf, y.highHalf.lowHalf)
      let fourth = QuarterSum(highHalf.highHalf, x.highHalf.highHalf, y.highHalf.highHalf)
      let doubtful =
        unsafe unsafeBitCast(
          (first.doubtful | second.doubtful) | (third.doubtful | fourth.doubtful),
          to: SIMD2<UInt64>.self)
      if _slowPath(doubtful.x | doubtful.y != 0) { return sumRoundedToOdd(self, x, y) }
      return Vector(
        lowHalf: SIMD8(lowHalf: first.rounded, highHalf: second.rounded),
        highHalf: SIMD8(lowHalf: third.rounded, highHalf: fourth.rounded))
    }
  }

  extension SIMD8<Float> {
    /// `self + x · y`, rounded once, in every lane.
    @inline(always)
    func adding(_ x: Self, times y: Self) -> Self {
      Vector(lowHalf: self, highHalf: self)
        .adding(
          Vector(lowHalf: x, highHalf: x), times: Vector(lowHalf: y, highHalf: y)
        ).lowHalf
    }
  }

  /// Four sums rounded to `Double` and from there to `Float`, and whether that can be trusted.
  private struct QuarterSum {
    let rounded: SIMD4<Float>
    /// Not zero in lanes whose second rounding may have gone the wrong way: those with a sum half
    /// way between two floats, and those below the normal numbers, where the middle lies elsewhere.
    let doubtful: SIMD4<Int32>

    @inline(always)
    init(_ a: SIMD4<Float>, _ x: SIMD4<Float>, _ y: SIMD4<Float>) {
      let sum = SIMD4<Double>(x) * SIMD4<Double>(y) + SIMD4<Double>(a)
      rounded = SIMD4<Float>(sum)
      // Low and high words; x86 puts the low one first.
      let words = unsafe unsafeBitCast(sum, to: SIMD8<Int32>.self)
      let (none, all) = (SIMD4<Int32>(repeating: 0), SIMD4<Int32>(repeating: -1))
      // A float drops 29 bits of a double's: half way is a one and 28 zeros.
      let dropped = words.evenHalf & SIMD4(repeating: 0x1fff_ffff)
      let isHalfWay = none.replacing(with: all, where: dropped .== SIMD4(repeating: 0x1000_0000))
      // 0 < |sum| < 2⁻¹²⁶, by the high word without its sign: less one, so that zero becomes the
      // largest number, and moved by half the range, because comparisons are signed.
      let magnitude = words.oddHalf &+ words.oddHalf
      let shift = Int32.max
      let leastNormal = Int32(0x381 << 21) &+ shift
      let isTiny = none.replacing(
        with: all, where: magnitude &+ SIMD4(repeating: shift) .< SIMD4(repeating: leastNormal))
      doubtful = isHalfWay | isTiny
    }
  }

  /// `a + x · y`, rounded once, in all cases: the sum is rounded to odd in `Double`, and 53 digits
  /// rounded to odd round to the 24 of a `Float` as the exact sum does.
  ///
  /// - Source: Boldo & Melquiond 2008, "Emulation of a FMA and correctly rounded sums: proved
  ///   algorithms using rounding to odd", IEEE Transactions on Computers 57(4).
  @inline(never)
  private func sumRoundedToOdd(_ a: Vector, _ x: Vector, _ y: Vector) -> Vector {
    Vector(
      lowHalf: sumRoundedToOdd(a.lowHalf, x.lowHalf, y.lowHalf),
      highHalf: sumRoundedToOdd(a.highHalf, x.highHalf, y.highHalf))
  }

  @inline(always)
  private func sumRoundedToOdd(
    _ a: SIMD8<Float>, _ x: SIMD8<Float>, _ y: SIMD8<Float>
  ) -> SIMD8<Float> {
    let product = SIMD8<Double>(x) * SIMD8<Double>(y)
    let a = SIMD8<Double>(a)
    let sum = product + a
    // What rounding took from the sum (Knuth's TwoSum); not a number if the sum is not finite.
    let back = sum - product
    let error = (product - (sum - back)) + (a - back)
    let bits = unsafe unsafeBitCast(sum, to: SIMD8<UInt64>.self)
    let errorBits = unsafe unsafeBitCast(error, to: SIMD8<UInt64>.self)
    let (zero, one) = (SIMD8<UInt64>(repeating: 0), SIMD8<UInt64>(repeating: 1))
    let isInexact = zero.replacing(
      with: one, where: (error .< SIMD8(repeating: 0)) .| (error .> SIMD8(repeating: 0)))
    // Towards zero where the sum was rounded away from it, then the last digit odd.
    let isAway = ((bits ^ errorBits) &>> SIMD8(repeating: 63)) & isInexact
    return SIMD8<Float>(
      unsafe unsafeBitCast((bits &- isAway) | isInexact, to: SIMD8<Double>.self))
  }
#endif
