public import Evidence
import Imaging
public import Inference
public import SeedBasedMapping

/// Runs replicates of a ``GateCell``: tables in, smallest corrected p out.
public struct AgreementGate: Sendable {
    public let cell: GateCell
    public let space: AnalysisSpace
    public let settings: Settings
    public let relocations: Int
    public let tables: GateTables
    /// Shared by replicates: of all mask voxels where every one is a start point (4 mm or more).
    private let kernels = KernelStore()
    private let places: [Int]

    /// - Parameter space: of the cell's voxel size.
    public init(_ cell: GateCell, space: AnalysisSpace, settings: Settings, relocations: Int) {
        self.cell = cell
        self.space = space
        self.settings = settings
        self.relocations = relocations
        tables = GateTables(cell, mask: space.mask)
        let regions = TruthRegions(tables.studies, kernelReach: 1.5 * settings.kernelFWHM)
        switch cell.place {
        case .anywhere: places = Array(0..<space.mask.count)
        case .farFromBlob: places = regions.null
        case .blob: places = regions.blob
        }
    }

    /// Mask positions where a finding counts.
    public var countingPlaces: [Int] { places }

    /// The test that `method: effects` makes of a replicate, on one thread: the agreement test of a mean, the permutation of
    /// studies of a covariate.
    /// - Throws: `InputError` for numbers that no effect can be made from, `CancellationError`.
    @_optimize(none)
    public func agreement(_ tables: GateTables.Tables, replicate: Int) async throws -> [String: Double] {
        if cell.covariate != nil { return try await covariate(tables, replicate: replicate) }
        let test = try await test(tables, replicate: replicate)
        let maxima = try await test.maxima(0..<relocations + 1)
        return smallest(
            FamilyWiseResult(
                observed: test.observed().z, null: NullDistribution(maxima.map(\.plain)), statistics: test.statistics,
                isExhaustive: false, isTwoTailed: false, instructions: .best))
    }

    @_optimize(none)
    private func covariate(_ tables: GateTables.Tables, replicate: Int) async throws -> [String: Double] {
        var settings = settings
        settings.seed = settings.seed &+ UInt64(replicate)
        settings.permutations = relocations + 1
        settings.imputations = 20
        let plan = ModelPlan(
            name: "covariate",
            covariates: [Covariate("x")] + (cell.covariate == .besideNuisance ? [Covariate("nuisance")] : []),
            hypothesis: Hypothesis(.covariate("x")))
        let analysis = SeedBasedAnalysis(space: space, settings: settings, workers: Workers(threads: 1))
        let result = try await analysis.run(plan, experiments: tables.experiments)
        return result.familyWise.map(smallest) ?? [:]
    }

    @_optimize(none)
    private func test(_ tables: GateTables.Tables, replicate: Int) async throws -> AgreementTest {
        let studies = try zip(tables.experiments, zip(tables.maps, tables.coverages)).map { experiment, own in
            var study = AgreementStudy(
                try PreparedExperiment(experiment, settings: settings), map: own.0, coverage: own.1)
            if own.0 != nil {
                study.peaks = []
                study.thresholdG = nil
            }
            return study
        }
        let rows = SampleRows(
            samples: studies.map(\.sample), rule: settings.samples, correlation: settings.sampleCorrelation)
        var own = settings
        own.seed = settings.seed &+ UInt64(replicate)
        return try await SeedBasedAnalysis(space: space, settings: own, workers: Workers(threads: 1))
            .agreementTest(studies, rows: rows, kernels: kernels)
    }

    /// The permutation of subject images of the same peaks, on one thread; nothing where experiments are maps.
    @_optimize(none)
    public func subjects(
        _ tables: GateTables.Tables, replicate: Int, permutations: Int
    ) async throws -> [String: Double] {
        guard tables.maps.allSatisfy({ $0 == nil }) else { return [:] }
        var settings = settings
        settings.methods = [.sdmPSI]
        settings.seed = settings.seed &+ UInt64(replicate)
        settings.permutations = permutations
        settings.imputations = 20
        let analysis = SeedBasedAnalysis(space: space, settings: settings, workers: Workers(threads: 1))
        let result = try await analysis.run(.mean, experiments: tables.experiments)
        return result.familyWise.map(smallest) ?? [:]
    }

    private func smallest(_ test: FamilyWiseResult) -> [String: Double] {
        var result: [String: Double] = [:]
        for statistic in NullDistribution.Statistic.allCases {
            for tail in NullDistribution.Tail.allCases {
                let p = test.map(statistic, tail).p
                let least = places.reduce(Float(1)) { min($0, p[$1].isNaN ? 1 : p[$1]) }
                result[statistic.rawValue + (tail == .positive ? "+" : "-")] = Double(least)
            }
        }
        return result
    }
}
