import Convergence
import Foundation
import Imaging
import Inference
import Statistics
import Testing

/// `Reference/convergence.json`, made by `make_convergence.py` with numpy: runs without the reference shelf.
@Suite("Five made-up experiments, by formula in numpy")
struct ReferenceTests {
    struct Reference: Decodable {
        struct Study: Decodable {
            var id: String
            var n: Double
            var foci: [[Double]]
        }
        struct Voxel: Decodable {
            var ijk: [Int]
            var stat: Double
            var p: Double
            var z: Double
        }
        struct Method: Decodable {
            var sum: Double
            var max: Double
            var voxels: [Voxel]
            var thresholdP01: Double
        }
        var maskVoxels: Int
        var fwhm: [String: Double]
        var studies: [Study]
        var ale: Method
        var mkda: Method
        var kda: Method
        var chi2: [String: Double]
    }

    private let reference: Reference
    private let space: ConvergenceSpace
    private let foci: [FociSet]

    init() throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Reference/convergence.json")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        reference = try decoder.decode(Reference.self, from: Data(contentsOf: path))
        let grid = try #require(
            Grid(shape: [24, 26, 22], affine: Affine(scale: [2, 2, 2], origin: [-22, -24, -20])))
        space = try ConvergenceSpace(
            mask: Mask(grid: grid) { index in
                let v = SIMD3<Double>(grid.voxel(atIndex: index))
                let scaled = (v - [11.5, 12.5, 10.5]) / [11, 12, 10]
                return (scaled * scaled).sum() <= 1
            })
        foci = reference.studies.map { study in
            FociSet(id: study.id, sampleSize: study.n, foci: study.foci.map { SIMD3($0[0], $0[1], $0[2]) })
        }
    }

    @Test("Width of the kernel by sample size")
    func widths() {
        for (n, width) in reference.fwhm {
            #expect(abs(ActivationKernel.fwhm(sampleSize: Double(n)!) - width) < 1e-12)
        }
        // Eickhoff's table as rounded in the literature: 10.2 mm at 9 participants, 8.9 at 32.
        #expect(abs(ActivationKernel.fwhm(sampleSize: 9) - 10.164) < 5e-4)
        #expect(abs(ActivationKernel.fwhm(sampleSize: 32) - 8.939) < 5e-4)
    }

    @Test("Statistic, p, z and cluster threshold of ALE, MKDA and KDA", arguments: ["ale", "mkda", "kda"])
    func methods(name: String) async throws {
        #expect(space.mask.count == reference.maskVoxels)
        let (method, expected): (any CoordinateMethod, Reference.Method) =
            switch name {
            case "ale": (ActivationLikelihoodEstimation(), reference.ale)
            case "mkda": (MKDADensity(radius: 6), reference.mkda)
            default: (KernelDensityAnalysis(radius: 6), reference.kda)
            }
        let result = try await method.run(foci, in: space, workers: Workers(threads: 2))
        let sum = result.statistic.reduce(0) { $0 + Double($1) }
        #expect(abs(sum - expected.sum) < 1e-6 * expected.sum)
        #expect(abs(Double(result.statistic.max() ?? 0) - expected.max) < 1e-7)
        #expect(abs(result.null.threshold(p: 0.01) - expected.thresholdP01) < 1e-12)
        let p = try #require(result.maps[nimare: "p"])
        let z = try #require(result.maps[nimare: "z"])
        for voxel in expected.voxels {
            let at = Int(space.mask.position[space.mask.grid.index(voxel.ijk[0], voxel.ijk[1], voxel.ijk[2])])
            #expect(abs(Double(result.statistic[at]) - voxel.stat) < 1e-7)
            #expect(abs(Double(p[at]) - voxel.p) < 1e-6 * voxel.p)
            #expect(abs(Double(z[at]) - voxel.z) < 1e-5)
        }
    }

    @Test("Chi-square of the first three experiments against the last two")
    func chiSquare() async throws {
        let outcome = try await MKDAChi2(radius: 6).run(Array(foci.prefix(3)), Array(foci.dropFirst(3)), in: space)
        for test in ["uniformity", "association"] {
            let map = try #require(outcome.maps[nimare: "chi2_desc-\(test)"])
            let sum = map.reduce(0) { $0 + Double($1) }
            #expect(abs(sum - (reference.chi2["\(test)_sum"] ?? .nan)) < 1e-5 * sum)
            #expect(abs(Double(map.max()!) - (reference.chi2["\(test)_max"] ?? .nan)) < 1e-5)
        }
    }

    @Test("The screen finds exactly what whole maps show, for every rule and threshold", arguments: 0..<4)
    func screen(index: Int) async throws {
        let method: any CoordinateMethod = [
            ActivationLikelihoodEstimation(), MKDADensity(radius: 6), KernelDensityAnalysis(radius: 6),
            MKDADensity(radius: 8, weighting: .sampleSize),
        ][index]
        let result = try await method.run(foci, in: space)
        let model = result.prepared.model
        let table = NeighbourTable(space.mask, .faces)
        let random = FociRandomisation(space.mask, seed: 11)
        var drawn = [SIMD3<Int32>](repeating: .zero, count: model.fociCount)
        for share in [0.05, 0.6, 1.5] {
            let threshold = Double(result.statistic.max() ?? 0) * share
            let screen = FociScreen(ScreenPlan(model, threshold: threshold), neighbours: table)
            let painter = StatisticPainter(model)
            for iteration in 0..<10 {
                drawn.withUnsafeMutableBufferPointer { random.draw(iteration, count: $0.count, into: $0.baseAddress!) }
                painter.paint(drawn)
                let maxima = screen(drawn)
                let clusters = SparseClusters.maps(of: painter.statistic, above: Float(threshold), table: table)
                #expect(maxima.statistic == painter.statistic.max())
                #expect(maxima.size == Int(clusters.size.max() ?? 0))
                #expect(abs(maxima.mass - (clusters.mass.max() ?? 0)) < 1e-9)
            }
        }
    }

    @Test("TFCE of the z map is corrected like the rest, the same for any number of threads")
    func enhancement() async throws {
        let result = try await ActivationLikelihoodEstimation().run(foci, in: space)
        let test = FamilyWiseMonteCarlo(iterations: 100, seed: 2, includesTFCE: true)
        let (maps, null) = try await test.run(result, workers: Workers(threads: 3))
        let again = try await test.null(of: result, iterations: 0..<100)
        #expect(null == again)
        #expect(null.smallestP == 0.01)
        // The largest score of each draw, from its whole z map.
        let table = NeighbourTable(space.mask, .faces)
        let random = FociRandomisation(space.mask, seed: 2)
        let painter = StatisticPainter(result.prepared.model)
        var scratch = ThresholdFreeClusterEnhancement.Scratch()
        for iteration in 0..<5 {
            painter.paint(random, iteration: iteration)
            let z = painter.statistic.map { Float(LogProbability.oneSided(log(result.null.p($0)))) }
            let largest = ThresholdFreeClusterEnhancement(table: table).maximum(of: z, sign: 1, scratch: &scratch)
            #expect(null.maxima[.tfce]?[iteration] == Double(largest))
        }
        let logp = try #require(maps[nimare: "logp_desc-tfce_level-voxel_corr-FWE_method-montecarlo"])
        #expect(logp.allSatisfy { $0 >= 0 && $0 <= 2.0001 })
    }

    @Test("In data without convergence, at most one analysis in twenty finds something")
    func familyWiseError() async throws {
        let space = space
        let replicates = 150
        let hits = SharedArray(repeating: SIMD2<Int32>.zero, count: replicates)
        for replicate in 0..<replicates {
            let noise = NoiseExperiments(foci, space: space, seed: UInt64(replicate + 1)).first(12)
            let result = try await ActivationLikelihoodEstimation().run(noise, in: space)
            let test = FamilyWiseMonteCarlo(iterations: 200, voxelP: 0.01, seed: UInt64(1000 + replicate))
            let null = try await test.null(of: result, iterations: 0..<200, workers: Workers(threads: 2))
            let top = Double(result.statistic.max() ?? 0)
            let clusters = SparseClusters.maps(
                of: result.statistic, above: Float(null.threshold), table: NeighbourTable(space.mask, .faces))
            let largest = Double(clusters.size.max() ?? 0)
            if null.correctedP(.voxel)!(top) <= 0.05 { hits.buffer[replicate].x = 1 }
            if null.correctedP(.size)!(largest) <= 0.05 { hits.buffer[replicate].y = 1 }
        }
        let sum = hits.array.reduce(SIMD2<Int32>.zero, &+)
        print("family-wise errors in \(replicates) analyses of noise: voxel \(sum.x), cluster size \(sum.y)")
        // Binomial: 5 % of 150 is 7.5; more than 16 or fewer than 1 come up less than once in a thousand.
        #expect((1...16).contains(sum.x))
        #expect((1...16).contains(sum.y))
    }

    @Test("A Monte-Carlo null approaches the analytic one")
    func monteCarloNull() async throws {
        let analytic = try await ActivationLikelihoodEstimation().run(foci, in: space)
        let drawn = try await ActivationLikelihoodEstimation(null: .monteCarlo(iterations: 400, seed: 4))
            .run(foci, in: space, workers: Workers(threads: 2))
        for p in [0.5, 0.1, 0.01] {
            // The observed experiments lie where they lie; on a mask this small their coverage differs by some percent.
            let ratio = drawn.null.threshold(p: p) / analytic.null.threshold(p: p)
            #expect(abs(ratio - 1) < 0.25, "\(p): \(ratio)")
        }
    }

    @Test("SCALE with every voxel as base is ALE's Monte-Carlo test voxel by voxel")
    func scale() async throws {
        let base = (0..<space.mask.count).map { space.mask.world(at: $0) }
        let maps = try await SCALE(iterations: 300, seed: 6).run(
            foci, base: base, in: space, workers: Workers(threads: 2))
        let ale = try await ActivationLikelihoodEstimation().run(foci, in: space)
        #expect(maps[nimare: "stat"] == ale.statistic)
        let logp = try #require(maps[nimare: "logp"])
        let top = ale.statistic.indices.max { ale.statistic[$0] < ale.statistic[$1] }!
        // The highest voxel is never reached by chance: p is 1/N, the smallest there is.
        #expect(abs(Double(logp[top]) - log10(300)) < 1e-5)
    }

    @Test("Balanced subtraction: plain for equal groups; a larger group alone makes no difference")
    func balanced() async throws {
        let pair = Array(foci.prefix(4))
        let labels = LabelPermutations(first: 2, total: 4, count: 60, seed: 3)
        let plain = try await ALESubtraction().run(
            Array(pair.prefix(2)), Array(pair.suffix(2)), in: space, labels: labels, workers: Workers(threads: 2))
        let (maps, _) = try await BalancedSubtraction().run(
            Array(pair.prefix(2)), Array(pair.suffix(2)), in: space, labels: labels, workers: Workers(threads: 2))
        for name in ["stat_desc-group1MinusGroup2", "p_desc-group1MinusGroup2"] {
            let (a, b) = (try #require(plain.maps[nimare: name]), try #require(maps[nimare: name]))
            // Ties are judged on sums here and on differences there: they part where activations are near 1e-9.
            #expect(zip(a, b).count { abs($0 - $1) > 1e-7 } < space.mask.count / 100)
        }
        // Five copies of one experiment against one: the plain difference is large, the balanced one zero everywhere.
        let copies = (0..<5).map { FociSet(id: "copy\($0)", sampleSize: 20, foci: foci[1].foci) }
        let unequal = LabelPermutations(first: 5, total: 6, count: 20, seed: 3)
        let one = [FociSet(id: "one", sampleSize: 20, foci: foci[1].foci)]
        let (balanced, _) = try await BalancedSubtraction(subsamples: 5).run(copies, one, in: space, labels: unequal)
        let biased = try await ALESubtraction().run(copies, one, in: space, labels: unequal)
        #expect((balanced.maps(of: "stat_desc-group1MinusGroup2").max() ?? 1) < 1e-9)
        #expect((biased.maps.maps(of: "stat_desc-group1MinusGroup2").max() ?? 0) > 0.02)
    }

    @Test("A conjunction is the smaller z where all agree in sign")
    func conjunction() throws {
        let both = try Conjunction()([[3, 1, 0, -2, 4], [2, 2, 5, -3, -1]])
        #expect(both == [2, 1, 0, -2, 0])
        #expect(throws: ConvergenceError.self) { try Conjunction()([[1]]) }
    }

    @Test("Input that makes no sense is refused")
    func refusals() async throws {
        func fails(_ method: any CoordinateMethod, _ foci: [FociSet]) async -> Bool {
            do {
                _ = try await method.run(foci, in: space)
                return false
            } catch { return error is ConvergenceError }
        }
        #expect(await fails(ActivationLikelihoodEstimation(), []))
        #expect(await fails(ActivationLikelihoodEstimation(), [FociSet(id: "x", sampleSize: nil, foci: [[0, 0, 0]])]))
        #expect(await fails(MKDADensity(radius: -1), foci))
        #expect(await fails(MKDADensity(), [FociSet(id: "x", sampleSize: 10, foci: [[.nan, 0, 0]])]))
        #expect(throws: ConvergenceError.self) { try LabelPermutations([[true, true, false]], first: 1, total: 3) }
    }
}

extension ConvergenceMaps {
    fileprivate func maps(of name: String) -> [Float] { self[nimare: name] ?? [] }
}
