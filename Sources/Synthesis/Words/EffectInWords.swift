import Foundation
public import Statistics

/// A standardised mean difference in words that a clinician reads, at the estimate and at both ends of its interval.
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

    /// One sentence per number.
    ///
    /// - Parameters:
    ///   - first, second: names of the groups, such as "treated" and "untreated".
    ///   - unit: of the outcome's scale, such as "points".
    public func sentences(
        first: String = "the treated", second: String = "the untreated", unit: String = "units",
        neededToTreat formula: NeededToTreat = .kraemerKupfer
    ) -> [String] {
        var result: [String] = []
        let overlap = overlap
        result.append(
            "\(percent(overlap.value)) of the two groups overlap "
                + "(\(percent(overlap.interval.lower)) to \(percent(overlap.interval.upper))).")
        let superiority = probabilityOfSuperiority
        result.append(
            "One of \(first), drawn at random, is above one of \(second) in \(percent(superiority.value)) of pairs "
                + "(\(percent(superiority.interval.lower)) to \(percent(superiority.interval.upper))); 50 % is no difference."
        )
        let u3 = u3
        result.append(
            "\(percent(u3.value)) of \(first) are above the middle of \(second) "
                + "(\(percent(u3.interval.lower)) to \(percent(u3.interval.upper))).")
        let needed = numberNeededToTreat(formula)
        if needed.value.isFinite {
            let size = abs(needed.value)
            let range =
                needed.interval.map {
                    " (\(decimal(min(abs($0.lower), abs($0.upper)))) to \(decimal(max(abs($0.lower), abs($0.upper)))))"
                } ?? " (the interval of d holds 0, so that of this number has no end)"
            result.append(
                "Number needed to \(needed.value < 0 ? "harm" : "treat"): \(decimal(size))\(range), by \(formula.words)."
            )
        }
        if let change = expectedChange {
            result.append(
                "In the outcome's own scale: \(decimal(change.value)) \(unit) "
                    + "(\(decimal(change.interval.lower)) to \(decimal(change.interval.upper))).")
        }
        return result
    }

    private func percent(_ share: Double) -> String { "\(Int(saturating: (share * 100).rounded())) %" }

    private func decimal(_ x: Double) -> String {
        let rounded = (x * 10).rounded() / 10
        return rounded == 0 ? "0.0" : "\(rounded)"
    }
}
