public import Evidence

extension SignOnlyHeights {
    /// Where heights come from.
    public enum Origin: Hashable, Sendable {
        /// The project's own peaks with t.
        case own(peaks: Int, studies: Int)
        /// The quantiles of ``SignOnlyHeights/expected``.
        case published
        case threshold
        case factor(Double)
    }

    /// Peaks with t from which on a project's own heights are taken.
    public static let leastOwnPeaks = 30
    /// By how much a printed t may lie below its threshold through rounding.
    private static let rounding = 0.01

    /// The heights that `sign_height` asks for.
    ///
    /// `expected` takes the project's own where ``leastOwnPeaks`` of its peaks have a t (as printed, or made of z, p, r or F) in
    /// experiments with a stated threshold, studies weighted equally; else the published ones, of which ``expected`` tells.
    /// An assumed threshold says nothing of how far its peaks exceeded the real one. A t below its threshold by more than
    /// rounding is of another test, such as one of a small volume, and does not count.
    /// - Parameter experiments: of the project, with their thresholds.
    public static func of(
        _ settings: Settings, _ experiments: [Experiment]
    ) -> (heights: SignOnlyHeights, origin: Origin) {
        switch settings.signHeight {
        case .threshold: return (.threshold, .threshold)
        case .factor(let factor):
            guard factor >= 1, let heights = SignOnlyHeights(ratios: [factor], weights: [1]) else {
                return (.threshold, .threshold)
            }
            return (heights, .factor(factor))
        case .expected:
            let own = ratios(experiments)
            guard let heights = SignOnlyHeights(ofStudies: own, atLeast: leastOwnPeaks) else {
                return (.expected, .published)
            }
            return (heights, .own(peaks: own.reduce(0) { $0 + $1.count }, studies: own.count))
        }
    }

    /// t / t(threshold) of the peaks of every study that has any, in the order of the study table.
    private static func ratios(_ experiments: [Experiment]) -> [[Double]] {
        var places: [String: Int] = [:]
        var studies: [[Double]] = []
        for experiment in experiments where !experiment.thresholdIsAssumed {
            guard let threshold = experiment.tThreshold, threshold > 0 else { continue }
            let ratios = experiment.peaks.compactMap { peak -> Double? in
                guard case .t(let t) = peak.height, abs(t) >= threshold - rounding else { return nil }
                return max(abs(t) / threshold, 1)
            }
            guard !ratios.isEmpty else { continue }
            if let place = places[experiment.study] {
                studies[place] += ratios
            } else {
                places[experiment.study] = studies.count
                studies.append(ratios)
            }
        }
        return studies
    }

    /// For the report, of these heights: `1.1 to 2.86 times its threshold (median 1.49), as in ...`.
    public func words(from origin: Origin) -> String {
        let range =
            "\(Self.text(ratios[0])) to \(Self.text(ratios[ratios.count - 1])) times its threshold "
            + "(median \(Self.text(ratios[ratios.count / 2])))"
        switch origin {
        case .threshold: return "as high as its threshold"
        case .factor(let factor): return "\(NumberText.text(factor)) times its threshold"
        case .published: return "\(range), as 746 peaks of 56 published studies"
        case .own(let peaks, let studies):
            return "\(range), as the project's \(peaks) peaks with t, of \(studies) stud\(studies == 1 ? "y" : "ies")"
        }
    }

    private static func text(_ ratio: Double) -> String { NumberText.text((ratio * 100).rounded() / 100) }
}
