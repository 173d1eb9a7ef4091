public import Evidence
import Imaging
public import Inference
import Statistics

/// About what a model's run takes, before it is run.
///
/// The rates are those of `Docs/performance.md` (one core of an AMD EPYC, Zen 5): other machines differ by a factor of two
/// or three (``at(pace:)``), and a busy one by more. Memory is what the program asks for; it is close.
public struct CostEstimate: Hashable, Sendable {
    /// What takes the time.
    public enum Stage: String, Hashable, Sendable, CaseIterable {
        case templates, bounds, reported, likely, posterior, shrunken, imputation, kernels, relocations, permutations
        /// Effects at the peaks, and without each experiment.
        case findings
        case report
    }

    /// Seconds by stage; those that a model does not have are not there.
    public private(set) var stages: [Stage: Double] = [.templates: Rate.start]
    /// nil when the permutation test does not fit into the limit.
    public private(set) var bytes: Int?

    /// Of all stages.
    public var seconds: Double { Stage.allCases.reduce(0) { $0 + (stages[$1] ?? 0) } }

    /// - Parameters:
    ///   - memory: bytes the permutation test may take.
    ///   - coefficients: columns of the design; 1 is a mean.
    ///   - testsAgreement: whether corrected p come from relocated peaks.
    ///   - testsCovariates: whether they come from permuted scores of studies.
    ///   - hasKernels: whether an earlier model of the run has made the kernels of relocated peaks.
    public init(
        experiments: [Experiment], settings: Settings, space: AnalysisSpace, workers: Workers, memory: Int,
        instructions: VectorInstructions, coefficients: Int = 1, testsAgreement: Bool = false,
        testsCovariates: Bool = false, hasKernels: Bool = false
    ) {
        let size = Size(experiments, settings: settings, space: space, workers: workers)
        add(.bounds, size.boundsWork, size.threads)
        let isPosterior = settings.usesPosterior && coefficients == 1
        if isPosterior {
            add(.reported, Double(size.peaks) * Rate.reportedPeak, size.threads)
            add(.posterior, size.cells * Rate.posterior, size.threads)
            add(.shrunken, Double(size.voxels) * Rate.shrunkenVoxel + size.cells * Rate.shrunken, size.threads)
        } else {
            let columns = 1 + Rate.column * Double(coefficients - 1)
            add(.likely, size.cells * Rate.mostLikely * columns, size.threads)
            add(.imputation, size.imputed * Rate.imputation, size.threads)
        }
        add(.findings, size.share * Double(experiments.count) * Rate.findings, size.threads)
        // Images are compressed and pictures drawn one after the other.
        add(.report, size.share * Double(experiments.count) * Rate.report, 1)

        let bounds = 8 * size.voxels * experiments.count
        bytes = Rate.program + bounds + size.images
        if testsAgreement {
            addRelocations(size, settings, hasKernels: hasKernels)
            let evidence = Rate.evidenceMemory * size.voxels * experiments.count
            bytes = Rate.program + evidence + max(size.images, size.voxels * Rate.relocationMemory)
            return
        }
        if testsCovariates {
            add(.permutations, Double(settings.covariatePermutations * size.voxels) * Rate.permutedScores, size.threads)
            // Scores of all studies in double precision, twice while they are gathered; the images are gone by then.
            let scores = 16 * size.voxels * experiments.count
            bytes = Rate.program + bounds + max(size.images, Rate.statisticsMemory + scores)
            return
        }
        guard settings.permutations > 0, settings.mainMethod != .effects || coefficients > 1 else { return }
        let permuted = addPermutations(size, experiments, settings, instructions, memory: memory)
        let noise = SubjectNoise(mask: space.mask, template: space.template)
        let plan = SubjectPermutationTest.MemoryPlan(
            limit: memory,
            SubjectPermutationTest.Size(
                voxels: size.voxels, reach: noise.reach, studies: experiments.count, subjects: permuted.subjects,
                imputations: settings.imputations, permutations: permuted.count, threads: workers.threads))
        // The images are gone when the test starts.
        bytes = plan.map { Rate.program + Rate.statisticsMemory + bounds + max(size.images, $0.bytes) }
    }

    /// The same work on a machine that takes `pace` times as long (`MachinePace.measured()`).
    public func at(pace: Double) -> CostEstimate {
        var estimate = self
        estimate.stages = stages.mapValues { $0 * pace }
        return estimate
    }

    private mutating func add(_ stage: Stage, _ work: Double, _ threads: Double) { stages[stage] = work / threads }

    private mutating func addRelocations(_ size: Size, _ settings: Settings, hasKernels: Bool) {
        if !hasKernels {
            let places = min(size.voxels, AgreementTest.defaultStartPoints)
            add(.kernels, Double(places) * Rate.startPoint, size.threads)
        }
        var count = settings.relocations * (settings.relocate == .both ? 2 : 1)
        if settings.relocate != .uniform { count += AgreementTest.standardisingRelocations }
        let peaks = Double(size.peaks)
        // With more peaks, more voxels have enough samples that tell of them.
        add(
            .relocations, Double(count) * Double(size.voxels) * peaks * peaks.squareRoot() * Rate.relocation,
            size.threads)
    }

    private mutating func addPermutations(
        _ size: Size, _ experiments: [Experiment], _ settings: Settings, _ instructions: VectorInstructions, memory: Int
    ) -> (count: Int, subjects: Int) {
        let scheme = PermutationScheme(
            experiments.map { PermutationScheme.Experiment($0) },
            requested: settings.permutations, seed: settings.seed)
        let subjects = experiments.reduce(0) { $0 + $1.n }
        let each =
            size.imputed * Rate.pooling(instructions) + Double(size.voxels)
            * (Rate.statistics + Double(subjects) * Rate.subject(instructions))
        add(.permutations, Double(scheme.count) * each, size.threads)
        return (scheme.count, subjects)
    }

    /// What the work is proportional to.
    private struct Size {
        let peaks: Int
        let voxels: Int
        let threads: Double
        /// Voxels of all experiments.
        let cells: Double
        /// The same, of all imputations.
        let imputed: Double
        /// Thread-seconds of the bounds.
        let boundsWork: Double
        /// Bytes of imputed images that are in work.
        let images: Int

        /// Of the voxels that rates were measured with.
        var share: Double { Double(voxels) / Rate.measuredVoxels }

        init(_ list: [Experiment], settings: Settings, space: AnalysisSpace, workers: Workers) {
            peaks = list.reduce(0) { $0 + $1.peaks.count }
            voxels = space.mask.count
            threads = Double(workers.threads)
            cells = Double(voxels) * Double(list.count)
            imputed = cells * Double(settings.imputations)
            let block =
                VoxelBlocks.all(voxels: voxels, studies: list.count, threads: workers.threads).first?.count ?? 0
            images = workers.threads * 64 * list.count * block
            if settings.mainMethod == .effects {
                boundsWork = Double(peaks) * Rate.boundsPeak
            } else {
                // Kernels run on their own grid: on a coarser one than that, bounds cost no less.
                let coarseness = max(space.grid.voxelVolume / space.kernelTemplate.domain.grid.voxelVolume, 1)
                boundsWork = cells * coarseness * Rate.bounds
            }
        }
    }

    /// Thread-seconds. Measured on 198,648 voxels, 2 threads; 50 experiments, 687 peaks where not said otherwise.
    private enum Rate {
        static let measuredVoxels = 198_648.0
        /// Templates.
        static let start = 0.4
        /// Per voxel and experiment, by `sdm-psi`: 1.3 s.
        static let bounds = 2.6e-7
        /// Per peak, by `effects`, whose kernels are searched to a greater distance, once for bounds and what was reported: 2.1 s for both.
        static let boundsPeak = 3.0e-3
        static let reportedPeak = 3.1e-3
        /// Per voxel and experiment: 4.9 s; and how much a coefficient adds (four add as much as the mean takes).
        static let mostLikely = 9.9e-7
        static let column = 0.25
        /// The same: 4.7 s.
        static let posterior = 9.5e-7
        /// Per voxel, and per voxel and experiment: 6.5 s, and 3.1 s for 10 experiments.
        static let shrunkenVoxel = 2.27e-5
        static let shrunken = 8.6e-7
        /// Per voxel, experiment and imputation: 10.5 s of one thread for 50 imputations.
        static let imputation = 2.1e-8
        /// Kernels of the start points of relocated peaks, for each of 8,192: 5.2 s.
        static let startPoint = 1.27e-3
        /// Bytes per voxel and experiment that bounds and what was reported keep, and per voxel those of the kernels, of the posterior's maps
        /// and of the report that is made beside them. Whole runs took 472, 576 and 624 MiB with 10, 29 and 50 experiments.
        static let evidenceMemory = 20
        static let relocationMemory = 1_500
        /// Per relocation, voxel and peaks to the power of 1.5: 40.3 s for 999 relocations, 1.5 s with 75 peaks.
        static let relocation = 2.26e-11
        /// Per experiment: jackknife and effects at the peaks, 3.1 s for 50.
        static let findings = 0.124
        /// Per experiment: 4.5 s for 50.
        static let report = 0.09
        /// Per voxel and permutation of studies.
        static let permutedScores = 5e-8
        /// Bytes of program and templates.
        static let program = 150 << 20

        /// Neighbour tables and the scratch of cluster statistics.
        static let statisticsMemory = 90 << 20
        /// Voxel, TFCE and clusters, both signs, per voxel and permutation: 36 ms a map.
        static let statistics = 1.8e-7

        /// Per voxel, experiment, imputation and permutation.
        static func pooling(_ instructions: VectorInstructions) -> Double {
            switch instructions {
            case .v4: return 4.2e-10
            case .v3: return 7.3e-10
            case .baseline:
                // Fused multiply-adds are emulated here.
                #if arch(x86_64)
                    return 1.3e-8
                #else
                    return 7.3e-10
                #endif
            }
        }

        /// Per voxel, subject and permutation: 51 and 30 G multiply-adds a second.
        static func subject(_ instructions: VectorInstructions) -> Double { pooling(instructions) / 21 }
    }
}
