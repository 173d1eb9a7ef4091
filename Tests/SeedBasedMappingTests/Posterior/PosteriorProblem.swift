import SeedBasedMapping
import Statistics

/// Random studies over some voxels: silent in most, sign-only peaks, heights and cores in others, maps with gaps.
enum PosteriorProblem {
    static func reports(
        peaks: Int, maps: Int, voxels: Int, seed: UInt64, isMirrored: Bool = false, touched: Double = 0.3
    ) -> [EffectReport] {
        let random = Philox(key: seed)
        func uniform(_ study: Int, _ voxel: Int, _ stream: UInt32) -> Double {
            Philox.uniform(random([UInt32(study), UInt32(voxel), stream, 0]).x)
        }
        let sign = isMirrored ? -1.0 : 1
        return (0..<peaks + maps).map { study in
            let n = 12 + Int(50 * uniform(study, 0, 1))
            let scale: EffectScale =
                study % 4 == 3 ? EffectScale(n1: n, n2: n - 3) : EffectScale(n1: n)
            if study >= peaks {
                return EffectReport(
                    map: (0..<voxels).map {
                        uniform(study, $0, 2) < 0.1
                            ? .nan : Float(sign * (0.3 + 0.9 * (uniform(study, $0, 3) - 0.5)))
                    }, scale: scale)
            }
            let b = scale.g(fromT: 2.5 + 1.5 * uniform(study, 0, 4))
            var at: [Int32] = []
            var centre: [Float] = []
            var slope: [Float] = []
            var half: [Float] = []
            var growth: [Float] = []
            for voxel in 0..<voxels where uniform(study, voxel, 5) < touched {
                at.append(Int32(voxel))
                let w = uniform(study, voxel, 6)
                let isCore = w > 0.95
                let weight = isCore ? 1 : w * w
                let direction = sign * (uniform(study, voxel, 7) < 0.2 ? -b : b)
                let isSigned = uniform(study, voxel, 8) < 0.6
                centre.append(isSigned ? 0 : Float(weight * direction * (1 + uniform(study, voxel, 9))))
                slope.append(isSigned ? Float(weight * direction) : 0)
                half.append(isCore ? 0 : Float(b * (1 - weight)))
                growth.append(isCore || !isSigned ? 0 : Float(0.1 * b * weight * uniform(study, voxel, 10)))
            }
            let heights = SignOnlyHeights.expected
            return EffectReport(
                thresholdG: b, voxels: at, centre: centre, slope: slope, halfWidth: half, growth: growth,
                heights: heights.ratios,
                weights: heights.weights, scale: scale)
        }
    }

    /// The posterior at a voxel by plain quadrature.
    static func reference(
        _ reports: [EffectReport], at voxel: Int, without omitted: Set<Int> = [],
        settings: PosteriorSettings = PosteriorSettings()
    ) -> PosteriorReference {
        PosteriorReference(
            reports.indices.filter { !omitted.contains($0) }.compactMap { IntervalLikelihood(reports[$0], at: voxel) },
            settings: settings, panel: 0.2)
    }
}
