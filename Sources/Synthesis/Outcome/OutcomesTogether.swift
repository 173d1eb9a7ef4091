public import Evidence
public import Statistics

/// Several outcomes of one table in one model, each informing the others (``MultivariatePooling``), tested by errors that hold
/// whatever their dependence really is (CR2).
///
/// Several results of a study on one outcome are taken as their mean. Sampling errors of a study's outcomes correlate as
/// stated: few papers tell it, so the means under other correlations stand beside.
public struct OutcomesTogether: Sendable {
    public struct Outcome: Hashable, Sendable {
        public var name: String
        public var studies: Int
        public var estimate: Estimate
        public var interval: Interval
        /// As it was pooled by itself, with the same scale.
        public var alone: Estimate
        public var tau2: Double
        /// The mean under each of ``correlations``; not a number where that cannot be fitted.
        public var under: [Double]
    }

    public struct Difference: Hashable, Sendable {
        public var first: String
        public var second: String
        /// First minus second.
        public var estimate: Estimate
    }

    public var name: String
    /// In a sentence; empty where nobody asked one.
    public var question: String
    public var outcomes: [Outcome]
    public var scale: OutcomeScale
    public var studies: Int
    public var effects: Int
    /// metafor's name of the form of the true effects' covariance.
    public var structure: String
    public var likelihood: MultilevelModel.Method
    /// Between true effects of the outcomes of a study, by their places in ``outcomes``; one row and column each.
    public var trueCorrelations: Matrix
    /// Of sampling errors, as stated.
    public var correlation: Double
    public var level: Double
    /// Other correlations that were tried.
    public var correlations: [Double]
    public var differences: [Difference]
    /// Are all means equal?
    public var equality: JointTest
    public var logLikelihood: Double

    /// Forms of the covariance by metafor's names.
    public static let structures = ["HCS", "UN", "CS", "DIAG"]

    /// Correlations that are tried beside the stated one.
    private static let tried = [0, 0.3, 0.6, 0.9]

    /// The form that a plan or a command line asks for; HCS where it does not say.
    public static func structure(_ plan: TogetherPlan) throws(InputError) -> String {
        guard let option = plan.structure else { return structures[0] }
        let text = option.values.joined(separator: ",")
        guard let known = structures.first(where: { $0 == text.uppercased() }) else {
            throw InputError(
                at: option.source,
                "structure is \"\(text)\"; one of \(structures.joined(separator: ", ")) was expected.",
                remedy: Nearest.match(text, among: structures).map { "Did you mean \"\($0)\"?" })
        }
        return known
    }

    /// As a plan asks.
    ///
    /// - Parameter findings: of the outcomes that it takes together.
    public init(_ plan: TogetherPlan, _ findings: [OutcomeFinding]) throws(InputError) {
        let structure = try Self.structure(plan)
        let stated = try SynthesisSettings(plan.entry)
        var settings = findings.first?.settings ?? stated
        func isStated(_ key: String) -> Bool { !plan.entry.values(key).isEmpty }
        if isStated("correlation") { settings.correlation = stated.correlation }
        if isStated("estimator") { settings.estimator = stated.estimator }
        if isStated("level") { settings.level = stated.level }
        do throws(InputError) {
            try self.init(findings, structure: structure, settings: settings)
        } catch {
            throw InputError(at: error.location ?? plan.entry.source, error.message, remedy: error.remedy)
        }
        name = plan.entry.name
        question = plan.entry.question
    }

    /// - Parameters:
    ///   - structure: one of ``structures``.
    ///   - settings: correlation of sampling errors, estimator and level; those of the first outcome where nil.
    /// - Throws: ``InputError`` where the outcomes are not in like units or share no studies, or cannot be fitted.
    public init(
        _ findings: [OutcomeFinding], structure: String = "HCS", settings stated: SynthesisSettings? = nil
    ) throws(InputError) {
        guard findings.count > 1, let first = findings.first else {
            throw InputError(
                "outcomes together need two; the table has \(findings.count).",
                remedy: "A column outcome says which row is of which.")
        }
        if let other = findings.first(where: { !Self.isAlike($0.scale.measure, first.scale.measure) }) {
            throw InputError(
                "\"\(first.name)\" is pooled as \(first.scale.measure.rawValue) and \"\(other.name)\" as "
                    + "\(other.scale.measure.rawValue); outcomes together must be in like units.",
                remedy: "State one measure for all (measure: SMD), or take some of them only.")
        }
        let form: RandomEffect.Structure =
            switch structure.uppercased() {
            case "UN": .unstructured
            case "CS": .compoundSymmetry()
            case "DIAG": .diagonal
            default: .heteroscedastic
            }
        let rows = Rows(findings)
        guard rows.hasShared else {
            throw InputError(
                "no study has two of the outcomes, so that none can inform another.",
                remedy: "Do not ask for them together: each is pooled by itself.")
        }
        let settings = stated ?? first.settings
        do throws(SynthesisError) {
            let pooled = try rows.pooled(settings.correlation, form, settings)
            try self.init(findings, rows, pooled, form, structure: structure.uppercased(), settings: settings)
        } catch {
            throw InputError(
                "the outcomes cannot be pooled together: \(error).",
                remedy: "A simpler form of their covariance may do: structure CS or DIAG.")
        }
    }

    private init(
        _ findings: [OutcomeFinding], _ rows: Rows, _ pooled: MultivariatePooling, _ form: RandomEffect.Structure,
        structure: String, settings: SynthesisSettings
    ) throws(SynthesisError) {
        let robust = try pooled.robust()
        let covariance = pooled.model.groupCovariances[0]
        let count = findings.count
        let others = Self.tried.filter { abs($0 - settings.correlation) > 1e-9 }
        let tried = others.map { r in try? rows.pooled(r, form, settings) }
        name = "together"
        question = ""
        // The model names outcomes in the order of its rows, which is that of the findings.
        outcomes = findings.indices.map { n in
            let estimate = robust.coefficient(n)
            return Outcome(
                name: findings[n].name, studies: rows.outcomes.count { $0 == findings[n].name }, estimate: estimate,
                interval: estimate.interval(level: settings.level), alone: findings[n].pooled.estimate,
                tau2: covariance[n, n],
                under: tried.map { $0?.estimate(n).value ?? .nan })
        }
        var correlations = Matrix(rows: count, columns: count, repeating: 1)
        for a in 0..<count {
            for b in 0..<count where a != b {
                let spread = (covariance[a, a] * covariance[b, b]).squareRoot()
                correlations[a, b] = spread > 0 ? covariance[a, b] / spread : .nan
            }
        }
        trueCorrelations = correlations
        scale = findings[0].scale
        studies = Set(rows.studies).count
        effects = rows.effects.count
        self.structure = structure
        likelihood = settings.likelihood
        correlation = settings.correlation
        level = settings.level
        self.correlations = others
        var differences: [Difference] = []
        func row(_ a: Int, _ b: Int) -> [Double] { (0..<count).map { $0 == a ? 1 : $0 == b ? -1 : 0 } }
        do throws(MetaRegressionError) {
            for a in 0..<count {
                for b in 0..<a {
                    differences.append(
                        Difference(
                            first: findings[b].name, second: findings[a].name, estimate: try robust.contrast(row(b, a)))
                    )
                }
            }
            equality = try robust.jointTest((1..<count).map { row($0, 0) })
        } catch { throw .model(error) }
        self.differences = differences
        logLikelihood = pooled.model.logLikelihood
    }

    /// In one unit, or near enough: SDs of the people.
    private static func isAlike(_ a: OutcomeMeasure, _ b: OutcomeMeasure) -> Bool {
        a == b || a.isInPeopleSD && b.isInPeopleSD
    }

    /// One mean per study and outcome.
    private struct Rows {
        var effects: [Double] = []
        var variances: [Double] = []
        var studies: [String] = []
        var outcomes: [String] = []

        init(_ findings: [OutcomeFinding]) {
            let all = findings.flatMap(\.effects)
            let clusters = SampleClusters(all).names
            var start = 0
            for finding in findings {
                let own = Array(clusters[start..<start + finding.effects.count])
                start += finding.effects.count
                let grouping = Grouping(own)
                for (study, members) in zip(grouping.labels, grouping.members) {
                    let (mean, variance) = StudyMeans.mean(
                        members.map { finding.effects[$0].value }, members.map { finding.effects[$0].variance },
                        finding.settings.correlation)
                    effects.append(mean)
                    variances.append(variance)
                    studies.append(study)
                    outcomes.append(finding.name)
                }
            }
        }

        var hasShared: Bool { Grouping(studies).members.contains { $0.count > 1 } }

        func pooled(
            _ correlation: Double, _ form: RandomEffect.Structure, _ settings: SynthesisSettings
        ) throws(SynthesisError) -> MultivariatePooling {
            try MultivariatePooling(
                effects: effects,
                sampling: SamplingCovariance(variances: variances, samples: studies, correlation: correlation),
                studies: studies, outcomes: outcomes, structure: form,
                method: settings.likelihood)
        }
    }
}
