/// The one term that a restricted cubic spline with three knots adds to a straight line: a cubic between the knots, straight
/// beyond them (Harrell 2015, Regression Modeling Strategies, eq. 2.24).
struct RestrictedSpline: Sendable {
    let knots: [Double]

    /// Knots at the 10th, 50th and 90th percentile (type 7); nil where they coincide.
    init?(_ values: [Double]) {
        let sorted = values.sorted()
        guard sorted.count > 2 else { return nil }
        knots = [0.1, 0.5, 0.9].map { share in
            let place = share * Double(sorted.count - 1)
            let below = Int(exactly: place.rounded(.down)) ?? 0
            let above = min(below + 1, sorted.count - 1)
            return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
        }
        guard knots[0] < knots[1], knots[1] < knots[2] else { return nil }
    }

    func callAsFunction(_ x: Double) -> Double {
        func cube(_ y: Double) -> Double { y > 0 ? y * y * y : 0 }
        let (a, b, c) = (knots[0], knots[1], knots[2])
        let width = (c - a) * (c - a)
        return (cube(x - a) - cube(x - b) * (c - a) / (c - b) + cube(x - c) * (b - a) / (c - b)) / width
    }
}
