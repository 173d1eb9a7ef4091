import Foundation
import Statistics

/// A correlation over few people with what it cannot exclude.
public struct CorrelationInterval: Hashable, Sendable {
    public let r: Double
    public let participants: Int
    /// By Fisher's z: right if both are about normal.
    public let interval: ClosedRange<Double>
    /// BCa over people, where it can be made.
    public let bootstrap: BootstrapInterval?
    /// The smallest |r| that is significant at .05, two-sided, and the true one found with power .8.
    public let smallestSignificant: Double
    public let minimalDetectable: Double
    /// r without each person in turn: the range.
    public let leaveOneOut: ClosedRange<Double>

    /// nil with fewer than 4 pairs of finite values, or where one does not vary.
    public init?(_ x: [Double], _ y: [Double], level: Double = 0.95, draws: Int = 5000, seed: UInt64 = 1) {
        guard x.count == y.count else { return nil }
        let kept = x.indices.filter { x[$0].isFinite && y[$0].isFinite }
        guard kept.count >= 4 else { return nil }
        let (a, b) = (kept.map { x[$0] }, kept.map { y[$0] })
        func correlation(_ people: [Int]) -> Double {
            PearsonCorrelation.r(people.map { a[$0] }, people.map { b[$0] }) ?? .nan
        }
        let all = Array(a.indices)
        let r = correlation(all)
        guard r.isFinite else { return nil }
        self.r = r
        participants = a.count
        let half = -Normal.quantile((1 - level) / 2) * FisherZ.variance(participants: a.count).squareRoot()
        // r of 1 or −1 has no z; its interval is the point.
        let z = FisherZ.z(fromR: min(max(r, -1 + 1e-15), 1 - 1e-15))
        interval = FisherZ.r(fromZ: z - half)...FisherZ.r(fromZ: z + half)
        bootstrap = BootstrapInterval(
            subjects: a.count, level: level, draws: draws, seed: seed, statistic: correlation)
        smallestSignificant = FisherZ.criticalR(participants: a.count)
        minimalDetectable = Detectability.minimalDetectableCorrelation(participants: a.count)
        let left = all.map { out in correlation(all.filter { $0 != out }) }.filter(\.isFinite)
        leaveOneOut = (left.min() ?? r)...(left.max() ?? r)
    }
}
