package import Evidence
import Statistics

/// The rows of a pooling: single experiments, and the means of those that share a sample (``CompositeEffect``).
package struct SampleRows: Hashable, Sendable {
    /// Experiments of each row; all of them in order.
    package let rows: [Range<Int>]
    /// Assumed between the errors of a row's experiments.
    package let correlation: Double

    /// - Parameters:
    ///   - samples: of each experiment; those to be combined stand together.
    package init(samples: [String], rule: Settings.SharedSamples, correlation: Double) {
        var rows: [Range<Int>] = []
        for index in samples.indices {
            if rule == .combine, index > 0, samples[index] == samples[index - 1] {
                rows[rows.count - 1] = rows[rows.count - 1].lowerBound..<index + 1
            } else {
                rows.append(index..<index + 1)
            }
        }
        self.rows = rows
        self.correlation = correlation
    }

    /// - Parameter experiments: as ``SharedSample/resolved(_:rule:covariates:)`` leaves them.
    init(_ experiments: [Experiment], of plan: ModelPlan, settings: Settings) {
        rows = SharedSample.rows(of: experiments, rule: settings.samples, covariates: plan.covariateColumns)
        correlation = settings.sampleCorrelation
    }

    init(_ studies: [ImputedStudy], settings: Settings) {
        self.init(
            samples: studies.map(\.sample), rule: settings.samples, correlation: settings.sampleCorrelation)
    }

    /// Whether every row is one experiment.
    var areSingle: Bool { rows.allSatisfy { $0.count == 1 } }

    /// Whether an experiment is combined with the one after it.
    func joinsNext(_ index: Int) -> Bool { rows.contains { $0.contains(index) && index + 1 < $0.upperBound } }
}
