import Convergence
import Foundation
import Imaging
import Inference
import Statistics
import Testing

@Suite("Foci within a ball around every voxel")
struct BallCountsTests {
    private let space: ConvergenceSpace

    init() throws {
        // A box whose sides are multiples of nothing, with a mask that touches its walls.
        let grid = try #require(Grid(shape: [23, 19, 17], affine: Affine(scale: [2, 2, 2], origin: [-22, -18, -16])))
        space = try ConvergenceSpace(mask: Mask(grid: grid) { $0 % 7 != 3 })
    }

    /// The same, voxel by voxel and focus by focus.
    private func plain(
        _ experiments: [[SIMD3<Int32>]], radius: Double, space: ConvergenceSpace, countsExperiments: Bool
    ) -> [Int] {
        space.mask.voxels.map { index in
            let voxel = SIMD3<Double>(space.mask.grid.voxel(atIndex: Int(index)))
            let near = experiments.map { foci in
                foci.count { focus in
                    let step = (voxel - SIMD3<Double>(focus)) * space.mask.grid.affine.voxelSize
                    return (step * step).sum().squareRoot() <= radius
                }
            }
            return countsExperiments ? near.count { $0 > 0 } : near.reduce(0, +)
        }
    }

    private func ball(
        _ experiments: [[SIMD3<Int32>]], radius: Double, space: ConvergenceSpace, countsExperiments: Bool,
        instructions: VectorInstructions = .best
    ) throws -> (BallCounts, [Int]) {
        let stencil = KernelStencil(radius: radius, voxelSize: space.mask.grid.affine.voxelSize)
        let shape = try #require(BallCounts.Shape(stencil))
        let ball = BallCounts(
            shape, space: space, sizes: experiments.map(\.count), countsExperiments: countsExperiments,
            instructions: instructions)
        let low = SIMD3<Int32>(truncatingIfNeeded: space.low)
        let triples = experiments.flatMap { $0 }.flatMap { focus in [0, 1, 2].map { (focus &- low)[$0] } }
        // Twice: memory used before makes no difference.
        ball.count(triples)
        ball.count(triples)
        let counts = ball.position.indices.filter { ball.position[$0] >= 0 }.map { ball.at($0) }
        return (ball, counts)
    }

    private func drawn(_ sizes: [Int], space: ConvergenceSpace) -> [[SIMD3<Int32>]] {
        sizes.enumerated().map { number, size in
            var foci = [SIMD3<Int32>](repeating: .zero, count: size)
            foci.withUnsafeMutableBufferPointer {
                FociRandomisation(space.mask, seed: 5).draw(number, count: $0.count, into: $0.baseAddress!)
            }
            return foci
        }
    }

    @Test(
        "are those of the plain loop, for every instruction set, of foci and of experiments",
        arguments: VectorInstructions.available, [3.0, 6, 10, 14.5])
    func plainLoop(instructions: VectorInstructions, radius: Double) throws {
        let experiments = drawn([1, 40, 0, 12, 30, 5], space: space)
        for countsExperiments in [false, true] {
            let expected = plain(experiments, radius: radius, space: space, countsExperiments: countsExperiments)
            let (ball, counted) = try ball(
                experiments, radius: radius, space: space, countsExperiments: countsExperiments,
                instructions: instructions)
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
        let experiments: [[SIMD3<Int32>]] = [
            [[0, 0, 0], [13, 10, 8], [1, 0, 0]], [[7, 5, 4], [7, 5, 4], [8, 5, 3]],
        ]
        for countsExperiments in [false, true] {
            let (_, counted) = try ball(experiments, radius: 9, space: space, countsExperiments: countsExperiments)
            #expect(
                counted == plain(experiments, radius: 9, space: space, countsExperiments: countsExperiments))
        }
    }

    @Test("go on in two bytes where one is not enough, whether that is known before or found on the way")
    func manyFoci() throws {
        // Few foci on average, 300 of 100 experiments in one place.
        let heap = (0..<100).map { number in
            [SIMD3<Int32>](repeating: [11, 9, 8], count: 2) + [SIMD3<Int32>(12, 9, Int32(8 + number % 2))]
        }
        let everywhere = drawn(Array(repeating: 20, count: 200), space: space)
        for (experiments, radius) in [(heap, 3.0), (everywhere, 14.0)] {
            for countsExperiments in [false, true] {
                let expected = plain(experiments, radius: radius, space: space, countsExperiments: countsExperiments)
                let (_, counted) = try ball(
                    experiments, radius: radius, space: space, countsExperiments: countsExperiments)
                #expect(counted == expected)
                if !countsExperiments { #expect(expected.max()! > 255) }
            }
        }
    }

    @Test("Only balls are taken for balls")
    func shapes() {
        #expect(BallCounts.Shape(KernelStencil(fwhm: 10, voxelSize: [2, 2, 2], convention: .exact)) == nil)
        #expect(BallCounts.Shape(KernelStencil(radius: 10, voxelSize: [2, 2, 2]))?.widths.first == 5)
        // Sixteen voxels are more than the kernel holds.
        #expect(BallCounts.Shape(KernelStencil(radius: 32, voxelSize: [2, 2, 2])) == nil)
    }

    @Test("With many foci, the screens find exactly what whole maps show", arguments: [12, 700])
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
            let test = FamilyWiseMonteCarlo(iterations: 5, seed: 3, includesTFCE: true)
            let null = try await test.null(of: result, iterations: 0..<5)
            var scratch = ThresholdFreeClusterEnhancement.Scratch()
            for iteration in 0..<5 {
                let painter = StatisticPainter(model)
                painter.paint(random, iteration: iteration)
                let z = painter.statistic.map { Float(LogProbability.oneSided(log(result.null.p($0)))) }
                let largest = ThresholdFreeClusterEnhancement(table: table).maximum(of: z, sign: 1, scratch: &scratch)
                #expect(null.maxima[.tfce]?[iteration] == Double(largest))
            }
        }
    }
}
