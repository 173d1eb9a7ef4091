import Convergence
import Imaging
import Inference
import Testing

@Suite("ALE of many foci, screened by smoothed counts")
struct SmoothBoundTests {
    private let space: ConvergenceSpace

    init() throws {
        let grid = try #require(Grid(shape: [23, 19, 17], affine: Affine(scale: [2, 2, 2], origin: [-22, -18, -16])))
        space = try ConvergenceSpace(mask: Mask(grid: grid) { $0 % 7 != 3 })
    }

    /// Experiments of very different numbers of foci, so that many overlap.
    private func result(_ fwhm: Double) async throws -> ConvergenceResult {
        let sets = [1, 60, 0, 2, 120, 35, 17, 90, 33].enumerated().map { study, size in
            FociSet(
                id: "\(study)", sampleSize: 20,
                foci: (0..<size).map { space.mask.world(at: (study * 7919 + $0 * 104_729) % space.mask.count) })
        }
        return try await ActivationLikelihoodEstimation(kernel: .fwhm(fwhm)).run(sets, in: space)
    }

    @Test(
        "no sum is above its bound, and the bound of a narrow kernel is near",
        arguments: VectorInstructions.available, [5.0, 9.5, 16])
    func bound(instructions: VectorInstructions, fwhm: Double) async throws {
        let model = try await result(fwhm).prepared.model
        let shape = try #require(SmoothBound.Shape(model.kernels[0], terms: model.terms[0]))
        let bound = SmoothBound(shape, model: model, instructions: instructions)
        let painter = StatisticPainter(model)
        let random = FociRandomisation(space.mask, seed: 3)
        let low = SIMD3<Int32>(truncatingIfNeeded: space.low)
        var drawn = [SIMD3<Int32>](repeating: .zero, count: model.fociCount)
        var found = [Int32](repeating: 0, count: bound.size)
        for iteration in 0..<3 {
            drawn.withUnsafeMutableBufferPointer { random.draw(iteration, count: $0.count, into: $0.baseAddress!) }
            painter.add(drawn)
            bound.take(drawn.flatMap { [$0.x - low.x, $0.y - low.y, $0.z - low.z] })
            let top = painter.sums.max() ?? 0
            #expect(bound.highest >= top * (1 - 1e-5))
            for share in [0.2, 0.6, 0.95] {
                let number = found.withUnsafeMutableBufferPointer { bound.above(top * share, into: $0.baseAddress!) }
                let voxels = Set(found.prefix(number).map { Int(bound.position[Int($0)]) }.filter { $0 >= 0 })
                let needed = painter.sums.indices.filter { painter.sums[$0] > top * share }
                #expect(needed.allSatisfy(voxels.contains))
                // Overlaps are looked at nine voxels wide, and here experiments have a focus every ten voxels: a wide kernel is cut.
                if fwhm > 10 { continue }
                let near = painter.sums.indices.count { painter.sums[$0] > top * share * 0.8 }
                #expect(voxels.count <= near + space.mask.count / 50, "\(voxels.count) of \(near)")
            }
        }
    }

    @Test("The screen finds exactly what whole maps show, with clusters and without", arguments: [0.4, 0.9, 3])
    func screen(share: Double) async throws {
        let result = try await result(9.5)
        let model = result.prepared.model
        #expect(SmoothBound.Shape.pays(foci: model.fociCount, in: space))
        let table = NeighbourTable(space.mask, .faces)
        let random = FociRandomisation(space.mask, seed: 5)
        let threshold = Double(result.statistic.max() ?? 0) * share
        let plan = ScreenPlan(model, threshold: threshold)
        let screens = [true, false].map { FociScreen(plan, neighbours: table, findsClusters: $0) }
        let painter = StatisticPainter(model)
        var drawn = [SIMD3<Int32>](repeating: .zero, count: model.fociCount)
        for iteration in 0..<5 {
            drawn.withUnsafeMutableBufferPointer { random.draw(iteration, count: $0.count, into: $0.baseAddress!) }
            painter.paint(drawn)
            let clusters = SparseClusters.maps(of: painter.statistic, above: Float(threshold), table: table)
            let (with, without) = (screens[0](drawn), screens[1](drawn))
            #expect(with.statistic == painter.statistic.max())
            #expect(with.size == Int(clusters.size.max() ?? 0))
            #expect(with.mass == (clusters.mass.max() ?? 0))
            #expect(without.statistic == with.statistic && without.size == 0 && without.mass == 0)
        }
    }

    @Test("A Gaussian is a product of lines; a ball is none")
    func shapes() throws {
        let gaussian = KernelStencil(fwhm: 10, voxelSize: [2, 3, 4], convention: .nimare)
        #expect(SmoothBound.Shape(gaussian, terms: gaussian.values.map { Double($0) }) != nil)
        let ball = KernelStencil(radius: 10, voxelSize: [2, 2, 2])
        #expect(SmoothBound.Shape(ball, terms: [0, 1]) == nil)
    }
}
