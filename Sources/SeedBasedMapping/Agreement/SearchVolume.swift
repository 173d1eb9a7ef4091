import Evidence
import Imaging

/// The start points where a sample's peaks could have been found, and which of them is nearest to a place.
public struct SearchVolume: Sendable {
    /// Indices into ``StartPoints``.
    public let points: [Int32]
    /// By domain voxel: the nearest of the points by steps from voxel to voxel, −1 where none can be reached or the voxel is
    /// not part of the volume.
    private let nearest: [Int32]
    private let domain: Mask

    /// - Parameters:
    ///   - candidates: of the start points.
    ///   - contains: whether a domain voxel is part of the volume.
    init(_ start: StartPoints, candidates: Range<Int>, graph: KernelGraph, contains: (Int) -> Bool) {
        let domain = graph.template.domain
        let points = candidates.filter { contains(Int(start.voxels[$0])) }.map { Int32($0) }
        var nearest = [Int32](repeating: -1, count: domain.count)
        var queue: [Int32] = []
        queue.reserveCapacity(domain.count)
        for point in points {
            let voxel = start.voxels[Int(point)]
            nearest[Int(voxel)] = point
            queue.append(voxel)
        }
        let width = graph.table.width
        var head = 0
        while head < queue.count {
            let voxel = Int(queue[head])
            head += 1
            for n in voxel * width..<(voxel + 1) * width {
                let other = Int(graph.table.neighbours[n])
                if other < 0 || nearest[other] >= 0 { continue }
                nearest[other] = nearest[voxel]
                queue.append(Int32(other))
            }
        }
        for voxel in 0..<domain.count where nearest[voxel] >= 0 && !contains(voxel) { nearest[voxel] = -1 }
        self.points = points
        self.nearest = nearest
        self.domain = domain
    }

    /// The start point nearest to a place (MNI mm); nil outside the volume.
    func point(nearestTo mni: SIMD3<Double>) -> Int32? {
        guard let voxel = domain.grid.nearestVoxel(to: mni) else { return nil }
        let position = domain.position[domain.grid.index(voxel)]
        guard position >= 0 else { return nil }
        let point = nearest[Int(position)]
        return point < 0 ? nil : point
    }

    /// The point that a random word means.
    @inline(__always)
    func point(_ word: UInt32) -> Int32 {
        points[Int((UInt64(word) * UInt64(points.count)) >> 32)]
    }
}

extension SearchVolume {
    /// Its numbers under their names in a prepared file.
    /// - Parameter index: which of a relocation's volumes.
    func write(_ index: Int, to numbers: inout NumberSections) {
        numbers.add("volume.points.\(index)", points)
        numbers.add("volume.nearest.\(index)", nearest)
    }

    /// As ``write(_:to:)`` left it.
    init(_ index: Int, domain: Mask, from numbers: MappedSections) throws(InputError) {
        points = try numbers.array("volume.points.\(index)")
        nearest = try numbers.array("volume.nearest.\(index)", count: domain.count)
        self.domain = domain
    }
}
