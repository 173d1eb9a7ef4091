import Evidence
import Foundation
import Imaging
import Inference
import SeedBasedMapping
import Statistics
import Testing

/// The sparse, fast map against a dense one made voxel by voxel.
@Suite("Agreement test: the statistic's map")
struct AgreementStatisticTests {
    /// Bounds by ``BoundsBuilder``, z by ``AgreementReference``, everywhere.
    private func dense(
        _ studies: [AgreementStudy], _ space: AnalysisSpace, rows: [Range<Int>]? = nil
    ) -> (z: [Double], telling: [Int]) {
        let kernel = PeakKernel(graph: KernelGraph(template: space.template, fwhm: 20), anisotropy: 1)
        let builder = BoundsBuilder(kernel: kernel, mask: space.mask)
        var paths = ShortestPaths(kernel.graph)
        let bounds = studies.map { study -> EffectBounds in
            if let map = study.map { return EffectBounds(lower: map, upper: map) }
            return builder.bounds(peaks: study.peaks, thresholdG: study.thresholdG ?? 0, with: &paths).bounds
        }
        var tellers = [Set<String>](repeating: [], count: space.mask.count)
        for study in studies {
            if let map = study.map {
                for voxel in map.indices where !map[voxel].isNaN { tellers[voxel].insert(study.sample) }
            }
            for peak in study.peaks {
                _ = kernel.spread(from: peak.coordinate, within: 10, with: &paths) { voxel, _ in
                    let position = Int(space.mask.position[Int(space.template.domain.voxels[voxel])])
                    if position >= 0 { tellers[position].insert(study.sample) }
                }
            }
        }
        let samples = Set(studies.map(\.sample)).count
        let least = max(2, (samples + 9) / 10)
        let leaveOut = MostLikelyEffect.defaultLeaveOut(experiments: studies.count)
        let z = (0..<space.mask.count).map { voxel -> Double in
            guard tellers[voxel].count >= least else { return 0 }
            let experiments = studies.indices.compactMap { index -> AgreementReference.Experiment? in
                let lower = bounds[index].lower[voxel]
                if lower.isNaN { return nil }
                let joins = rows?.contains { $0.contains(index) && index + 1 < $0.upperBound } ?? false
                return AgreementReference.Experiment(
                    lower: Double(lower), upper: Double(bounds[index].upper[voxel]), scale: studies[index].scale,
                    joinsNext: joins)
            }
            return AgreementReference(experiments, leaveOut: leaveOut).z
        }
        return (z, tellers.map(\.count))
    }

    /// Distances are kept in steps of 0.12 mm, which moves z by some hundredths; where |Z₀| is within that of the pruning's
    /// threshold, one of the two may be pruned.
    private func compare(_ found: AgreementTest.Observed, _ expected: (z: [Double], telling: [Int])) {
        #expect(found.telling.map { Int($0) } == expected.telling)
        let differences = zip(found.z, expected.z).map { abs(Double($0) - $1) }
        let atEdge = differences.count { $0 > 0.15 }
        #expect(expected.z.count { $0 != 0 } > 50)
        #expect(atEdge <= max(1, expected.z.count { $0 != 0 } / 100))
    }

    @Test("Sparse is dense: z, and how many samples tell", arguments: [(12, 0.0), (25, 0.3)])
    func sparse(studies: Int, negative: Double) async throws {
        let space = try #require(AgreementSpace.make())
        var stream = AgreementSpace.Stream(UInt64(studies))
        let studies = AgreementSpace.studies(studies, peaks: 12, negative: negative, space: space, stream: &stream)
        let test = try await AgreementSpace.test(studies, space)
        compare(test.observed(), dense(studies, space))
    }

    @Test("Maps are known everywhere they have values; experiments without peaks count too")
    func maps() async throws {
        let space = try #require(AgreementSpace.make(voxelSize: 8))
        var stream = AgreementSpace.Stream(9)
        var studies = AgreementSpace.studies(10, peaks: 10, space: space, stream: &stream)
        studies[2].peaks = []
        for index in [4, 7] {
            studies[index].peaks = []
            studies[index].map = (0..<space.mask.count).map { voxel in
                space.mask.world(at: voxel).x > 30 ? .nan : Float(sin(space.mask.world(at: voxel).y / 20))
            }
        }
        let test = try await AgreementSpace.test(studies, space)
        compare(test.observed(), dense(studies, space))
        // Maps stay in place.
        #expect(test.map(3) != test.map(0))
    }

    @Test("Experiments of one sample are one row and one witness")
    func samples() async throws {
        let space = try #require(AgreementSpace.make())
        var stream = AgreementSpace.Stream(10)
        var studies = AgreementSpace.studies(12, peaks: 12, space: space, stream: &stream)
        studies[4].sample = studies[3].sample
        studies[5].sample = studies[3].sample
        let rows = SampleRows(samples: studies.map(\.sample), rule: .combine, correlation: 0.5)
        let test = try await AgreementSpace.test(studies, space, rows: rows)
        compare(test.observed(), dense(studies, space, rows: rows.rows))
    }
}
