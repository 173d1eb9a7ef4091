/// Which voxels count as touching.
public enum Connectivity: Int, Sendable, CaseIterable, Codable {
    /// Shared faces.
    case faces = 6
    /// Shared faces or edges (SPM's habit for cluster tables).
    case edges = 18
    /// Shared faces, edges or corners.
    case corners = 26

    /// Voxel steps to the neighbours, in a fixed order (k slowest, i fastest).
    public var offsets: [SIMD3<Int>] {
        let limit =
            switch self {
            case .faces: 1
            case .edges: 2
            case .corners: 3
            }
        var result: [SIMD3<Int>] = []
        for k in -1...1 {
            for j in -1...1 {
                for i in -1...1 {
                    let steps = abs(i) + abs(j) + abs(k)
                    if steps > 0 && steps <= limit { result.append([i, j, k]) }
                }
            }
        }
        return result
    }
}

/// For every mask voxel, the positions of its neighbours inside the mask.
///
/// Rows have a fixed width: `neighbours[voxel * width + n]` is the position of the n-th neighbour (order of
/// ``Connectivity/offsets``), or −1 where that neighbour is outside the mask or the grid.
public struct NeighbourTable: Sendable {
    public let connectivity: Connectivity
    public let width: Int
    public let neighbours: [Int32]

    public init(_ mask: Mask, _ connectivity: Connectivity) {
        let offsets = connectivity.offsets
        var table = [Int32](repeating: -1, count: mask.count * offsets.count)
        for position in 0..<mask.count {
            let voxel = mask.grid.voxel(atIndex: Int(mask.voxels[position]))
            for (n, offset) in offsets.enumerated() {
                let other = voxel &+ offset
                if mask.grid.contains(other) {
                    table[position * offsets.count + n] = mask.position[mask.grid.index(other)]
                }
            }
        }
        self.connectivity = connectivity
        self.width = offsets.count
        self.neighbours = table
    }

    /// The smallest range of mask positions that holds `voxels` and all their neighbours.
    public func span(of voxels: Range<Int>) -> Range<Int> { Self.span(of: voxels, in: neighbours, width: width) }

    /// The same for any table of this layout.
    package static func span(of voxels: Range<Int>, in neighbours: [Int32], width: Int) -> Range<Int> {
        var low = voxels.lowerBound
        var high = voxels.upperBound
        for slot in voxels.lowerBound * width..<voxels.upperBound * width {
            let other = Int(neighbours[slot])
            if other < 0 { continue }
            low = min(low, other)
            high = max(high, other + 1)
        }
        return low..<high
    }
}
