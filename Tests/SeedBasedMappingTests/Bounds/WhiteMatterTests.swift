import Evidence
import Foundation
import Imaging
import Inference
import SeedBasedMapping
import Testing

@Suite("White matter")
struct WhiteMatterTests {
    private typealias Base = SeedBasedAnalysisTests

    @Test(
        "kernels are isotropic: what is known of a voxel falls as a Gaussian with its straight distance from the peak")
    func isotropic() async throws {
        let settings = try Settings.sdmPSI.applying(
            ["mask=white_matter", "voxel_size=8", "permutations=0", "imputations=2"].map {
                try SettingAssignment(commandLine: $0)
            })
        let space = try AnalysisSpace(settings: settings)
        #expect(space.template.slowness.allSatisfy { $0 == 1 })
        #expect(space.kernelTemplate.slowness.allSatisfy { $0 == 1 })
        let peak: SIMD3<Double> = [26, -20, 34]
        let experiments =
            [Base.experiment("deep", n1: 20, peaks: [(peak, .t(5))])]
            + (1...3).map { Base.experiment("n\($0)", n1: 20 + $0, peaks: []) }
        let result = try await SeedBasedAnalysis(space: space, settings: settings, workers: Workers(threads: 2)).run(
            .mean, experiments: experiments, keepBounds: true)
        let bounds = try #require(result.bounds.first)
        let distances = (0..<space.mask.count).map { position in
            let step = space.mask.world(at: position) - peak
            return (step * step).sum().squareRoot()
        }
        let far = try #require(distances.indices.first { distances[$0] > 40 })
        let b = Double(bounds.upper[far])
        #expect(b > 0 && Double(bounds.lower[far]) == -b)
        var reached = 0
        // The voxel that the peak lies in takes its value, however far its centre.
        for (position, distance) in distances.enumerated() where distance > 7 {
            let known = 1 - (Double(bounds.upper[position]) - Double(bounds.lower[position])) / (2 * b)
            // None beyond 1.5 widths of 20 mm.
            let expected = distance <= 30 ? exp2(-4 * (distance / 20) * (distance / 20)) : 0
            #expect(abs(known - expected) < 1e-5, "\(distance) mm: \(known), not \(expected)")
            if known > 0.01 { reached += 1 }
        }
        #expect(reached > 20)
    }

    @Test("the mask of foci can be white matter too, at any voxel size")
    func mask() throws {
        let fine = try AnalysisSpace.mask(.whiteMatter, voxelSize: 2)
        let coarse = try AnalysisSpace.mask(.whiteMatter, voxelSize: 4)
        // The same volume, but for what trilinear resampling rounds off.
        let ratio = Double(coarse.count) * 8 / Double(fine.count)
        #expect(abs(ratio - 1) < 0.05, "\(ratio)")
    }
}
