import Foundation

extension PrettyNumber {
    /// A Bayes factor as pages print it: two or three digits; beyond a thousand to one either way the number says no more.
    /// - Parameter decimals: where points are to stand below each other; as many as the digits take where nil.
    /// - Returns: `3.21`, `0.045`, `> 1,000`; `–` where there is none.
    package static func bayesFactor(_ value: Double, decimals: Int? = nil) -> String {
        if value.isNaN { return "–" }
        if value > 1_000 { return "> 1,000" }
        let least = pow(10, -Double(decimals ?? 3))
        return value < least ? "< \(plain(least))" : fixed(value, decimals ?? bayesDecimals(value))
    }

    /// Decimals of the same.
    package static func bayesDecimals(_ value: Double) -> Int {
        switch value {
        case ..<0.1: 3
        case ..<10: 2
        case ..<100: 1
        default: 0
        }
    }
}
