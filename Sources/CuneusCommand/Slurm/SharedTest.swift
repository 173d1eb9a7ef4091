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
    /// Whether parts find in a file what they would compute before their first permutation, but for draws.
    private let isPrepared: Bool
    /// Thread-seconds per voxel and subject: 23 s for 1,018 subjects at 198,648 voxels (Docs/clusters.md).
    private static let noiseRate = 1.1e-7

    /// nil for a model without such a test: it is run whole where the parts are put together.
    ///
    /// - Parameters:
    ///   - workers: of a part.
    ///   - options: of a part.
    ///   - isPrepared: whether parts are given a file of `cuneus prepare`.
    ///   - pace: how many times as long as the machine of the estimate's rates those take that run the parts.
    init?(
        _ plan: ModelPlan, of project: Project, settings: Settings, spaces: SpaceStore, workers: Workers,
        options: PermutationOptions, isPrepared: Bool, pace: Double
    ) throws {
        guard let permutations = Self.permutations(of: plan, settings) else { return nil }
        self.permutations = permutations
        self.plan = plan
        self.isPrepared = isPrepared
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

    /// Permutations of a model's test, the data's own included; nil for a model without a test that parts can share.
    static func permutations(of plan: ModelPlan, _ settings: Settings) -> Int? {
        guard settings.mainMethod != nil else { return nil }
        if settings.testsAgreement(of: plan) { return settings.relocations + 1 }
        if settings.testsCovariates(of: plan) { return settings.covariatePermutations }
        return settings.permutations > 0 && (settings.mainMethod != .effects || !plan.isMeanOnly)
            ? settings.permutations : nil
    }

    /// Seconds of what parts have a share of.
    var shared: Double { seconds([.permutations, .relocations]) }

    /// Seconds of what every part does before its first permutation.
    var repeated: Double {
        let relocates = cost.stages[.relocations] != nil
        // A score takes about what the most likely effect does; it stands in for both.
        let sharable = seconds(relocates ? [.templates, .kernels] : [.templates, .bounds, .likely])
        // Subjects are permuted: their noise and the imputed images are drawn in every part.
        return (isPrepared ? 0 : sharable) + (noise.map { $0 + seconds([.imputation]) } ?? 0)
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
