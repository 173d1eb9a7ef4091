import Foundation
import PrimaryStudy
import Statistics

/// The size of a finding over its people, with its interval: d of a mean or of two groups, r of a score.
public struct StudyEffect: Hashable, Sendable {
    /// `d_z`, `d`, `r`.
    public var symbol: String
    public var value: Double
    public var lower: Double
    public var upper: Double
    public var people: Int

    /// Mean of values over its spread (of changes d_z), with the exact interval by the noncentral t distribution.
    init?(mean values: [Double], isChange: Bool) {
        let present = values.filter(\.isFinite)
        let count = Double(present.count)
        guard present.count > 2 else { return nil }
        let mean = present.reduce(0, +) / count
        let spread = (present.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)).squareRoot()
        guard spread > 0,
            let interval = StandardizedMeanInterval.interval(
                t: mean / spread * count.squareRoot(), degreesOfFreedom: count - 1, dPerT: 1 / count.squareRoot())
        else { return nil }
        self.init(
            symbol: isChange ? "d_z" : "d", value: mean / spread, lower: interval.lowerBound,
            upper: interval.upperBound, people: present.count)
    }

    /// First minus second group over the pooled spread.
    init?(first: [Double], second: [Double]) {
        let (a, b) = (first.filter(\.isFinite), second.filter(\.isFinite))
        guard a.count > 1, b.count > 1 else { return nil }
        let (na, nb) = (Double(a.count), Double(b.count))
        let (ma, mb) = (a.reduce(0, +) / na, b.reduce(0, +) / nb)
        let squares =
            a.reduce(0) { $0 + ($1 - ma) * ($1 - ma) } + b.reduce(0) { $0 + ($1 - mb) * ($1 - mb) }
        let spread = (squares / (na + nb - 2)).squareRoot()
        let dPerT = (1 / na + 1 / nb).squareRoot()
        guard spread > 0,
            let interval = StandardizedMeanInterval.interval(
                t: (ma - mb) / spread / dPerT, degreesOfFreedom: na + nb - 2, dPerT: dPerT)
        else { return nil }
        self.init(
            symbol: "d", value: (ma - mb) / spread, lower: interval.lowerBound, upper: interval.upperBound,
            people: a.count + b.count)
    }

    /// Correlation of values with a score; the interval by Fisher's z.
    init?(_ values: [Double], with score: [Double]) {
        let pairs = zip(values, score).filter { $0.0.isFinite && $0.1.isFinite }
        guard pairs.count > 3, let r = PearsonCorrelation.r(pairs.map(\.0), pairs.map(\.1)) else { return nil }
        let interval = FisherZ.interval(ofR: r, participants: pairs.count)
        self.init(symbol: "r", value: r, lower: interval.lower, upper: interval.upper, people: pairs.count)
    }

    /// A partial correlation by its t; the interval by Fisher's z with variance 1/(df − 1).
    init?(partialT t: Double, degreesOfFreedom df: Double, people: Int) {
        guard t.isFinite, df > 1 else { return nil }
        let z = FisherZ.z(fromT: t, degreesOfFreedom: df)
        let half = -Normal.quantile(0.025) / (df - 1).squareRoot()
        self.init(
            symbol: "partial r", value: FisherZ.r(fromZ: z), lower: FisherZ.r(fromZ: z - half),
            upper: FisherZ.r(fromZ: z + half), people: people)
    }

    /// A standardised effect of a model with covariates, with the exact interval by the noncentral t distribution.
    init?(symbol: String, d: Double, t: Double, degreesOfFreedom df: Double, people: Int) {
        guard d.isFinite, t.isFinite, t != 0,
            let interval = StandardizedMeanInterval.interval(t: t, degreesOfFreedom: df, dPerT: d / t)
        else { return nil }
        self.init(symbol: symbol, value: d, lower: interval.lowerBound, upper: interval.upperBound, people: people)
    }

    init(symbol: String, value: Double, lower: Double, upper: Double, people: Int) {
        self.symbol = symbol
        self.value = value
        self.lower = lower
        self.upper = upper
        self.people = people
    }
}
