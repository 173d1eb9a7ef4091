import Foundation
import Inference
import PrimaryStudy
import Statistics
import Testing

@Suite struct PlaceStatisticsTests {
    private let places = References.all.places

    private func statistic(
        _ design: StudyDesign, _ kind: StudyStatistic = .classical, rows: [Int]? = nil
    ) async throws -> Double {
        let kept = rows ?? Array(places.y.indices)
        let found = try await tested(
            kept.map { [Float(places.y[$0])] }, design, permutations: 2, statistic: kind, threads: 1)
        return found.statistic[0]
    }

    private func design(_ covariate: Bool, testing rows: [[Double]], rows kept: [Int]? = nil) throws -> StudyDesign {
        let kept = kept ?? Array(places.y.indices)
        let labels = kept.map { places.label[$0] }
        var columns = [[Double](repeating: 1, count: kept.count)]
        for group in Set(labels).sorted().dropFirst() { columns.append(labels.map { $0 == group ? 1 : 0 }) }
        let mean = places.covariate.reduce(0, +) / Double(places.covariate.count)
        if covariate { columns.append(kept.map { places.covariate[$0] - mean }) }
        return try StudyDesign(
            columns: columns.indices.map { "c\($0)" }, matrix: Matrix(columns: columns),
            contrasts: [StudyContrast(name: "c", rows: rows)], exchange: ExchangeScheme(.permutations),
            varianceGroups: labels)
    }

    @Test func fOfThreeGroupsIsThatOfScipy() async throws {
        let found = try await statistic(design(false, testing: [[0, 1, 0], [0, 0, 1]]))
        #expect(abs(found - places.fScipy) < 1e-5 * places.fScipy)
    }

    @Test func unequalVariancesOfTwoGroupsGiveWelch() async throws {
        let kept = places.y.indices.filter { places.label[$0] < 2 }
        let found = try await statistic(
            design(false, testing: [[0, 1]], rows: kept), .unequalVariances, rows: kept)
        // scipy's difference is the first less the second.
        #expect(abs(found + places.welchT) < 1e-5 * abs(places.welchT))
    }

    @Test func unequalVariancesOfThreeGroupsGiveWelchsF() async throws {
        let found = try await statistic(design(false, testing: [[0, 1, 0], [0, 0, 1]]), .unequalVariances)
        #expect(abs(found - places.welchF) < 1e-5 * places.welchF)
        #expect(abs(places.g - places.welchF) < 1e-10)
    }

    @Test func withACovariateTheyGiveTheStatisticsOfWinkler() async throws {
        let g = try await statistic(design(true, testing: [[0, 1, 0, 0], [0, 0, 1, 0]]), .unequalVariances)
        #expect(abs(g - places.gCovariate) < 1e-5 * places.gCovariate)
        let v = try await statistic(design(true, testing: [[0, 0, 1, 0]]), .unequalVariances)
        #expect(abs(v - places.vCovariate) < 1e-5 * places.vCovariate)
        let t = try await statistic(design(true, testing: [[0, 0, 1, 0]]))
        #expect(abs(t - places.tCovariate) < 1e-5 * places.tCovariate)
    }

    @Test func changeWithinPeopleAgreesWithScipy() throws {
        let reference = References.all.effects
        let effect = try #require(WithinSubjectEffect(first: reference.first, second: reference.second))
        #expect(abs(effect.dz - reference.dz) < 1e-12)
        #expect(abs(effect.dav - reference.dav) < 1e-12)
        #expect(abs(effect.correlation - reference.r) < 1e-12)
        let interval = try #require(effect.intervalOfDz())
        #expect(abs(interval.lowerBound - reference.dzInterval[0]) < 1e-7)
        #expect(abs(interval.upperBound - reference.dzInterval[1]) < 1e-7)
        #expect(abs(effect.gz - reference.dz * EffectScale.correction(degreesOfFreedom: 9)) < 1e-12)
    }

    /// scipy's resamples are others: equal up to the noise of 20,000 draws. (Six seeds of scipy put the lower end of r from
    /// -0.265 to -0.215.)
    @Test func bootstrapIntervalsAgreeWithScipy() throws {
        let reference = References.all.effects
        let change = zip(reference.first, reference.second).map { $1 - $0 }
        let interval = try #require(
            BootstrapInterval(subjects: 10, draws: 20_000) { people in
                let values = people.map { change[$0] }
                // The jackknife within gives nine of them.
                let n = Double(values.count)
                let mean = values.reduce(0, +) / n
                return mean / (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)).squareRoot()
            })
        #expect(abs(interval.lower - reference.bca[0]) < 0.03)
        #expect(abs(interval.upper - reference.bca[1]) < 0.05)
        let r = try #require(StudyEffect(change, with: reference.score, draws: 20_000))
        #expect(abs(r.value - reference.rChange) < 1e-12)
        let bootstrap = try #require(r.bootstrap)
        #expect(abs(bootstrap.lower - reference.bcaR[0]) < 0.08)
        #expect(abs(bootstrap.upper - reference.bcaR[1]) < 0.01)
        #expect(r.lower < r.value && r.value < r.upper)
        // The size of a change with its bootstrap is the same two numbers.
        let d = try #require(StudyEffect(mean: change, isChange: true, draws: 20_000))
        #expect(abs(d.value - reference.dz) < 1e-12 && abs(d.lower - reference.dzInterval[0]) < 1e-7)
        let again = try #require(d.bootstrap)
        #expect(abs(again.lower - interval.lower) < 1e-9 && abs(again.upper - interval.upper) < 1e-9)
        #expect(StudyEffect(mean: change, isChange: true)?.bootstrap == nil)
    }

    /// The first session is held constant. Values and ends: numpy's least squares in scipy's BCa of 20,000 draws of people, three seeds of
    /// which put the lower end of partial r from -0.45 to -0.39, that of d_z from -0.42 to -0.37 (scipy 1.17.1).
    @Test func bootstrapIntervalsWithACovariateAgreeWithScipy() throws {
        let reference = References.all.effects
        let change = zip(reference.first, reference.second).map { $1 - $0 }
        let before = StudyCovariate("before", reference.first)
        let regression = try StudyDesign.regression(
            on: StudyCovariate("score", reference.score), covariates: [before])
        let r = try #require(
            StudyEffect(
                adjusted: change, design: regression, contrast: regression.contrasts[0], isCorrelation: true,
                symbol: "d",
                draws: 20_000))
        #expect(abs(r.value - 0.7602017686129867) < 1e-5)
        let ofR = try #require(r.bootstrap)
        #expect(abs(ofR.estimate - 0.7602017686129867) < 1e-9)
        #expect(abs(ofR.lower + 0.43) < 0.08 && abs(ofR.upper - 0.9948) < 0.005, "\(ofR)")
        let paired = try StudyDesign.oneSample(count: 10, covariates: [before])
        let d = try #require(
            StudyEffect(
                adjusted: change, design: paired, contrast: paired.contrasts[0], isCorrelation: false, symbol: "d",
                draws: 20_000))
        let ofD = try #require(d.bootstrap)
        #expect(abs(ofD.estimate - 0.5408244786973615) < 1e-9 && abs(d.value - ofD.estimate) < 1e-5)
        #expect(abs(ofD.lower + 0.39) < 0.06 && abs(ofD.upper - 1.406) < 0.05, "\(ofD)")
    }

    @Test func withoutCovariatesTheAdjustedBootstrapIsThePlainOne() throws {
        let reference = References.all.effects
        let change = zip(reference.first, reference.second).map { $1 - $0 }
        let design = try StudyDesign.oneSample(count: 10)
        let adjusted = try #require(
            StudyEffect(
                adjusted: change, design: design, contrast: design.contrasts[0], isCorrelation: false, symbol: "d",
                draws: 2000)?.bootstrap)
        let plain = try #require(StudyEffect(mean: change, isChange: true, draws: 2000)?.bootstrap)
        #expect(abs(adjusted.lower - plain.lower) < 1e-9 && abs(adjusted.upper - plain.upper) < 1e-9)
        let groups = try StudyDesign.twoSample(isFirst: (0..<10).map { $0 < 4 })
        let difference = try #require(
            StudyEffect(
                adjusted: change, design: groups, contrast: groups.contrasts[0], isCorrelation: false, symbol: "d",
                draws: 2000)?.bootstrap)
        let two = try #require(
            StudyEffect(first: Array(change[..<4]), second: Array(change[4...]), draws: 2000)?.bootstrap)
        #expect(abs(difference.lower - two.lower) < 1e-9 && abs(difference.upper - two.upper) < 1e-9)
    }

    @Test func effectMapsAreThoseOfOneAndTwoSamples() throws {
        let draws = Draws("effects")
        let rows = (0..<12).map { row in (0..<5).map { Float(draws.normal(row, $0) + 0.6) } }
        let one = try StudyDesign.oneSample(count: 12)
        let fit = try StudyFit(rows, design: one, contrast: one.contrasts[0])
        let maps = try #require(EffectMaps(fit, design: one))
        let scale = EffectScale(n1: 12)
        for voxel in 0..<5 {
            let g = scale.g(fromT: Double(fit.statistic[voxel]))
            #expect(abs(Double(maps.effect[voxel]) - g) < 1e-6)
            #expect(abs(Double(maps.standardError[voxel]) - scale.variance(ofG: g).squareRoot()) < 1e-6)
        }
        let two = try StudyDesign.twoSample(isFirst: (0..<12).map { $0 < 5 })
        let fit2 = try StudyFit(rows, design: two, contrast: two.contrasts[0])
        let maps2 = try #require(EffectMaps(fit2, design: two))
        let scale2 = EffectScale(n1: 5, n2: 7)
        let score = try StudyDesign.regression(on: StudyCovariate("x", (0..<12).map { Double($0 * $0 % 11) }))
        let fit3 = try StudyFit(rows, design: score, contrast: score.contrasts[0])
        let maps3 = try #require(EffectMaps(fit3, design: score))
        #expect(maps3.scale == .fisherZ)
        for voxel in 0..<5 {
            let g = scale2.g(fromT: Double(fit2.statistic[voxel]))
            #expect(abs(Double(maps2.effect[voxel]) - g) < 1e-6)
            #expect(abs(Double(maps2.standardError[voxel]) - scale2.variance(ofG: g).squareRoot()) < 1e-6)
            let r = try #require(
                PearsonCorrelation.r(rows.map { Double($0[voxel]) }, (0..<12).map { Double($0 * $0 % 11) }))
            #expect(abs(Double(maps3.effect[voxel]) - atanh(r)) < 1e-6)
            #expect(abs(Double(maps3.standardError[voxel]) - 1 / 3.0) < 1e-6)
        }
    }
}
