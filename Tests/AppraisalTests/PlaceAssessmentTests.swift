import Appraisal
import Evidence
import Foundation
import Statistics
import Testing

/// `Tests/StatisticsTests/Reference/place-assessment.json`, written by the script beside it: nine studies, four
/// imputations, with and without a covariate; every step by metafor 3.8-1 or R 4.2.2, pooled by Rubin's rules in R.
private struct PlaceReference: Decodable {
    struct Case: Decodable {
        var method: String
        var covariate: Bool
        var estimate: [Double]
        var tau2: Double
        var i2: Double
        var prediction: [Double]
        var missing: Double
        var egger: [Double]
        var pet: [Double]
        var peese: [Double]
        var expected: Double
        var observed: Double
        var excessP: Double
        var without: [[Double]]
        var studies: [[Double]]
        var weights: [Double]
        var cook: [Double]
        var hat: [Double]
    }

    var n1: [Int]
    var n2: [Int]
    var weeks: [Double]
    /// [study][imputation]
    var effects: [[Double]]
    var variances: [[Double]]
    var cases: [Case]

    static func load() throws -> PlaceReference {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let file = tests.appendingPathComponent("StatisticsTests/Reference/place-assessment.json")
        return try JSONDecoder().decode(PlaceReference.self, from: Data(contentsOf: file))
    }

    var place: StudyEffects {
        let studies = n1.indices.map { i in
            StudyEffects.Study(
                id: "s\(i + 1)", sample: "s\(i + 1)", n1: n1[i], n2: n2[i],
                source: i < 4 ? .peak : i == 4 ? .sign : .nothing, effects: effects[i], variances: variances[i])
        }
        return StudyEffects(name: "here", coordinate: [1, 2, 3], voxelCount: 1, studies: studies)
    }

    func design(covariate: Bool) -> PlaceDesign? {
        guard covariate else { return nil }
        let mean = weeks.reduce(0, +) / Double(weeks.count)
        return PlaceDesign(
            matrix: Matrix(columns: [weeks.map { _ in 1 }, weeks]), columnNames: ["intercept", "weeks"],
            combination: .init(name: "mean", weights: [1, mean]))
    }
}

private func agree(_ a: [Double], _ b: [Double], _ tolerance: Double) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($1)) }
}

private func pair(_ estimate: Estimate) -> [Double] { [estimate.value, estimate.standardError] }

@Suite("The assessment of a place agrees with metafor, pooled by Rubin's rules")
struct PlaceAssessmentTests {
    private func assessments() throws -> [(PlaceReference.Case, PlaceAssessment)] {
        let reference = try PlaceReference.load()
        try #require(Set(reference.cases.map { "\($0.method) \($0.covariate)" }).count == 4)
        return try reference.cases.map { c in
            let estimator = try #require(HeterogeneityEstimator(rawValue: c.method))
            return (
                c,
                try PlaceAssessment(
                    reference.place, design: reference.design(covariate: c.covariate), estimator: estimator)
            )
        }
    }

    /// τ² by REML at the edge: metafor stops short of 0, at 1e-14; I is the root of that.
    @Test("pooled effect, heterogeneity, prediction interval and fraction of missing information")
    func pooled() throws {
        for (c, found) in try assessments() {
            #expect(agree(pair(found.estimate), c.estimate, 1e-8), "\(c.method)")
            #expect(agree([found.pooling.tau2, found.pooling.i2], [c.tau2, c.i2], 1e-6), "\(c.method)")
            let prediction = try #require(found.predictionInterval())
            #expect(agree([prediction.lower, prediction.upper], c.prediction, 1e-7))
            #expect(agree([found.missingInformation], [c.missing], 1e-7))
            #expect(agree(found.pooling.weights, c.weights, 1e-8))
        }
    }

    @Test("each study's mean over imputations with Rubin's variance")
    func studies() throws {
        for (c, found) in try assessments() {
            for (study, expected) in zip(found.studies, c.studies) {
                #expect(agree(pair(study.estimate), expected, 1e-12))
            }
            // Reported effects do not vary; the fifth does.
            #expect(abs(found.studies[0].imputedShare) < 1e-12)
            #expect(found.studies[4].imputedShare > 0.1)
        }
    }

    @Test("small-study regression, PET and PEESE")
    func smallStudies() throws {
        for (c, found) in try assessments() {
            let bias = try #require(found.smallStudies)
            #expect(agree(pair(bias.asymmetry), c.egger, 1e-7))
            #expect(agree(pair(bias.pet), c.pet, 1e-8))
            #expect(agree(pair(bias.peese), c.peese, 1e-8))
            #expect(!bias.isReliable)
        }
    }

    @Test("excess significance: counts over imputations, and the binomial test of the mean count rounded up")
    func excess() throws {
        for (c, found) in try assessments() {
            #expect(agree([found.excess.expected, found.excess.pValue], [c.expected, c.excessP], 1e-8))
            // Some study is significant in some imputations only, else rounding is not tested.
            #expect(c.observed != c.observed.rounded())
            #expect(found.excess.observed == c.observed)
        }
    }

    @Test("influence: the pooled effect without each study, Cook's distance and hat values")
    func influence() throws {
        for (c, found) in try assessments() {
            for (n, study) in found.influence.enumerated() {
                let without = try #require(study.without)
                #expect(agree(pair(without), c.without[n], 1e-7), "\(c.method) without \(study.id)")
                #expect(abs(study.change - (found.estimate.value - without.value)) < 1e-14)
                let measures = try #require(study.measures)
                #expect(agree([measures.cooksDistance, measures.hatValue], [c.cook[n], c.hat[n]], 1e-6))
            }
            let changes = c.without.map { abs($0[0] - c.estimate[0]) }
            let most = try #require(changes.indices.max { changes[$0] < changes[$1] })
            #expect(found.mostInfluential?.id == "s\(most + 1)")
        }
    }

    @Test("a slope has neither prediction interval nor a comparison with the largest study")
    func slope() throws {
        let reference = try PlaceReference.load()
        var design = try #require(reference.design(covariate: true))
        design = PlaceDesign(
            matrix: design.matrix, columnNames: design.columnNames,
            combination: .init(name: "weeks", weights: [0, 1]))
        let found = try PlaceAssessment(reference.place, design: design)
        #expect(found.predictionInterval() == nil)
        let grade = EvidenceGrade(found, settings: Settings())
        let judged = grade.criteria.filter { $0.value == nil }.map(\.kind)
        #expect(judged == [.predictionInterval, .largestStudy])
        #expect(grade.criteria.allSatisfy { $0.value != nil || !$0.isPassed })
    }

    @Test("people of a sample that experiments share count once")
    func samples() throws {
        var place = try PlaceReference.load().place
        place.studies[1].sample = "s1"
        let found = try PlaceAssessment(place)
        // Σn1 = 249, Σn2 = 137; the 18 people of the second experiment are among the 24 of the first.
        #expect(found.cases == 249 - 18)
        #expect(found.participants == 249 + 137 - 18)
        #expect(found.sharesSamples)
        #expect(found.largestStudy.id == "s7")
        #expect(found.count(of: .peak) == 4 && found.count(of: .sign) == 1 && found.count(of: .nothing) == 4)
        let all = StudyEffects.Source.allCases.reduce(0) { $0 + found.weight(of: [$1]) }
        #expect(abs(all - 1) < 1e-12)
    }

    @Test("one study is pooled as it is, and what needs more says that it cannot be judged")
    func single() throws {
        var place = try PlaceReference.load().place
        place.studies = [place.studies[0]]
        let found = try PlaceAssessment(place)
        #expect(found.estimate.value == place.studies[0].effects[0])
        #expect(abs(found.estimate.standardError - place.studies[0].variances[0].squareRoot()) < 1e-14)
        #expect(found.pooling.tau2 == 0 && found.pooling.i2 == 0)
        #expect(found.smallStudies == nil && found.predictionInterval() == nil && found.mostInfluential == nil)
        let grade = EvidenceGrade(found, settings: Settings())
        #expect(grade.criteria.first { $0.kind == .heterogeneity }?.value == nil)
    }

    @Test(
        "a regression at a place: the mean of an average experiment and its prediction interval, as metafor has them; a place whose experiments have no row has none"
    )
    func regression() throws {
        let reference = try PlaceReference.load()
        let place = reference.place
        let experiments = place.studies.enumerated().map { index, study in
            Experiment(
                id: study.id, study: study.id, sample: study.id, n1: study.n1, n2: study.n2, report: .peaks([]),
                covariates: ["weeks": .number(reference.weeks[index])], source: SourceLocation(file: "studies.tsv"))
        }
        let plan = ModelPlan(
            name: "weeks", covariates: [Covariate("weeks", .numeric(centre: .none, scale: .none, power: 1))])
        let design = try DesignMatrix(plan, experiments: experiments)
        for c in reference.cases where c.covariate {
            let estimator = try #require(HeterogeneityEstimator(rawValue: c.method))
            let found = try #require(PlaceRegression(design, at: place, estimator: estimator))
            let mean = try #require(found.terms.first { $0.kind == .mean })
            #expect(agree(pair(mean.estimate), c.estimate, 1e-8), "\(c.method)")
            let prediction = try #require(mean.predictionInterval)
            #expect(agree([prediction.lower, prediction.upper], c.prediction, 1e-7))
            let coefficients = found.terms.filter { $0.kind == .coefficient }
            #expect(coefficients.map(\.name) == ["intercept", "weeks"])
            #expect(coefficients.allSatisfy { $0.predictionInterval == nil })
            // The mean is the intercept and the slope at the average of the weeks.
            let average = reference.weeks.reduce(0, +) / Double(reference.weeks.count)
            let put = coefficients[0].estimate.value + average * coefficients[1].estimate.value
            #expect(abs(put - c.estimate[0]) < 1e-8)
        }
        var other = place
        other.studies[0].experiments = ["of another model"]
        #expect(PlaceRegression(design, at: other, estimator: .reml) == nil)
    }

    @Test("effects that do not fit together are refused")
    func refused() throws {
        var ragged = try PlaceReference.load().place
        ragged.studies[2].effects.removeLast()
        #expect(throws: MetaRegressionError.badValue(row: 2)) { try PlaceAssessment(ragged) }
        var empty = ragged
        empty.studies = []
        #expect(throws: MetaRegressionError.self) { try PlaceAssessment(empty) }
        var missing = try PlaceReference.load().place
        missing.studies[3].effects[1] = .nan
        #expect(throws: MetaRegressionError.badValue(row: 3)) { try PlaceAssessment(missing) }
    }
}

@Suite("Evidence classes")
struct EvidenceGradeTests {
    /// Studies of one effect: homogeneous, no slope on the standard error, all significant where power is high.
    private func place(
        studies: Int = 12, n: Int = 120, effect: Double = 0.4, spread: Double = 0, largest: Double? = nil
    ) -> StudyEffects {
        let studies = (0..<studies).map { i -> StudyEffects.Study in
            // Sizes differ, and the deviations are balanced against them.
            let size = n + [0, 30, 30, 0][i % 4]
            let deviation = spread * [1, -1, 1, -1][i % 4] * (1 + 0.01 * Double(i))
            let isLargest = i == 0 && largest != nil
            return StudyEffects.Study(
                id: "s\(i)", sample: "s\(i)", n1: isLargest ? n + 60 : size, n2: 0, source: .peak,
                effects: [isLargest ? largest ?? 0 : effect + deviation], variances: [1 / Double(size)])
        }
        return StudyEffects(name: "p", coordinate: .zero, voxelCount: 1, studies: studies)
    }

    private func grade(_ place: StudyEffects, _ change: (inout Settings) -> Void = { _ in }) throws -> EvidenceGrade {
        var settings = Settings()
        change(&settings)
        return EvidenceGrade(try PlaceAssessment(place), settings: settings)
    }

    @Test("class I asks for all six of its criteria")
    func convincing() throws {
        let all = try grade(place())
        #expect(all.evidenceClass == .convincing)
        #expect(all.nextBetter == nil)
        // z = 0.4 √(12 · 120 + 6 · 30)
        let z = 0.4 * (12.0 * 120 + 180).squareRoot()
        let p = try #require(all.criteria.first { $0.kind == .convincingP }?.value)
        #expect(abs(p / (2 * Normal.upperTail(z)) - 1) < 1e-6)
        // One failing is named, and the class is the next whose demands are met.
        let excess = try grade(place()) { $0.evidenceExcessP = 1 }
        #expect(excess.evidenceClass == .highlySuggestive)
        #expect(excess.failing(.convincing).map(\.kind) == [.excess])
        #expect(excess.nextBetter == .convincing)
        let small = try grade(place()) { $0.evidenceSmallStudyP = 1 }
        #expect(small.failing(.convincing).map(\.kind) == [.smallStudies])
        let differing = try grade(place(spread: 0.2))
        #expect(differing.evidenceClass == .highlySuggestive)
        #expect(differing.failing(.convincing).map(\.kind) == [.heterogeneity, .predictionInterval])
    }

    @Test("class II needs the largest study, class III only p and size, class IV only p")
    func lower() throws {
        let contradicted = try grade(place(largest: 0.01)) { $0.evidenceI2 = 10 }
        #expect(contradicted.evidenceClass == .suggestive)
        #expect(contradicted.failing(.highlySuggestive).map(\.kind) == [.largestStudy])
        // z = 0.1 √1620 = 4.02, p = 5.7e-5.
        let suggestive = try grade(place(effect: 0.1))
        #expect(suggestive.evidenceClass == .suggestive)
        #expect(suggestive.failing(.highlySuggestive).map(\.kind).contains(.convincingP))
        // z = 0.06 √1620 = 2.41, p = 0.016.
        #expect(try grade(place(effect: 0.06)).evidenceClass == .weak)
        // z = 0.04 √1620 = 1.61, p = 0.11.
        #expect(try grade(place(effect: 0.04)).evidenceClass == .notSignificant)
        // Too few people: whatever p is.
        let few = try grade(place(studies: 4))
        #expect(few.evidenceClass == .weak)
        #expect(few.failing(.suggestive).map(\.kind) == [.size])
    }

    @Test("effects below zero are graded as those above")
    func symmetry() throws {
        let above = try grade(place(spread: 0.1, largest: 0.3))
        let below = try grade(place(effect: -0.4, spread: -0.1, largest: -0.3))
        #expect(above.evidenceClass == below.evidenceClass)
        #expect(above.criteria.map(\.isPassed) == below.criteria.map(\.isPassed))
        let wrongSide = try grade(place(effect: -0.4, largest: 0.9))
        #expect(wrongSide.criteria.first { $0.kind == .largestStudy }?.isPassed == false)
    }

    @Test("every cut-off is a setting")
    func settings() throws {
        // 12 studies of 120 or 150: 1,620 cases.
        #expect(try grade(place()) { $0.evidenceSize = 1619 }.evidenceClass == .convincing)
        #expect(try grade(place()) { $0.evidenceSize = 1620 }.evidenceClass == .weak)
        #expect(
            try grade(place(spread: 0.05)) { $0.evidenceI2 = 0 }.failing(.convincing).map(\.kind) == [.heterogeneity])
        #expect(try grade(place(effect: 0.1)) { $0.evidenceConvincingP = 1e-4 }.evidenceClass != .suggestive)
        #expect(try grade(place(effect: 0.06)) { $0.evidenceSuggestiveP = 0.02 }.evidenceClass == .suggestive)
        #expect(try grade(place(effect: 0.04)) { $0.evidenceWeakP = 0.2 }.evidenceClass == .weak)
        var groups = place(studies: 8)
        for i in groups.studies.indices { groups.studies[i].n2 = 10 }
        // 4 · 120 + 4 · 150 = 1,080 cases, 80 more participants.
        #expect(try grade(groups) { $0.evidenceSize = 1100 }.evidenceClass == .weak)
        let everyone = try grade(groups) {
            $0.evidenceSize = 1100
            $0.evidenceCount = .participants
        }
        #expect(everyone.evidenceClass != .weak)
    }
}
