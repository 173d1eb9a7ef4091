/// Are more studies significant than their power allows? (Ioannidis & Trikalinos 2007, doi:10.1177/1740774507079441)
///
/// Each study has a power for the assumed true effect; their sum is the expected count. All three tests are one-sided:
/// small when too many are significant. Heterogeneity makes real excess and bias alike. See Docs/bias-tests.md.
public struct ExcessSignificance: Hashable, Sendable {
    /// The distribution of a study's own test, for its power and for whether it is significant.
    public enum Reference: Hashable, Sendable {
        /// z = y/√v: metafor's `tes`.
        case normal
        /// t = y/√v with each study's degrees of freedom, as many as there are studies; power by the noncentral t.
        case noncentralT(degreesOfFreedom: [Double])
    }

    /// Power of each study.
    public let power: [Double]
    /// Which studies are significant.
    public let isSignificant: [Bool]

    /// - Parameters:
    ///   - effects, variances: S each.
    ///   - trueEffect: the effect that power is reckoned for, such as the pooled effect or that of the largest study.
    ///   - tau2: variance of the true effects around it; with 0, all studies look for the same effect.
    ///   - alpha: two-sided level of the studies' tests.
    public init(
        effects: [Double], variances: [Double], trueEffect: Double, tau2: Double = 0, alpha: Double = 0.05,
        reference: Reference = .normal
    ) {
        var power: [Double] = []
        var isSignificant: [Bool] = []
        for (i, (effect, variance)) in zip(effects, variances).enumerated() {
            let error = variance.squareRoot()
            // In a study's own errors, its true effect varies by τ/√v: the statistic is wider than its reference by
            // √(1 + τ²/v).
            let width = (1 + tau2 / variance).squareRoot()
            let shift = trueEffect / error / width
            let critical: Double
            switch reference {
            case .normal:
                critical = -Normal.quantile(alpha / 2)
                power.append(Normal.cdf(shift - critical / width) + Normal.cdf(-shift - critical / width))
            case .noncentralT(let degreesOfFreedom):
                let df = degreesOfFreedom[i]
                critical = StudentT(degreesOfFreedom: df).quantile(upperTail: alpha / 2)
                let t = NoncentralT(degreesOfFreedom: df, noncentrality: shift)
                power.append(t.upperTail(critical / width) + t.cdf(-critical / width))
            }
            isSignificant.append(abs(effect / error) >= critical)
        }
        self.power = power
        self.isSignificant = isSignificant
    }

    public var studies: Int { power.count }

    /// O.
    public var observed: Int { isSignificant.count { $0 } }

    /// E, the sum of the powers.
    public var expected: Double { power.reduce(0, +) }

    /// P(X ≥ O) for X binomial with S trials of probability E/S.
    public var binomialP: Double {
        Self.binomialUpperTail(observed, of: studies, probability: expected / Double(studies))
    }

    /// P(X ≥ O) with each study's own power (Poisson binomial): exact if the studies are independent.
    public var exactP: Double {
        // distribution[j] = P(j significant) among the studies so far.
        var distribution = [1.0]
        for p in power {
            distribution.append(0)
            for j in stride(from: distribution.count - 1, through: 1, by: -1) {
                distribution[j] = distribution[j] * (1 - p) + distribution[j - 1] * p
            }
            distribution[0] *= 1 - p
        }
        return min(1, distribution[observed...].reduce(0, +))
    }

    /// χ² = (O − E)²/E + (O − E)²/(S − E) on one degree of freedom, without continuity correction.
    public var chiSquare: Double { signedRoot * signedRoot }

    /// One-sided p of ``chiSquare``: above ½ where fewer are significant than expected.
    public var chiSquareP: Double { Normal.upperTail(signedRoot) }

    private var signedRoot: Double {
        let share = expected / Double(studies)
        let spread = (expected * (1 - share)).squareRoot()
        return spread > 0 ? (Double(observed) - expected) / spread : 0
    }

    /// P(X ≥ k) of a binomial, through the beta distribution.
    public static func binomialUpperTail(_ k: Int, of n: Int, probability: Double) -> Double {
        guard k > 0 else { return 1 }
        guard k <= n else { return 0 }
        return SpecialFunctions.incompleteBeta(probability, Double(k), Double(n - k + 1))
    }
}
