/// The most likely between-study variance around given means.
enum IntervalHeterogeneity {
    /// τ² ≥ 0 (g²) at which the likelihood of the intervals, each around its own mean, is greatest; 0 where it falls from there.
    static func tau2(_ experiments: [IntervalEffect], means: [Double]) -> Double {
        tau2(accuracy: LikelyRegression.accuracy) { tau2 in
            var sum = 0.0
            for index in experiments.indices {
                sum += experiments[index].tau2Slope(mean: means[index], tau2: tau2)
            }
            return sum
        }
    }

    /// The root of the negative log-likelihood's derivative by τ²: a bracket, then regula falsi with the Illinois modification.
    @inline(__always)
    static func tau2(accuracy: Double, _ slope: (Double) -> Double) -> Double {
        var lowSlope = slope(0)
        if lowSlope >= 0 { return 0 }
        var low = 0.0
        var high = 0.02
        var highSlope = slope(high)
        while highSlope < 0, high < 1e3 {
            low = high
            lowSlope = highSlope
            high *= 4
            highSlope = slope(high)
        }
        var side = 0
        for _ in 0..<100 where high - low > accuracy {
            var middle = (low * highSlope - high * lowSlope) / (highSlope - lowSlope)
            if !(middle > low && middle < high) { middle = 0.5 * (low + high) }
            let value = slope(middle)
            if abs(value) < 1e-12 { return middle }
            if value < 0 {
                low = middle
                lowSlope = value
                if side == -1 { highSlope *= 0.5 }
                side = -1
            } else {
                high = middle
                highSlope = value
                if side == 1 { lowSlope *= 0.5 }
                side = 1
            }
        }
        return 0.5 * (low + high)
    }
}
