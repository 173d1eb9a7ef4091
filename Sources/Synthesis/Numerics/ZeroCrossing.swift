/// Where a continuous function changes its sign between two points.
enum ZeroCrossing {
    /// Secants with the Illinois rule, and bisection where they are slow.
    ///
    /// - Parameters:
    ///   - low, high: the function has unlike signs there, or is zero at one of them.
    ///   - tolerance: absolute, of the place; the last digits of the place are always accepted.
    /// - Returns: nil where the signs are alike or a value is not a number.
    static func find(
        from low: Double, to high: Double, tolerance: Double = 0, _ function: (Double) -> Double
    ) -> Double? {
        var (a, b) = (low, high)
        var (fa, fb) = (function(a), function(b))
        if fa == 0 { return a }
        if fb == 0 { return b }
        guard fa.isFinite || fb.isFinite, (fa < 0) != (fb < 0), !fa.isNaN, !fb.isNaN else { return nil }
        var movedLow: Bool?
        for iteration in 0..<300 {
            let width = abs(b - a)
            if width <= tolerance + 4e-16 * max(abs(a), abs(b)) { break }
            var next = iteration % 4 == 3 ? 0.5 * (a + b) : (a * fb - b * fa) / (fb - fa)
            if !(next > min(a, b) && next < max(a, b)) { next = 0.5 * (a + b) }
            if next == a || next == b { break }
            let value = function(next)
            if value.isNaN { return nil }
            if value == 0 { return next }
            if (value < 0) == (fa < 0) {
                (a, fa) = (next, value)
                if movedLow == true { fb *= 0.5 }
                movedLow = true
            } else {
                (b, fb) = (next, value)
                if movedLow == false { fa *= 0.5 }
                movedLow = false
            }
        }
        return 0.5 * (a + b)
    }
}
