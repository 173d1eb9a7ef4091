/// If the true effect is θ and the error of the estimate is known: how often is it significant, how often then with the
/// wrong sign, and how much too large on average? (Gelman & Carlin 2014, doi:10.1177/1745691614551642)
///
/// Closed forms for a normal estimate (Lu, Qiu & Deng 2019, doi:10.1111/bmsp.12132).
public struct DesignAnalysis: Hashable, Sendable {
    /// Chance of significance, on either side.
    public let power: Double
    /// Type S: P(wrong sign | significant).
    public let wrongSign: Double
    /// Type M: E(|estimate| | significant)/|θ|, at least 1; infinite for θ = 0.
    public let exaggeration: Double

    /// - Parameters:
    ///   - trueEffect: θ, best from outside the study, such as a meta-analysis.
    ///   - alpha: two-sided.
    public init(trueEffect: Double, standardError: Double, alpha: Double = 0.05) {
        let shift = abs(trueEffect) / standardError
        let critical = -Normal.quantile(alpha / 2)
        let right = Normal.upperTail(critical - shift)
        let wrong = Normal.cdf(-critical - shift)
        power = right + wrong
        wrongSign = wrong / power
        // E(|Z|; |Z| > c) of Z ~ N(shift, 1).
        let size =
            Normal.density(critical - shift) + Normal.density(critical + shift) + shift * (right - wrong)
        exaggeration = size / power / shift
    }
}
