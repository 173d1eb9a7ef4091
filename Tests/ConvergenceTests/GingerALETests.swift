import Convergence
import Foundation
import Imaging
import Inference
import TestSupport
import Testing

/// `data/gingerale`: 24 experiments, 132 foci of which three lie outside the mask, and GingerALE's own images of them.
@Suite("GingerALE's ALE and Z", .enabled(if: Shelf.file("data/gingerale") != nil, Shelf.absence))
struct GingerALETests {
    struct Missing: Error { var name: String }

    private static func path(_ name: String) throws -> String {
        guard let path = Shelf.file("data/gingerale/\(name)") else { throw Missing(name: name) }
        return path
    }

    private static func volume(_ name: String) throws -> Volume {
        try NIfTIImage(contentsOf: path("AG_increase_18apr2023_\(name).nii.gz")).volume(0)
    }

    /// GingerALE's mask: where its ALE is not 0.
    private static func space(_ ale: Volume) throws -> ConvergenceSpace {
        try ConvergenceSpace(mask: Mask(grid: ale.grid) { ale.values[$0] != 0 })
    }

    /// The first 24 blocks of the text, each an experiment: those of increases.
    private static func increases() throws -> [FociSet] {
        var sets: [FociSet] = []
        let text = try String(
            decoding: Data(contentsOf: URL(fileURLWithPath: path("AG_allMod_18apr2023.txt"))), as: UTF8.self)
        for line in text.split(whereSeparator: \.isNewline) {
            let line = line.trimmingCharacters(in: .whitespaces)
            if line.hasPrefix("//Reference") || line.isEmpty { continue }
            if line.hasPrefix("//Subjects=") {
                sets[sets.count - 1].sampleSize = Double(
                    line.dropFirst("//Subjects=".count).trimmingCharacters(in: .whitespaces))
            } else if line.hasPrefix("//") {
                sets.append(FociSet(id: "\(sets.count + 1)", sampleSize: nil, foci: []))
            } else {
                let numbers = line.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
                sets[sets.count - 1].foci.append([numbers[0], numbers[1], numbers[2]])
            }
        }
        return Array(sets.prefix(24))
    }

    @Test("ALE equals GingerALE's to 1e-7 wherever that is not 0; rounding foci to voxels would not")
    func statistic() async throws {
        let ale = try Self.volume("ALE")
        let space = try Self.space(ale)
        let foci = try Self.increases()
        #expect(space.mask.count == 228_483)
        #expect(foci.reduce(0) { $0 + $1.foci.count } == 132)
        func worst(_ convention: KernelConvention) async throws -> Double {
            let result = try await ActivationLikelihoodEstimation(convention: convention).run(
                foci, in: space, workers: Workers(threads: 2))
            return zip(result.statistic, space.mask.gather(ale)).reduce(0) { max($0, abs(Double($1.0) - Double($1.1))) }
        }
        // Measured in numpy: 1.9e-9, half a unit in the last digit of their single precision.
        #expect(try await worst(.gingerale) < 1e-7)
        #expect(try await worst(.exact) > 1e-4)
    }

    @Test("Z equals GingerALE's where p is below one half, but for voxels at the edge of a bin of its histogram")
    func z() async throws {
        let space = try Self.space(Self.volume("ALE"))
        let theirs = space.mask.gather(try Self.volume("Z"))
        let result = try await ActivationLikelihoodEstimation(convention: .gingerale).run(
            Self.increases(), in: space, workers: Workers(threads: 2))
        let ours = try #require(result.maps[nimare: "z"])
        var compared = 0
        var apart = 0
        var worst: Float = 0
        // Theirs is NaN where ALE rounds to 0 and negative where p exceeds one half; ours is 0 there.
        for (a, b) in zip(ours, theirs) where b > 0.05 {
            compared += 1
            let difference = abs(a - b)
            if difference > 2e-5 { apart += 1 }
            worst = max(worst, difference)
        }
        #expect(compared > 90_000)
        // ALE differs by 2e-9 in bins of 1e-5: in numpy one voxel of all falls to the neighbouring bin, by 0.002.
        #expect(apart <= 20)
        #expect(worst < 0.08)
        for (a, b) in zip(ours, theirs) where !(b > 0) { #expect(a < 0.02) }
    }

    @Test("A subtraction takes foci between the voxels too: a group less an empty one is its own ALE")
    func subtraction() async throws {
        let ale = try Self.volume("ALE")
        let space = try Self.space(ale)
        let foci = try Self.increases()
        // Far from every voxel of the mask: this experiment adds nothing anywhere.
        let empty = FociSet(id: "none", sampleSize: 20, foci: [[0, 0, 900]])
        let outcome = try await ALESubtraction(convention: .gingerale).run(
            foci, [empty], in: space, labels: LabelPermutations(first: 24, total: 25, count: 2, seed: 1),
            workers: Workers(threads: 2))
        let difference = try #require(outcome.maps[nimare: "stat_desc-group1MinusGroup2"])
        #expect(
            zip(difference, space.mask.gather(ale)).allSatisfy { abs(Double($0) - Double($1)) < 1e-7 })
    }

    @Test("Who carries a cluster is told from the same foci: shares of one experiment at its own peak are 1")
    func contributions() async throws {
        let space = try Self.space(Self.volume("ALE"))
        let foci = Array(try Self.increases().prefix(1))
        let result = try await ActivationLikelihoodEstimation(convention: .gingerale).run(foci, in: space)
        let clusters = ContributionDiagnostics(threshold: 2, minimumExtent: 1)(result)
        #expect(clusters.count == 1)
        #expect(clusters.first.map { abs($0.contribution[0] - 1) < 1e-12 } == true)
    }
}
