extension SubjectPermutationTest {
    /// What a test's memory follows from.
    struct Size {
        var voxels: Int
        /// ``SubjectNoise/reach``
        var reach: Int
        var studies: Int
        var subjects: Int
        var imputations: Int
        var permutations: Int
        var threads: Int
    }
}

extension SubjectPermutationTest.MemoryPlan {
    private static let usualBatch = 64

    /// - Parameter limit: bytes the test may take.
    /// - Returns: nil when even the smallest cut does not fit.
    init?(limit: Int, _ size: SubjectPermutationTest.Size) {
        let tile = SubjectPermutationTest.tile
        let map = 4 * ((size.voxels + tile - 1) / tile) * tile
        let perWorker = size.threads * 4 * tile * Self.usualBatch * (size.studies + 1) + (8 << 20)
        let kept = map * (size.subjects + size.studies * size.imputations) + perWorker
        if kept + map * 8 <= limit {
            let batch = min(Self.usualBatch, (limit - kept) / map)
            self.init(keepsDraws: true, batch: batch, bytes: kept + map * batch)
            return
        }
        let slab = SubjectPermutationTest.slab(reach: size.reach)
        let streamed = 4 * slab * (2 * size.subjects + size.studies * size.imputations) + perWorker
        let batch = min(size.permutations, (limit - streamed) / map)
        guard batch >= 1 else { return nil }
        self.init(keepsDraws: false, batch: batch, bytes: streamed + map * batch)
    }
}
