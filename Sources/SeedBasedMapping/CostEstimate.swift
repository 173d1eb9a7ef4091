public import Evidence
import Imaging
public import Inference
import Statistics

/// About what a model's run takes, before it is run.
///
/// The rates are those of `Docs/performance.md` (one core of an AMD EPYC, Zen 5): other machines differ by a factor of two
/// or three, and a busy one by more. Memory is what the program asks for; it is close.
public struct CostEstimate: Hashable, Sendable {
    /// Of the mean analysis and the permutation test together.
    public var seconds: Double
    /// nil when the permutation test does not fit into the limit.
    public var bytes: Int?

    /// - Parameters:
    ///   - memory: bytes the permutation test may take.
    ///   - testsAgreement: whether corrected p come from relocated peaks.
    public init(
        experiments: [Experiment], settings: Settings, space: AnalysisSpace, workers: Workers, memory: Int,
        instructions: VectorInstructions, testsAgreement: Bool = false
    ) {
        let voxels = space.mask.count
        let cells = Double(voxels) * Double(experiments.count)
        let imputed = cells * Double(settings.imputations)
        let threads = Double(workers.threads)
        let block =
            VoxelBlocks.all(voxels: voxels, studies: experiments.count, threads: workers.threads)
            .first?.count ?? 0
        let images = workers.threads * 64 * experiments.count * block
        let bounds = 8 * voxels * experiments.count

        // Kernels run on their own grid: on a coarser one than that, bounds cost no less.
        let coarseness = max(space.grid.voxelVolume / space.kernelTemplate.domain.grid.voxelVolume, 1)
        seconds =
            Rate.start
            + (cells * (coarseness * Rate.bounds + Rate.mostLikely) + imputed * Rate.imputation) / threads
        bytes = Rate.program + bounds + images
        if testsAgreement {
            var relocations = settings.relocations * (settings.relocate == .both ? 2 : 1)
            if settings.relocate != .uniform { relocations += AgreementTest.standardisingRelocations }
            seconds += (Double(voxels) * Rate.startPoints + Double(relocations) * cells * Rate.relocation) / threads
            bytes = Rate.program + bounds + max(images, Int(Double(voxels) * Rate.startPointMemory))
            return
        }
        guard settings.permutations > 0 else { return }

        let scheme = PermutationScheme(
            experiments.map { PermutationScheme.Experiment($0) },
            requested: settings.permutations, seed: settings.seed)
        let subjects = experiments.reduce(0) { $0 + $1.n }
        let perPermutation =
            imputed * Rate.pooling(instructions) + Double(voxels)
            * (Rate.statistics + Double(subjects) * Rate.subject(instructions))
        seconds += Double(scheme.count) * perPermutation / threads
        let noise = SubjectNoise(mask: space.mask, template: space.template)
        let plan = SubjectPermutationTest.MemoryPlan(
            limit: memory,
            SubjectPermutationTest.Size(
                voxels: voxels, reach: noise.reach, studies: experiments.count,
                subjects: subjects, imputations: settings.imputations,
                permutations: scheme.count, threads: workers.threads))
        // The images are gone when the test starts.
        bytes = plan.map { Rate.program + Rate.statisticsMemory + bounds + max(images, $0.bytes) }
    }

    /// Thread-seconds.
    private enum Rate {
        /// Templates.
        static let start = 0.4
        /// Per voxel and experiment: 1.3 s × 2 threads for 198,648 voxels and 50 experiments.
        static let bounds = 2.6e-7
        /// The same: 4.9 s.
        static let mostLikely = 9.9e-7
        /// Per voxel, experiment and imputation: 13.4 s × 2 threads for 50 imputations.
        static let imputation = 5.4e-8
        /// Kernels of the start points of relocated peaks, per voxel: 13 s for 198,648 voxels; and their bytes: 142 MB.
        static let startPoints = 6.5e-5
        static let startPointMemory = 750.0
        /// Per voxel, experiment and relocation: 80 ms for 50 experiments at 2 mm.
        static let relocation = 8.1e-9
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
