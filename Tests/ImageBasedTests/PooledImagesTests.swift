import Foundation
import ImageBased
import Imaging
import Inference
import Statistics
import Testing

@Suite("Pooled images") struct PooledImagesTests {
    /// Single precision of the maps.
    private static let tolerance = 2e-7

    private func check(
        _ method: PooledImages, _ stack: ImageStack, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let maps = try await method.run(stack, workers: Workers(threads: 2))
        let design = method.design ?? .mean(of: stack.studies.count)
        for voxel in 0..<stack.mask.count {
            let data = present(stack, voxel)
            guard data.studies.count > design.columns else {
                #expect(maps[.est]![voxel].isNaN, sourceLocation: sourceLocation)
                continue
            }
            let rows = design.matrix.selectingRows(data.studies)
            let tau2 = method.estimator.likeliestTau2(
                effects: data.effects, variances: data.variances, design: rows)
            let fit = try MetaRegression(
                effects: data.effects, variances: data.variances, design: rows, estimator: method.estimator,
                test: method.test, tau2: tau2)
            let tested = try fit.contrast(design.contrast)
            let pairs: [(MapName.Value, Double, Double)] = [
                (.est, tested.value, 1e-6), (.se, tested.standardError, Self.tolerance),
                (.tau2, fit.tau2, 1e-6), (.p, tested.pValue, 1e-6),
            ]
            for (name, expected, tolerance) in pairs {
                guard let map = maps[name] else { continue }
                // Differences of effects near zero keep absolute accuracy only.
                let isNear = near(Double(map[voxel]), expected, tolerance) || abs(Double(map[voxel]) - expected) < 1e-8
                #expect(
                    isNear, "\(method.name) \(name) at \(voxel): \(map[voxel]), reference \(expected)",
                    sourceLocation: sourceLocation)
            }
        }
    }

    @Test(
        "The mean: every estimator and error as the plain reference, with missing images",
        arguments: HeterogeneityEstimator.allCases, MetaRegression.Test.allCases)
    func means(estimator: HeterogeneityEstimator, test: MetaRegression.Test) async throws {
        try await check(
            PooledImages(estimator, test: test), simulated("means", studies: 11, mask: row(of: 83)))
    }

    @Test("Few studies, many missing", arguments: HeterogeneityEstimator.allCases)
    func few(estimator: HeterogeneityEstimator) async throws {
        try await check(PooledImages(estimator), simulated("few", studies: 4, mask: row(of: 60), missing: 0.4))
    }

    @Test("Covariates: every estimator as the plain reference", arguments: HeterogeneityEstimator.allCases)
    func covariates(estimator: HeterogeneityEstimator) async throws {
        let age = (0..<14).map { 30 + Double($0 * $0 % 17) }
        let group = (0..<14).map { Double($0 % 2) }
        for column in 0...2 {
            let design = try ImageDesign(covariates: [age, group], testing: column)
            try await check(
                PooledImages(estimator, design: design), simulated("covariates", studies: 14, mask: row(of: 41)))
        }
    }

    @Test("Instruction sets give the same bits")
    func instructionSets() async throws {
        let stack = try simulated("bits", studies: 9, mask: row(of: 50))
        for estimator in HeterogeneityEstimator.allCases {
            var all: [[[UInt32]]] = []
            for instructions in VectorInstructions.available {
                var method = PooledImages(estimator)
                method.instructions = instructions
                let maps = try await method.run(stack, workers: Workers(threads: 1))
                all.append(maps.names.map { maps[$0]!.map(\.bitPattern) })
            }
            #expect(all.allSatisfy { $0 == all[0] }, "\(estimator)")
        }
    }

    @Test("Threads do not change a bit")
    func threads() async throws {
        let stack = try simulated("threads", studies: 7, mask: box(20, 20, 20))
        var all: [[[UInt32]]] = []
        for threads in 1...3 {
            let maps = try await PooledImages(.reml).run(stack, workers: Workers(threads: threads))
            all.append(maps.names.map { maps[$0]!.map(\.bitPattern) })
        }
        #expect(all[0] == all[1] && all[1] == all[2])
    }

    @Test("Q, I², H² and their Q-profile intervals are the reference's")
    func heterogeneity() async throws {
        let stack = try simulated("heterogeneity", studies: 10, mask: row(of: 40))
        let method = PooledImages(.dersimonianLaird, includesHeterogeneity: true, intervalLevel: 0.9)
        let maps = try await method.run(stack, workers: Workers(threads: 1))
        for voxel in 0..<40 {
            let data = present(stack, voxel)
            let fit = try MetaRegression(
                effects: data.effects, variances: data.variances, covariates: [], estimator: .dersimonianLaird)
            let tau2 = fit.tau2Interval(level: 0.9)
            let i2 = fit.i2Interval(level: 0.9)
            let expected: [(String, Double)] = [
                ("Q", fit.residualHeterogeneity.statistic), ("I2", fit.i2), ("H2", fit.h2),
                ("tau2_desc-lower", tau2.lower), ("tau2_desc-upper", tau2.upper), ("I2_desc-lower", i2.lower),
                ("I2_desc-upper", i2.upper),
            ]
            for (name, value) in expected {
                let ours = Double(maps[nimare: name]![voxel])
                #expect(near(ours, value, 1e-6) || abs(ours - value) < 1e-9, "\(name) at \(voxel)")
            }
        }
    }

    @Test("Images of one sample: CR2 errors and Satterthwaite's degrees of freedom of the plain reference")
    func clusters() async throws {
        let stack = try simulated("clusters", studies: 12, mask: row(of: 40), missing: 0.2) { "sample\($0 * $0 % 7)" }
        let maps = try await PooledImages(.dersimonianLaird).run(stack, workers: Workers(threads: 2))
        var clustered = 0
        for voxel in 0..<40 {
            let data = present(stack, voxel)
            let labels = data.studies.map { stack.studies[$0].sample }
            let fit = try MetaRegression(
                effects: data.effects, variances: data.variances, covariates: [], estimator: .dersimonianLaird,
                test: .knappHartung)
            var expected = fit.coefficient(0)
            if Set(labels).count < labels.count {
                expected = try ClusterRobust(fit, clusters: labels).coefficient(0)
                clustered += 1
            }
            #expect(near(Double(maps[.se]![voxel]), expected.standardError, 1e-6))
            #expect(near(Double(maps[.dof]![voxel]), expected.degreesOfFreedom, 1e-6))
            #expect(near(Double(maps[.p]![voxel]), expected.pValue, 1e-6))
        }
        #expect(clustered > 20)
    }

    @Test("Of several maxima of the likelihood the highest is found")
    func severalMaxima() async throws {
        // Two studies in small units agree, four in large ones scatter: a maximum near 0 and one far out.
        let mask = row(of: 24)
        var stack = try ImageStack(mask: mask)
        let draws = Draws("maxima")
        for study in 0..<8 {
            let unit = study < 4 ? 0.01 : 3.0
            try stack.append(
                .init(id: "\(study)"),
                values: [
                    .effect: (0..<24).map { Float(unit * (1 + draws.normal(study, $0) * (1 + Double($0) / 4))) },
                    .variance: (0..<24).map { _ in Float(unit * unit * 0.5) },
                ])
        }
        for estimator in [HeterogeneityEstimator.maximumLikelihood, .reml] {
            let maps = try await PooledImages(estimator).run(stack, workers: Workers(threads: 1))
            var several = 0
            for voxel in 0..<24 {
                let data = present(stack, voxel)
                let ones = Matrix(rows: 8, columns: 1, repeating: 1)
                let best = estimator.likeliestTau2(effects: data.effects, variances: data.variances, design: ones)
                let local = estimator.tau2(effects: data.effects, variances: data.variances, design: ones)
                if !near(local, best, 1e-3) { several += 1 }
                #expect(near(Double(maps[.tau2]![voxel]), best, 1e-6) || best == 0 && maps[.tau2]![voxel] == 0)
            }
            #expect(several > 0, "the data were to have several maxima somewhere")
        }
    }

    @Test("Errors say what to mend")
    func errors() async throws {
        let mask = row(of: 5)
        var stack = try ImageStack(mask: mask)
        #expect(throws: ImageError.emptyImage(study: "a", quantity: .t)) {
            try stack.append(.init(id: "a"), values: [.t: [0, .nan, 0, .infinity, 0]])
        }
        #expect(throws: ImageError.self) { try stack.append(.init(id: "a"), values: [.t: [1, 2]]) }
        try stack.append(.init(id: "a"), values: [.t: [1, 2, 3, 4, 5]])
        try stack.append(.init(id: "b"), values: [.t: [1, 2, 3, 4, 5]])
        let one = stack
        await #expect(throws: ImageError.missing(study: "a", quantity: .effect)) {
            try await PooledImages(.reml).run(one, workers: Workers(threads: 1))
        }
        #expect(throws: ImageError.noSampleSize(study: "a")) { try one.adding([.effect]) }
        #expect(throws: ImageError.self) { try ImageDesign(covariates: [[1, 1, 1]], testing: 1) }
    }
}
