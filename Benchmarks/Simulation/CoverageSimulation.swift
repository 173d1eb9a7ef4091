public import Evidence
import Imaging
public import SeedBasedMapping
import Statistics

/// Intervals, slopes and errors of several methods on the same simulated studies, told in several ways.
///
/// Studies are simulated and their peaks found on the whole mask; effects are estimated at every `thinning`th voxel of it.
public struct CoverageSimulation: Sendable {
    /// What papers tell of the studies.
    public struct Reporting: Hashable, Sendable {
        /// mm³.
        public var extent: Double
        public var signsOnly: Double
        public var isIncreasesOnly: Bool

        public init(extent: Double, signsOnly: Double, isIncreasesOnly: Bool = false) {
            self.extent = extent
            self.signsOnly = signsOnly
            self.isIncreasesOnly = isIncreasesOnly
        }
    }

    /// A method on one replicate, as told in one way.
    public struct Score: Sendable {
        public var reporting: Reporting
        public var method: EffectEstimators.Method
        public var sums: TruthSums
        public var seconds: Double
        /// Peaks reported per study.
        public var peaks: Double
    }

    public let design: SimulationDesign
    public let reportings: [Reporting]
    public let methods: [EffectEstimators.Method]
    private let told: [SimulatedStudies]
    private let estimators: EffectEstimators
    /// True effect at each voxel of the analysis.
    private let truth: [Double]

    public init(
        _ design: SimulationDesign, reportings: [Reporting], methods: [EffectEstimators.Method], space: AnalysisSpace,
        settings: Settings, thinning: Int
    ) {
        self.design = design
        self.reportings = reportings
        self.methods = methods
        told = reportings.map { reporting in
            var design = design
            design.extent = reporting.extent
            design.signsOnly = reporting.signsOnly
            design.isIncreasesOnly = reporting.isIncreasesOnly
            return SimulatedStudies(design, mask: space.mask)
        }
        let truth = told.first?.truth ?? Array(repeating: 0, count: space.mask.count)
        let every = max(1, thinning)
        let thin = Mask(grid: space.mask.grid) { index in
            let position = Int(space.mask.position[index])
            return position >= 0 && position % every == 0
        }
        estimators = EffectEstimators(
            space: AnalysisSpace(
                mask: thin, template: space.template, kernelTemplate: space.kernelTemplate), settings: settings)
        self.truth = thin.voxels.map { Double(truth[Int(space.mask.position[Int($0)])]) }
    }

    /// Voxels at which effects are estimated.
    public var voxelCount: Int { truth.count }

    /// One replicate by all methods, on one thread.
    @_optimize(none)
    public func run(replicate: Int) async throws -> [Score] {
        guard let first = told.first else { return [] }
        let tMaps = (0..<design.studies).map { first.tMap(replicate: replicate, study: $0) }
        var scores: [Score] = []
        for (number, reporting) in reportings.enumerated() {
            let studies = tMaps.enumerated().map {
                ReportedStudy(told[number].experiment(study: $0.offset, tMap: $0.element))
            }
            let peaks = studies.reduce(0) { $0 + $1.experiment.peaks.count }
            for method in methods {
                let start = ContinuousClock.now
                let found = try await estimators.estimate(studies, by: method, seed: UInt64(replicate + 1))
                let seconds = (ContinuousClock.now - start) / .seconds(1)
                scores.append(
                    Score(
                        reporting: reporting, method: method, sums: sums(found), seconds: seconds,
                        peaks: Double(peaks) / Double(design.studies)))
            }
        }
        return scores
    }

    private func sums(_ found: EffectEstimate) -> TruthSums {
        var sums = TruthSums()
        for (voxel, known) in truth.enumerated() {
            sums.add(found, at: voxel, truth: known, core: abs(design.effect) / 2)
        }
        return sums
    }
}
