import Foundation
import Statistics
import Synthesis
import Testing

@Suite("What a mean hangs on agrees with metafor 3.8-1")
struct InfluenceTests {
    private func model(_ c: BiasReference.Influence, _ reference: BiasReference) throws -> MetaRegression {
        let data = try reference.dataSet(c.data)
        let estimator = try #require(HeterogeneityEstimator(rawValue: c.method == "EE" ? "FE" : c.method))
        return try MetaRegression(effects: data.y, variances: data.v, estimator: estimator)
    }

    @Test("The influence set and leaving one out")
    func influence() throws {
        let reference = try BiasReference.load()
        #expect(reference.influences.count == 12)
        for c in reference.influences {
            let set = InfluenceSet(try model(c, reference))
            let rows = set.rows.compactMap { $0 }
            #expect(rows.count == c.rstudent.count)
            let columns: [(String, [Double], [Double])] = [
                ("rstudent", rows.map(\.studentizedResidual), c.rstudent), ("dffits", rows.map(\.dffits), c.dffits),
                ("cook", rows.map(\.cooksDistance), c.cook), ("cov", rows.map(\.covarianceRatio), c.cov),
                ("tau2", rows.map(\.tau2), c.tau2), ("qe", rows.map(\.residualHeterogeneity), c.qe),
                ("hat", rows.map(\.hatValue), c.hat), ("weight", rows.map { 100 * $0.weight }, c.weight),
                ("estimate", rows.map(\.estimate.value), c.without),
                ("se", rows.map(\.estimate.standardError), c.withoutSE),
                ("I2", rows.map { 100 * $0.i2 }, c.withoutI2),
            ]
            for (name, found, expected) in columns {
                #expect(isClose(found, expected, 1e-6, scale: 0.1), "\(c.data) \(c.method) \(name)")
            }
        }
    }

    @Test("Baujat's places")
    func baujat() throws {
        let reference = try BiasReference.load()
        for c in reference.influences {
            let places = try model(c, reference).baujat()
            #expect(isClose(places.map(\.heterogeneity), c.baujatX, 1e-6), "\(c.data) \(c.method)")
            #expect(isClose(places.map(\.influence), c.baujatY, 1e-6), "\(c.data) \(c.method)")
        }
    }

    @Test("Cumulative pooling in the order given")
    func cumulative() throws {
        let reference = try BiasReference.load()
        for c in reference.influences {
            let model = try model(c, reference)
            let found = try CumulativePooling(
                effects: model.effects, variances: model.variances, keys: model.effects.indices.map(Double.init),
                estimator: model.estimator)
            #expect(isClose(found.steps.map(\.estimate.value), c.cumulative, 1e-6, scale: 0.1), "\(c.data) \(c.method)")
            #expect(isClose(found.steps.map(\.estimate.standardError), c.cumulativeSE, 1e-6), "\(c.data) \(c.method)")
            guard c.method != "EE" else { continue }
            #expect(isClose(found.steps.map(\.tau2), c.cumulativeTau2, 1e-5), "\(c.data) \(c.method)")
        }
    }

    @Test("Studies come in by their key, those of one key in the order of the table")
    func order() throws {
        let found = try CumulativePooling(
            effects: [0.1, 0.2, 0.3, 0.4], variances: [0.1, 0.1, 0.1, 0.1], keys: [2010, 1999, 2010, 2001])
        #expect(found.steps.map(\.study) == [1, 3, 0, 2])
        #expect(found.steps.map(\.key) == [1999, 2001, 2010, 2010])
    }

    @Test("Every subset of nine studies, as gosh has them")
    func subsets() throws {
        let reference = try BiasReference.load()
        let c = reference.subsets
        let data = try reference.dataSet(c.data)
        let found = try SubsetPooling(
            effects: data.y, variances: data.v, estimator: .dersimonianLaird, smallest: 1)
        #expect(found.isComplete)
        #expect(found.subsets.count == (1 << data.y.count) - 1)
        let byMembers = Dictionary(
            uniqueKeysWithValues: found.subsets.map { ($0.studies.reduce(0) { $0 | 1 << $1 }, $0) })
        for (i, members) in c.members.enumerated() {
            let subset = try #require(byMembers[members])
            #expect(subset.studies.count == c.size[i])
            #expect(isClose(subset.effect, c.effect[i], 1e-9, scale: 1))
            #expect(isClose(subset.tau2, c.tau2[i], 1e-7, scale: 1))
            #expect(isClose(subset.q, c.q[i], 1e-9, scale: 1))
        }
    }

    @Test("A sample of subsets is the same each time, each study in about half of them")
    func sampled() throws {
        let effects = (0..<40).map { 0.1 * Double($0 % 7) }
        let variances = (0..<40).map { 0.05 + 0.01 * Double($0 % 5) }
        let one = try SubsetPooling(effects: effects, variances: variances, estimator: .dersimonianLaird, most: 4000)
        let two = try SubsetPooling(effects: effects, variances: variances, estimator: .dersimonianLaird, most: 4000)
        #expect(!one.isComplete)
        #expect(one.subsets == two.subsets)
        #expect(one.subsets.count == 4000)
        for study in 0..<40 {
            let share = Double(one.subsets.count { $0.studies.contains(study) }) / 4000
            // Five binomial errors.
            #expect(abs(share - 0.5) < 0.04)
        }
        #expect(Set(one.subsets).count > 3990)
    }

    @Test("Dropping the studies that carry a mean turns its verdict")
    func dropped() throws {
        // One large study says 0.8, five small ones little.
        let effects = [0.8, 0.1, -0.05, 0.12, 0.02, 0.06]
        let variances = [0.01, 0.04, 0.04, 0.05, 0.04, 0.05]
        let found = try LargestDropped(effects: effects, variances: variances, order: .mostPrecise, estimator: .fixed)
        #expect(found.steps.count == 5)
        #expect(found.steps[1].dropped == [0])
        #expect(found.steps[0].estimate.pValue < 0.001)
        #expect(found.reversal() == 1)
        let direct = try MetaRegression(
            effects: Array(effects.dropFirst()), variances: Array(variances.dropFirst()), estimator: .fixed)
        #expect(isClose(found.steps[1].estimate.value, direct.coefficients[0], 1e-12))
        #expect(
            InfluenceSet(try MetaRegression(effects: effects, variances: variances, estimator: .fixed)).decisive() == [
                0
            ])
    }
}
