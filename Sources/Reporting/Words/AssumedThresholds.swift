import Evidence
import Foundation
import Statistics

/// The thresholds that were assumed for experiments whose source states none, in a sentence.
struct AssumedThresholds {
    private let assumed: [Experiment]
    private let peakBased: Int

    init(_ experiments: [Experiment]) {
        let fromPeaks = experiments.filter { if case .peaks = $0.report { true } else { false } }
        peakBased = fromPeaks.count
        assumed = fromPeaks.filter(\.thresholdIsAssumed)
    }

    /// Empty when nothing was assumed.
    var sentence: String {
        guard let values else { return "" }
        let share = assumed.count == peakBased ? "all \(assumed.count)" : "\(assumed.count) of \(peakBased)"
        return
            "The height threshold of \(share) experiments reported as peaks was not known and was assumed: \(values)."
    }

    /// One level of p where the values agree on it, else their range; nil when nothing was assumed.
    var values: String? {
        guard !assumed.isEmpty else { return nil }
        let levels = assumed.compactMap { experiment -> Double? in
            guard let t = experiment.tThreshold, experiment.degreesOfFreedom > 0 else { return nil }
            return StudentT(degreesOfFreedom: Double(experiment.degreesOfFreedom)).upperTail(t)
        }.sorted()
        guard let low = levels.first, let high = levels.last else { return "see the study table" }
        // Thresholds are often given with two decimals, which moves p by a few percent.
        if high < low * 1.1 {
            let middle = levels[levels.count / 2]
            return "the t value of a one-tailed p of \(NumberText.significant(middle, 1)) for the sample size"
        }
        return "t values that correspond to one-tailed p from \(NumberText.significant(low, 1)) to "
            + "\(NumberText.significant(high, 1))"
    }
}
