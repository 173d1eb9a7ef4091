import Foundation
public import Statistics

/// Can the answers of n people on a whole-number scale have the mean, and the SD, that a paper prints?
///
/// GRIM (Brown & Heathers 2017, doi:10.1177/1948550616673876): a mean of whole numbers is a whole number over n. GRIMMER (Anaya 2016,
/// doi:10.7287/peerj.preprints.2400v1; Allard 2018): so is the sum of squares, and it is even or odd with the sum. And the
/// scale's ends bound the SD for a mean (Heathers & Brown 2019; Mestdagh et al. 2018, doi:10.1037/met0000153).
///
/// An impossible number is a misprint, a wrong n, a scale misunderstood, or worse; it is a reason to ask, no proof of anything.
/// Rounding halves up or down both pass. See Docs/plausibility.md.
public struct SummaryPlausibility: Hashable, Sendable {
    public enum Verdict: Hashable, Sendable {
        case possible
        /// No answers give this.
        case impossible
        /// With so many people, or so few decimals, any number can come about; or nothing was stated to test.
        case notTestable
    }

    public let mean: Verdict
    public let deviation: Verdict
    /// The means nearest to what is printed, below and above, that can come about; of impossible means only.
    public let nearestMeans: [Double]
    /// The smallest and largest SD that the scale allows with the printed mean; nil where the mean is impossible.
    public let deviationRange: Interval?
    /// Whether the SD was tested against every possible set of answers; else by whole sums of squares and the scale's ends
    /// (GRIMMER), which few impossible SDs pass.
    public let isExact: Bool

    /// - Parameters:
    ///   - mean: as printed.
    ///   - deviation: sample SD (over n − 1) as printed; nil where it is not.
    ///   - participants: n, 2 or more; with fewer nothing is testable.
    public init(
        mean printed: ReportedNumber, deviation printedSD: ReportedNumber?, participants n: Int, scale: ItemScale
    ) {
        guard n >= 2, n <= 1_000_000 else {
            (mean, deviation, nearestMeans, deviationRange, isExact) = (.notTestable, .notTestable, [], nil, false)
            return
        }
        // In whole numbers: each person's sum over the items, less its lowest value, is between 0 and `top`.
        let people = Double(n)
        let items = Double(scale.items)
        let top = scale.items * (scale.highest - scale.lowest)
        let lowest = Double(scale.lowest)
        func total(_ mean: Double) -> Double { (mean - lowest) * people * items }
        guard 2 * printed.half * people * items < 4000 else {
            // Thousands of sums round to this mean.
            (mean, deviation, nearestMeans, deviationRange, isExact) = (.notTestable, .notTestable, [], nil, false)
            return
        }
        let sums = Self.whole(
            from: total(printed.value - printed.half), to: total(printed.value + printed.half), 0,
            Double(n) * Double(top))
        guard !sums.isEmpty else {
            mean = .impossible
            deviation = .notTestable
            let place = total(printed.value)
            nearestMeans = [place.rounded(.down), place.rounded(.up)]
                .filter { $0 >= 0 && $0 <= Double(n) * Double(top) }.map { $0 / (people * items) + lowest }
            deviationRange = nil
            isExact = true
            return
        }
        nearestMeans = []
        // Steps of the mean no wider than the last digit can never be missed.
        mean = 1 / (people * items) <= 2 * printed.half ? .notTestable : .possible

        // Sum of squares of the whole numbers, from the SD: Q = (n − 1)s² + T²/n.
        let bounds = sums.map { Self.squares(sum: $0, people: n, top: top) }
        let variances = zip(sums, bounds).map { sum, bound in
            (
                low: (bound.least - sum * sum / people) / (people - 1),
                high: (bound.most - sum * sum / people) / (people - 1)
            )
        }
        deviationRange = Interval(
            lower: (variances.map { max(0, $0.low) }.min() ?? 0).squareRoot() / items,
            upper: (variances.map { max(0, $0.high) }.max() ?? 0).squareRoot() / items)

        guard let printedSD else {
            (deviation, isExact) = (.notTestable, false)
            return
        }
        let low = max(0, printedSD.value - printedSD.half) * items
        let high = (printedSD.value + printedSD.half) * items
        guard high >= 0 else {
            (deviation, isExact) = (.impossible, true)
            return
        }
        var candidates: [(sum: Int, squares: Int)] = []
        var isPlenty = false
        for (sum, bound) in zip(sums, bounds) {
            let center = sum * sum / people
            let squares = Self.whole(
                from: (people - 1) * low * low + center, to: (people - 1) * high * high + center, bound.least,
                bound.most)
            // Even with even, odd with odd: x² − x is even.
            let fitting = squares.filter { ($0 - sum).truncatingRemainder(dividingBy: 2) == 0 }
            isPlenty = isPlenty || squares.count > 1000 || candidates.count > 100_000
            if isPlenty { break }
            for square in fitting {
                if let s = Int(exactly: sum), let q = Int(exactly: square) { candidates.append((s, q)) }
            }
        }
        if candidates.isEmpty, !isPlenty {
            (deviation, isExact) = (.impossible, true)
        } else if isPlenty {
            (deviation, isExact) = (.possible, false)
        } else if let attainable = AttainableSums(people: n, top: top, upTo: sums.last ?? 0) {
            let found = candidates.contains { attainable.contains(sum: $0.sum, squares: $0.squares) }
            (deviation, isExact) = (found ? .possible : .impossible, true)
        } else {
            (deviation, isExact) = (.possible, false)
        }
    }

    /// Whole numbers from low to high, and from least to most; no more than a few thousand of them.
    private static func whole(from low: Double, to high: Double, _ least: Double, _ most: Double) -> [Double] {
        let first = max(low.rounded(.up), least)
        let last = min(high.rounded(.down), most)
        guard first <= last else { return [] }
        return Array(stride(from: first, through: min(last, first + 5000), by: 1))
    }

    /// The least and the most that the squares of n whole numbers from 0 to `top` of a given sum can add up to.
    private static func squares(sum: Double, people n: Int, top: Int) -> (least: Double, most: Double) {
        let people = Double(n)
        let each = (sum / people).rounded(.down)
        let more = sum - each * people
        let least = (people - more) * each * each + more * (each + 1) * (each + 1)
        let full = (sum / Double(top)).rounded(.down)
        let rest = sum - full * Double(top)
        return (least, full * Double(top) * Double(top) + rest * rest)
    }
}
