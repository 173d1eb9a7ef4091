import Foundation
import Statistics

/// The size of an effect over a study's people, with its interval: d of a mean or of two groups, r of a score, R² of an F test.
public struct StudyEffect: Hashable, Sendable {
    /// `d_z`, `d`, `r`, `partial r`, `adjusted d`, `partial R²`.
    public let symbol: String
    public let value: Double
    /// The 95 % interval by a distribution: the noncentral t of d, Fisher's z of r, the noncentral F of R².
    public let lower: Double
    public let upper: Double
    public let people: Int
    /// The 95 % interval by resampling whole people (``BootstrapInterval``); nil where it was not asked for or cannot be made.
    public private(set) var bootstrap: BootstrapInterval?

    /// Mean of values over its spread (of changes d_z), with the exact interval by the noncentral t distribution.
    ///
    /// - Parameter draws: of people, for the bootstrap; 0: none.
    public init?(mean values: [Double], isChange: Bool, draws: Int = 0, seed: UInt64 = 1) {
        let present = values.filter(\.isFinite)
        let count = Double(present.count)
        guard present.count > 2, let d = Self.d(present),
            let interval = StandardizedMeanInterval.interval(
                t: d * count.squareRoot(), degreesOfFreedom: count - 1, dPerT: 1 / count.squareRoot())
        else { return nil }
        self.init(
            symbol: isChange ? "d_z" : "d", value: d, lower: interval.lowerBound,
            upper: interval.upperBound, people: present.count)
        bootstrap = BootstrapInterval(subjects: present.count, draws: draws, seed: seed) { people in
            Self.d(people.map { present[$0] }) ?? .nan
        }
    }

    /// First minus second group over the pooled spread.
    public init?(first: [Double], second: [Double], draws: Int = 0, seed: UInt64 = 1) {
        let (a, b) = (first.filter(\.isFinite), second.filter(\.isFinite))
        let dPerT = (1 / Double(a.count) + 1 / Double(b.count)).squareRoot()
        guard let d = Self.d(a, b),
            let interval = StandardizedMeanInterval.interval(
                t: d / dPerT, degreesOfFreedom: Double(a.count + b.count - 2), dPerT: dPerT)
        else { return nil }
        self.init(
            symbol: "d", value: d, lower: interval.lowerBound, upper: interval.upperBound, people: a.count + b.count)
        bootstrap = BootstrapInterval(subjects: a.count + b.count, draws: draws, seed: seed) { people in
            Self.d(
                people.filter { $0 < a.count }.map { a[$0] }, people.filter { $0 >= a.count }.map { b[$0 - a.count] })
                ?? .nan
        }
    }

    /// Correlation of values with a score; the interval by Fisher's z.
    public init?(_ values: [Double], with score: [Double], draws: Int = 0, seed: UInt64 = 1) {
        let pairs = zip(values, score).filter { $0.0.isFinite && $0.1.isFinite }
        guard pairs.count > 3, let r = PearsonCorrelation.r(pairs.map(\.0), pairs.map(\.1)) else { return nil }
        let interval = FisherZ.interval(ofR: r, participants: pairs.count)
        self.init(symbol: "r", value: r, lower: interval.lower, upper: interval.upper, people: pairs.count)
        bootstrap = BootstrapInterval(subjects: pairs.count, draws: draws, seed: seed) { people in
            PearsonCorrelation.r(people.map { pairs[$0].0 }, people.map { pairs[$0].1 }) ?? .nan
        }
    }

    /// The size of what a model tests, with its covariates held constant; nil where the model cannot be fitted.
    ///
    /// Of a score the partial correlation, with Fisher's z of variance 1/(df − 1); else d = g/J with the exact interval by the
    /// noncentral t distribution.
    ///
    /// - Parameters:
    ///   - values: one per row of the design; NaN where missing.
    ///   - symbol: of d.
    ///   - draws: of people, for the bootstrap; 0: none.
    public init?(
        adjusted values: [Double], design: StudyDesign, contrast: StudyContrast, isCorrelation: Bool, symbol: String,
        draws: Int = 0, seed: UInt64 = 1
    ) {
        guard let fit = try? StudyFit(values.map { [Float($0)] }, design: design, contrast: contrast),
            let effects = EffectMaps(fit, design: design)
        else { return nil }
        let people = values.count(where: \.isFinite)
        let model = AdjustedEffect(values, design: design, contrast: contrast, isCorrelation: isCorrelation)
        let drawn = model.flatMap { model in
            BootstrapInterval(subjects: model.people, draws: draws, seed: seed) { model.value($0) }
        }
        let (t, df) = (Double(fit.statistic[0]), Double(fit.degreesOfFreedom[0]))
        if isCorrelation {
            guard t.isFinite, df > 1 else { return nil }
            let z = FisherZ.z(fromT: t, degreesOfFreedom: df)
            let half = -Normal.quantile(0.025) / (df - 1).squareRoot()
            self.init(
                symbol: "partial r", value: FisherZ.r(fromZ: z), lower: FisherZ.r(fromZ: z - half),
                upper: FisherZ.r(fromZ: z + half), people: people)
            bootstrap = drawn
            return
        }
        let d = Double(effects.effect[0]) / EffectScale.correction(degreesOfFreedom: df)
        guard d.isFinite, t.isFinite, t != 0,
            let interval = StandardizedMeanInterval.interval(t: t, degreesOfFreedom: df, dPerT: d / t)
        else { return nil }
        self.init(symbol: symbol, value: d, lower: interval.lowerBound, upper: interval.upperBound, people: people)
        bootstrap = drawn
    }

    /// What the combinations of a joint contrast explain together of what its other columns leave (``ExplainedVariance``); nil of a
    /// single combination, and where the model cannot be fitted.
    ///
    /// - Parameter values: one per row of the design; NaN where missing.
    public init?(explaining values: [Double], design: StudyDesign, contrast: StudyContrast) {
        guard contrast.isJoint,
            let fit = try? StudyFit(values.map { [Float($0)] }, design: design, contrast: contrast),
            let explained = ExplainedVariance(
                f: Double(fit.statistic[0]), numerator: Double(contrast.rows.count),
                denominator: Double(fit.degreesOfFreedom[0]))
        else { return nil }
        self.init(
            symbol: "partial R²", value: explained.value, lower: explained.lower, upper: explained.upper,
            people: values.count(where: \.isFinite))
    }

    private init(symbol: String, value: Double, lower: Double, upper: Double, people: Int) {
        self.symbol = symbol
        self.value = value
        self.lower = lower
        self.upper = upper
        self.people = people
    }

    /// nil without spread.
    private static func d(_ values: [Double]) -> Double? {
        let count = Double(values.count)
        let mean = values.reduce(0, +) / count
        let spread = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)).squareRoot()
        return spread > 0 ? mean / spread : nil
    }

    private static func d(_ a: [Double], _ b: [Double]) -> Double? {
        guard a.count > 1, b.count > 1 else { return nil }
        let (na, nb) = (Double(a.count), Double(b.count))
        let (ma, mb) = (a.reduce(0, +) / na, b.reduce(0, +) / nb)
        let squares = a.reduce(0) { $0 + ($1 - ma) * ($1 - ma) } + b.reduce(0) { $0 + ($1 - mb) * ($1 - mb) }
        let spread = (squares / (na + nb - 2)).squareRoot()
        return spread > 0 ? (ma - mb) / spread : nil
    }
}
