import Foundation
import Imaging
public import Inference

/// The difference of two groups' ALE maps, tested by permuting which experiments are in which group.
///
/// Laird 2005 (doi:10.1002/hbm.20136), as NiMARE 0.22.1: all voxels of the mask, two-sided p.
/// (GingerALE looks only at voxels significant in the main effects: the setting `within`.) Permutations that put the same experiments of a
/// voxel's neighbourhood in the same groups tie with the observed map; we count ties as such, where NiMARE's sums differ in
/// the last bit and its p can fall from 0.2 to 1/N.
public struct ALESubtraction: Sendable {
    public var kernel: ActivationKernel
    public var convention: KernelConvention
    /// Share of all permuted values that voxels of a cluster exceed.
    public var voxelP: Double
    /// Corrected p of clusters too, beside those of voxels (NiMARE's `vfwe_only=False`): some three times slower.
    public var includesClusters: Bool
    public var instructions: VectorInstructions

    public init(
        kernel: ActivationKernel = .sampleSize, convention: KernelConvention = .exact, voxelP: Double = 0.001,
        includesClusters: Bool = true, instructions: VectorInstructions = .best
    ) {
        self.kernel = kernel
        self.convention = convention
        self.voxelP = voxelP
        self.includesClusters = includesClusters
        self.instructions = instructions
    }

    public struct Outcome: Sendable {
        /// `desc-group1MinusGroup2`, and each group's own ALE.
        public var maps: ConvergenceMaps
        /// Of |difference|, of clusters of either direction.
        public let null: FamilyWiseNull
        /// Permutations whose difference is at least, and at most, the observed one; equal ones count in both.
        public let atLeast: [Int32]
        public let atMost: [Int32]
        /// The smallest p of this many permutations: 1/N.
        public var smallestP: Double { null.smallestP }
    }

    /// - Throws: `ConvergenceError`, `CancellationError`.
    public func run(
        _ group1: [FociSet], _ group2: [FociSet], in space: ConvergenceSpace, labels: LabelPermutations,
        workers: Workers = Workers(threads: 1), progress: any ProgressObserver = SilentProgress()
    ) async throws -> Outcome {
        guard labels.total == group1.count + group2.count, labels.first == group1.count else {
            throw ConvergenceError.mismatch("The labels are not for these groups.")
        }
        guard labels.count > 1 else {
            throw ConvergenceError.setting(
                name: "permutations", value: Double(labels.count), allowed: "at least 2")
        }
        guard voxelP > 0, voxelP < 1 else {
            throw ConvergenceError.setting(name: "voxelP", value: voxelP, allowed: "between 0 and 1")
        }
        let method = ActivationLikelihoodEstimation(kernel: kernel, convention: convention)
        var maps = ConvergenceMaps(mask: space.mask)
        for (name, group) in [("group1", group1), ("group2", group2)] {
            let own = try await method.run(group, in: space, workers: workers)
            for map in own.maps.names { maps[MapName(map.value, label: name)] = own.maps[map] }
        }
        let model = try method.model(group1 + group2, in: space).model
        let test = SubtractionTest(model, labels: labels, instructions: instructions)
        let difference = "group1MinusGroup2"

        progress.began("label permutations", units: space.high.z - space.low.z + 1)
        let found =
            includesClusters
            ? try await kept(test, in: space, workers: workers, progress: progress)
            : try await test.run(keeping: nil, workers: workers, progress: progress)
        progress.ended()

        let n = Double(labels.count)
        maps[MapName(.stat, label: difference)] = found.difference
        var logP = [Double](repeating: 0, count: space.mask.count)
        var sign = [Float](repeating: 0, count: space.mask.count)
        for voxel in logP.indices {
            let (above, below) = (Double(found.above[voxel]), Double(found.below[voxel]))
            logP[voxel] = log(min(1 - 1 / n, max(1 / n, 2 * min(above, below) / n)))
            sign[voxel] = above < below ? 1 : above > below ? -1 : 0
        }
        maps.setSigned(logP: logP, sign: sign, label: difference)

        var null = FamilyWiseNull(threshold: .infinity, maxima: [.voxel: found.highest.map(Double.init)])
        if includesClusters {
            let threshold = Self.quantile(found.kept, share: voxelP, total: n * Double(space.mask.count))
            null = maxima(found.kept, threshold: threshold, mask: space.mask)
        }
        maps.merge(corrected(found.difference, null, mask: space.mask, label: difference))
        return Outcome(maps: maps, null: null, atLeast: found.above, atMost: found.below)
    }

    /// What exceeds the threshold of clusters is kept; where it lies is guessed from some permutations, and lowered if need be.
    private func kept(
        _ test: SubtractionTest, in space: ConvergenceSpace, workers: Workers, progress: any ProgressObserver
    ) async throws -> SubtractionTest.Found {
        let wanted = Int((voxelP * Double(test.labels.count) * Double(space.mask.count)).rounded(.up)) + 2
        var limit = try await test.guess(voxelP: voxelP, workers: workers)
        var found = try await test.run(keeping: limit, workers: workers, progress: progress)
        while limit > 0, found.kept.reduce(0, { $0 + $1.count }) < wanted || found.kept.contains(where: \.isEmpty) {
            limit = limit < 1e-9 ? 0 : limit / 2
            found = try await test.run(keeping: limit, workers: workers, progress: SilentProgress())
        }
        return found
    }

    /// numpy's quantile (linear between order statistics) of |values| from the largest of them.
    static func quantile(_ kept: [[SubtractionTest.Kept]], share: Double, total: Double) -> Double {
        var sizes = kept.flatMap { $0.map { abs($0.value) } }
        sizes.sort(by: >)
        let fromTop = (total - 1) * share
        let rank = Int(fromTop.rounded(.down))
        guard !sizes.isEmpty else { return 0 }
        let high = Double(sizes[min(rank, sizes.count - 1)])
        let low = Double(sizes[min(rank + 1, sizes.count - 1)])
        return high - (high - low) * (fromTop - Double(rank))
    }

    private func maxima(_ kept: [[SubtractionTest.Kept]], threshold: Double, mask: Mask) -> FamilyWiseNull {
        let clusters = SparseClusters(NeighbourTable(mask, .faces))
        var rows: [FamilyWiseNull.Measure: [Double]] = [.voxel: [], .size: [], .mass: []]
        for permutation in kept {
            var size = 0.0
            var mass = 0.0
            for sign: Float in [1, -1] {
                clusters.removeAll()
                for entry in permutation where sign * entry.value > Float(threshold) {
                    clusters.append(entry.voxel, sign * entry.value)
                }
                clusters.each(above: Float(threshold)) { voxels, sum in
                    size = max(size, Double(voxels.count))
                    mass = max(mass, sum)
                }
            }
            rows[.voxel]?.append(permutation.reduce(0) { max($0, Double(abs($1.value))) })
            rows[.size]?.append(size)
            rows[.mass]?.append(mass)
        }
        return FamilyWiseNull(threshold: threshold, maxima: rows)
    }

    private func corrected(_ difference: [Float], _ null: FamilyWiseNull, mask: Mask, label: String) -> ConvergenceMaps
    {
        var maps = ConvergenceMaps(mask: mask)
        func set(_ measure: FamilyWiseNull.Measure, _ observed: [Double], _ suffix: String, _ level: MapName.Level) {
            guard let logP = null.logP(measure, observed) else { return }
            maps.setSigned(
                logP: logP, sign: difference, label: label + suffix, level: level, correction: .fwe,
                method: "montecarlo")
        }
        set(.voxel, difference.map { Double(abs($0)) }, "", .voxel)
        guard includesClusters else { return maps }
        let table = NeighbourTable(mask, .faces)
        let up = SparseClusters.maps(of: difference, above: Float(null.threshold), sign: 1, table: table)
        let down = SparseClusters.maps(of: difference, above: Float(null.threshold), sign: -1, table: table)
        set(.size, zip(up.size, down.size).map { Double(max($0, $1)) }, "Size", .cluster)
        set(.mass, zip(up.mass, down.mass).map(max), "Mass", .cluster)
        return maps
    }
}
