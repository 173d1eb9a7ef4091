import Statistics
import Synthesis
import Testing

@Suite("Permutation test of moderators")
struct ModeratorPermutationTests {
    @Test("Exact p values are metafor's `permutest(exact = TRUE)`")
    func exact() throws {
        let reference = try SynthesisReference.load().permutation
        for c in reference.cases {
            let count = c.model == "x" ? 7 : reference.y.count
            let column = c.model == "group" ? reference.group : reference.x
            let fit = try MetaRegression(
                effects: Array(reference.y.prefix(count)), variances: Array(reference.v.prefix(count)),
                covariates: c.model == "mean" ? [] : [Array(column.prefix(count))],
                estimator: #require(HeterogeneityEstimator(rawValue: c.method)),
                test: #require(MetaRegression.Test(rawValue: c.test)))
            let test = try ModeratorPermutation(fit, permutations: 10_000)
            #expect(test.isExact)
            #expect(isNear(test.pValues, c.p.values, 1e-12), "\(c.model) \(c.method) \(test.pValues) \(c.p.values)")
            #expect(isNear(test.moderators, c.qmp, 1e-12), "\(c.model) \(c.method)")
            // Two studies lie at the same latitude: 7!/2.
            if c.model == "x" { #expect(test.permutations == 2520) }
            if c.model == "mean" { #expect(test.permutations == 256) }
        }
    }

    @Test("Random permutations come near the exact p, are the same for the same seed, and never give 0")
    func random() throws {
        let reference = try SynthesisReference.load().permutation
        let fit = try MetaRegression(
            effects: reference.y, variances: reference.v, covariates: [reference.x], estimator: .dersimonianLaird)
        let exact = try ModeratorPermutation(fit, permutations: 50_000)
        #expect(exact.permutations == 10_080)
        let some = try ModeratorPermutation(fit, permutations: 4000, seed: 3)
        #expect(!some.isExact)
        #expect(some.permutations == 4000)
        // Three standard errors of a share of 4,000.
        let error = (exact.moderators * (1 - exact.moderators) / 4000).squareRoot()
        #expect(abs(some.moderators - exact.moderators) < 3 * error)
        #expect(try ModeratorPermutation(fit, permutations: 4000, seed: 3) == some)
        #expect(some.pValues.allSatisfy { $0 >= 1.0 / 4000 })
    }

    @Test("One permutation is none")
    func refusal() throws {
        let fit = try MetaRegression(effects: [1, 2, 3], variances: [1, 1, 1])
        #expect(throws: SynthesisError.self) { try ModeratorPermutation(fit, permutations: 1) }
    }
}
