import Convergence
import Foundation
import Imaging
import Inference
import Testing

@Suite("ALE subtraction, permutation by permutation")
struct SubtractionTests {
    private let space: ConvergenceSpace

    init() throws {
        let grid = try #require(Grid(shape: [19, 17, 21], affine: Affine(scale: [3, 3, 3], origin: [-27, -24, -30])))
        space = try ConvergenceSpace(mask: Mask(grid: grid) { $0 % 11 != 5 })
    }

    private func experiments(_ count: Int, foci: Int) -> [FociSet] {
        (0..<count).map { study in
            FociSet(
                id: "\(study)", sampleSize: Double(10 + study % 9),
                foci: (0..<foci).map { focus in
                    space.mask.world(at: (study * 7919 + focus * focus * 104_729) % space.mask.count)
                })
        }
    }

    /// What each experiment adds to every voxel.
    private func terms(_ sets: [FociSet]) throws -> [[Double]] {
        let model = try ActivationLikelihoodEstimation().model(sets, in: space).model
        let painter = ActivationPainter(model)
        return model.studies.map { study in
            var row = [Double](repeating: 0, count: space.mask.count)
            let own = painter.sparse(study)
            for (voxel, level) in zip(own.voxels, own.levels) {
                row[Int(voxel)] = model.terms[study.kernel][Int(level)]
            }
            return row
        }
    }

    /// Few experiments near every voxel; many; and more permutations than a word has bits, and fewer.
    @Test(
        "counts and largest differences are those of the plain loop, for every instruction set",
        arguments: VectorInstructions.available, [[8, 2, 100], [40, 3, 150], [90, 6, 64], [5, 9, 2]])
    func plainLoop(instructions: VectorInstructions, size: [Int]) async throws {
        let sets = experiments(size[0], foci: size[1])
        let first = (sets.count + 1) / 2
        let labels = LabelPermutations(first: first, total: sets.count, count: size[2], seed: 4)
        let outcome = try await ALESubtraction(includesClusters: false, instructions: instructions).run(
            Array(sets.prefix(first)), Array(sets.dropFirst(first)), in: space, labels: labels,
            workers: Workers(threads: 2))

        let terms = try terms(sets)
        func sums(_ isMember: (Int) -> Bool) -> [Double] {
            var result = [Double](repeating: 0, count: space.mask.count)
            for (study, row) in terms.enumerated() where isMember(study) {
                for voxel in row.indices { result[voxel] += row[voxel] }
            }
            return result
        }
        let whole = sums { _ in true }
        let goal = sums { $0 < first }
        var (above, below) = ([Int32](repeating: 0, count: goal.count), [Int32](repeating: 0, count: goal.count))
        var highest: [Double] = []
        for permutation in 0..<size[2] {
            let isFirst = labels.labels(permutation)
            let own = sums { isFirst[$0] }
            var most: Float = 0
            for voxel in own.indices {
                above[voxel] += own[voxel] >= goal[voxel] - 1e-9 ? 1 : 0
                below[voxel] += own[voxel] <= goal[voxel] + 1e-9 ? 1 : 0
                most = max(most, abs(Float(exp(-(whole[voxel] - own[voxel])) - exp(-own[voxel]))))
            }
            highest.append(Double(most))
        }
        #expect(outcome.atLeast == above)
        #expect(outcome.atMost == below)
        #expect(outcome.null.maxima[.voxel] == highest)
    }

    @Test("leaving out clusters leaves all other maps as they are")
    func withoutClusters() async throws {
        let sets = experiments(24, foci: 5)
        let labels = LabelPermutations(first: 10, total: 24, count: 130, seed: 2)
        func run(_ includesClusters: Bool) async throws -> ALESubtraction.Outcome {
            try await ALESubtraction(voxelP: 0.01, includesClusters: includesClusters).run(
                Array(sets.prefix(10)), Array(sets.dropFirst(10)), in: space, labels: labels)
        }
        let (with, without) = (try await run(true), try await run(false))
        #expect(without.maps.names == with.maps.names.filter { $0.level != .cluster })
        #expect(with.maps.names.count == without.maps.names.count + 6)
        for name in without.maps.names { #expect(without.maps[name] == with.maps[name], "\(name.nimare)") }
        #expect(without.null.maxima[.voxel] == with.null.maxima[.voxel])
        #expect(without.null.maxima[.size] == nil && without.null.maxima[.mass] == nil)
        #expect((with.null.maxima[.size]?.max() ?? 0) > 1)
    }
}
