import Foundation
import Imaging
import Inference
import TestSupport
import Testing

/// The sign-flip machinery on real images against nilearn's `permuted_ols` with the very same flips
/// (`Reference/nilearn_sign_flips.py` says how, and made the numbers).
@Suite("Sign flips as in nilearn", .enabled(if: Shelf.isHere, Shelf.absence))
struct PublishedSignFlipTests {
    private struct Reference: Decodable {
        var source: String
        var subjects: Int
        var voxels: Int
        /// Of each permutation: bit i says that subject i is flipped. Our enumeration counts them in the same way.
        var flips: [Int]
        var maximumT: [Double]
        var maximumTFCE: [Double]
        /// Mask positions, and the observed statistics and corrected p there.
        var positions: [Int]
        var t: [Double]
        var tfce: [Double]
        var pT: [Double]
        var pTFCE: [Double]

        enum CodingKeys: String, CodingKey {
            case source, subjects, voxels, flips, positions, t, tfce
            case maximumT = "maximum_t"
            case maximumTFCE = "maximum_tfce"
            case pT = "p_t"
            case pTFCE = "p_tfce"
        }

        static func load() throws -> Reference {
            let url = URL(filePath: #filePath).deletingLastPathComponent()
                .appending(path: "Reference/nilearn_sign_flips.json")
            return try JSONDecoder().decode(Reference.self, from: Data(contentsOf: url))
        }
    }

    /// Ten subjects' images at the mask's voxels, every second voxel of the shelf's maps.
    private struct Images {
        let mask: Mask
        let subjects: [[Double]]
        private let scheme: PermutationScheme

        init(subjects count: Int) throws {
            func volume(_ name: String) throws -> Volume {
                try NIfTIImage(contentsOf: #require(Shelf.file("data/pain21/\(name).nii.gz"))).volume()
            }
            let names = (1...count).map { String(format: "pain_%02d", $0) }
            let contrasts = try names.map { try volume("contrast_" + $0) }
            let variances = try names.map { try volume("var_" + $0) }
            let fine = try volume("mask")
            let grid = try #require(
                Grid(
                    shape: (fine.grid.shape &+ 1) / SIMD3(repeating: 2),
                    affine: Affine(scale: [-4, 4, 4], origin: fine.grid.affine.origin)))
            func source(_ index: Int) -> Int { fine.grid.index(grid.voxel(atIndex: index) &* SIMD3(repeating: 2)) }
            mask = Mask(grid: grid) { index in
                fine.values[source(index)] > 0
                    && (0..<count).allSatisfy {
                        contrasts[$0].values[source(index)] != 0 && variances[$0].values[source(index)] > 0
                    }
            }
            let voxels = mask.voxels.map { source(Int($0)) }
            subjects = (0..<count).map { subject in
                voxels.map {
                    Double(contrasts[subject].values[$0]) / Double(variances[subject].values[$0]).squareRoot()
                }
            }
            scheme = PermutationScheme([.init(id: "pain", n1: count, n2: 0)], requested: 1 << count, seed: 1)
            #expect(scheme.isExhaustive)
        }

        /// One-sample t of the flipped images.
        func t(permutation: Int) -> [Float] {
            let n = Double(subjects.count)
            let signs = scheme.weights(experiment: 0, permutation: permutation).subjects.map { $0 < 0 ? -1.0 : 1 }
            return (0..<mask.count).map { voxel in
                var sum = 0.0
                var squares = 0.0
                for (subject, sign) in signs.enumerated() {
                    let value = subjects[subject][voxel]
                    sum += sign * value
                    squares += value * value
                }
                let mean = sum / n
                return Float(mean / ((squares / n - mean * mean) / (n - 1)).squareRoot())
            }
        }
    }

    @Test("Voxel and TFCE maxima of 500 flips, and corrected p, are nilearn's; all 1,024 flips give them within chance")
    func same() throws {
        let reference = try Reference.load()
        let images = try Images(subjects: reference.subjects)
        try #require(images.mask.count == reference.voxels)
        let tfce = ThresholdFreeClusterEnhancement(table: NeighbourTable(images.mask, .faces), form: .nilearn)
        let statistics = MaximumStatistics(tfce: tfce, clusterTable: tfce.table, clusterForming: 3)
        var scratch = MaximumStatistics.Scratch()
        let every = (0..<1 << reference.subjects).map { statistics(images.t(permutation: $0), scratch: &scratch) }

        // Single precision moves a few voxels across one of TFCE's 100 steps.
        let tolerance = (t: 1e-6, tfce: 1e-5)
        var worst = (t: 0.0, tfce: 0.0)
        for (index, flips) in reference.flips.enumerated() {
            let t = Double(every[flips].value(.voxel, .positive))
            #expect(abs(t - reference.maximumT[index]) <= tolerance.t * t)
            let enhanced = Double(every[flips].value(.tfce, .positive))
            #expect(abs(enhanced - reference.maximumTFCE[index]) <= tolerance.tfce * enhanced)
            worst.t = max(worst.t, abs(t / reference.maximumT[index] - 1))
            worst.tfce = max(worst.tfce, abs(enhanced / reference.maximumTFCE[index] - 1))
        }
        print("sign flips: maxima differ from nilearn's by at most \(worst.t) (t), \(worst.tfce) (TFCE), relative")

        let observed = images.t(permutation: 0)
        var tfceScratch = ThresholdFreeClusterEnhancement.Scratch()
        let enhanced = tfce.scores(of: observed, sign: 1, scratch: &tfceScratch)
        let same = NullDistribution([every[0]] + reference.flips.map { every[$0] })
        let all = NullDistribution(every)
        for (statistic, map, theirs, p, tolerance) in [
            (NullDistribution.Statistic.voxel, observed, reference.t, reference.pT, tolerance.t),
            (.tfce, enhanced, reference.tfce, reference.pTFCE, tolerance.tfce),
        ] {
            let ours = same.correctedP(statistic, .positive)
            let exact = all.correctedP(statistic, .positive)
            #expect(Set(p).count > 10 && p.min()! < 0.02 && p.max()! > 0.7, "the voxels span the range of p")
            for (index, position) in reference.positions.enumerated() {
                let value = map[position]
                #expect(abs(Double(value) - theirs[index]) <= tolerance * max(1, abs(theirs[index])))
                #expect(abs(Double(ours(value)) - p[index]) < 1e-6, "\(statistic) at \(position)")
                let chance = 4 * (p[index] * (1 - p[index]) / 500).squareRoot()
                #expect(abs(Double(exact(value)) - p[index]) <= chance + 1.0 / 501)
            }
        }
    }
}
