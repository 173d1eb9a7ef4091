import Convergence
import Imaging
import Inference
import Testing

@Suite("Foci within a ball around every voxel")
struct BallCountsTests {
    private let space: ConvergenceSpace

    init() throws {
        // A box whose sides are multiples of nothing, with a mask that touches its walls.
        let grid = try #require(Grid(shape: [23, 19, 17], affine: Affine(scale: [2, 2, 2], origin: [-22, -18, -16])))
        space = try ConvergenceSpace(mask: Mask(grid: grid) { $0 % 7 != 3 })
    }

    /// The same, focus by focus and voxel by voxel.
    private func plain(_ foci: [SIMD3<Int32>], radius: Double, space: ConvergenceSpace) -> [Int] {
        space.mask.voxels.map { index in
            let voxel = SIMD3<Double>(space.mask.grid.voxel(atIndex: Int(index)))
            return foci.count { focus in
                let step = (voxel - SIMD3<Double>(focus)) * space.mask.grid.affine.voxelSize
                return (step * step).sum().squareRoot() <= radius
            }
        }
    }

    private func counts(
        _ foci: [SIMD3<Int32>], radius: Double, space: ConvergenceSpace, largest: Int, instructions: VectorInstructions
    ) throws -> (BallCounts, [Int]) {
        let stencil = KernelStencil(radius: radius, voxelSize: space.mask.grid.affine.voxelSize)
        let shape = try #require(BallCounts.Shape(stencil))
        let ball = BallCounts(shape, space: space, largest: largest, instructions: instructions)
        let low = SIMD3<Int32>(truncatingIfNeeded: space.low)
        let triples = foci.flatMap { focus in [0, 1, 2].map { (focus &- low)[$0] } }
        // Twice: memory used before makes no difference.
        ball.count(triples.reversed(), foci: 0)
        ball.count(triples, foci: foci.count)
        return (ball, ball.counted())
    }

    @Test(
        "are those of the plain loop, for every instruction set, width of numbers and radius",
        arguments: VectorInstructions.allCases.filter { $0.code <= VectorInstructions.best.code }, [3.0, 6, 10, 14.5])
    func plainLoop(instructions: VectorInstructions, radius: Double) throws {
        var foci = [SIMD3<Int32>](repeating: .zero, count: 150)
        foci.withUnsafeMutableBufferPointer {
            FociRandomisation(space.mask, seed: 5).draw(0, count: $0.count, into: $0.baseAddress!)
        }
        let expected = plain(foci, radius: radius, space: space)
        for largest in [255, 256] {
            let (ball, counted) = try counts(
                foci, radius: radius, space: space, largest: largest, instructions: instructions)
            #expect(counted == expected)
            // The search for high voxels: the same, in ascending order.
            let cutoff = (expected.max() ?? 0) / 2
            var found = [Int32](repeating: 0, count: ball.size)
            let number = found.withUnsafeMutableBufferPointer { ball.above(UInt16(cutoff), into: $0.baseAddress!) }
            let voxels = found.prefix(number).map { ball.position[Int($0)] }.filter { $0 >= 0 }
            #expect(voxels.map(Int.init) == expected.indices.filter { expected[$0] > cutoff })
        }
    }

    @Test("reach over voxels that are not cubes")
    func anisotropic() throws {
        let grid = try #require(Grid(shape: [14, 11, 9], affine: Affine(scale: [2, 3, 4], origin: [0, 0, 0])))
        let space = try ConvergenceSpace(mask: Mask(grid: grid) { _ in true })
        let foci: [SIMD3<Int32>] = [[0, 0, 0], [13, 10, 8], [7, 5, 4], [7, 5, 4], [8, 5, 3]]
        let (_, counted) = try counts(foci, radius: 9, space: space, largest: 10, instructions: .best)
        #expect(counted == plain(foci, radius: 9, space: space))
    }

    @Test("stop at the largest number an element holds")
    func saturation() throws {
        let foci =
            [SIMD3<Int32>](repeating: [11, 9, 8], count: 200) + [SIMD3<Int32>](repeating: [12, 9, 8], count: 100)
        let (_, narrow) = try counts(foci, radius: 6, space: space, largest: 255, instructions: .best)
        let (_, wide) = try counts(foci, radius: 6, space: space, largest: 300, instructions: .best)
        let expected = plain(foci, radius: 6, space: space)
        #expect(wide == expected)
        #expect(narrow == expected.map { min($0, 255) })
        #expect(expected.max() == 300)
    }

    @Test("Only balls are taken for balls")
    func shapes() {
        #expect(BallCounts.Shape(KernelStencil(fwhm: 10, voxelSize: [2, 2, 2], truncation: .fourSigma)) == nil)
        #expect(BallCounts.Shape(KernelStencil(radius: 10, voxelSize: [2, 2, 2]))?.widths.first == 5)
    }

    @Test("The screen with many foci finds exactly what whole maps show", arguments: [12, 700])
    func screen(studies: Int) async throws {
        let sets = (0..<studies).map { study in
            FociSet(
                id: "\(study)", sampleSize: 20,
                foci: (0..<(studies == 12 ? 30 : 9)).map { focus in
                    space.mask.world(at: (study * 7919 + focus * 104_729) % space.mask.count)
                })
        }
        for method in [MKDADensity(radius: 6), KernelDensityAnalysis(radius: 6)] as [any CoordinateMethod] {
            let result = try await method.run(sets, in: space)
            let model = result.prepared.model
            #expect(BallCounts.pays(try #require(BallCounts.Shape(model.kernels[0])), foci: model.fociCount, in: space))
            let table = NeighbourTable(space.mask, .faces)
            let random = FociRandomisation(space.mask, seed: 3)
            var drawn = [SIMD3<Int32>](repeating: .zero, count: model.fociCount)
            for share in [0.4, 0.9, 3] {
                let threshold = Double(result.statistic.max() ?? 0) * share
                let screen = FociScreen(ScreenPlan(model, threshold: threshold), neighbours: table)
                let painter = StatisticPainter(model)
                for iteration in 0..<5 {
                    drawn.withUnsafeMutableBufferPointer {
                        random.draw(iteration, count: $0.count, into: $0.baseAddress!)
                    }
                    painter.paint(drawn)
                    let maxima = screen(drawn)
                    let clusters = SparseClusters.maps(of: painter.statistic, above: Float(threshold), table: table)
                    #expect(maxima.statistic == painter.statistic.max())
                    #expect(maxima.size == Int(clusters.size.max() ?? 0))
                    #expect(maxima.mass == (clusters.mass.max() ?? 0))
                }
            }
        }
    }
}
