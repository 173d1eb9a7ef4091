import Imaging
import VoxelKernels

/// The connected sets of one tail of a map at every height, as a tree (a max-tree): what threshold-free cluster
/// enhancement sums over.
///
/// Voxels of the tail are ranked from the highest down (equal heights by position). Each is a node: the set of voxels
/// that are connected with it at or above its height. Its parent is the next lower voxel that the set grows by; the last
/// voxel of a set that grows no more has the *ground* for parent, a node of height 0 after all others. One sweep of
/// union–find over the ranks makes the tree, with neighbours looked up through a table. (Berger et al. 2007, ICIP IV-41,
/// with union by size.) Memory is kept between maps; the loops run on plain memory because a permutation test makes two trees
/// per permutation.
///
/// - Complexity: O(n log n) at worst in the tail's voxels n (union by size, paths halved), in practice linear.
final class ComponentTree {
    /// Voxels of the tail: the ground's rank.
    private(set) var count = 0
    /// By rank: the voxel and its height; the voxels of its set; its parent's rank.
    private(set) var voxels = Memory<Int32>(capacity: 0)
    private(set) var heights = Memory<Float>(capacity: 0)
    private(set) var extents = Memory<Int32>(capacity: 0)
    private(set) var parents = Memory<Int32>(capacity: 0)

    /// By voxel, one place moved up: a voxel of the same set and nearer its root; −1 where no set has come yet. The place
    /// before the first voxel stays −1, so that a neighbour −1, outside the mask, needs no test.
    private var owners = Memory<Int32>(capacity: 0)
    /// Of a set's root voxel: the rank of its lowest voxel, and its size.
    private var sets = Memory<SIMD2<Int32>>(capacity: 0)
    private var keys = Memory<UInt64>(capacity: 0)
    private var otherKeys = Memory<UInt64>(capacity: 0)
    private var capacity = -1
    /// How many voxels ahead of the sweep neighbours are fetched from memory.
    private let ahead = 16

    /// Makes the tree of the upper tail of `direction · map`, `direction` 1 or −1.
    func build(_ map: UnsafeBufferPointer<Float>, direction: Float, table: NeighbourTable) {
        reserve(map.count)
        rank(map, direction: direction)
        table.neighbours.withUnsafeBufferPointer { neighbours in
            guard let start = neighbours.baseAddress else { return }
            // A literal width lets the compiler unroll.
            switch table.width {
            case 6: sweep(start, width: 6)
            case 18: sweep(start, width: 18)
            default: sweep(start, width: table.width)
            }
        }
    }

    private func reserve(_ needed: Int) {
        guard needed != capacity else { return }
        capacity = needed
        voxels = Memory(capacity: needed + ahead)
        heights = Memory(capacity: needed + 1)
        extents = Memory(capacity: needed + 1)
        parents = Memory(capacity: needed)
        owners = Memory(capacity: needed + 1)
        sets = Memory(capacity: needed)
        keys = Memory(capacity: needed + 1)
        otherKeys = Memory(capacity: needed + 1)
    }

    /// Sorts the tail by the bits of its heights, which order positive floats: three passes of 11, 11 and 10 bits.
    private func rank(_ map: UnsafeBufferPointer<Float>, direction: Float) {
        let counts = Memory<Int32>(capacity: 3 * 2048)
        counts.start.update(repeating: 0, count: 3 * 2048)
        var source = keys.start
        var target = otherKeys.start
        var found = 0
        for voxel in 0..<map.count {
            let height = direction * map[voxel]
            // Inverted bits: ascending by them is descending by height. Written always, kept when the height is positive.
            source[found] = UInt64(~height.bitPattern) << 32 | UInt64(truncatingIfNeeded: voxel)
            found += height > 0 ? 1 : 0
        }
        count = found
        for index in 0..<found {
            let key = source[index]
            counts.start[Int(truncatingIfNeeded: key >> 32 & 2047)] += 1
            counts.start[2048 + Int(truncatingIfNeeded: key >> 43 & 2047)] += 1
            counts.start[4096 + Int(truncatingIfNeeded: key >> 54)] += 1
        }
        for pass in 0..<3 {
            let places = counts.start + 2048 * pass
            var next: Int32 = 0
            for bucket in 0..<2048 {
                let size = places[bucket]
                places[bucket] = next
                next &+= size
            }
            let shift = UInt64(32 + 11 * pass)
            for index in 0..<found {
                let key = source[index]
                let bucket = Int(truncatingIfNeeded: key >> shift & 2047)
                target[Int(places[bucket])] = key
                places[bucket] &+= 1
            }
            swap(&source, &target)
        }
        for index in 0..<found {
            voxels.start[index] = Int32(truncatingIfNeeded: source[index])
            heights.start[index] = Float(bitPattern: ~UInt32(truncatingIfNeeded: source[index] >> 32))
        }
        for index in found..<found + ahead { voxels.start[index] = 0 }
        heights.start[found] = 0
        extents.start[found] = 0
        owners.start.update(repeating: -1, count: capacity + 1)
    }

    @inline(__always)
    private func sweep(_ neighbours: UnsafePointer<Int32>, width: Int) {
        let owners = owners.start + 1
        let sets = sets.start
        let parents = parents.start
        let extents = extents.start
        let voxels = voxels.start
        let ground = Int32(truncatingIfNeeded: count)

        /// Root of a voxel's set; paths are halved.
        @inline(__always)
        func root(of voxel: Int32) -> Int32 {
            var node = voxel
            var above = owners[Int(node)]
            while above != node {
                let next = owners[Int(above)]
                owners[Int(node)] = next
                node = next
                above = owners[Int(node)]
            }
            return node
        }

        for rank in 0..<ground {
            let voxel = voxels[Int(rank)]
            cuneus_prefetch(neighbours + Int(voxels[Int(rank) &+ ahead]) &* width)
            let row = neighbours + Int(voxel) * width
            parents[Int(rank)] = ground
            var near: Int32 = -1
            for n in 0..<width { near = max(near, owners[Int(row[n])]) }
            if near < 0 {
                owners[Int(voxel)] = voxel
                sets[Int(voxel)] = [rank, 1]
                extents[Int(rank)] = 1
                continue
            }
            var home = root(of: near)
            parents[Int(sets[Int(home)].x)] = rank
            var size = sets[Int(home)].y &+ 1
            // Nearly always all neighbours are known to be of this set: one test for all.
            var differences: Int32 = 0
            for n in 0..<width {
                let owner = owners[Int(row[n])]
                differences |= (owner ^ home) & ~(owner >> 31)
            }
            if differences != 0 {
                for n in 0..<width where owners[Int(row[n])] >= 0 && owners[Int(row[n])] != home {
                    var joined = root(of: row[n])
                    if joined == home { continue }
                    parents[Int(sets[Int(joined)].x)] = rank
                    let grown = sets[Int(joined)].y
                    if grown > size { swap(&home, &joined) }
                    size &+= grown
                    owners[Int(joined)] = home
                }
            }
            owners[Int(voxel)] = home
            sets[Int(home)] = [rank, size]
            extents[Int(rank)] = size
        }
    }
}

/// Plain memory with an owner.
final class Memory<Element: BitwiseCopyable> {
    let start: UnsafeMutablePointer<Element>

    init(capacity: Int) { start = .allocate(capacity: capacity) }

    deinit { start.deallocate() }
}
