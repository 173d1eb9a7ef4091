import Foundation
import Imaging
import Inference
import VoxelKernels

/// Permutes the labels of two groups of experiments, some planes at a time: memory holds these planes' activations per thread.
struct SubtractionTest: Sendable {
    /// A high value of a permutation.
    struct Kept: Sendable {
        var voxel: Int32
        var value: Float
    }

    struct Found: Sendable {
        var difference: [Float]
        /// Permutations whose difference is at least, and at most, the observed one.
        var above: [Int32]
        var below: [Int32]
        /// Per permutation: the largest |difference|. Empty where differences are kept.
        var highest: [Float] = []
        /// Per permutation: differences of a size above the limit, by voxel. Empty where only the largest is asked for.
        var kept: [[Kept]] = []
    }

    /// Sums that differ by less are equal: it is rounding in single precision, and the far corner of a kernel decides nothing.
    private static let tie = 1e-9

    let model: ActivationModel
    let labels: LabelPermutations
    private let isFirst: [[Bool]]
    private let instructions: VectorInstructions

    init(_ model: ActivationModel, labels: LabelPermutations, instructions: VectorInstructions) {
        self.init(
            model, labels: labels, isFirst: (0..<labels.count).map { labels.labels($0) }, instructions: instructions)
    }

    private init(
        _ model: ActivationModel, labels: LabelPermutations, isFirst: [[Bool]], instructions: VectorInstructions
    ) {
        self.model = model
        self.labels = labels
        self.isFirst = isFirst
        self.instructions = instructions
    }

    /// A limit a little below the value that `voxelP` of all permuted differences exceed.
    func guess(voxelP: Double, workers: Workers) async throws -> Float {
        let few = min(labels.count, 4)
        let part = SubtractionTest(
            model, labels: labels, isFirst: Array(isFirst.prefix(few)), instructions: instructions)
        let found = try await part.run(keeping: 0, workers: workers, progress: SilentProgress())
        var sizes = found.kept.flatMap { $0.map { abs($0.value) } }
        sizes.sort(by: >)
        let rank = Int(voxelP * Double(few) * Double(model.space.mask.count) * 1.5)
        return rank < sizes.count ? sizes[rank] * 0.9 : 0
    }

    /// Planes that are worked on at once: some three million terms, at most eight planes so that threads have enough pieces.
    var slabs: [ClosedRange<Int>] {
        let (low, high) = (model.space.low.z, model.space.high.z)
        let voxels = model.space.mask.count / (high - low + 1) + 1
        let planes = max(1, min(8, 3_000_000 / (voxels * max(1, model.studies.count))))
        return stride(from: low, through: high, by: planes).map { $0...min(high, $0 + planes - 1) }
    }

    /// - Parameter limit: differences of a larger size are kept; nil for the largest of each permutation alone.
    func run(keeping limit: Float?, workers: Workers, progress: any ProgressObserver) async throws -> Found {
        let count = model.space.mask.count
        let n = isFirst.count
        let difference = SharedArray(repeating: Float(0), count: count)
        let above = SharedArray(repeating: Int32(n), count: count)
        let below = SharedArray(repeating: Int32(n), count: count)
        let slabs = slabs
        let kept = Slots<[[Kept]]>(count: limit == nil ? 0 : slabs.count)
        let highest = SharedArray(repeating: Float(0), count: limit == nil ? slabs.count * n : 0)
        let members = MemberBits(isFirst)
        let (model, first, instructions) = (model, labels.first, instructions)
        try await workers.forEach(slabs.count) { number in
            let slab = SubtractionSlab(model, planes: slabs[number])
            let groups = GroupDifferences(slab, members: members, tie: Self.tie, instructions: instructions)
            let own = KeptDifferences(permutations: limit == nil ? 0 : n)
            // High sums first: the largest differences are known early, and most others are then passed over.
            for group in groups.byHeight {
                try Task.checkCancellation()
                groups.observe(group, first: first)
                if let limit {
                    groups.permute(group, keeping: own, above: limit)
                } else {
                    groups.permute(group, highest: highest.buffer.baseAddress! + number * n)
                }
                groups.each(group) { voxel, goal, whole, up, down in
                    difference.buffer[voxel] = Float(exp(-(whole - goal)) - exp(-goal))
                    above.buffer[voxel] = up
                    below.buffer[voxel] = down
                }
            }
            if limit != nil { kept[number] = own.rows }
            progress.advanced(by: slabs[number].count)
        }
        var found = Found(difference: difference.array, above: above.array, below: below.array)
        if limit == nil {
            found.highest = (0..<n).map { row in
                slabs.indices.reduce(0) { max($0, highest.buffer[$1 * n + row]) }
            }
        } else {
            let all = kept.all
            found.kept = (0..<n).map { row in all.flatMap { $0[row] }.sorted { $0.voxel < $1.voxel } }
        }
        return found
    }
}
