import Evidence
import Imaging

extension AnalysisSpace {
    /// Mask and template under their names in a prepared file. The kernels' own template is left out: what it makes stands there.
    func write(to numbers: inout NumberSections) {
        let (shape, affine) = (grid.shape, grid.affine)
        numbers.add(
            "space.grid",
            [Double(shape.x), Double(shape.y), Double(shape.z)]
                + [affine.i, affine.j, affine.k, affine.origin].flatMap { [$0.x, $0.y, $0.z] })
        numbers.add("space.mask", mask.voxels)
        numbers.add("space.domain", template.domain.voxels)
        numbers.add("space.slowness", template.slowness)
    }

    /// As ``write(to:)`` left it.
    init(from numbers: MappedSections) throws(InputError) {
        let values: [Double] = try numbers.array("space.grid", count: 15)
        func vector(_ first: Int) -> SIMD3<Double> { [values[first], values[first + 1], values[first + 2]] }
        let affine = Affine(i: vector(3), j: vector(6), k: vector(9), origin: vector(12))
        guard vector(0).min() >= 1, vector(0).max() < 1e5, let grid = Grid(shape: SIMD3<Int>(vector(0)), affine: affine)
        else {
            throw MappedSections.damaged(numbers.file.path, "its grid is none")
        }
        let domain = try Self.mask("space.domain", on: grid, numbers)
        let slowness: [Float] = try numbers.array("space.slowness", count: domain.count)
        self.init(
            mask: try Self.mask("space.mask", on: grid, numbers),
            template: CorrelationTemplate(domain: domain, slowness: slowness))
    }

    private static func mask(_ name: String, on grid: Grid, _ numbers: MappedSections) throws(InputError) -> Mask {
        var isInside = [Bool](repeating: false, count: grid.count)
        let voxels: UnsafeBufferPointer<Int32> = try numbers.values(name)
        for voxel in voxels {
            guard isInside.indices.contains(Int(voxel)) else {
                throw MappedSections.damaged(numbers.file.path, "section '\(name)' has voxels outside its grid")
            }
            isInside[Int(voxel)] = true
        }
        return Mask(grid: grid) { isInside[$0] }
    }
}
