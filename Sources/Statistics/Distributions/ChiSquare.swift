/// The χ² distribution.
public struct ChiSquare: Sendable {
    public let degreesOfFreedom: Double

    public init(degreesOfFreedom: Double) { self.degreesOfFreedom = degreesOfFreedom }

    public func upperTail(_ x: Double) -> Double {
        x <= 0 ? 1 : SpecialFunctions.incompleteGamma(degreesOfFreedom / 2, x / 2, complement: true)
    }

    public func cdf(_ x: Double) -> Double {
        x <= 0 ? 0 : SpecialFunctions.incompleteGamma(degreesOfFreedom / 2, x / 2)
    }

    /// The x exceeded with probability `p`, by bisection (about 1e-12 relative).
    public func quantile(upperTail p: Double) -> Double {
        guard p > 0 else { return p == 0 ? .infinity : .nan }
        guard p < 1 else { return p == 1 ? 0 : .nan }
        var low = 0.0
        var high = max(1, degreesOfFreedom)
        while upperTail(high) > p, high < 1e300 {
            low = high
            high *= 2
        }
        for _ in 0..<200 where high - low > 1e-13 * high {
            let middle = 0.5 * (low + high)
            if upperTail(middle) > p { low = middle } else { high = middle }
        }
        return 0.5 * (low + high)
    }
}
