import Foundation
import Inference
import SeedBasedMapping
import Statistics
import Testing

@Suite("Posterior of the mean effect")
struct EffectPosteriorTests {
    private let workers = Workers(threads: 2)

    @Test("At random voxels it is the plain posterior: g and SD to 3e-4 SD, tau to 2e-4")
    func reference() async throws {
        let reports = PosteriorProblem.reports(peaks: 10, maps: 2, voxels: 400, seed: 21)
        let maps = try await EffectPosterior(reports, voxels: 400).maps(workers: workers)
        for voxel in stride(from: 0, to: 400, by: 67) {
            let plain = PosteriorProblem.reference(reports, at: voxel)
            #expect(abs(Double(maps.g[voxel]) - plain.g) < 3e-4 * plain.se)
            #expect(abs(Double(maps.se[voxel]) - plain.se) < 3e-4 * plain.se)
            #expect(abs(Double(maps.tau2[voxel]).squareRoot() - plain.tau) < 2e-4)
            #expect(abs(Double(maps.probabilityAbove[voxel]) - plain.probabilityAbove) < 1e-4)
        }
    }

    @Test("Known effects without heterogeneity give the conjugate normal, in closed form")
    func conjugate() async throws {
        let effects = [0.8, 0.2, -0.1, 0.35]
        let scales = [EffectScale(n1: 12), EffectScale(n1: 30), EffectScale(n1: 14, n2: 15), EffectScale(n1: 200)]
        var settings = PosteriorSettings(tauDeviation: 0.002)
        settings.interval = .quantiles
        let reports = zip(effects, scales).map { EffectReport(map: [Float($0)], scale: $1) }
        let maps = try await EffectPosterior(reports, voxels: 1, settings: settings).maps(workers: workers)
        let weights = zip(effects, scales).map { 1 / $1.variance(ofG: $0) }
        let precision = weights.reduce(0, +) + 1 / (0.5 * 0.5)
        let mean = zip(weights, effects).reduce(0) { $0 + $1.0 * $1.1 } / precision
        let deviation = 1 / precision.squareRoot()
        // A scale of .002 for tau still adds a thousandth to the variance of the largest study.
        #expect(abs(Double(maps.g[0]) - mean) < 3e-5)
        #expect(abs(Double(maps.se[0]) - deviation) < 3e-5)
        #expect(abs(Double(maps.lower[0]) - (mean - 1.959963985 * deviation)) < 1e-4)
        #expect(abs(Double(maps.upper[0]) - (mean + 1.959963985 * deviation)) < 1e-4)
        #expect(abs(Double(maps.probabilityAbove[0]) - Normal.cdf(mean / deviation)) < 1e-5)
    }

    @Test("No evidence but a wide interval leaves the prior")
    func prior() async throws {
        let report = EffectReport(thresholdG: 50, scale: EffectScale(n1: 20))
        let maps = try await EffectPosterior([report], voxels: 1).maps(workers: workers)
        #expect(abs(maps.g[0]) < 1e-6)
        #expect(abs(maps.se[0] - 0.5) < 1e-4)
        // E|τ| of a half-normal is √(2/π) of its scale.
        #expect(abs(Double(maps.tau2[0]).squareRoot() - 0.3 * (2 / Double.pi).squareRoot()) < 1e-3)
    }

    /// Twelve to forty effects with spread .2: a prior SD of .5 hardly matters, and E τ is near the moment estimate.
    @Test("Whole maps give about the DerSimonian-Laird mean and error", arguments: [12, 25, 40])
    func wholeMaps(count: Int) async throws {
        let voxels = 40
        let random = Philox(key: UInt64(count))
        func normal(_ a: Int, _ b: Int, _ c: UInt32) -> Double {
            Normal.quantile(Philox.uniform(random([UInt32(a), UInt32(b), c, 0]).x))
        }
        let scales = (0..<count).map { EffectScale(n1: 20 + $0) }
        let effects = scales.indices.map { study in
            (0..<voxels).map {
                0.3 + 0.2 * normal(study, $0, 1) + normal(study, $0, 2) / Double(20 + study).squareRoot()
            }
        }
        let reports = zip(effects, scales).map { EffectReport(map: $0.map(Float.init), scale: $1) }
        let maps = try await EffectPosterior(reports, voxels: voxels).maps(workers: workers)
        for voxel in 0..<voxels {
            let variances = zip(effects, scales).map { $1.variance(ofG: $0[voxel]) }
            let pooled = RandomEffects(effects: effects.map { $0[voxel] }, variances: variances)
            let (g, se) = (pooled.effect, pooled.variance.squareRoot())
            #expect(abs(Double(maps.g[voxel]) - g) < 0.35 * se)
            #expect(Double(maps.se[voxel]) > 0.85 * se && Double(maps.se[voxel]) < 1.5 * se)
        }
    }

    @Test("A higher peak, or one more nearby, raises g; one more silent study brings it nearer to zero")
    func monotone() async throws {
        let scale = EffectScale(n1: 25)
        let b = 0.65
        func g(_ heights: [Double], silent: Int) async throws -> Float {
            let reports =
                heights.map {
                    EffectReport(
                        thresholdG: b, voxels: [0], centre: [Float(0.5 * $0)], halfWidth: [Float(0.5 * b)], scale: scale
                    )
                } + (0..<silent).map { _ in EffectReport(thresholdG: b, scale: scale) }
            return try await EffectPosterior(reports, voxels: 1).maps(workers: workers).g[0]
        }
        let base = try await g([0.8, 0.8], silent: 5)
        let higher = try await g([0.8, 1.1], silent: 5)
        let more = try await g([0.8, 0.8, 0.8], silent: 5)
        let silent = try await g([0.8, 0.8], silent: 6)
        #expect(base > 0)
        #expect(higher > base)
        #expect(more > base)
        #expect(silent < base)
    }

    @Test("A mirrored world has mirrored maps")
    func mirrored() async throws {
        let voxels = 300
        let maps = try await EffectPosterior(
            PosteriorProblem.reports(peaks: 8, maps: 2, voxels: voxels, seed: 9), voxels: voxels
        ).maps(workers: workers)
        let mirrored = try await EffectPosterior(
            PosteriorProblem.reports(peaks: 8, maps: 2, voxels: voxels, seed: 9, isMirrored: true), voxels: voxels
        ).maps(workers: workers)
        for voxel in 0..<voxels {
            #expect(abs(maps.g[voxel] + mirrored.g[voxel]) < 2e-6)
            #expect(abs(maps.se[voxel] - mirrored.se[voxel]) < 2e-6)
            #expect(abs(maps.lower[voxel] + mirrored.upper[voxel]) < 1e-5)
            #expect(abs(maps.probabilityAbove[voxel] + mirrored.probabilityAbove[voxel] - 1) < 1e-5)
        }
    }

    @Test("A mixture over equal heights is one height; several heights lie between the lowest and the highest alone")
    func mixture() async throws {
        let scale = EffectScale(n1: 25)
        let silent = (0..<4).map { _ in EffectReport(thresholdG: 0.65, scale: scale) }
        func g(_ heights: [Double], _ weights: [Double]) async throws -> Float {
            let peak = EffectReport(
                thresholdG: 0.65, voxels: [0], centre: [0], slope: [0.5], halfWidth: [0.15], heights: heights,
                weights: weights, scale: scale)
            return try await EffectPosterior(silent + [peak, peak], voxels: 1).maps(workers: workers).g[0]
        }
        let one = try await g([1.5], [1])
        let equal = try await g([1.5, 1.5, 1.5], [0.2, 0.5, 0.3])
        let low = try await g([1.1], [1])
        let high = try await g([2.2], [1])
        let mixed = try await g([1.1, 1.5, 2.2], [0.3, 0.4, 0.3])
        #expect(abs(one - equal) < 1e-5)
        #expect(low < mixed && mixed < high)
    }

    @Test("Without an experiment, the posterior is that of the others")
    func omitted() async throws {
        let reports = PosteriorProblem.reports(peaks: 7, maps: 2, voxels: 120, seed: 31)
        let posterior = try EffectPosterior(reports, voxels: 120)
        let without = try await posterior.maps(at: [3, 50, 119], without: [1, 8], workers: workers)
        let others = try EffectPosterior(
            reports.enumerated().filter { ![1, 8].contains($0.offset) }.map(\.element), voxels: 120)
        let expected = try await others.maps(at: [3, 50, 119], workers: workers)
        #expect(without.g == expected.g)
        #expect(without.se == expected.se)
        #expect(without.g.count == 3)
        let all = try await posterior.maps(workers: workers)
        #expect(all.g[50] != without.g[1])
    }

    @Test("Taking experiments off one by one gives the maps without them", arguments: [false, true])
    func leaveOneOut(isShared: Bool) async throws {
        let voxels = 60
        let reports = PosteriorProblem.reports(peaks: 6, maps: 3, voxels: voxels, seed: 41)
        let rows = isShared ? [0..<2] + (2..<9).map { $0..<$0 + 1 } : nil
        let posterior = try EffectPosterior(reports, voxels: voxels, rows: rows)
        let positions = (0..<Int32(voxels)).filter { $0 % 2 == 0 }
        let found = try await posterior.leaveOneOut(at: positions, workers: workers)
        #expect(found.count == 9)
        for number in reports.indices {
            try await Self.check(
                found[number], posterior.maps(at: positions, without: [number], workers: workers))
        }
    }

    private static func check(_ found: PosteriorMaps, _ expected: PosteriorMaps) {
        for voxel in expected.g.indices {
            let se = expected.se[voxel]
            #expect(abs(found.g[voxel] - expected.g[voxel]) < 1e-3 * se)
            #expect(abs(found.se[voxel] - expected.se[voxel]) < 1e-3 * se)
            #expect(abs(found.lower[voxel] - expected.lower[voxel]) < 5e-3 * se)
            #expect(abs(found.tau2[voxel] - expected.tau2[voxel]) < 1e-4)
            #expect(abs(found.probabilityAbove[voxel] - expected.probabilityAbove[voxel]) < 1e-4)
        }
        #expect(found.measured == expected.measured)
        #expect(found.reached == expected.reached)
    }

    @Test("A map's gap says nothing; where nobody speaks there is no value")
    func gaps() async throws {
        let scale = EffectScale(n1: 20)
        let first = EffectReport(map: [0.4, .nan, .nan], scale: scale)
        let second = EffectReport(map: [0.1, 0.1, .nan], scale: scale)
        let maps = try await EffectPosterior([first, second], voxels: 3).maps(workers: workers)
        let alone = try await EffectPosterior([EffectReport(map: [0.1], scale: scale)], voxels: 1).maps(
            workers: workers)
        #expect(maps.g[1] == alone.g[0])
        #expect(maps.g[2].isNaN && maps.se[2].isNaN && maps.probabilityAbove[2].isNaN)
        #expect(maps.measured == [2, 1, 0])
    }

    @Test("Below fifteen rows the interval is t's, else that of quantiles; both if asked for")
    func intervals() async throws {
        let scale = EffectScale(n1: 20)
        func maps(_ count: Int, _ rule: PosteriorSettings.IntervalRule) async throws -> PosteriorMaps {
            let settings = PosteriorSettings(interval: rule)
            let reports = (0..<count).map { _ in EffectReport(thresholdG: 0.7, scale: scale) }
            return try await EffectPosterior(reports, voxels: 1, settings: settings).maps(workers: workers)
        }
        let few = try await maps(6, .studentBelow(15))
        // t(5) at 97.5 %: 2.5706.
        #expect(abs(few.upper[0] - (few.g[0] + 2.5706 * few.se[0])) < 1e-4)
        let quantiles = try await maps(15, .quantiles)
        let many = try await maps(15, .studentBelow(15))
        #expect(many.upper == quantiles.upper)
        let student = try await maps(15, .student)
        #expect(student.upper[0] > quantiles.upper[0])
    }

    @Test("Equal known effects of one sample say what their mean says; silent ones no more than one of them alone")
    func samples() async throws {
        let scale = EffectScale(correlationOf: 23)
        let other = EffectReport(map: [0.1], scale: EffectScale(correlationOf: 40))
        let pair = [0.5, 0.5].map { EffectReport(map: [Float($0)], scale: scale) }
        let together = try await EffectPosterior(pair + [other], voxels: 1, rows: [0..<2, 2..<3], correlation: 0.5)
            .maps(workers: workers)
        // The mean of two with variance 1/20 and r = .5 has .75/20.
        let composite = EffectReport(map: [0.5], scale: EffectScale(correlationOf: 3 + 27))
        let single = try await EffectPosterior([composite, other], voxels: 1).maps(workers: workers)
        // 1/27 for .0375: near, not equal.
        #expect(abs(together.g[0] - single.g[0]) < 3e-3)
        #expect(abs(together.se[0] - single.se[0]) < 2e-3)

        let silent = EffectReport(thresholdG: 0.6, scale: scale)
        let twins = try await EffectPosterior([silent, silent], voxels: 1, rows: [0..<2], correlation: 1)
            .maps(workers: workers)
        let one = try await EffectPosterior([silent], voxels: 1).maps(workers: workers)
        #expect(abs(twins.se[0] - one.se[0]) < 1e-5)
        let independent = try await EffectPosterior([silent, silent], voxels: 1).maps(workers: workers)
        #expect(independent.se[0] < one.se[0])
    }

    @Test("What no posterior can be made from is refused in words")
    func refused() {
        let scale = EffectScale(n1: 20)
        #expect(throws: EffectPosterior.Problem.self) {
            try EffectPosterior([EffectReport(map: [0.1], scale: scale)], voxels: 2)
        }
        #expect(throws: EffectPosterior.Problem.self) {
            try EffectPosterior([EffectReport(thresholdG: -1, scale: scale)], voxels: 2)
        }
        #expect(throws: EffectPosterior.Problem.rows) {
            try EffectPosterior([EffectReport(map: [0.1], scale: scale)], voxels: 1, rows: [0..<2])
        }
        #expect(throws: EffectPosterior.Problem.self) {
            try EffectPosterior([], voxels: 1, settings: PosteriorSettings(meanDeviation: .nan))
        }
    }

    @Test("A study that says something impossible elsewhere does not break the numbers")
    func far() async throws {
        let scale = EffectScale(n1: 400)
        var reports = (0..<6).map { _ in EffectReport(thresholdG: 0.1, scale: scale) }
        reports.append(EffectReport(thresholdG: 4, voxels: [0], centre: [4], halfWidth: [0.05], scale: scale))
        reports.append(EffectReport(map: [-6], scale: scale))
        reports.append(EffectReport(map: [1e7], scale: scale))
        let maps = try await EffectPosterior(reports, voxels: 1).maps(workers: workers)
        #expect(maps.g[0].isFinite && maps.se[0] > 0 && maps.se[0].isFinite)
        #expect(maps.lower[0] < maps.g[0] && maps.g[0] < maps.upper[0])
    }
}
