import Foundation
import Imaging
import Inference

/// Permutes the labels of two groups of experiments, plane by plane: memory holds one plane's activations per thread.
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
        /// Per permutation: differences of a size above the limit.
        var kept: [[Kept]]
    }

    /// Sums that differ by less are equal: it is rounding in single precision, and the far corner of a kernel decides nothing.
    private static let tie = 1e-9

    let model: ActivationModel
    let labels: LabelPermutations
    private let isFirst: [[Bool]]

    init(_ model: ActivationModel, labels: LabelPermutations) {
        self.model = model
        self.labels = labels
        isFirst = (0..<labels.count).map { labels.labels($0) }
    }

    /// 1 − e^−x of the first group less that of the second.
    @inline(__always)
    private static func difference(_ first: Double, _ second: Double) -> Double { exp(-second) - exp(-first) }

    /// A limit a little below the value that `voxelP` of all permuted differences exceed.
    func guess(voxelP: Double, workers: Workers) async throws -> Float {
        let few = min(labels.count, 16)
        var part = self
        part = SubtractionTest(model, labels: labels, isFirst: Array(isFirst.prefix(few)))
        let found = try await part.run(keeping: 0, workers: workers, progress: SilentProgress())
        var sizes = found.kept.flatMap { $0.map { abs($0.value) } }
        sizes.sort(by: >)
        let rank = Int(voxelP * Double(few) * Double(model.space.mask.count) * 1.5)
        return rank < sizes.count ? sizes[rank] * 0.9 : 0
    }

    private init(_ model: ActivationModel, labels: LabelPermutations, isFirst: [[Bool]]) {
        self.model = model
        self.labels = labels
        self.isFirst = isFirst
    }

    func run(keeping limit: Float, workers: Workers, progress: any ProgressObserver) async throws -> Found {
        let space = model.space
        let count = space.mask.count
        let n = isFirst.count
        let difference = SharedArray(repeating: Float(0), count: count)
        let above = SharedArray(repeating: Int32(n), count: count)
        let below = SharedArray(repeating: Int32(n), count: count)
        let planes = space.high.z - space.low.z + 1
        let kept = KeptByPlane(planes: planes)
        let first = labels.first
        let isFirst = isFirst
        try await workers.forEach(planes) { number in
            let plane = ActivationPlane(model, z: space.low.z + number)
            let width = plane.voxels.count
            guard width > 0 else { return }
            var own = [[Kept]](repeating: [], count: n)
            let observed = (0..<model.studies.count).map { $0 < first }
            // Narrow stretches, so that all experiments' terms stay in the cache while permutations go by.
            let stretch = max(32, min(512, 65_536 / max(plane.studies.count, 1)))
            var sums = [Double](repeating: 0, count: stretch)
            var goal = sums
            var whole = sums
            try plane.terms.withUnsafeBufferPointer { terms in
                try sums.withUnsafeMutableBufferPointer { sums in
                    for start in stride(from: 0, to: width, by: stretch) {
                        let size = min(stretch, width - start)
                        func add(_ labels: [Bool]?) {
                            for v in 0..<size { sums[v] = 0 }
                            for (row, study) in plane.studies.enumerated() where labels?[study] ?? true {
                                let from = terms.baseAddress! + row * width + start
                                for v in 0..<size { sums[v] += from[v] }
                            }
                        }
                        add(nil)
                        for v in 0..<size { whole[v] = sums[v] }
                        add(observed)
                        for v in 0..<size {
                            goal[v] = sums[v]
                            let voxel = Int(plane.voxels[start + v])
                            difference.buffer[voxel] = Float(Self.difference(sums[v], whole[v] - sums[v]))
                            above.buffer[voxel] = 0
                            below.buffer[voxel] = 0
                        }
                        try plane.voxels.withUnsafeBufferPointer { voxels in
                            try goal.withUnsafeBufferPointer { goal in
                                try whole.withUnsafeBufferPointer { whole in
                                    var ups = [Int32](repeating: 0, count: size)
                                    var downs = ups
                                    for permutation in 0..<n {
                                        if permutation & 255 == 0 { try Task.checkCancellation() }
                                        add(isFirst[permutation])
                                        // The difference grows with the first group's sum: comparing sums is enough.
                                        var highest = 0.0
                                        ups.withUnsafeMutableBufferPointer { ups in
                                            downs.withUnsafeMutableBufferPointer { downs in
                                                for v in 0..<size {
                                                    ups[v] &+= sums[v] >= goal[v] - Self.tie ? 1 : 0
                                                    downs[v] &+= sums[v] <= goal[v] + Self.tie ? 1 : 0
                                                    highest = max(highest, abs(2 * sums[v] - whole[v]))
                                                }
                                            }
                                        }
                                        // |difference| is at most the difference of the sums.
                                        if Float(highest) <= limit { continue }
                                        for v in 0..<size where Float(abs(2 * sums[v] - whole[v])) > limit {
                                            let value = Float(Self.difference(sums[v], whole[v] - sums[v]))
                                            if abs(value) > limit {
                                                own[permutation].append(Kept(voxel: voxels[start + v], value: value))
                                            }
                                        }
                                    }
                                    for v in 0..<size {
                                        above.buffer[Int(voxels[start + v])] = ups[v]
                                        below.buffer[Int(voxels[start + v])] = downs[v]
                                    }
                                }
                            }
                        }
                    }
                }
            }
            kept.set(number, own)
            progress.advanced(by: 1)
        }
        return Found(
            difference: difference.array, above: above.array, below: below.array, kept: kept.joined(permutations: n))
    }

    /// What planes kept, one slot each.
    private final class KeptByPlane: @unchecked Sendable {
        private let slots: UnsafeMutableBufferPointer<[[Kept]]>

        init(planes: Int) {
            slots = .allocate(capacity: planes)
            slots.initialize(repeating: [])
        }

        deinit {
            slots.deinitialize()
            slots.deallocate()
        }

        func set(_ plane: Int, _ kept: [[Kept]]) { slots[plane] = kept }

        func joined(permutations: Int) -> [[Kept]] {
            (0..<permutations).map { permutation in
                slots.flatMap { $0.isEmpty ? [] : $0[permutation] }
            }
        }
    }
}
