public import Imaging

/// Connected sets of suprathreshold voxels, and the local maxima inside them.
public struct ClusterFinder: Sendable {
    public let mask: Mask
    public let connectivity: Connectivity
    private let steps: [SIMD3<Int>]
    private let surround: [SIMD3<Int>]

    public init(mask: Mask, connectivity: Connectivity) {
        self.mask = mask
        self.connectivity = connectivity
        steps = connectivity.offsets
        surround = Connectivity.corners.offsets
    }

    /// The position in the mask of what lies a step away; −1 where that is outside the mask or the grid.
    ///
    /// Looked up when it is asked for: a table of all neighbours takes longer to make than clusters to find, since few voxels pass.
    private func position(_ step: SIMD3<Int>, from voxel: SIMD3<Int>) -> Int {
        let other = voxel &+ step
        return mask.grid.contains(other) ? Int(mask.position[mask.grid.index(other)]) : -1
    }

    /// The clusters of voxels with `sign · map > threshold`, largest first (ties: higher peak first).
    ///
    /// A local maximum is a voxel not below any of its 26 neighbours in the cluster; maxima closer than
    /// `peakSeparation` to a higher one of the same cluster are dropped.
    /// - Parameters:
    ///   - map: one value per mask voxel; NaN is below every threshold.
    ///   - threshold: in units of the map, at least 0.
    ///   - sign: +1 for the upper tail, −1 for the lower.
    ///   - minimumExtent: smallest number of voxels.
    ///   - minimumPeak: least height |map| of the cluster's peak.
    ///   - peakSeparation: mm.
    public func clusters(
        in map: [Float], above threshold: Double, sign: Int, minimumExtent: Int = 1, minimumPeak: Double = 0,
        peakSeparation: Double = 8
    ) -> [Cluster] {
        precondition(map.count == mask.count, "one value per mask voxel")
        let direction: Float = sign < 0 ? -1 : 1
        let limit = Float(threshold)
        // Number of the cluster each voxel belongs to, from 1; 0 = none yet.
        var label = [Int32](repeating: 0, count: map.count)
        var labels: Int32 = 0
        var found: [Cluster] = []
        var queue: [Int32] = []
        for start in 0..<map.count where label[start] == 0 && direction * map[start] > limit {
            queue.removeAll(keepingCapacity: true)
            queue.append(Int32(start))
            labels += 1
            label[start] = labels
            var head = 0
            while head < queue.count {
                let voxel = mask.grid.voxel(atIndex: Int(mask.voxels[Int(queue[head])]))
                head += 1
                for step in steps {
                    let other = position(step, from: voxel)
                    if other >= 0, label[other] == 0, direction * map[other] > limit {
                        label[other] = labels
                        queue.append(Int32(other))
                    }
                }
            }
            guard queue.count >= minimumExtent else { continue }
            let voxels = queue.sorted()
            let peaks = localMaxima(
                of: map, direction: direction, in: voxels, labels: label, separation: peakSeparation)
            guard let peak = peaks.first, abs(peak.value) >= minimumPeak else { continue }
            found.append(Cluster(sign: sign < 0 ? -1 : 1, voxels: voxels, peaks: peaks))
        }
        return found.sorted {
            if $0.voxels.count != $1.voxels.count { return $0.voxels.count > $1.voxels.count }
            if abs($0.peak.value) != abs($1.peak.value) { return abs($0.peak.value) > abs($1.peak.value) }
            return $0.peak.position < $1.peak.position
        }
    }

    private func localMaxima(
        of map: [Float], direction: Float, in voxels: [Int32], labels: [Int32], separation: Double
    ) -> [ClusterPeak] {
        var candidates: [ClusterPeak] = []
        for voxel in voxels {
            let position = Int(voxel)
            let height = direction * map[position]
            let place = mask.grid.voxel(atIndex: Int(mask.voxels[position]))
            let isTop = surround.allSatisfy { step in
                let other = self.position(step, from: place)
                return other < 0 || labels[other] != labels[position] || !(direction * map[other] > height)
            }
            if isTop {
                candidates.append(
                    ClusterPeak(
                        position: position, coordinate: mask.world(at: position), value: Double(map[position])))
            }
        }
        candidates.sort { (abs($0.value), $1.position) > (abs($1.value), $0.position) }
        var kept: [ClusterPeak] = []
        for candidate in candidates {
            let isFar = kept.allSatisfy {
                let step = $0.coordinate - candidate.coordinate
                return (step * step).sum() >= separation * separation
            }
            if isFar { kept.append(candidate) }
        }
        return kept
    }
}
