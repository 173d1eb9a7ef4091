import Evidence
import Imaging

/// The numbers of several kernels, one kernel after the other, in memory that is not written to once it is made: its own, or that of a
/// mapped file.
final class KernelMemory: @unchecked Sendable {
    // Sendable because nothing is written after the initialiser.

    /// One kernel's runs of consecutive mask positions, as they are found.
    struct Runs {
        /// First position and length, ascending, never empty.
        var starts: [Int32] = []
        var lengths: [UInt8] = []
        /// Distances of all runs, one after the other: 0 in the core, else rounded to the step, at least 1.
        var levels: [UInt8] = []
        /// Runs of the voxels where the kernel is at least half as high as at its peak.
        var nearStarts: [Int32] = []
        var nearLengths: [UInt8] = []
    }

    /// The same in this memory, for as long as somebody keeps that.
    struct Kernel: @unchecked Sendable {
        let starts: UnsafeBufferPointer<Int32>
        let lengths: UnsafeBufferPointer<UInt8>
        let levels: UnsafeBufferPointer<UInt8>
        let nearStarts: UnsafeBufferPointer<Int32>
        let nearLengths: UnsafeBufferPointer<UInt8>

        var bytes: Int { 5 * starts.count + levels.count + 5 * nearStarts.count + MemoryLayout<Kernel>.size }
    }

    let kernels: [Kernel]
    /// Nil where it is a file's.
    private let own: UnsafeMutableRawPointer?
    private let file: MappedFile?

    deinit { own?.deallocate() }

    init(_ runs: [Runs]) {
        let starts = runs.reduce(0) { $0 + $1.starts.count + $1.nearStarts.count }
        let bytes = runs.reduce(0) { $0 + $1.lengths.count + $1.levels.count + $1.nearLengths.count }
        let memory = UnsafeMutableRawPointer.allocate(byteCount: max(1, 4 * starts + bytes), alignment: 4)
        var numbers = memory.bindMemory(to: Int32.self, capacity: starts)
        var marks = (memory + 4 * starts).bindMemory(to: UInt8.self, capacity: bytes)
        func moved<Number>(
            _ values: [Number], to place: inout UnsafeMutablePointer<Number>
        ) -> UnsafeBufferPointer<Number> {
            let room = UnsafeMutableBufferPointer(start: place, count: values.count)
            _ = room.initialize(from: values)
            place += values.count
            return UnsafeBufferPointer(room)
        }
        kernels = runs.map { run in
            Kernel(
                starts: moved(run.starts, to: &numbers), lengths: moved(run.lengths, to: &marks),
                levels: moved(run.levels, to: &marks), nearStarts: moved(run.nearStarts, to: &numbers),
                nearLengths: moved(run.nearLengths, to: &marks))
        }
        own = memory
        file = nil
    }

    /// The numbers of kernels under their names in a prepared file: each kind of all kernels in a row, and how many each kernel has.
    static func write(_ kernels: [Kernel], to numbers: inout NumberSections) {
        numbers.add(
            "kernels.counts",
            kernels.flatMap { kernel -> [Int32] in
                [Int32(kernel.starts.count), Int32(kernel.levels.count), Int32(kernel.nearStarts.count)]
            })
        numbers.add("kernels.starts", joining: kernels.map(\.starts))
        numbers.add("kernels.lengths", joining: kernels.map(\.lengths))
        numbers.add("kernels.levels", joining: kernels.map(\.levels))
        numbers.add("kernels.nearStarts", joining: kernels.map(\.nearStarts))
        numbers.add("kernels.nearLengths", joining: kernels.map(\.nearLengths))
    }

    /// - Parameter count: of the kernels.
    init(from numbers: MappedSections, count: Int) throws(InputError) {
        let counts: [Int32] = try numbers.array("kernels.counts", count: 3 * count)
        var (runs, levels, near) = (0, 0, 0)
        for kernel in 0..<count {
            runs += Int(max(0, counts[3 * kernel]))
            levels += Int(max(0, counts[3 * kernel + 1]))
            near += Int(max(0, counts[3 * kernel + 2]))
        }
        let allStarts: UnsafeBufferPointer<Int32> = try numbers.values("kernels.starts", count: runs)
        let allLengths: UnsafeBufferPointer<UInt8> = try numbers.values("kernels.lengths", count: runs)
        let allLevels: UnsafeBufferPointer<UInt8> = try numbers.values("kernels.levels", count: levels)
        let allNearStarts: UnsafeBufferPointer<Int32> = try numbers.values("kernels.nearStarts", count: near)
        let allNearLengths: UnsafeBufferPointer<UInt8> = try numbers.values("kernels.nearLengths", count: near)
        var kernels: [Kernel] = []
        kernels.reserveCapacity(count)
        (runs, levels, near) = (0, 0, 0)
        for kernel in 0..<count {
            let run = runs..<runs + Int(max(0, counts[3 * kernel]))
            let level = levels..<levels + Int(max(0, counts[3 * kernel + 1]))
            let close = near..<near + Int(max(0, counts[3 * kernel + 2]))
            kernels.append(
                Kernel(
                    starts: UnsafeBufferPointer(rebasing: allStarts[run]),
                    lengths: UnsafeBufferPointer(rebasing: allLengths[run]),
                    levels: UnsafeBufferPointer(rebasing: allLevels[level]),
                    nearStarts: UnsafeBufferPointer(rebasing: allNearStarts[close]),
                    nearLengths: UnsafeBufferPointer(rebasing: allNearLengths[close])))
            (runs, levels, near) = (run.upperBound, level.upperBound, close.upperBound)
        }
        self.kernels = kernels
        own = nil
        file = numbers.file
    }
}
