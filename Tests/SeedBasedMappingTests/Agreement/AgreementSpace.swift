import Imaging
import Inference
import SeedBasedMapping
import Statistics

/// A small brain for the tests of the agreement test: an ellipsoid of tissue of one kind, the mask a little smaller.
enum AgreementSpace {
    static func make(voxelSize: Double = 6, slowness: Float = 1) -> AnalysisSpace? {
        guard let grid = Grid.mni(voxelSize: voxelSize) else { return nil }
        func ellipsoid(_ size: Double) -> Mask {
            Mask(grid: grid) { index in
                let place = grid.world(atIndex: index) - SIMD3(0, -18, 10)
                let scaled = place / (size * SIMD3(1, 1.25, 1))
                return (scaled * scaled).sum() <= 1
            }
        }
        return AnalysisSpace(
            mask: ellipsoid(60), template: CorrelationTemplate(domain: ellipsoid(66), constant: slowness))
    }

    static func statistics(_ space: AnalysisSpace) -> MaximumStatistics {
        MaximumStatistics(
            tfce: ThresholdFreeClusterEnhancement(table: NeighbourTable(space.mask, .faces)),
            clusterTable: NeighbourTable(space.mask, .edges), clusterForming: 2.576)
    }

    /// Uniform numbers, one after the other.
    struct Stream {
        private let random: Philox
        private var next: UInt32 = 0

        init(_ seed: UInt64) { random = Philox(key: seed) }

        mutating func uniform() -> Double {
            next += 1
            return Philox.uniform(random([next, 0, 0, 0]).x)
        }

        mutating func index(below count: Int) -> Int { min(count - 1, Int(uniform() * Double(count))) }
    }

    /// Studies whose peaks lie anywhere in the mask, as real tables have them: about `peaks` a study, high, mostly of one sign.
    static func studies(
        _ count: Int, peaks: Int = 8, negative: Double = 0, space: AnalysisSpace, stream: inout Stream
    ) -> [AgreementStudy] {
        (0..<count).map { number in
            let n = 14 + stream.index(below: 20)
            let scale = EffectScale(n1: n)
            let b = scale.g(fromT: StudentT(degreesOfFreedom: n - 1).quantile(upperTail: 0.001))
            let own = (0..<max(1, peaks - 3 + stream.index(below: 7))).map { _ in
                let sign = stream.uniform() < negative ? -1.0 : 1
                let x = stream.uniform()
                return BoundsBuilder.MappedPeak(
                    coordinate: space.mask.world(at: stream.index(below: space.mask.count)),
                    g: sign * b * (1 + 1.5 * x * x))
            }
            return AgreementStudy(
                id: "study-\(number)", sample: "sample-\(number)", scale: scale, thresholdG: b, peaks: own)
        }
    }

    static func test(
        _ studies: [AgreementStudy], _ space: AnalysisSpace, rows: SampleRows? = nil, anisotropy: Double = 1,
        places: any RelocationPlaces = UniformPlaces(), startPoints: Int = 100_000, seed: UInt64 = 1,
        instructions: VectorInstructions = .best, threads: Int = 2
    ) async throws -> AgreementTest {
        let options = AgreementStatistic.Options(
            leaveOut: MostLikelyEffect.defaultLeaveOut(experiments: studies.count))
        return try await AgreementTest(
            studies, rows: rows, space: space, fwhm: 20, anisotropy: anisotropy, options: options, places: places,
            startPoints: startPoints, statistics: statistics(space), seed: seed, instructions: instructions,
            workers: Workers(threads: threads), progress: SilentProgress())
    }
}
