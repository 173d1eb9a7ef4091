public import Statistics

/// The default for several results per sample: three levels, errors correlated within samples, CR2.
///
/// The correlated-and-hierarchical working model of Pustejovsky & Tipton 2022 (doi:10.1007/s11121-021-01246-3): sampling
/// errors of one sample have a stated correlation, true effects vary between samples and between the results of a sample,
/// and the errors of the coefficients hold (CR2) even where that is not so. Without a moderator: the pooled effect.
public struct DependentPooling: Sendable {
    /// The working model; its own tests trust it.
    public let model: MultilevelModel
    /// The errors to report.
    public let robust: ClusterRobust
    /// Of sampling errors within a sample.
    public let correlation: Double
    public let studies: Int

    /// - Parameters:
    ///   - effects, variances: k each.
    ///   - studies: the cluster of each effect.
    ///   - samples: within which errors are correlated; the studies where nil. A sample belongs to one study.
    ///   - design: k × p; a column of ones where nil.
    ///   - correlation: of sampling errors within a sample.
    public init(
        effects: [Double], variances: [Double], studies: [String], samples: [String]? = nil, design: Matrix? = nil,
        correlation: Double = 0.6, method: MultilevelModel.Method = .reml
    ) throws(SynthesisError) {
        let count = effects.count
        guard studies.count == count else { throw .count(what: "studies", found: studies.count, expected: count) }
        if let samples, samples.count != count {
            throw .count(what: "samples", found: samples.count, expected: count)
        }
        // A sample's name may be used by several studies.
        let within = Grouping(zip(studies, samples ?? studies).map { "\($0.utf8.count):\($0)/\($1)" })
        let sampling = try SamplingCovariance(
            variances: variances, samples: within.codes, correlation: correlation)
        let studyCount = Grouping(studies).labels.count
        // Without a study of several effects the two levels are one.
        let random =
            studyCount == count
            ? [RandomEffect("study", groups: studies)] : RandomEffect.nested("study", studies, "result")
        model = try MultilevelModel(
            effects: effects, sampling: sampling, design: design, random: random, method: method)
        robust = try model.robust(clusters: studies)
        self.correlation = correlation
        self.studies = studyCount
    }

    /// Coefficient j with its robust error and Satterthwaite's degrees of freedom.
    public func coefficient(_ j: Int) -> Estimate { robust.coefficient(j) }

    /// The pooled effect; with moderators the first coefficient.
    public var estimate: Estimate { robust.coefficient(0) }

    /// τ² between studies.
    public var betweenStudies: Double { model.groupCovariances[0][0, 0] }

    /// τ² between results of a study; 0 where every study has one.
    public var withinStudies: Double {
        model.groupCovariances.count > 1 ? model.groupCovariances[1][0, 0] : 0
    }

    /// I² between and within studies.
    public var i2: (between: Double, within: Double) {
        let shares = model.i2 ?? []
        return (shares.first ?? 0, shares.count > 1 ? shares[1] : 0)
    }

    /// All coefficients but the intercept together: the approximate Hotelling test.
    public func moderatorTest() throws(SynthesisError) -> JointTest {
        let p = model.coefficients.count
        let rows = model.tested.map { j in (0..<p).map { $0 == j ? 1.0 : 0 } }
        do throws(MetaRegressionError) { return try robust.jointTest(rows) } catch { throw .model(error) }
    }

    /// Where the true effect of a new result of a new study is expected: t on the robust estimate's degrees of freedom.
    public func predictionInterval(level: Double = 0.95) -> Interval? {
        let estimate = estimate
        return estimate.predictionInterval(
            tau2: betweenStudies + withinStudies, degreesOfFreedom: estimate.degreesOfFreedom, level: level)
    }
}
