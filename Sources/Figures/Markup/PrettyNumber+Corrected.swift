import Evidence
import Foundation

extension PrettyNumber {
    /// A p that was counted among permutations, as `p(FWE)` is printed everywhere.
    ///
    /// As many decimals as its step allows (three of 1,000 permutations, at least two), and rounded up: a p is never told smaller than
    /// it is. Single precision is allowed for, so that .315 of 1,000 permutations is `0.315`, and of 100 `0.32`.
    /// - Parameters:
    ///   - value: 0…1.
    ///   - step: the smallest p that could be had, 1 / permutations.
    /// - Returns: `0.032`; `> 0.99` rather than a 1.00 that is none; `1` where it is 1; `–` where there is none.
    package static func correctedP(_ value: Double, step: Double) -> String {
        guard value.isFinite else { return "–" }
        let usable = step > 0 && step < 1 ? step : 0.0001
        let decimals = min(6, max(2, Int((-log10(usable) - 1e-9).rounded(.up))))
        let scale = pow(10, Double(decimals))
        guard value < 1 - 1e-6 else { return "1" }
        let raised = (value * scale - 1e-3).rounded(.up)
        guard raised < scale else { return "> \(NumberText.fixed((scale - 1) / scale, decimals))" }
        return NumberText.fixed(max(raised, 1) / scale, decimals)
    }
}
