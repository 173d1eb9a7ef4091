import Foundation
import Statistics

/// The size of a change within people, in the two units that are in use, and the correlation that leads from one to the other.
public struct WithinSubjectEffect: Hashable, Sendable {
    public let participants: Int
    /// Second − first, in the data's units.
    public let meanChange: Double
    public let standardDeviationOfChange: Double
    /// r of first and second over people; NaN where one of them does not vary.
    public let correlation: Double
    /// d_z: mean change over the spread of changes. What the t test is about: t = d_z·√n.
    public let dz: Double
    /// d_av: mean change over √((s₁² + s₂²)/2), the spread between people (Cumming 2012). What can be compared with groups.
    public let dav: Double
    /// Hedges' J for n − 1 degrees of freedom.
    public let correction: Double

    public var gz: Double { correction * dz }
    public var gav: Double { correction * dav }

    /// Standard error of g_z, as ``EffectScale`` has it.
    public var standardErrorOfGz: Double {
        EffectScale(n1: participants).variance(ofG: gz).squareRoot()
    }

    /// nil with fewer than 3 pairs of finite values, or no spread.
    public init?(first: [Double], second: [Double]) {
        guard first.count == second.count else { return nil }
        let pairs = zip(first, second).filter { $0.0.isFinite && $0.1.isFinite }
        guard pairs.count >= 3 else { return nil }
        let n = Double(pairs.count)
        func moments(_ x: [Double]) -> (mean: Double, deviation: Double) {
            let mean = x.reduce(0, +) / n
            return (mean, (x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)).squareRoot())
        }
        let change = moments(pairs.map { $0.1 - $0.0 })
        let (one, two) = (moments(pairs.map(\.0)), moments(pairs.map(\.1)))
        guard change.deviation > 0, one.deviation + two.deviation > 0 else { return nil }
        participants = pairs.count
        meanChange = change.mean
        standardDeviationOfChange = change.deviation
        correlation = PearsonCorrelation.r(pairs.map(\.0), pairs.map(\.1)) ?? .nan
        dz = change.mean / change.deviation
        dav = change.mean / (0.5 * (one.deviation * one.deviation + two.deviation * two.deviation)).squareRoot()
        correction = EffectScale.correction(degreesOfFreedom: n - 1)
    }

    /// The exact interval of the true d_z, if changes are normal: the noncentralities for which t is at the upper or the lower
    /// end.
    public func intervalOfDz(level: Double = 0.95) -> ClosedRange<Double>? {
        StandardizedMeanInterval.interval(
            t: dz * Double(participants).squareRoot(), degreesOfFreedom: Double(participants - 1),
            dPerT: 1 / Double(participants).squareRoot(), level: level)
    }
}
