import Foundation
import Inference
import SeedBasedMapping
import Statistics
import Testing

/// `CUNEUS_POSTERIOR_SPEED=1 swift test -c release --filter PosteriorSpeedTests`
@Suite(
    "Speed of the posterior", .serialized,
    .enabled(if: ProcessInfo.processInfo.environment["CUNEUS_POSTERIOR_SPEED"] != nil, "asked for by name"))
struct PosteriorSpeedTests {
    /// Studies on a ball of voxels (2 mm): sign-only peaks (or with heights) at random places, a Gaussian kernel of FWHM
    /// 20 mm that ends at 25 mm of straight distance, which reaches as many voxels as the tissue graph's 30 mm.
    static func reports(_ count: Int, withHeights: Bool) -> (reports: [EffectReport], voxels: Int) {
        let radius = 33
        var points: [SIMD3<Double>] = []
        for k in -radius...radius {
            for j in -radius...radius {
                for i in -radius...radius where i * i + j * j + k * k <= radius * radius {
                    points.append(2 * SIMD3(Double(i), Double(j), Double(k)))
                }
            }
        }
        let reports = (0..<count).map { study -> EffectReport in
            let random = Philox(seed: 7, name: "speed \(study)", purpose: 0)
            let scale = EffectScale(n1: 14 + Int(random([0, 1, 0, 0]).x % 40))
            let b = scale.g(fromT: 3 + Philox.uniform(random([0, 2, 0, 0]).x))
            let peaks = (0..<2 + Int(random([0, 3, 0, 0]).x % 12)).map { peak in
                let words = random([UInt32(peak), 4, 0, 0])
                return (
                    points[Int(words.x) % points.count], words.y % 4 == 0 ? -b : b, 1 + Philox.uniform(words.z)
                )
            }
            var voxels: [Int32] = []
            var centre: [Float] = []
            var slope: [Float] = []
            var half: [Float] = []
            for (index, point) in points.enumerated() {
                var sums = SIMD4<Double>.zero
                for (at, g, height) in peaks {
                    let distance2 = max(((point - at) * (point - at)).sum(), 3)
                    if distance2 > 625 { continue }
                    let w = exp2(-4 * distance2 / 400) / distance2
                    sums += [1 / distance2, w, withHeights ? w * g * height : 0, withHeights ? 0 : w * g]
                }
                if sums.x == 0 { continue }
                voxels.append(Int32(index))
                centre.append(Float(sums.z / sums.x))
                slope.append(Float(sums.w / sums.x))
                half.append(Float(b * (1 - sums.y / sums.x)))
            }
            return EffectReport(
                thresholdG: b, voxels: voxels, centre: centre, slope: slope, halfWidth: half,
                heights: SignOnlyHeights.expected.ratios, weights: SignOnlyHeights.expected.weights, scale: scale)
        }
        return (reports, points.count)
    }

    @Test("Fifty studies", arguments: [false, true])
    func fifty(withHeights: Bool) async throws {
        let (reports, voxels) = Self.reports(50, withHeights: withHeights)
        let touched = reports.reduce(0) { sum, report in
            if case .peaks(let peaks) = report.content { sum + peaks.voxels.count } else { sum }
        }
        let posterior = try EffectPosterior(reports, voxels: voxels)
        let clock = ContinuousClock()
        let cpu = clockNow()
        let start = clock.now
        let maps = try await posterior.maps(workers: Workers(threads: 2))
        let wall = clock.now - start
        let seconds = clockNow() - cpu
        print(
            "\(voxels) voxels, \(Double(touched) / Double(voxels)) studies reach each, heights \(withHeights): \(wall), CPU \(seconds) s, g[0] \(maps.g[voxels / 2])"
        )
        let before = clockNow()
        let places = (0..<3000).map { Int32($0 * (voxels / 3000)) }
        _ = try await posterior.leaveOneOut(at: places, workers: Workers(threads: 2))
        print("each of 50 left out at 3000 voxels: CPU \(clockNow() - before) s")
        let draw = clockNow()
        _ = try await posterior.draws(
            EffectPosterior.uniforms(draws: 20, seed: 1), at: places, workers: Workers(threads: 2))
        print("20 draws at 3000 voxels: CPU \(clockNow() - draw) s")
        let shrinking = clockNow()
        let again = clock.now
        let shrinkage = try await Shrinkage(posterior, workers: Workers(threads: 2))
        let learnt = clock.now
        let shrunk = try await shrinkage.maps(workers: Workers(threads: 2))
        print(
            "learnt \(learnt - again) (\(shrinkage.prior.logLikelihood.count) steps, weights \(shrinkage.prior.weights)), shrunk \(clock.now - learnt), CPU \(clockNow() - shrinking) s, g \(shrunk.g[voxels / 2])"
        )
    }

    private func clockNow() -> Double { Double(clock()) / Double(CLOCKS_PER_SEC) }
}
