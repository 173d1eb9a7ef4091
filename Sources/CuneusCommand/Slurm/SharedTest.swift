import Cuneus

/// The test of a model that `cuneus permute` can run in parts.
struct SharedTest {
    let plan: ModelPlan
    /// Permutations that are asked for, the data's own included. A test of few studies may have fewer.
    let permutations: Int
    /// About what it takes, at the pace of the machines.
    let cost: CostEstimate
    /// Seconds that drawing the subjects' noise takes; nil where none is drawn.
    private let noise: Double?
    /// Thread-seconds per voxel and subject: 23 s for 1,018 subjects at 198,648 voxels (Docs/clusters.md).
    private static let noiseRate = 1.1e-7

    /// nil for a model without such a test: it is run whole where the parts are put together.
    ///
    /// - Parameters:
    ///   - workers: of a part.
    ///   - options: of a part.
    ///   - pace: how many times as long as the machine of the estimate's rates those take that run the parts.
    init?(
        _ plan: ModelPlan, of project: Project, settings: Settings, spaces: SpaceStore, workers: Workers,
        options: PermutationOptions, pace: Double
    ) throws {
        guard settings.mainMethod != nil else { return nil }
        if settings.testsAgreement(of: plan) {
            permutations = settings.relocations + 1
        } else if settings.testsCovariates(of: plan) {
            permutations = settings.covariatePermutations
        } else if settings.permutations > 0, settings.mainMethod != .effects || !plan.isMeanOnly {
            permutations = settings.permutations
        } else {
            return nil
        }
        self.plan = plan
        let (experiments, design) = try project.design(of: plan, settings: settings)
        let space = try spaces.space(settings)
        let subjects = experiments.reduce(0) { $0 + $1.n }
        noise =
            settings.testsAgreement(of: plan) || settings.testsCovariates(of: plan)
            ? nil : pace * Double(subjects * space.mask.count) * Self.noiseRate / Double(workers.threads)
        cost = CostEstimate(
            plan, experiments: experiments, coefficients: design.columnCount, settings: settings, space: space,
            workers: workers, permutation: options
        ).at(pace: pace)
    }

    /// Seconds of what parts have a share of.
    var shared: Double { seconds([.permutations, .relocations]) }

    /// Seconds of what every part does before its first permutation.
    var repeated: Double {
        let before = seconds([.templates, .bounds, .reported, .kernels])
        if cost.stages[.relocations] != nil { return before }
        // Subjects are permuted: their noise and the imputed images are drawn in every part.
        return before + seconds([.likely, .imputation]) + (noise ?? 0)
    }

    private func seconds(_ stages: [CostEstimate.Stage]) -> Double {
        stages.reduce(0) { $0 + (cost.stages[$1] ?? 0) }
    }

    /// Of the shared work in one part, so that queues are not filled with tasks that hardly begin.
    static let leastSeconds = 60.0

    /// Parts that are worth having: each does at least ``leastSeconds`` of the shared work, and at least as much of it as of what is
    /// repeated in all of them.
    var worthwhileParts: Int {
        let parts = (shared / max(Self.leastSeconds, repeated)).rounded(.down)
        return min(max(Int(parts), 1), permutations)
    }
}
