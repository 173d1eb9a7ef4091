public import Statistics

/// Contrasts of one study's dose groups with its reference group, and how their errors go together.
public struct DoseStudy: Hashable, Sendable {
    public let name: String
    public let reference: Double
    /// Dose of each contrast.
    public let doses: [Double]
    public let effects: [Double]
    /// Covariance of the contrasts, all with the same reference group.
    public let covariance: Matrix

    /// - Parameter covariance: doses × doses, positive definite.
    public init(
        name: String, reference: Double, doses: [Double], effects: [Double], covariance: Matrix
    ) throws(SynthesisError) {
        guard doses.count == effects.count, covariance.rows == doses.count, covariance.columns == doses.count else {
            throw .count(what: "doses of \(name)", found: doses.count, expected: effects.count)
        }
        guard !doses.isEmpty else { throw .tooFew(what: "dose groups of \(name)", found: 1, needed: 2) }
        guard Cholesky(covariance) != nil else { throw .notPositiveDefinite(rows: Array(doses.indices)) }
        guard (doses + effects + [reference]).allSatisfy(\.isFinite) else { throw .model(.badValue(row: 0)) }
        self.name = name
        self.reference = reference
        self.doses = doses
        self.effects = effects
        self.covariance = covariance
    }

    /// One arm with a continuous outcome.
    public struct Arm: Hashable, Sendable {
        public var dose: Double
        public var mean: Double
        public var standardDeviation: Double
        public var n: Double

        public init(dose: Double, mean: Double, standardDeviation: Double, n: Double) {
            self.dose = dose
            self.mean = mean
            self.standardDeviation = standardDeviation
            self.n = n
        }
    }

    public enum ArmMeasure: String, Hashable, Sendable {
        /// Differences in means; the reference arm's variance is shared.
        case meanDifference = "MD"
        /// Differences over the standard deviation pooled over all arms; covariance 1/n₀ + dᵢdⱼ/2N (Crippa & Orsini 2016,
        /// doi:10.1186/s12874-016-0189-0; Gleser & Olkin).
        case standardizedMeanDifference = "SMD"
    }

    /// - Parameter arms: the first is the reference; at least two, standard deviations and sizes positive.
    public init(name: String, arms: [Arm], measure: ArmMeasure) throws(SynthesisError) {
        guard let first = arms.first, arms.count > 1 else {
            throw .tooFew(what: "arms of \(name)", found: arms.count, needed: 2)
        }
        for arm in arms where !(arm.standardDeviation > 0 && arm.n > 1) {
            throw .outside(
                what: "a standard deviation or size of \(name)", value: min(arm.standardDeviation, arm.n),
                allowed: "above 0, with more than one person")
        }
        let others = Array(arms.dropFirst())
        var covariance = Matrix(rows: others.count, columns: others.count)
        let effects: [Double]
        switch measure {
        case .meanDifference:
            func variance(_ arm: Arm) -> Double { arm.standardDeviation * arm.standardDeviation / arm.n }
            effects = others.map { $0.mean - first.mean }
            for i in others.indices {
                for j in others.indices {
                    covariance[i, j] = variance(first) + (i == j ? variance(others[i]) : 0)
                }
            }
        case .standardizedMeanDifference:
            let freedom = arms.reduce(0) { $0 + $1.n - 1 }
            let pooled = arms.reduce(0) { $0 + ($1.n - 1) * $1.standardDeviation * $1.standardDeviation } / freedom
            let total = arms.reduce(0) { $0 + $1.n }
            let d = others.map { ($0.mean - first.mean) / pooled.squareRoot() }
            effects = d
            for i in others.indices {
                for j in others.indices {
                    let own = i == j ? 1 / others[i].n : 0
                    covariance[i, j] = 1 / first.n + own + d[i] * d[j] / (2 * total)
                }
            }
        }
        try self.init(
            name: name, reference: first.dose, doses: others.map(\.dose), effects: effects, covariance: covariance)
    }
}
