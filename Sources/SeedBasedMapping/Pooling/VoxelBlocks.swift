/// How the voxels of a mask are shared out among threads.
enum VoxelBlocks {
    /// Runs of consecutive voxels: enough of them to keep the threads busy, small enough that a block's images stay
    /// below 64 MB.
    static func all(voxels: Int, studies: Int, threads: Int) -> [Range<Int>] {
        let byMemory = (64 << 20) / (64 * max(studies, 1))
        // Each block draws the noise around it again: few, large blocks waste least.
        let byThreads = voxels / (4 * threads) + 1
        let size = max(256, min(byMemory, byThreads))
        return stride(from: 0, to: voxels, by: size).map { $0..<min($0 + size, voxels) }
    }
}
