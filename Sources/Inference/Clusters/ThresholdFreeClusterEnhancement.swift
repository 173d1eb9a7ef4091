import Foundation
public import Imaging

/// Threshold-free cluster enhancement (Smith & Nichols 2009, doi:10.1016/j.neuroimage.2008.03.061).
///
/// A voxel's score is ∫ extent(h)^E · h^H dh from 0 to its height, extent(h) the size of the connected set of voxels at or
/// above h that holds it. Between two heights of the map the extent does not change, so the integral is exact: a sum over
/// the voxel's ancestors in the ``ComponentTree``, made for all voxels in one ascending sweep. Only positive terms are
/// added, in double precision: a score is right to the last bit or two of its Float. (Most programs take steps instead;
/// 100 steps are off by about 1 %.)
public struct ThresholdFreeClusterEnhancement: Sendable {
    public enum Form: Hashable, Sendable {
        /// The integral.
        case exact
        /// SDM-PSI 6.21: a sum over 100 equal steps up to the map's maximum, of voxels strictly above each, not
        /// multiplied by the step.
        case sdm621
        /// nilearn's (and, it says, fslmaths'): the same sum, of voxels at or above each step.
        case nilearn
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
        let tree = ComponentTree()
        /// By rank: the part of the height weight below the voxel, and its score.
        var sums = Memory<SIMD2<Double>>(capacity: 0)
        var capacity = -1

        public init() {}
    }

    /// Scores of the upper tail (`sign` 1) or the lower (−1); 0 where the map has the other sign or no value.
    public func scores(of map: [Float], sign: Int, scratch: inout Scratch) -> [Float] {
        _ = enhance(map, sign: sign, scratch: &scratch)
        var result = [Float](repeating: 0, count: map.count)
        for rank in 0..<scratch.tree.count {
            result[Int(scratch.tree.voxels.start[rank])] = Float(scratch.sums.start[rank].y)
        }
        return result
    }

    /// The largest score of a tail, 0 when it is empty.
    public func maximum(of map: [Float], sign: Int, scratch: inout Scratch) -> Float {
        Float(enhance(map, sign: sign, scratch: &scratch))
    }

    /// Scores by rank, into the scratch; returns the largest.
    private func enhance(_ map: [Float], sign: Int, scratch: inout Scratch) -> Double {
        let tree = scratch.tree
        map.withUnsafeBufferPointer { tree.build($0, direction: sign < 0 ? -1 : 1, table: table) }
        if scratch.capacity != map.count {
            scratch.capacity = map.count
            scratch.sums = Memory(capacity: map.count + 1)
        }
        let sums = scratch.sums.start
        sums[tree.count] = .zero
        weighHeights(tree, into: sums)
        return extentPower == 0.5
            ? accumulate(tree, sums) { $0.squareRoot() } : accumulate(tree, sums) { pow($0, extentPower) }
    }

    /// From the ground up: score = parent's score + extent^E · (height weight − parent's height weight).
    @inline(__always)
    private func accumulate(
        _ tree: ComponentTree, _ sums: UnsafeMutablePointer<SIMD2<Double>>, _ weight: (Double) -> Double
    ) -> Double {
        let parents = tree.parents.start
        let extents = tree.extents.start
        var largest = 0.0
        var rank = tree.count
        while rank > 0 {
            rank &-= 1
            let below = sums[Int(parents[rank])]
            let own = sums[rank].x
            let score = below.y + weight(Double(extents[rank])) * (own - below.x)
            sums[rank].y = score
            largest = max(largest, score)
        }
        return largest
    }

    /// Of every rank, the height weight from 0 up to its height: ∫ h^H dh, or the sum of h^H over the steps passed.
    private func weighHeights(_ tree: ComponentTree, into sums: UnsafeMutablePointer<SIMD2<Double>>) {
        let heights = tree.heights.start
        switch form {
        case .exact:
            if heightPower == 2 {
                for rank in 0..<tree.count {
                    let height = Double(heights[rank])
                    sums[rank].x = height * height * height / 3
                }
            } else {
                for rank in 0..<tree.count {
                    sums[rank].x = pow(Double(heights[rank]), heightPower + 1) / (heightPower + 1)
                }
            }
        case .sdm621, .nilearn:
            let count = 100
            let highest = Double(heights[0])
            let steps = (0...count).map { highest * Double($0) / Double(count) }
            var passed = [0.0]
            for step in steps.dropFirst() { passed.append(passed[passed.count - 1] + pow(step, heightPower)) }
            // Heights descend, and the steps below them with them.
            var step = count
            for rank in 0..<tree.count {
                let height = Double(heights[rank])
                while step > 0, form == .sdm621 ? steps[step] >= height : steps[step] > height { step -= 1 }
                sums[rank].x = passed[step]
            }
        }
    }
}
