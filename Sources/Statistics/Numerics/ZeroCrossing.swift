/// Where a continuous function changes its sign between two points, whichever of its ends is positive.
package enum ZeroCrossing {
    /// By ``FallingRoot``, after a look at both ends.
    ///
    /// - Parameters:
    ///   - low, high: the function has unlike signs there, or is zero at one of them.
    ///   - tolerance: absolute, of the place; the last digits of the place are always accepted.
    /// - Returns: nil where the signs are alike or a value is not a number.
    package static func find(
        from low: Double, to high: Double, tolerance: Double = 0, _ function: (Double) -> Double
    ) -> Double? {
        let (first, last) = (function(low), function(high))
        if first == 0 { return low }
        if last == 0 { return high }
        guard first.isFinite || last.isFinite, !first.isNaN, !last.isNaN, (first < 0) != (last < 0) else { return nil }
        let falls = (first > 0) == (low < high)
        var isNumber = true
        let place = FallingRoot.find(min(low, high), max(low, high), tolerance: tolerance) { at in
            let value = function(at)
            if value.isNaN { isNumber = false }
            return falls ? value : -value
        }
        return isNumber ? place : nil
    }
}
