/// What one search at a time on a padded grid writes to.
final class PaddedMemory<Distance: BinaryFloatingPoint> {
    /// By voxel of the grid, as every search leaves them: infinite, 0, and queues of length 0.
    let distances: UnsafeMutablePointer<Distance>
    let settled: UnsafeMutablePointer<UInt8>
    let lengths: UnsafeMutablePointer<Int32>
    let queue: UnsafeMutablePointer<Int32>
    /// What a search found: places in the grid, and how far they are; as many as the domain has voxels.
    let visited: UnsafeMutablePointer<Int32>
    let found: UnsafeMutablePointer<Distance>
    let queues: Int32
    /// Voxels that a queue holds. Pages that are not touched take no memory.
    let room: Int32 = 1 << 15

    /// - Parameter queues: at least 1.
    init(_ domain: PaddedDomain, queues: Int) {
        self.queues = Int32(queues)
        distances = .allocate(capacity: domain.count)
        distances.initialize(repeating: .infinity, count: domain.count)
        settled = .allocate(capacity: domain.count)
        settled.initialize(repeating: 0, count: domain.count)
        lengths = .allocate(capacity: queues)
        lengths.initialize(repeating: 0, count: queues)
        queue = .allocate(capacity: queues * Int(room))
        visited = .allocate(capacity: domain.place.count)
        found = .allocate(capacity: domain.place.count)
    }

    deinit {
        distances.deallocate()
        settled.deallocate()
        lengths.deallocate()
        queue.deallocate()
        visited.deallocate()
        found.deallocate()
    }
}
