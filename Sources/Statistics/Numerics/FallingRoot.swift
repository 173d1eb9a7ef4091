/// Zeros of functions of one number.
package enum FallingRoot {
    /// The zero of a function that is positive at `low` and not at `high`: secants with the Illinois rule, and
    /// bisection where they are slow.
    ///
    /// - Parameter tolerance: width of the bracket at which to stop, beside 1e-15 of the zero.
    package static func find(
        _ low: Double, _ high: Double, tolerance: Double, _ function: (Double) -> Double
    ) -> Double {
        var (a, b) = (low, high)
        var (fa, fb) = (function(a), function(b))
        var movedLow: Bool?
        for iteration in 0..<200 where b - a > tolerance + 1e-15 * abs(b) && fb != 0 {
            var next = iteration % 8 == 7 ? 0.5 * (a + b) : (a * fb - b * fa) / (fb - fa)
            if !(next > a && next < b) { next = 0.5 * (a + b) }
            if next == a || next == b { break }
            let value = function(next)
            if value > 0 {
                (a, fa) = (next, value)
                if movedLow == true { fb *= 0.5 }
                movedLow = true
            } else {
                (b, fb) = (next, value)
                if movedLow == false { fa *= 0.5 }
                movedLow = false
            }
        }
        return fb == 0 ? b : 0.5 * (a + b)
    }
}
