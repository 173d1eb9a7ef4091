public import Statistics

/// Several treatments compared with each other directly and through others, taken to be consistent (Salanti et al. 2008,
/// doi:10.1177/0962280207080643): metafor's `rma.mv` of contrasts with a common τ².
///
/// The true effects of a study's arms vary independently by τ²/2, so that contrasts vary by τ², and two contrasts with one
/// arm in common are correlated by ½.
public struct TreatmentNetwork: Sendable {
    /// One comparison within a study: `treatment` minus `comparator`.
    public struct Contrast: Hashable, Sendable {
        public var study: String
        public var treatment: String
        public var comparator: String
        public var effect: Double
        public var variance: Double

        public init(study: String, treatment: String, comparator: String, effect: Double, variance: Double) {
            self.study = study
            self.treatment = treatment
            self.comparator = comparator
            self.effect = effect
            self.variance = variance
        }
    }

    /// One arm of a study: its mean (or log odds, ...) with the variance of that.
    public struct Arm: Hashable, Sendable {
        public var study: String
        public var treatment: String
        public var value: Double
        public var variance: Double

        public init(study: String, treatment: String, value: Double, variance: Double) {
            self.study = study
            self.treatment = treatment
            self.value = value
            self.variance = variance
        }
    }

    /// The reference first, then in order of first appearance.
    public let treatments: [String]
    /// Coefficient j is treatment j + 1 minus the reference.
    public let model: MultilevelModel
    /// Between-study variance of a contrast.
    public let tau2: Double
    /// Q of all contrasts about the consistent common-effect model, its part within designs (heterogeneity) and between
    /// them (inconsistency; Higgins et al. 2012, doi:10.1002/jrsm.1044). A design is the set of treatments of a study.
    public let total: JointTest
    public let withinDesigns: JointTest
    public let betweenDesigns: JointTest

    /// Contrasts with their sampling covariance; of a study with m arms at most m − 1, none following from the others.
    public init(
        _ contrasts: [Contrast], sampling: SamplingCovariance? = nil, reference: String? = nil,
        method: MultilevelModel.Method = .reml, test: MultilevelModel.Test = .wald
    ) throws(SynthesisError) {
        let names = Grouping(contrasts.flatMap { [$0.comparator, $0.treatment] }).labels
        let first = reference ?? names.first ?? ""
        guard names.contains(first) else { throw .unknown(what: "treatment", name: first) }
        let treatments = [first] + names.filter { $0 != first }
        try Self.checkConnection(contrasts, treatments)
        if let same = contrasts.firstIndex(where: { $0.treatment == $0.comparator }) {
            throw .model(.badValue(row: same))
        }

        let incidence = contrasts.map { contrast in
            treatments.map { $0 == contrast.treatment ? 1.0 : $0 == contrast.comparator ? -1 : 0 }
        }
        let design = Matrix(
            rows: contrasts.count, columns: treatments.count - 1, elements: incidence.flatMap { $0.dropFirst() })
        let sampling = sampling ?? SamplingCovariance(variances: contrasts.map(\.variance))
        let arms = RandomEffect(
            "arm", groups: contrasts.map(\.study),
            columns: treatments.indices.map { t in incidence.map { $0[t] } }, columnNames: treatments,
            structure: .variance)
        model = try MultilevelModel(
            effects: contrasts.map(\.effect), sampling: sampling, design: design, random: [arms], method: method,
            test: test)
        tau2 = 2 * model.groupCovariances[0][0, 0]
        self.treatments = treatments
        total = model.residualHeterogeneity
        withinDesigns = try Self.withinDesigns(contrasts, sampling, incidence)
        betweenDesigns = JointTest(
            statistic: max(0, total.statistic - withinDesigns.statistic),
            degreesOfFreedom: total.degreesOfFreedom - withinDesigns.degreesOfFreedom)
    }

    /// From arms: contrasts of each study with its first arm, whose variance they share.
    public init(
        arms: [Arm], reference: String? = nil, method: MultilevelModel.Method = .reml,
        test: MultilevelModel.Test = .wald
    ) throws(SynthesisError) {
        var contrasts: [Contrast] = []
        var shared: [Double] = []
        for rows in Grouping(arms.map(\.study)).members {
            guard let base = rows.first.map({ arms[$0] }), rows.count > 1 else {
                throw .tooFew(what: "arms of study \(rows.first.map { arms[$0].study } ?? "")", found: 1, needed: 2)
            }
            for row in rows.dropFirst() {
                contrasts.append(
                    Contrast(
                        study: base.study, treatment: arms[row].treatment, comparator: base.treatment,
                        effect: arms[row].value - base.value, variance: arms[row].variance + base.variance))
                shared.append(base.variance)
            }
        }
        let sampling = try SamplingCovariance(variances: contrasts.map(\.variance), samples: contrasts.map(\.study)) {
            i, _ in shared[i]
        }
        try self.init(contrasts, sampling: sampling, reference: reference, method: method, test: test)
    }

    private static func checkConnection(_ contrasts: [Contrast], _ treatments: [String]) throws(SynthesisError) {
        var sets = DisjointSets(treatments.count)
        let position = Dictionary(uniqueKeysWithValues: treatments.enumerated().map { ($1, $0) })
        for contrast in contrasts {
            if let a = position[contrast.treatment], let b = position[contrast.comparator] { sets.join(a, b) }
        }
        if let apart = sets.members.dropFirst().first { throw .unconnected(apart.map { treatments[$0] }) }
    }

    /// Q of a common-effect model in which every design has contrasts of its own.
    private static func withinDesigns(
        _ contrasts: [Contrast], _ sampling: SamplingCovariance, _ incidence: [[Double]]
    ) throws(SynthesisError) -> JointTest {
        let studies = Grouping(contrasts.map(\.study))
        let sets = studies.members.map { rows in
            Set(rows.flatMap { [contrasts[$0].treatment, contrasts[$0].comparator] }).sorted()
        }
        let designs = Grouping(studies.codes.map { sets[$0] })
        var columns: [[Double]] = []
        for rows in designs.members {
            let inside = Set(rows)
            for t in (incidence.first ?? []).indices {
                columns.append(incidence.indices.map { inside.contains($0) ? incidence[$0][t] : 0 })
            }
        }
        let matrix = Matrix(columns: columns)
        let basis = ColumnBasis(matrix)
        let freedom = contrasts.count - basis.rank
        guard freedom > 0 else { return JointTest(statistic: 0, degreesOfFreedom: 0) }
        let likelihood = MarginalLikelihood(
            effects: contrasts.map(\.effect), covariance: sampling,
            design: matrix.selectingColumns(basis.independent), random: [], restricted: true)
        guard let fit = likelihood.evaluate([], derivatives: false) else { throw .noMaximum }
        return JointTest(statistic: fit.q, degreesOfFreedom: Double(freedom))
    }

    /// `treatment` minus `comparator`.
    public func comparison(_ treatment: String, with comparator: String) throws(SynthesisError) -> Estimate {
        guard let a = treatments.firstIndex(of: treatment) else { throw .unknown(what: "treatment", name: treatment) }
        guard let b = treatments.firstIndex(of: comparator) else { throw .unknown(what: "treatment", name: comparator) }
        return try model.contrast((1..<treatments.count).map { $0 == a ? 1 : $0 == b ? -1 : 0 })
    }

    /// How surely each treatment has larger effects than the others: P-scores (Rücker & Schwarzer 2015,
    /// doi:10.1186/s12874-015-0060-8), the mean of Φ(z) over its comparisons; in the order of ``treatments``.
    public func pScores() throws(SynthesisError) -> [Double] {
        var scores: [Double] = []
        for treatment in treatments {
            var sum = 0.0
            for other in treatments where other != treatment {
                sum += Normal.cdf(try comparison(treatment, with: other).statistic)
            }
            scores.append(sum / Double(max(1, treatments.count - 1)))
        }
        return scores
    }
}
