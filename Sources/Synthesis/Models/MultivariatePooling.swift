public import Statistics

/// Several outcomes pooled together, each informing the others (Berkey et al. 1998,
/// doi:10.1002/(SICI)1097-0258(19981130)17:22<2537::AID-SIM953>3.0.CO;2-C; Jackson, Riley & White 2011).
///
/// One mean per outcome; true effects of a study's outcomes vary and correlate by a chosen structure, sampling errors of a
/// study by a stated correlation. metafor's `rma.mv(yi, V, mods = ~ outcome - 1, random = ~ outcome | study, struct = )`.
public struct MultivariatePooling: Sendable {
    public let outcomes: [String]
    /// Coefficient j is the mean of outcome j.
    public let model: MultilevelModel
    private let studies: [String]

    /// - Parameters:
    ///   - sampling: V; ``SamplingCovariance/init(variances:samples:correlation:)`` for a stated correlation.
    ///   - outcomes: of each effect; at most one effect per study and outcome.
    public init(
        effects: [Double], sampling: SamplingCovariance, studies: [String], outcomes: [String],
        structure: RandomEffect.Structure = .unstructured, method: MultilevelModel.Method = .reml,
        test: MultilevelModel.Test = .wald
    ) throws(SynthesisError) {
        guard studies.count == effects.count else {
            throw .count(what: "studies", found: studies.count, expected: effects.count)
        }
        guard outcomes.count == effects.count else {
            throw .count(what: "outcomes", found: outcomes.count, expected: effects.count)
        }
        let grouping = Grouping(outcomes)
        self.outcomes = grouping.labels
        self.studies = studies
        let design = Matrix(
            columns: grouping.labels.indices.map { o in grouping.codes.map { $0 == o ? 1 : 0 } })
        model = try MultilevelModel(
            effects: effects, sampling: sampling, design: design,
            random: [RandomEffect("study", groups: studies, outcomes: outcomes, structure: structure)],
            method: method, test: test)
    }

    public func estimate(_ outcome: Int) -> Estimate { model.coefficient(outcome) }

    /// Mean of outcome `a` minus that of `b`.
    public func difference(_ a: Int, _ b: Int) throws(SynthesisError) -> Estimate {
        try model.contrast(outcomes.indices.map { $0 == a ? 1 : $0 == b ? -1 : 0 })
    }

    /// Are all means equal?
    public func equality() throws(SynthesisError) -> JointTest {
        guard outcomes.count > 1 else { throw .tooFew(what: "outcomes", found: outcomes.count, needed: 2) }
        return try model.jointTest(
            outcomes.indices.dropFirst().map { o in outcomes.indices.map { $0 == o ? 1 : $0 == 0 ? -1 : 0 } })
    }

    /// Errors that hold whatever the dependence within studies is.
    public func robust() throws(SynthesisError) -> ClusterRobust { try model.robust(clusters: studies) }
}
