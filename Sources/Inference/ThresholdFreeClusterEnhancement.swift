import Foundation
public import Imaging

/// Threshold-free cluster enhancement (Smith & Nichols 2009, doi:10.1016/j.neuroimage.2008.03.061).
///
/// A voxel's score is ∫ extent(h)^E · h^H dh from 0 to its height, extent(h) the size of the connected set of voxels at or
/// above h that holds it. Between two heights of the map the extent does not change, so the integral is exact: voxels are
/// visited from the highest down, joined by union–find, and every set carries the integral so far. (Most programs take
/// steps instead; 100 steps are off by about 1 %.)
public struct ThresholdFreeClusterEnhancement: Sendable {
    public enum Form: Hashable, Sendable {
        /// The integral.
        case exact
        /// SDM-PSI 6.21: a sum over 100 equal steps up to the map's maximum, of voxels strictly above each, not
        /// multiplied by the step.
        case sdm621
    }

    public let table: NeighbourTable
    public let extentPower: Double
    public let heightPower: Double
    public let form: Form

    public init(
        table: NeighbourTable, extentPower: Double = 0.5, heightPower: Double = 2, form: Form = .exact
    ) {
        self.table = table
        self.extentPower = extentPower
        self.heightPower = heightPower
        self.form = form
    }

    /// Memory reused between maps. One per worker.
    public struct Scratch {
        var order: [(height: Float, voxel: Int32)] = []
        var parent: [Int32] = []
        var size: [Int32] = []
        /// Of a root: the integral of its set down to `level`. Of another voxel: what to add to its parent's.
        var score: [Double] = []
        var level: [Double] = []

        public init() {}
    }

    /// Scores of the upper tail (`sign` 1) or the lower (−1); 0 where the map has the other sign or no value.
    public func scores(of map: [Float], sign: Int, scratch: inout Scratch) -> [Float] {
        var result = [Float](repeating: 0, count: map.count)
        switch form {
        case .exact:
            integrate(map, sign: sign, scratch: &scratch)
            for (_, voxel) in scratch.order { result[Int(voxel)] = Float(total(of: voxel, &scratch)) }
        case .sdm621: stepped(map, sign: sign, scratch: &scratch, into: &result)
        }
        return result
    }

    /// The largest score of a tail, 0 when it is empty.
    public func maximum(of map: [Float], sign: Int, scratch: inout Scratch) -> Float {
        if form == .sdm621 { return scores(of: map, sign: sign, scratch: &scratch).max() ?? 0 }
        integrate(map, sign: sign, scratch: &scratch)
        var largest = 0.0
        for (_, voxel) in scratch.order { largest = max(largest, total(of: voxel, &scratch)) }
        return Float(largest)
    }

    private func total(of voxel: Int32, _ scratch: inout Scratch) -> Double {
        _ = find(voxel, &scratch)
        var node = Int(voxel)
        var sum = scratch.score[node]
        while scratch.parent[node] != node {
            node = Int(scratch.parent[node])
            sum += scratch.score[node]
        }
        return sum
    }

    /// ∫ h^H dh from `low` to `high`.
    @inline(__always)
    private func strip(_ low: Double, _ high: Double) -> Double {
        if heightPower == 2 { return (high * high * high - low * low * low) / 3 }
        return (pow(high, heightPower + 1) - pow(low, heightPower + 1)) / (heightPower + 1)
    }

    @inline(__always)
    private func weight(_ extent: Int32) -> Double {
        extentPower == 0.5 ? Double(extent).squareRoot() : pow(Double(extent), extentPower)
    }

    /// Root of a voxel's set; paths are shortened, and the offsets along them summed.
    @inline(__always)
    private func find(_ voxel: Int32, _ scratch: inout Scratch) -> Int {
        var node = Int(voxel)
        while true {
            let parent = Int(scratch.parent[node])
            if parent == node { return node }
            let grandparent = Int(scratch.parent[parent])
            if grandparent == parent { return parent }
            scratch.score[node] += scratch.score[parent]
            scratch.parent[node] = Int32(grandparent)
            node = grandparent
        }
    }

    /// Brings a root's integral down to `height`.
    @inline(__always)
    private func settle(_ root: Int, down height: Double, _ scratch: inout Scratch) {
        let level = scratch.level[root]
        if level > height {
            scratch.score[root] += weight(scratch.size[root]) * strip(height, level)
            scratch.level[root] = height
        }
    }

    private func integrate(_ map: [Float], sign: Int, scratch: inout Scratch) {
        prepare(map, sign: sign, &scratch)
        let width = table.width
        table.neighbours.withUnsafeBufferPointer { neighbours in
            for (height, voxel) in scratch.order {
                let height = Double(height)
                var root = Int(voxel)
                scratch.parent[root] = voxel
                scratch.size[root] = 1
                scratch.score[root] = 0
                scratch.level[root] = height
                for n in Int(voxel) * width..<(Int(voxel) + 1) * width {
                    let other = neighbours[n]
                    if other < 0 || scratch.parent[Int(other)] < 0 { continue }
                    var joined = find(other, &scratch)
                    if joined == root { continue }
                    settle(root, down: height, &scratch)
                    settle(joined, down: height, &scratch)
                    if scratch.size[joined] > scratch.size[root] { swap(&root, &joined) }
                    // From now on the smaller set's members have what they had, plus what the larger gains.
                    scratch.parent[joined] = Int32(root)
                    scratch.size[root] += scratch.size[joined]
                    scratch.score[joined] -= scratch.score[root]
                }
            }
        }
        for (_, voxel) in scratch.order where scratch.parent[Int(voxel)] == voxel {
            settle(Int(voxel), down: 0, &scratch)
        }
    }

    /// Voxels of the tail, highest first (ties by position); no voxel belongs to a set yet.
    private func prepare(_ map: [Float], sign: Int, _ scratch: inout Scratch) {
        if scratch.parent.count != map.count {
            scratch.parent = Array(repeating: -1, count: map.count)
            scratch.size = Array(repeating: 0, count: map.count)
            scratch.score = Array(repeating: 0, count: map.count)
            scratch.level = Array(repeating: 0, count: map.count)
        }
        let direction: Float = sign < 0 ? -1 : 1
        scratch.order.removeAll(keepingCapacity: true)
        for voxel in map.indices {
            scratch.parent[voxel] = -1
            let height = direction * map[voxel]
            if height > 0 { scratch.order.append((height, Int32(voxel))) }
        }
        RadixSort.descending(&scratch.order)
    }

    private func stepped(_ map: [Float], sign: Int, scratch: inout Scratch, into result: inout [Float]) {
        prepare(map, sign: sign, &scratch)
        guard let highest = scratch.order.first?.height else { return }
        let steps = 100
        // Thresholds from the top: sets only grow, so one union–find serves all of them.
        var next = 0
        var sums = [Double](repeating: 0, count: scratch.order.count)
        for step in stride(from: steps, through: 1, by: -1) {
            let height = Double(highest) * Double(step) / Double(steps)
            while next < scratch.order.count, Double(scratch.order[next].height) > height {
                let voxel = scratch.order[next].voxel
                next += 1
                var root = Int(voxel)
                scratch.parent[root] = voxel
                scratch.size[root] = 1
                scratch.score[root] = 0
                for n in Int(voxel) * table.width..<(Int(voxel) + 1) * table.width {
                    let other = table.neighbours[n]
                    if other < 0 || scratch.parent[Int(other)] < 0 { continue }
                    var joined = find(other, &scratch)
                    if joined == root { continue }
                    if scratch.size[joined] > scratch.size[root] { swap(&root, &joined) }
                    scratch.parent[joined] = Int32(root)
                    scratch.size[root] += scratch.size[joined]
                }
            }
            for index in 0..<next {
                let root = find(scratch.order[index].voxel, &scratch)
                sums[index] += weight(scratch.size[root]) * pow(height, heightPower)
            }
        }
        for (index, entry) in scratch.order.enumerated() { result[Int(entry.voxel)] = Float(sums[index]) }
    }
}

/// Sorting of positive floats by their bits.
enum RadixSort {
    /// Highest first; equal heights keep their order. Three passes of 11 bits.
    static func descending(_ entries: inout [(height: Float, voxel: Int32)]) {
        var other = entries
        for shift in [0, 11, 22] as [UInt32] {
            var starts = [Int](repeating: 0, count: 2049)
            // Inverted bits: ascending by them is descending by height.
            for entry in entries { starts[Int(~entry.height.bitPattern >> shift & 2047) + 1] += 1 }
            for bucket in 1..<2049 { starts[bucket] += starts[bucket - 1] }
            for entry in entries {
                let bucket = Int(~entry.height.bitPattern >> shift & 2047)
                other[starts[bucket]] = entry
                starts[bucket] += 1
            }
            swap(&entries, &other)
        }
    }
}
