import Foundation
import Imaging
import Inference
import PrimaryStudy
import Testing

/// nilearn 0.14.1 `permuted_ols`, two-sided, TFCE and clusters, made to use prescribed flips and orders.
@Suite struct PublishedPermutationsTests {
    private func run(_ name: String) async throws -> (References.Case, StudyInference) {
        let reference = try #require(References.all.cases[name])
        let rows = reference.maps.map { $0.map { Float($0) } }
        var options = StudyTest.Options(permutations: 128, clusterP: 0.005, tfceForm: .nilearn)
        options.connectivity = .faces
        let design: StudyDesign
        let rearrangements: Rearrangements?
        if let flips = reference.flips {
            design = try .oneSample(count: rows.count)
            // All flips are enumerated; nilearn was given the same ones.
            #expect(flips.count == 127)
            rearrangements = nil
        } else {
            let score = try #require(reference.score)
            let age = try #require(reference.age)
            design = try .regression(on: StudyCovariate("score", score), covariates: [StudyCovariate("age", age)])
            rearrangements = try Rearrangements(orders: #require(reference.orders))
        }
        let test = try StudyTest(
            images: images(rows, References.all.mask), design: design, options: options, rearrangements: rearrangements)
        return (reference, try await test.run(workers: Workers(threads: 2)))
    }

    private func compare(_ name: String) async throws {
        let (reference, found) = try await run(name)
        for (ours, theirs) in zip(found.statistic, reference.t) {
            // Sums in single precision here, in double there.
            #expect(abs(Double(ours) - theirs) < 2e-5 * max(1, abs(theirs)))
        }
        let maxima: [(NullDistribution.Statistic, [Double], Double)] = [
            (.voxel, reference.maxT, 2e-5), (.tfce, reference.maxTFCE, 2e-4), (.size, reference.maxSize, 0),
            (.mass, reference.maxMass, 2e-3),
        ]
        for (statistic, theirs, tolerance) in maxima {
            // nilearn leaves the data themselves out of its list.
            let isTwoTailed = statistic != .tfce
            let ours = found.null.sorted(statistic, .positive, isTwoTailed: isTwoTailed)
            let data = found.null.maxima[0]
            let observed =
                isTwoTailed
                ? max(data.value(statistic, .positive), data.value(statistic, .negative))
                : data.value(statistic, .positive)
            let all = (theirs + [Double(observed)]).sorted()
            #expect(ours.count == all.count)
            for (a, b) in zip(ours, all) { #expect(abs(Double(a) - b) <= tolerance * max(1, b), "\(statistic)") }
        }
        let ps: [(NullDistribution.Statistic, [Double])] = [
            (.voxel, reference.voxelP), (.tfce, reference.tfceP), (.size, reference.sizeP), (.mass, reference.massP),
        ]
        let count = Double(found.null.maxima.count)
        for (statistic, theirs) in ps {
            let ours = found.correctedP(statistic, statistic == .tfce ? .positive : .both)
            var differing = 0
            for voxel in ours.indices {
                var expected = Double(ours[voxel])
                if statistic == .size || statistic == .mass {
                    // Of clusters nilearn counts the permutations without the data, at least 1 and at most all but 1 of them.
                    let others = count - 1
                    expected = min(max((expected * count).rounded() - 1, 1), others - 1) / others
                }
                if abs(expected - theirs[voxel]) > 0.5 / count { differing += 1 }
            }
            #expect(differing == 0, "\(name) \(statistic): \(differing) of \(ours.count)")
        }
    }

    @Test func allFlipsOfOneSampleGiveThePOfNilearn() async throws { try await compare("oneSample") }

    @Test func ordersWithACovariateGiveThePOfNilearn() async throws { try await compare("regression") }
}
