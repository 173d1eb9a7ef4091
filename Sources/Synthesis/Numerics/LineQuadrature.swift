import Foundation

/// The integral of a positive smooth function over the whole line, from its logarithm, by the trapezoidal rule.
///
/// For a function that is analytic in a strip around the line and falls off at both ends, the error falls exponentially as the step
/// is halved (Trefethen & Weideman 2014, doi:10.1137/130932132): where two steps agree to 1e-9, the finer is right to the last
/// digits. The step is halved until they do, and once more for what is integrated against the function afterwards.
struct LineQuadrature {
    /// Places of the nodes.
    let nodes: [Double]
    /// Weights of the nodes, which sum to 1: the function at each, over the integral.
    let weights: [Double]
    /// ln of the integral.
    let logIntegral: Double

    /// - Parameters:
    ///   - range: where the function is looked for, in steps of `coarse`; wide.
    ///   - logFunction: ln of the function; −∞ where it is 0.
    ///   - logHeaviest: ln of what will be integrated against the function that is largest far out, such as a second moment: the
    ///     nodes reach as far as that needs.
    /// - Returns: nil where the function is nowhere above 0, or does not come to rest.
    init?(
        range: ClosedRange<Double>, coarse: Double = 0.5, logHeaviest: (Double) -> Double = { _ in 0 },
        _ logFunction: (Double) -> Double
    ) {
        // Find the peak on a coarse grid, then finer around it: a sharp peak lies between coarse nodes.
        var peak = -Double.infinity
        var place = range.lowerBound
        for x in stride(from: range.lowerBound, through: range.upperBound, by: coarse) {
            let value = logFunction(x)
            if value > peak { (peak, place) = (value, x) }
        }
        guard peak.isFinite else { return nil }
        var reach = coarse
        while reach > 1e-3 {
            for x in [place - reach / 2, place + reach / 2] {
                let value = logFunction(x)
                if value > peak { (peak, place) = (value, x) }
            }
            reach /= 2
        }

        // What is e⁻⁴² of the peak does not count.
        func end(_ direction: Double) -> Double {
            var step = 0.02
            var x = place
            while range.contains(x), logFunction(x) + max(0, logHeaviest(x)) > peak - 42 {
                x += direction * step
                step = min(step * 1.2, coarse)
            }
            return min(max(x, range.lowerBound), range.upperBound)
        }
        let (low, high) = (end(-1), end(1))
        var count = 32
        func values(_ count: Int, odd: Bool) -> [Double] {
            let step = (high - low) / Double(count)
            return stride(from: odd ? 1 : 0, through: count, by: odd ? 2 : 1).map {
                exp(logFunction(low + Double($0) * step) - peak)
            }
        }
        var current = values(count, odd: false)
        var sum = current.reduce(0, +) * (high - low) / Double(count)
        var agreed = 0
        while agreed < 2 {
            guard count < 1 << 17 else { return nil }
            count *= 2
            let between = values(count, odd: true)
            var merged = [Double]()
            merged.reserveCapacity(count + 1)
            for (n, value) in current.enumerated() {
                merged.append(value)
                if n < between.count { merged.append(between[n]) }
            }
            current = merged
            let next = current.reduce(0, +) * (high - low) / Double(count)
            agreed = abs(next - sum) <= 1e-9 * next ? agreed + 1 : 0
            sum = next
        }
        guard sum > 0, sum.isFinite else { return nil }
        let step = (high - low) / Double(count)
        nodes = (0...count).map { low + Double($0) * step }
        weights = current.map { $0 * step / sum }
        logIntegral = log(sum) + peak
    }
}
