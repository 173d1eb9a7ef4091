import Foundation
import SeedBasedMapping
import Statistics
import Testing

/// Random experiments: mostly wide intervals around zero, some one-sided near a peak, a few known values.
private func randomExperiments(_ count: Int, seed: UInt64) -> [IntervalEffect] {
    let random = Philox(key: seed)
    return (0..<count).map { index in
        let words = random([UInt32(index), 0, 0, 0])
        let n = 8 + Int(words.x % 40)
        let scale = EffectScale(n1: n)
        let b = scale.g(fromT: 2.5 + 2 * Philox.uniform(words.y))
        let peak = (Philox.uniform(words.z) - 0.35) * 2.5
        switch words.w % 5 {
        case 0: return IntervalEffect(lower: peak, upper: peak, scale: scale)
        case 1, 2:
            let w = Philox.uniform(words.w)
            let (low, high) = (-b + w * (peak + b), b + w * (peak - b))
            return IntervalEffect(lower: low, upper: high, scale: scale)
        default: return IntervalEffect(lower: -b, upper: b, scale: scale)
        }
    }
}

/// Golden-section search, the slow way, for comparison.
private func minimiser(_ low: Double, _ high: Double, _ f: (Double) -> Double) -> Double {
    let ratio = (5.0.squareRoot() - 1) / 2
    var (a, b) = (low, high)
    while b - a > 1e-9 {
        let (c, d) = (b - ratio * (b - a), a + ratio * (b - a))
        if f(c) < f(d) { b = d } else { a = c }
    }
    return 0.5 * (a + b)
}

private func slowMean(_ experiments: [IntervalEffect]) -> Double {
    minimiser(experiments.map(\.lower).min()!, experiments.map(\.upper).max()!) { mean in
        experiments.reduce(0) { $0 + $1.negativeLogLikelihood(mean: mean, tau2: 0) }
    }
}

@Suite("Most likely effect")
struct MostLikelyEffectTests {
    @Test("Without leaving out it is the maximum of the likelihood", arguments: 1...12)
    func maximum(seed: Int) {
        let experiments = randomExperiments(3 + 2 * seed, seed: UInt64(seed))
        let found = MostLikelyEffect(experiments, leaveOut: 0)
        #expect(abs(found.mean - slowMean(experiments)) < 1e-5)
    }

    @Test(
        "Leaving out takes, each time, the experiment whose absence brings the mean nearest to zero", arguments: 1...12)
    func leaveOut(seed: Int) {
        var experiments = randomExperiments(4 + seed, seed: UInt64(100 + seed))
        let all = experiments
        for out in 1...3 {
            let candidates = experiments.indices.map { index in
                (index, slowMean(experiments.enumerated().filter { $0.offset != index }.map(\.element)))
            }
            let best = candidates.min { abs($0.1) < abs($1.1) }!
            experiments.remove(at: best.0)
            let found = MostLikelyEffect(all, leaveOut: out)
            #expect(abs(found.mean - best.1) < 1e-5, "\(out) left out")
        }
    }

    @Test("τ² is the maximum over τ² ≥ 0 with the mean fixed, all experiments in", arguments: 1...12)
    func tau2(seed: Int) {
        let experiments = randomExperiments(3 + 3 * seed, seed: UInt64(200 + seed))
        let found = MostLikelyEffect(experiments, leaveOut: 1)
        func likelihood(_ tau2: Double) -> Double {
            experiments.reduce(0) { $0 + $1.negativeLogLikelihood(mean: found.mean, tau2: tau2) }
        }
        let slow = minimiser(0, 5, likelihood)
        #expect(likelihood(found.tau2) <= likelihood(slow) + 1e-9)
    }

    @Test("Known effects alone give their inverse-variance mean, in closed form")
    func known() {
        let scales = [EffectScale(n1: 12), EffectScale(n1: 30), EffectScale(n1: 14, n2: 15)]
        let effects = [0.8, 0.2, -0.1]
        let experiments = zip(effects, scales).map { IntervalEffect(lower: $0, upper: $0, scale: $1) }
        let weights = zip(effects, scales).map { 1 / $1.variance(ofG: $0) }
        let mean = zip(weights, effects).reduce(0) { $0 + $1.0 * $1.1 } / weights.reduce(0, +)
        #expect(abs(MostLikelyEffect(experiments, leaveOut: 0).mean - mean) < 1e-6)
    }

    @Test("Symmetric intervals alone say zero, without heterogeneity")
    func symmetric() {
        let experiments = [10, 20, 30].map { IntervalEffect(lower: -0.6, upper: 0.6, scale: EffectScale(n1: $0)) }
        let found = MostLikelyEffect(experiments, leaveOut: 1)
        #expect(abs(found.mean) < 1e-6)
        #expect(found.tau2 == 0)
    }

    @Test("An interval far from the others, beyond what its likelihood can tell from zero, does not break the search")
    func farInterval() {
        var experiments = (0..<6).map { _ in IntervalEffect(lower: -0.3, upper: 0.3, scale: EffectScale(n1: 400)) }
        experiments.append(IntervalEffect(lower: 4.0, upper: 4.1, scale: EffectScale(n1: 400)))
        let found = MostLikelyEffect(experiments, leaveOut: 2)
        #expect(found.mean.isFinite && abs(found.mean) < 1)
        #expect(found.tau2.isFinite && found.tau2 >= 0)
    }

    @Test("No experiment, no effect")
    func empty() {
        #expect(MostLikelyEffect([], leaveOut: 2).mean.isNaN)
    }

    @Test(
        "Left out by default: metansue's rule plus one, as SDM-PSI's settings show (50 → 3, 20 → 2)",
        arguments: [
            (1, 0), (2, 1), (8, 2), (20, 2), (30, 2), (31, 3), (50, 3), (59, 3), (60, 4), (77, 4), (78, 4), (80, 5),
        ])
    func defaultLeaveOut(experiments: Int, expected: Int) {
        #expect(MostLikelyEffect.defaultLeaveOut(experiments: experiments) == expected)
    }
}
