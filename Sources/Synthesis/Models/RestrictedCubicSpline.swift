/// The basis of a cubic spline that is linear beyond its outer knots (Stone & Koo 1985; Harrell 2001, eq. 2.25).
///
/// Terms after the first are divided by the square of the distance of the outer knots, so that all are in the units of x
/// (Hmisc's `rcspline.eval`, norm = 2).
public struct RestrictedCubicSpline: Hashable, Sendable {
    /// At least three, rising.
    public let knots: [Double]

    init(knots: [Double]) { self.knots = knots }

    /// - Parameter knots: of a column with these values.
    public init(_ knots: SplineKnots, values: [Double]) throws(ModelFormulaError) {
        self.knots = try knots.positions(of: values, column: "x")
    }

    /// x, then one number per knot but two.
    public func callAsFunction(_ x: Double) -> [Double] {
        let k = knots.count
        let last = knots[k - 1]
        let previous = knots[k - 2]
        let scale = (last - knots[0]) * (last - knots[0])
        func cubed(_ knot: Double) -> Double {
            let rest = max(x - knot, 0)
            return rest * rest * rest
        }
        return [x]
            + knots.prefix(k - 2).map { knot in
                let span = last - previous
                return (cubed(knot) - cubed(previous) * (last - knot) / span + cubed(last) * (previous - knot) / span)
                    / scale
            }
    }
}
