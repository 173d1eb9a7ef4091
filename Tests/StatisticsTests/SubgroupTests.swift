import Foundation
import Statistics
import Testing

@Suite("Subgroups agree with metafor 3.8-1")
struct SubgroupTests {
    @Test("Group means, adjusted means and Q-between, with a common τ² and with one per group")
    func metafor() throws {
        let reference = try MetaforModels.load()
        #expect(reference.subgroups.count == 12)
        for c in reference.subgroups {
            let data = try reference.dataSet(c.data)
            let estimator = try #require(HeterogeneityEstimator(rawValue: c.method))
            let test = try #require(MetaRegression.Test(rawValue: c.test))
            let name = "\(c.data) \(c.method) \(c.test)"

            let common = try SubgroupAnalysis(
                effects: data.y, variances: data.v, labels: c.labels, estimator: estimator, test: test)
            #expect(common.groups.map(\.name) == ["a", "b", "c"])
            #expect(agree(common.groups.map(\.mean.value), c.mean, 1e-8), "\(name) means")
            #expect(agree(common.groups.map(\.mean.standardError), c.se, 1e-8), "\(name) errors")
            #expect(agree(common.groups[0].tau2, c.tau2, 1e-8), "\(name) tau2")
            #expect(agree([common.between.statistic, common.between.pValue], c.between, 1e-8), "\(name) between")

            if test == .wald {
                let dummies = ["b", "c"].map { level in c.labels.map { $0 == level ? 1.0 : 0.0 } }
                let ones = [Double](repeating: 1, count: c.labels.count)
                let fit = try MetaRegression(
                    effects: data.y, variances: data.v, design: Matrix(columns: [ones] + dummies), estimator: estimator)
                let pooled = PooledEstimates(coefficients: [fit.coefficients], covariances: [fit.covariance])
                let joint = try #require(pooled.waldTest([[0, 1, 0], [0, 0, 1]]))
                #expect(agree([joint.statistic, joint.pValue], c.between, 1e-8), "\(name) joint test, pooled")
            }

            let adjusted = try SubgroupAnalysis(
                effects: data.y, variances: data.v, labels: c.labels, covariates: [data.x1], estimator: estimator,
                test: test)
            #expect(agree(adjusted.groups.map(\.mean.value), c.adjusted, 1e-8), "\(name) adjusted means")
            #expect(agree(adjusted.groups.map(\.mean.standardError), c.adjustedSE, 1e-8), "\(name) their errors")

            let separate = try SubgroupAnalysis(
                effects: data.y, variances: data.v, labels: c.labels, heterogeneity: .separate, estimator: estimator,
                test: test)
            #expect(agree(separate.groups.map(\.mean.value), c.separateMean, 1e-8), "\(name) separate means")
            #expect(agree(separate.groups.map(\.mean.standardError), c.separateSE, 1e-8), "\(name) their errors")
            #expect(agree(separate.groups.map(\.tau2), c.separateTau2, 1e-8), "\(name) their tau2")
            #expect(agree(separate.groups.map(\.q.statistic), c.separateQ, 1e-8), "\(name) Q within")
            #expect(
                agree([separate.between.statistic, separate.between.pValue], c.separateBetween, 1e-8),
                "\(name) between, separate")
        }
    }

    @Test("A group of one study is its own mean; a single group has nothing to differ from")
    func small() throws {
        let analysis = try SubgroupAnalysis(
            effects: [0.1, 0.5, 0.9], variances: [0.1, 0.2, 0.04], labels: ["x", "x", "y"], heterogeneity: .separate)
        #expect(analysis.groups[1].mean.value == 0.9)
        #expect(abs(analysis.groups[1].mean.standardError - 0.2) < 1e-15)
        let alone = try SubgroupAnalysis(effects: [0.1, 0.5], variances: [0.1, 0.2], labels: ["x", "x"])
        #expect(alone.between.degreesOfFreedom == 0 && alone.between.pValue == 1)
    }
}
