import Convergence
import Foundation
import Imaging
import Inference
import TestSupport
import Testing

/// `oracle/nimare/pain_halves`: the first 11 pain studies against the last 10, with NiMARE's own label permutations.
@Suite("Two halves of the pain studies", .enabled(if: NiMAREShelf.isHere, Shelf.absence))
struct PainHalvesTests {
    private static func labels() throws -> LabelPermutations {
        let data = try Data(
            Gzip.decompress(
                [UInt8](
                    Data(
                        contentsOf: URL(
                            fileURLWithPath: NiMAREShelf.path("pain_halves/label_permutations_1000x21.txt.gz"))))))
        let rows = String(decoding: data, as: UTF8.self).split(separator: "\n")
            .map { $0.split(separator: " ").map { $0 == "1" } }
        return try LabelPermutations(rows, first: 11, total: 21)
    }

    private static func compare(
        _ maps: ConvergenceMaps, prefix: String, in space: ConvergenceSpace, only: (MapName) -> Bool = { _ in true }
    ) throws -> [String: Double] {
        var result: [String: Double] = [:]
        for name in maps.names where only(name) {
            guard Shelf.file("oracle/nimare/pain_halves/\(prefix)_\(name.nimare).nii.gz") != nil else { continue }
            let reference = "pain_halves/\(prefix)_\(name.nimare)"
            result[name.nimare] = try NiMAREShelf.worst(
                maps[name], reference, in: space, relative: name.value == .p)
        }
        return result
    }

    @Test("Chi-square maps, posteriors and false discovery rate")
    func chiSquare() async throws {
        let space = try NiMAREShelf.space()
        let pain = try NiMAREShelf.pain()
        let outcome = try await MKDAChi2().run(Array(pain.prefix(11)), Array(pain.dropFirst(11)), in: space)
        var maps = outcome.maps
        maps.merge(outcome.falseDiscoveryRate())
        let worst = try Self.compare(maps, prefix: "chi2", in: space)
        #expect(worst.count >= 30)
        for (name, value) in worst.sorted(by: { $0.key < $1.key }) {
            // chi2 reaches 226 in single precision; p there is below the smallest normal number.
            let limit = name.hasPrefix("p_") ? (name.contains("group2") || name.contains("FDR") ? 1 : 2e-6) : 2e-5
            #expect(value <= limit, "\(name): \(value)")
        }
    }

    @Test("Chi-square corrected by the given label permutations")
    func chiSquarePermuted() async throws {
        let space = try NiMAREShelf.space()
        let pain = try NiMAREShelf.pain()
        let outcome = try await MKDAChi2().run(Array(pain.prefix(11)), Array(pain.dropFirst(11)), in: space)
        let nulls = try await outcome.permuted(Self.labels(), workers: Workers(threads: 2))
        let rows = try NiMAREShelf.table("pain_halves/chi2_label_perm_maxima.tsv.gz")
        for (group, test) in [MKDAChi2.Test.uniformity, .group1, .group2, .association].enumerated() {
            for (column, measure) in [FamilyWiseNull.Measure.voxel, .size, .mass].enumerated() {
                let theirs = rows.map { Double($0[3 * group + column])! }
                let ours = nulls[test]!.maxima[measure]!
                let wrong = zip(ours, theirs).count { abs($0 - $1) > 2e-6 * max(1, abs($1)) }
                print("chi2 \(test) \(measure): \(wrong) of 1000 differ; first \(ours[0]) \(theirs[0])")
                #expect(wrong == 0)
            }
        }
        let worst = try Self.compare(outcome.corrected(nulls), prefix: "chi2", in: space)
        for (name, value) in worst where !name.contains("association_level-voxel") {
            #expect(value < 1e-5, "\(name): \(value)")
        }
        #expect(worst.count == 9)
        // Equal tables give χ² that differ in the last bit of theirs: p lies between all ties and none.
        let theirs = space.mask.gather(
            try NiMAREShelf.volume("pain_halves/chi2_p_desc-association_level-voxel_corr-FWE_method-montecarlo"))
        let maxima = rows.map { Double($0[9])! }
        for (voxel, value) in outcome.signed[.association]!.enumerated() where voxel % 17 == 0 {
            let ties = Double(maxima.count { $0 > abs(value) * (1 - 1e-9) }) / 1000
            let none = Double(maxima.count { $0 > abs(value) * (1 + 1e-9) }) / 1000
            #expect(Double(theirs[voxel]) <= min(0.999, max(0.001, ties)) + 1e-6)
            #expect(Double(theirs[voxel]) >= min(0.999, max(0.001, none)) - 1e-6)
        }
    }

    @Test("ALE subtraction by the given label permutations")
    func subtraction() async throws {
        let space = try NiMAREShelf.space()
        let pain = try NiMAREShelf.pain()
        let clock = ContinuousClock.now
        let outcome = try await ALESubtraction().run(
            Array(pain.prefix(11)), Array(pain.dropFirst(11)), in: space, labels: Self.labels(),
            workers: Workers(threads: 2))
        print("subtraction, 1000 permutations with clusters, two threads: \(ContinuousClock.now - clock)")
        let worst = try Self.compare(outcome.maps, prefix: "alesub", in: space)
        let rows = try NiMAREShelf.table("pain_halves/alesub_perm_maxima.tsv.gz")
        print("  threshold \(outcome.null.threshold)")
        #expect(abs(outcome.null.threshold - 0.012109487317502499) < 1e-8)
        for (column, measure) in [FamilyWiseNull.Measure.voxel, .size, .mass].enumerated() {
            let theirs = rows.map { Double($0[column])! }
            let ours = outcome.null.maxima[measure]!
            let worst = zip(ours, theirs).reduce(0) { max($0, abs($1.0 - $1.1)) }
            print("  \(measure): largest difference \(worst)")
            #expect(worst < (measure == .size ? 0.5 : 1e-6))
        }
        for name in ["stat_desc-group1MinusGroup2", "stat_desc-group1", "stat_desc-group2"] {
            #expect(worst[name]! < 1e-7)
        }
        for group in ["group1", "group2"] { #expect(worst["p_desc-\(group)"]! < 1e-6) }
        // NiMARE sums in another order for every permutation, so permutations that tie differ in the last bit and fall on
        // either side. Its p must lie between all ties against the observed value and none.
        let theirs = space.mask.gather(try NiMAREShelf.volume("pain_halves/alesub_p_desc-group1MinusGroup2"))
        let n = 1000.0
        var outside = 0
        var tied = 0
        for voxel in theirs.indices {
            let (up, down) = (Double(outcome.atLeast[voxel]), Double(outcome.atMost[voxel]))
            let most = min(1 - 1 / n, max(1 / n, 2 * min(up, down) / n))
            let least = min(1 - 1 / n, max(1 / n, 2 * min(n - down, n - up) / n))
            if most != least { tied += 1 }
            if Double(theirs[voxel]) > most + 1e-6 || Double(theirs[voxel]) < least - 1e-6 {
                outside += 1
                if outside % 50 == 1 {
                    print(
                        "DBG", voxel, outcome.maps[nimare: "stat_desc-group1MinusGroup2"]![voxel],
                        outcome.maps[nimare: "stat_desc-group1"]![voxel], up, down, theirs[voxel])
                }
            }
        }
        print("  p: \(tied) voxels with ties, \(outside) outside the range of ties")
        #expect(outside < 20)
    }
}
