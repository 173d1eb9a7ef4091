import Imaging

/// A template's domain on its whole grid with a margin of one voxel: there a neighbour is a fixed step in memory, and every
/// voxel has all its neighbours.
///
/// Searches see a voxel and its 26 neighbours as nine rows of three along x. Voxels outside the domain are infinitely slow and so
/// need no test of their own.
struct PaddedDomain: Sendable {
    /// Grid voxels with the margin, and two more: a row is read as four.
    let count: Int
    /// Of a domain voxel, and back (−1 outside the domain).
    let place: [Int32]
    let position: [Int32]
    /// Of every row, from the voxel to the row's first in memory.
    let steps: [Int32]
    /// mm from a voxel to the four of every row; infinite for itself and for the fourth.
    let lengths: [Double]

    /// The rows of neighbours along x: their places in y and z.
    private static let rows = (-1...1).flatMap { z in (-1...1).map { y in SIMD3(0, y, z) } }

    init(_ domain: Mask) {
        let shape = domain.grid.shape &+ SIMD3(repeating: 2)
        count = shape.x * shape.y * shape.z + 2
        var position = [Int32](repeating: -1, count: count)
        place = domain.voxels.enumerated().map { index, voxel in
            let cell = domain.grid.voxel(atIndex: Int(voxel)) &+ SIMD3(repeating: 1)
            let place = cell.x + shape.x * (cell.y + shape.y * cell.z)
            position[place] = Int32(index)
            return Int32(place)
        }
        self.position = position
        steps = Self.rows.map { Int32(shape.x * ($0.y + shape.y * $0.z) - 1) }
        let affine = domain.grid.affine
        lengths = Self.rows.flatMap { row in
            (-1...2).map { x in
                let offset = SIMD3(x, row.y, row.z)
                let step = affine(SIMD3<Double>(offset)) - affine.origin
                let isNeighbour = x < 2 && offset != .zero
                return isNeighbour ? (step * step).sum().squareRoot() : .infinity
            }
        }
    }

    /// Numbers into an array of C, which Swift sees as a tuple of as many.
    static func copy<Tuple, Number: BitwiseCopyable>(_ numbers: [Number], to array: inout Tuple) {
        precondition(
            MemoryLayout<Number>.stride * numbers.count == MemoryLayout<Tuple>.size, "an array of another size")
        withUnsafeMutableBytes(of: &array) { bytes in numbers.withUnsafeBytes { bytes.copyMemory(from: $0) } }
    }
}
