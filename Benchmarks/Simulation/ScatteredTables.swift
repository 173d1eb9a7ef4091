public import Imaging
public import SeedBasedMapping
import Statistics

/// Tables of peaks that lie anywhere, as many and as high as in published projects: what the agreement test is timed on, and a
/// null hypothesis that holds by construction.
public struct ScatteredTables: Hashable, Sendable {
    /// How many studies there are.
    public var studies = 50
    /// Peaks of a study: uniform from the first to the second.
    public var peaks = 6...17
    /// Participants: uniform from the first to the second.
    public var participants = 12...51
    /// Share of peaks that are decreases.
    public var negative = 0.0
    public var seed: UInt64 = 1

    public init() {}

    /// - Parameter replicate: another number moves all peaks and leaves heights and sizes.
    public func studies(in mask: Mask, replicate: UInt32 = 0) -> [AgreementStudy] {
        let random = Philox(seed: seed, name: "scattered tables", purpose: 1)
        guard mask.count > 0 else { return [] }
        return (0..<UInt32(max(0, studies))).map { number in
            let words = random([number, 0, 0, 0])
            func pick(_ range: ClosedRange<Int>, _ word: UInt32) -> Int {
                range.lowerBound + Int(Philox.uniform(word) * Double(range.count))
            }
            let n = max(3, pick(participants, words.x))
            let scale = EffectScale(n1: n)
            let b = scale.g(fromT: StudentT(degreesOfFreedom: n - 1).quantile(upperTail: 0.001))
            let own = (0..<UInt32(max(0, pick(peaks, words.y)))).map { peak in
                let words = random([number, peak, 0, 1])
                let place = random([number, peak, replicate, 2])
                // Heights from b to 2.5·b, most of them low.
                let excess = Philox.uniform(words.x)
                let sign = Philox.uniform(words.y) < negative ? -1.0 : 1
                return BoundsBuilder.MappedPeak(
                    coordinate: mask.world(at: Int(Philox.uniform(place.x) * Double(mask.count))),
                    g: sign * b * (1 + 1.5 * excess * excess))
            }
            return AgreementStudy(
                id: "study-\(number + 1)", sample: "study-\(number + 1)", scale: scale, thresholdG: b, peaks: own)
        }
    }
}
