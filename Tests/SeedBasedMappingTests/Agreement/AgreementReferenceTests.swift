import Foundation
import SeedBasedMapping
import Statistics
import Testing

/// The statistic at one voxel, against what it is the limit of.
@Suite("Agreement test: the statistic at a voxel")
struct AgreementReferenceTests {
    /// A voxel as tables make it: some experiments silent, some with a peak nearby, a few with one in the voxel.
    static func voxel(studies: Int, silent: Double, stream: inout AgreementSpace.Stream) -> [AgreementReference
        .Experiment]
    {
        (0..<studies).map { _ in
            let scale = EffectScale(n1: 12 + stream.index(below: 40))
            let b = scale.g(fromT: 3.3 + 0.5 * stream.uniform())
            if stream.uniform() < silent { return AgreementReference.Experiment(lower: -b, upper: b, scale: scale) }
            let distance = 30 * stream.uniform().squareRoot()
            let x = stream.uniform()
            let g = b * (1 + 1.2 * x * x) * (stream.uniform() < 0.1 ? -1 : 1)
            if distance < 3 { return AgreementReference.Experiment(lower: g, upper: g, scale: scale) }
            let w = exp2(-4 * distance * distance / 400)
            return AgreementReference.Experiment(lower: -b + w * (g + b), upper: b + w * (g - b), scale: scale)
        }
    }

    /// Rubin's z over imputations that are drawn as the pipeline draws them, here independently.
    private func rubin(
        _ experiments: [AgreementReference.Experiment], likely: MostLikelyEffect, imputations: Int,
        stream: inout AgreementSpace.Stream
    ) -> Double {
        var fits: [RandomEffects] = []
        for _ in 0..<imputations {
            let effects = experiments.map { experiment -> Double in
                guard experiment.upper - experiment.lower > IntervalEffect.knownWidth else { return experiment.lower }
                let variance = experiment.scale.variance(ofG: likely.mean) + likely.tau2
                return TruncatedNormal(
                    mean: likely.mean, deviation: variance.squareRoot(), lower: experiment.lower,
                    upper: experiment.upper
                ).value(ofRank: Normal.quantile(stream.uniform()))
            }
            fits.append(
                RandomEffects(
                    effects: effects, variances: zip(effects, experiments).map { $1.scale.variance(ofG: $0) }))
        }
        let pooled = RubinRules(effects: fits.map(\.effect), variances: fits.map(\.variance))
        return pooled.effect / pooled.variance.squareRoot()
    }

    @Test("z∞ is what Rubin's z over 400 imputations estimates: r ≥ .99", arguments: [20, 50])
    func limit(studies: Int) {
        var stream = AgreementSpace.Stream(7)
        var limits: [Double] = []
        var drawn: [Double] = []
        for number in 0..<100 {
            let silent = 0.7 - 0.3 * Double(number % 5) / 4
            let experiments = Self.voxel(studies: studies, silent: silent, stream: &stream)
            let leaveOut = MostLikelyEffect.defaultLeaveOut(experiments: studies)
            let likely = MostLikelyEffect(experiments.map(\.interval), leaveOut: leaveOut)
            limits.append(AgreementReference(experiments, leaveOut: leaveOut).limit)
            drawn.append(rubin(experiments, likely: likely, imputations: 400, stream: &stream))
        }
        // 400 imputations leave an error of a few hundredths of z.
        #expect(correlation(limits, drawn) > 0.99)
        let difference = limits.reduce(0, +) - drawn.reduce(0, +)
        #expect(abs(difference) < 0.03 * 100)
    }

    @Test("Known effects only: the z of DerSimonian and Laird's random effects")
    func known() {
        let scales = [EffectScale(n1: 20), EffectScale(n1: 30, n2: 28), EffectScale(n1: 15)]
        let effects = [0.2, 0.9, 0.6]
        let experiments = zip(effects, scales).map {
            AgreementReference.Experiment(lower: $0, upper: $0, scale: $1)
        }
        let pooled = RandomEffects(effects: effects, variances: zip(effects, scales).map { $1.variance(ofG: $0) })
        let z = AgreementReference(experiments, leaveOut: 1).limit
        #expect(abs(z - pooled.effect / pooled.variance.squareRoot()) < 1e-12)
    }

    @Test("Known effects of one sample count as their composite")
    func sample() {
        let scales = [EffectScale(n1: 20), EffectScale(n1: 20), EffectScale(n1: 15)]
        let effects = [0.2, 0.9, 0.6]
        var experiments = zip(effects, scales).map {
            AgreementReference.Experiment(lower: $0, upper: $0, scale: $1)
        }
        experiments[0].joinsNext = true
        let variances = zip(effects, scales).map { $1.variance(ofG: $0) }
        let both = CompositeEffect(
            effects: Array(effects[..<2]), variances: Array(variances[..<2]), correlation: 0.5)
        let pooled = RandomEffects(effects: [both.effect, 0.6], variances: [both.variance, variances[2]])
        let z = AgreementReference(experiments, leaveOut: 1, sampleCorrelation: 0.5).limit
        #expect(abs(z - pooled.effect / pooled.variance.squareRoot()) < 1e-12)
    }

    @Test("Silent experiments have no slope at 0: they enter the score by their information alone")
    func silent() {
        let scale = EffectScale(n1: 20)
        let silent = AgreementReference.Experiment(lower: -0.8, upper: 0.8, scale: scale)
        #expect(abs(AgreementReference([silent, silent], leaveOut: 0).score) < 1e-12)
        let known = AgreementReference.Experiment(lower: 1, upper: 1, scale: scale)
        // U = g/v and I = 1/v of a known effect; of a silent one, I of the interval [−.8, .8] at 0:
        // I = 2·a·φ(a)/(s²·(2Φ(a) − 1)), a = .8/s, here with the bound's own s.
        let s2 = scale.variance(ofG: 0.8)
        let a = 0.8 / s2.squareRoot()
        let information = 2 * a * Normal.density(a) / (s2 * (2 * Normal.cdf(a) - 1))
        let v = scale.variance(ofG: 1)
        let expected = (1 / v) / (1 / v + 2 * information).squareRoot()
        #expect(abs(AgreementReference([silent, known, silent], leaveOut: 0).score - expected) < 1e-12)
    }
}

private func correlation(_ x: [Double], _ y: [Double]) -> Double {
    let n = Double(x.count)
    let mx = x.reduce(0, +) / n
    let my = y.reduce(0, +) / n
    let pairs = zip(x, y)
    let xy = pairs.reduce(0) { $0 + ($1.0 - mx) * ($1.1 - my) }
    let xx = x.reduce(0) { $0 + ($1 - mx) * ($1 - mx) }
    let yy = y.reduce(0) { $0 + ($1 - my) * ($1 - my) }
    return xy / (xx * yy).squareRoot()
}
