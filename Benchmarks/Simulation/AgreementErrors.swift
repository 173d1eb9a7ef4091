import Evidence
import Imaging
public import Inference
public import SeedBasedMapping

/// How often the agreement test errs, and how often it finds: replicates of simulated studies, from their tables to p.
public struct AgreementErrors: Sendable {
    /// What one replicate gave.
    public struct Outcome: Hashable, Sendable {
        /// Peaks of all tables.
        public var peaks: Int
        /// Smallest corrected p anywhere.
        public var anywhere: [NullDistribution.Statistic: [NullDistribution.Tail: Double]]
        /// Smallest corrected p of an increase within 10 mm of the design's centre.
        public var atCentre: [NullDistribution.Statistic: Double]
    }

    public let studies: SimulatedStudies
    public let analysis: SeedBasedAnalysis
    public let relocations: Int
    /// Whether papers print increases only.
    public let increasesOnly: Bool

    public init(_ studies: SimulatedStudies, analysis: SeedBasedAnalysis, relocations: Int, increasesOnly: Bool) {
        self.studies = studies
        self.analysis = analysis
        self.relocations = relocations
        self.increasesOnly = increasesOnly
    }

    /// - Throws: `InputError` for settings that cannot be used, `CancellationError`.
    public func outcome(replicate: Int) async throws -> Outcome {
        let experiments = printed(studies.experiments(replicate: replicate))
        let model = try await analysis.prepare(.mean, experiments: experiments)
        let test = try await analysis.agreementTest(model)
        let rows = try await test.maxima(0..<relocations + 1)
        return summary(test.observed().z, rows.map(\.plain), test.statistics, experiments)
    }

    private func printed(_ experiments: [Experiment]) -> [Experiment] {
        guard increasesOnly else { return experiments }
        return experiments.map { experiment in
            var result = experiment
            let increases = experiment.peaks.filter { peak in
                switch peak.height {
                case .t(let t): t > 0
                case .positive: true
                case .negative, .unknown: false
                }
            }
            result.report = .peaks(increases)
            return result
        }
    }

    private func summary(
        _ z: [Float], _ rows: [NullDistribution.Maxima], _ statistics: MaximumStatistics, _ experiments: [Experiment]
    ) -> Outcome {
        let result = FamilyWiseResult(
            observed: z, null: NullDistribution(rows), statistics: statistics, isExhaustive: false, isTwoTailed: false,
            instructions: .best)
        let mask = studies.mask
        let centre = mask.world(at: studies.centre)
        let near = (0..<mask.count).filter { voxel in
            let step = mask.world(at: voxel) - centre
            return (step * step).sum() <= 100
        }
        var outcome = Outcome(
            peaks: experiments.reduce(0) { $0 + $1.peaks.count }, anywhere: [:], atCentre: [:])
        for statistic in NullDistribution.Statistic.allCases {
            for tail in NullDistribution.Tail.allCases {
                let p = result.map(statistic, tail).p
                outcome.anywhere[statistic, default: [:]][tail] = Double(p.min() ?? 1)
            }
            let p = result.map(statistic, .positive).p
            outcome.atCentre[statistic] = Double(near.map { p[$0] }.min() ?? 1)
        }
        return outcome
    }
}
