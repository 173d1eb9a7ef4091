import Synchronization

/// Adds maps in their order, whoever has finished his first; those that must wait are few, one or two per thread.
final class OrderedSums: @unchecked Sendable {
    private let size: Int
    /// Holds while the variables below are touched.
    private let lock = Mutex(())
    private let sums: UnsafeMutableBufferPointer<Double>
    private var all: [UnsafeMutableBufferPointer<Double>] = []
    private var free: [UnsafeMutableBufferPointer<Double>] = []
    private var waiting: [Int: UnsafeMutableBufferPointer<Double>] = [:]
    /// The map to be added next.
    private var next = 0

    /// Experiments that are added up one after another: at most sixteen fixed blocks, and no more than an eighth as many.
    static func blocks(of experiments: Int) -> [Range<Int>] {
        let count = min(16, max(1, experiments / 8))
        return (0..<count).map { experiments * $0 / count..<experiments * ($0 + 1) / count }
    }

    init(size: Int) {
        self.size = size
        sums = .allocate(capacity: size)
        sums.initialize(repeating: 0)
    }

    deinit {
        sums.deallocate()
        for map in all { map.deallocate() }
    }

    /// The sum of all maps that were given; to be read when the work is done.
    var total: [Double] { Array(sums) }

    /// A map of zeros to fill.
    func take() -> UnsafeMutableBufferPointer<Double> {
        let map = lock.withLock { _ in takeOne() }
        map.update(repeating: 0)
        return map
    }

    private func takeOne() -> UnsafeMutableBufferPointer<Double> {
        if let used = free.popLast() { return used }
        let map = UnsafeMutableBufferPointer<Double>.allocate(capacity: size)
        map.initialize(repeating: 0)
        all.append(map)
        return map
    }

    /// Takes the map of a number: it is added after those of all lower numbers.
    func give(_ map: UnsafeMutableBufferPointer<Double>, _ number: Int) {
        lock.withLock { _ in
            waiting[number] = map
            while let first = waiting.removeValue(forKey: next) {
                for voxel in 0..<size { sums[voxel] += first[voxel] }
                free.append(first)
                next += 1
            }
        }
    }
}
