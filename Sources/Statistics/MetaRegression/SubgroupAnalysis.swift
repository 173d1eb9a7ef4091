/// Means of groups of studies, and whether they differ (Q-between; Borenstein et al. 2009, chapter 19).
///
/// With a common τ², one meta-regression on the groups' indicator columns: its joint test equals metafor's QM. With τ²
/// per group, each group is pooled by itself, and Q-between is the fixed-effect Q of the groups' means.
public struct SubgroupAnalysis: Sendable {
    public enum Heterogeneity: Hashable, Sendable {
        /// One τ² for all groups: steadier when groups are small.
        case common
        /// A τ² in each.
        case separate
    }

    public struct Group: Sendable {
        public let name: String
        /// Rows of its studies.
        public let studies: [Int]
        public let mean: Estimate
        public let tau2: Double
        /// Cochran's Q within the group.
        public let q: JointTest
    }

    /// In order of first appearance.
    public let groups: [Group]
    /// Are all means equal? χ², or F by Knapp & Hartung with a common τ².
    public let between: JointTest
    /// The regression on indicator columns, one per group, then the covariates; nil with separate τ².
    public let model: MetaRegression?

    /// - Parameters:
    ///   - labels: the group of each study.
    ///   - test: of the means.
    public init(
        effects: [Double], variances: [Double], labels: [String], heterogeneity: Heterogeneity = .common,
        estimator: HeterogeneityEstimator = .reml, test: MetaRegression.Test = .wald
    ) throws(MetaRegressionError) {
        switch heterogeneity {
        case .common:
            try self.init(
                effects: effects, variances: variances, labels: labels, covariates: [], estimator: estimator, test: test
            )
        case .separate:
            try self.init(
                separately: effects, variances: variances, labels: labels, estimator: estimator, test: test)
        }
    }

    /// With covariates and a common τ²: the means are adjusted, those of studies with average covariates.
    ///
    /// - Parameter covariates: numbers of the studies, one array per covariate; centred here on their means.
    public init(
        effects: [Double], variances: [Double], labels: [String], covariates: [[Double]],
        estimator: HeterogeneityEstimator = .reml, test: MetaRegression.Test = .wald
    ) throws(MetaRegressionError) {
        let members = try Self.members(effects: effects, variances: variances, labels: labels)
        for covariate in covariates where covariate.count != effects.count {
            throw .shape(effects: effects.count, variances: variances.count, designRows: covariate.count)
        }
        let indicators = members.map { member in labels.map { $0 == member.name ? 1.0 : 0 } }
        let centred = covariates.map { covariate in
            let mean = covariate.reduce(0, +) / Double(covariate.count)
            return covariate.map { $0 - mean }
        }
        let model = try MetaRegression(
            effects: effects, variances: variances, design: Matrix(columns: indicators + centred), estimator: estimator,
            test: test)
        let width = model.coefficients.count
        // Each group against the first.
        let differences = (1..<max(1, members.count)).map { g in
            (0..<width).map { $0 == 0 ? -1.0 : $0 == g ? 1 : 0 }
        }
        between =
            differences.isEmpty
            ? JointTest(statistic: 0, degreesOfFreedom: 0) : try model.jointTest(differences)
        groups = members.enumerated().map { g, member in
            Group(
                name: member.name, studies: member.studies, mean: model.coefficient(g), tau2: model.tau2,
                q: Self.q(effects, variances, member.studies))
        }
        self.model = model
    }

    private init(
        separately effects: [Double], variances: [Double], labels: [String], estimator: HeterogeneityEstimator,
        test: MetaRegression.Test
    ) throws(MetaRegressionError) {
        let members = try Self.members(effects: effects, variances: variances, labels: labels)
        var groups: [Group] = []
        for member in members {
            // A single study is its own mean, without heterogeneity.
            let isSingle = member.studies.count == 1
            let fit = try MetaRegression(
                effects: member.studies.map { effects[$0] }, variances: member.studies.map { variances[$0] },
                estimator: isSingle ? .fixed : estimator, test: isSingle ? .wald : test)
            groups.append(
                Group(
                    name: member.name, studies: member.studies, mean: fit.coefficient(0), tau2: fit.tau2,
                    q: fit.residualHeterogeneity))
        }
        let means = groups.map(\.mean.value)
        let squares = groups.map { $0.mean.standardError * $0.mean.standardError }
        between = Self.q(means, squares, Array(groups.indices))
        self.groups = groups
        model = nil
    }

    private static func members(
        effects: [Double], variances: [Double], labels: [String]
    ) throws(MetaRegressionError) -> [(name: String, studies: [Int])] {
        guard effects.count == labels.count, variances.count == labels.count, !labels.isEmpty else {
            throw .shape(effects: effects.count, variances: variances.count, designRows: labels.count)
        }
        var order: [String] = []
        var rows: [String: [Int]] = [:]
        for (i, label) in labels.enumerated() {
            if rows[label] == nil { order.append(label) }
            rows[label, default: []].append(i)
        }
        return order.map { ($0, rows[$0] ?? []) }
    }

    /// Cochran's Q of some studies.
    private static func q(_ effects: [Double], _ variances: [Double], _ studies: [Int]) -> JointTest {
        let pooled = RandomEffects(
            effects: studies.map { effects[$0] }, variances: studies.map { variances[$0] })
        return JointTest(statistic: pooled.q, degreesOfFreedom: Double(studies.count - 1))
    }
}
