import Foundation
import Imaging
import Inference
import PrimaryStudy
import Statistics
import Testing

@Suite struct StudyTestTests {
    private let mask = SmallBrain.mask

    private func inference(
        _ rows: [[Float]], _ design: StudyDesign, contrast: Int = 0, threads: Int = 2,
        _ change: (inout StudyTest.Options) -> Void = { _ in }
    ) async throws -> StudyInference {
        var options = StudyTest.Options(permutations: 200, clusterP: 0.01, countsUncorrected: true)
        change(&options)
        return try await StudyTest(images: images(rows), design: design, contrast: contrast, options: options)
            .run(workers: Workers(threads: threads))
    }

    @Test func pairedIsOneSampleOfDifferencesToTheBit() async throws {
        let first = Draws("pre").maps(9, mask: mask)
        let second = Draws("post").maps(9, mask: mask, effect: 1)
        let change = try PairedChange.images(first: images(first), second: images(second))
        let differences = zip(first, second).map { zip($0, $1).map { $1 - $0 } }
        #expect(change.rows == differences)
        let a = try await StudyTest(
            images: change, design: .oneSample(count: 9), options: .init(permutations: 512)
        ).run(workers: Workers(threads: 1))
        let b = try await inference(differences, .oneSample(count: 9)) {
            $0.permutations = 512
            $0.clusterP = 0.001
        }
        #expect(a.null == b.null)
        #expect(a.statistic == b.statistic)
    }

    @Test func twoSamplesAreARegressionOnADummyToTheBit() async throws {
        let rows = Draws("groups").maps(11, mask: mask, effect: 0.4)
        let isFirst = (0..<11).map { $0 % 2 == 0 }
        let a = try await inference(rows, .twoSample(isFirst: isFirst))
        let b = try await inference(
            rows, .regression(on: StudyCovariate("dummy", isFirst.map { $0 ? 1 : 0 })))
        #expect(a.null == b.null)
        #expect(a.statistic == b.statistic)
        // The same question in cell means: the same t up to rounding.
        let cells = try StudyDesign(
            columns: ["a", "b"], matrix: Matrix(columns: [isFirst.map { $0 ? 1 : 0 }, isFirst.map { $0 ? 0 : 1 }]),
            contrasts: [StudyContrast(name: "a - b", [1, -1])], exchange: ExchangeScheme(.permutations))
        let c = try await inference(rows, cells)
        for (x, y) in zip(a.statistic, c.statistic) { #expect(abs(x - y) < 1e-5 * max(1, abs(x))) }
    }

    @Test func threadsAndShardsChangeNothing() async throws {
        var rows = Draws("threads").maps(12, mask: mask, effect: 0.8)
        for voxel in stride(from: 0, to: mask.count, by: 7) { rows[voxel % 12][voxel] = .nan }
        let design = try StudyDesign.regression(
            on: StudyCovariate("score", (0..<12).map { Double($0 * $0 % 7) }),
            covariates: [StudyCovariate("age", (0..<12).map { Double($0 % 5) })])
        let one = try await inference(rows, design, threads: 1)
        let three = try await inference(rows, design, threads: 3)
        #expect(one.null == three.null)
        #expect(one.uncorrectedP(.both)?.filter { !$0.isNaN } == three.uncorrectedP(.both)?.filter { !$0.isNaN })
        var options = StudyTest.Options(permutations: 200, clusterP: 0.01, countsUncorrected: true)
        options.seed = 1
        let prepared = try StudyTest(images: images(rows), design: design, options: options).prepare()
        var parts: [StudyTally] = []
        for range in [150..<200, 0..<3, 3..<150] {
            parts.append(try await prepared.tally(range, workers: Workers(threads: 2)))
        }
        let merged = try #require(StudyTally.merging(parts))
        #expect(NullDistribution(merged.maxima) == one.null)
        #expect(
            prepared.inference(merged).uncorrectedP(.positive)?.filter { !$0.isNaN }
                == one.uncorrectedP(.positive)?.filter { !$0.isNaN })
        #expect(StudyTally.merging([parts[0], parts[1]]) == nil)
    }

    @Test func voxelsAloneGiveTheSameMaximaAsWholeMaps() async throws {
        let rows = Draws("alone").maps(13, mask: mask, effect: 0.8)
        let design = try StudyDesign.oneSample(count: 13)
        let all = try await inference(rows, design)
        let fast = try await inference(rows, design) {
            $0.clusterP = nil
            $0.includesTFCE = false
            $0.countsUncorrected = false
        }
        #expect(all.null.sorted(.voxel, .positive) == fast.null.sorted(.voxel, .positive))
        #expect(all.null.sorted(.voxel, .negative) == fast.null.sorted(.voxel, .negative))
        #expect(fast.statistics == [.voxel])
    }

    /// All flips: the second half is the mirror image of the first; a shard makes each itself.
    @Test func mirrorImagesAreThoseMadeOneByOne() async throws {
        let rows = Draws("mirror").maps(8, mask: mask, effect: 0.8)
        let options = StudyTest.Options(permutations: 256, clusterP: 0.01, countsUncorrected: true)
        let prepared = try StudyTest(images: images(rows), design: .oneSample(count: 8), options: options).prepare()
        let whole = try await prepared.tally(0..<256, workers: Workers(threads: 2))
        let low = try await prepared.tally(0..<100, workers: Workers(threads: 2))
        let high = try await prepared.tally(100..<256, workers: Workers(threads: 2))
        #expect(StudyTally.merging([low, high]) == whole)
        let inference = prepared.inference(whole)
        #expect(inference.smallestP(.both) == 2.0 / 256)
        #expect(inference.smallestP(.positive) == 1.0 / 256)
        #expect(inference.correctedP(.voxel, .both).allSatisfy { $0 >= 2.0 / 256 })
    }

    @Test func voxelsWithMissingValuesAreTestedOnThosePresent() async throws {
        let full = Draws("missing").maps(10, mask: mask, effect: 1)
        var rows = full
        for voxel in 0..<mask.count where voxel % 3 == 0 {
            rows[2][voxel] = .nan
            rows[7][voxel] = .nan
        }
        for voxel in 0..<5 { for row in 0..<6 { rows[row][voxel] = .nan } }
        let some = try await inference(rows, .oneSample(count: 10)) { $0.minimumMaps = 8 }
        #expect(some.isScore)
        let fit = try StudyFit(rows, design: .oneSample(count: 10), contrast: .init(name: "mean", [1]), minimum: 8)
        let kept = [0, 1, 3, 4, 5, 6, 8, 9]
        let apart = try StudyFit(
            kept.map { full[$0] }, design: .oneSample(count: 8), contrast: .init(name: "mean", [1]))
        let z = fit.z
        for voxel in 0..<mask.count {
            if voxel < 5 {
                #expect(some.statistic[voxel].isNaN && fit.statistic[voxel].isNaN)
            } else if voxel % 3 == 0 {
                #expect(fit.statistic[voxel] == apart.statistic[voxel])
                #expect(fit.counts[voxel] == 8)
                #expect(abs(some.statistic[voxel] - z[voxel]) < 3e-5 * max(1, abs(z[voxel])))
            } else {
                #expect(fit.degreesOfFreedom[voxel] == 9)
            }
        }
        #expect(some.correctedP(.voxel, .both)[0].isNaN)
    }

    /// Rows missing in one block leave the order within the others.
    @Test func missingSessionsStayWithinTheirPerson() async throws {
        let subjects = names(6).flatMap { [$0, $0, $0] }
        let sessions = (0..<6).flatMap { _ in ["a", "b", "c"] }
        let design = try StudyDesign.repeatedMeasures(subjects: subjects, sessions: sessions)
        #expect(design.contrasts.map(\.name) == ["sessions", "b - a", "c - a"])
        var rows = Draws("sessions").maps(18, mask: mask)
        // People differ by much more than sessions: a value that left its person would be seen as a huge F.
        for row in rows.indices { rows[row] = rows[row].map { $0 + Float(100 * (row / 3)) } }
        for voxel in 0..<mask.count where voxel % 2 == 0 { rows[4][voxel] = .nan }
        let found = try await inference(rows, design) { $0.minimumMaps = 15 }
        for values in [found.null.sorted(.voxel, .positive)] { #expect((values.last ?? 0) < 9) }
        #expect(found.null.sorted(.voxel, .negative).allSatisfy { $0 == 0 })
        #expect(found.correctedP(.voxel, .positive).contains { $0 < 1 })
    }

    @Test func aSmoothedVarianceOfOneVoxelIsThatOfItsNeighbourhood() async throws {
        let rows = Draws("pseudo").maps(8, mask: mask, effect: 1)
        let narrow = try await inference(rows, .oneSample(count: 8)) { $0.statistic = .smoothedVariance(fwhm: 0.1) }
        let plain = try await inference(rows, .oneSample(count: 8))
        // A filter narrower than a voxel smooths nothing.
        for (a, b) in zip(narrow.statistic, plain.statistic) { #expect(abs(a - b) < 1e-4 * max(1, abs(b))) }
        let wide = try await inference(rows, .oneSample(count: 8)) { $0.statistic = .smoothedVariance(fwhm: 10) }
        let fit = try StudyFit(rows, design: .oneSample(count: 8), contrast: .init(name: "mean", [1]))
        let smooth = mask.smooth(fit.standardError.map { $0 * $0 }, fwhm: 10)
        for voxel in 0..<mask.count {
            let expected = fit.effect[voxel] / smooth[voxel].squareRoot()
            #expect(abs(wide.statistic[voxel] - expected) < 1e-4 * max(1, abs(expected)))
        }
    }

    @Test func aConjunctionIsAsWeakAsItsWeakestContrast() async throws {
        let rows = Draws("conjunction").maps(12, mask: mask, effect: 3)
        let shared = try await inference(rows, .oneSample(count: 12))
        let other = try await inference(Draws("other").maps(12, mask: mask), .oneSample(count: 12))
        let both = try StudyConjunction([shared, other])
        let (a, b) = (shared.correctedP(.voxel, .positive), other.correctedP(.voxel, .positive))
        #expect(both.correctedP == zip(a, b).map { max($0, $1) })
        let self2 = try StudyConjunction([shared, shared])
        #expect(self2.correctedP == a)
        #expect(a.contains { $0 < 0.05 })
    }

    @Test func faultyDesignsAreNamed() throws {
        func fault(_ make: () throws -> Void) -> String {
            do {
                try make()
                return ""
            } catch { return "\(error)" }
        }
        #expect(
            fault {
                _ = try StudyDesign.regression(on: StudyCovariate("score", [2, 2, 2, 2, 2]))
            }.contains("score is determined by mean"))
        #expect(
            fault {
                _ = try StudyDesign.regression(on: StudyCovariate("score", [1, 2, .nan, 4, 5]))
            }.contains("score is not a finite number"))
        #expect(
            fault {
                _ = try StudyDesign.regression(on: StudyCovariate("score", [1, 2]))
            }.contains("2 maps for 2 columns"))
        #expect(
            fault { _ = try StudyDesign.twoSample(isFirst: [true, true, true]) }.contains("Only one group"))
        #expect(
            fault {
                _ = try StudyDesign.repeatedMeasures(subjects: ["a", "a", "b"], sessions: ["x", "x", "y"])
            }.contains("Subject a has session x twice"))
        #expect(
            fault {
                _ = try StudyImages(mask: mask, rows: [[1, 2]], subjects: ["a"])
            }.contains("a: 2 values"))
    }
}
