import Foundation
public import Statistics

/// What a standardised mean difference means to a clinician, at the estimate and at both ends of its interval.
///
/// A wrapper of ``StandardizedDifference``: two normal groups of equal spread. d must be in units of the spread between people; of
/// changes within people use ``StandardizedDifference/init(changeScore:correlation:)`` first. See Docs/evidence-words.md.
public struct EffectInWords: Hashable, Sendable {
    /// A number with its interval.
    public struct Ranged: Hashable, Sendable {
        public var value: Double
        public var interval: Interval
    }

    /// By which formula a number needed to treat was had: it is named wherever the number stands.
    public enum NeededToTreat: Hashable, Sendable {
        /// 1/(2Φ(d/√2) − 1).
        case kraemerKupfer
        /// 1/(Φ(d + Φ⁻¹(rate)) − rate), where this share responds without.
        case furukawa(controlEventRate: Double)

        public var words: String {
            switch self {
            case .kraemerKupfer: "Kraemer & Kupfer 2006"
            case .furukawa(let rate):
                "Furukawa & Leucht 2011, \(Self.percent(rate)) responding without"
            }
        }

        private static func percent(_ share: Double) -> String { "\((share * 1000).rounded() / 10) %" }
    }

    public let d: Ranged
    /// SD of the outcome's own scale among people; for the expected change in its units.
    public let standardDeviation: Double?

    /// - Parameters:
    ///   - d: at the estimate; its interval (confidence, credible or prediction).
    ///   - standardDeviation: above 0; nil where it is not known.
    public init(_ d: Double, interval: Interval, standardDeviation: Double? = nil) {
        self.d = Ranged(value: d, interval: interval)
        self.standardDeviation = standardDeviation.flatMap { $0 > 0 && $0.isFinite ? $0 : nil }
    }

    private func ranged(_ function: (StandardizedDifference) -> Double) -> Ranged {
        let ends = [d.interval.lower, d.interval.upper].map { function(StandardizedDifference($0)) }
        return Ranged(
            value: function(StandardizedDifference(d.value)),
            interval: Interval(lower: min(ends[0], ends[1]), upper: max(ends[0], ends[1])))
    }

    /// Share that the two groups have in common; where the interval of d holds 0, its upper end is 1.
    public var overlap: Ranged {
        var result = ranged(\.overlap)
        if d.interval.contains(0) { result.interval.upper = 1 }
        return result
    }

    public var probabilityOfSuperiority: Ranged { ranged(\.probabilityOfSuperiority) }

    /// Share of the first group above the middle of the second.
    public var u3: Ranged { ranged(\.u3) }

    /// The number needed to treat at the estimate; its interval is nil where that of d holds 0: it then runs through infinity, from
    /// benefit to harm.
    public func numberNeededToTreat(_ formula: NeededToTreat) -> (value: Double, interval: Interval?) {
        let found = ranged { difference in
            switch formula {
            case .kraemerKupfer: difference.numberNeededToTreat
            case .furukawa(let rate): difference.numberNeededToTreat(controlEventRate: rate)
            }
        }
        return (found.value, d.interval.contains(0) ? nil : found.interval)
    }

    /// d times the SD: what the outcome changes by in its own units; nil where the SD is not known.
    public var expectedChange: Ranged? {
        standardDeviation.map { sd in
            Ranged(
                value: sd * d.value,
                interval: Interval(lower: sd * d.interval.lower, upper: sd * d.interval.upper))
        }
    }
}
