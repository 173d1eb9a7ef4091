import Appraisal
import Statistics
import Testing

@Suite("Baujat's plot: what a study adds to Q, and what it does to the effect")
struct BaujatTests {
    private static let effects = [0.2, 0.5, 1.0, -0.1]
    private static let variances = [0.04, 0.02, 0.05, 0.03]

    private static func assessment(_ count: Int = 4) throws -> PlaceAssessment {
        let studies = (0..<count).map { n in
            StudyEffects.Study(
                id: "s\(n)", sample: "s\(n)", n1: 20, n2: 0, source: .map, effects: [effects[n]],
                variances: [variances[n]])
        }
        return try PlaceAssessment(
            StudyEffects(name: "here", coordinate: .zero, voxelCount: 1, studies: studies))
    }

    @Test("parts of Q and influence are those worked out by hand (numpy: fixed weights for Q, DerSimonian and Laird)")
    func values() throws {
        let points = try Self.assessment().baujat
        #expect(points.map(\.id) == ["s0", "s1", "s2", "s3"])
        // The fixed-effect mean is .363636…; (.2 − .3636)²/.04 = .6694, and so on.
        let parts = [0.669_421_487_603_305, 0.929_752_066_115_703, 8.099_173_553_719_01, 7.165_289_256_198_35]
        let influence = [0.050_408_258_501_687, 0.011_730_071_078_222, 0.906_371_049_113_311, 0.645_191_639_710_014]
        for (point, expected) in zip(points, zip(parts, influence)) {
            #expect(abs(point.heterogeneity - expected.0) < 1e-10, "\(point.id)")
            #expect(abs(point.influence - expected.1) < 1e-10, "\(point.id)")
        }
    }

    @Test("the parts sum to Q")
    func sum() throws {
        let assessment = try Self.assessment()
        let q = try #require(assessment.heterogeneity)
        #expect(abs(assessment.baujat.reduce(0) { $0 + $1.heterogeneity } - q.statistic) < 1e-10)
    }

    @Test("of two studies neither can be left out of a random-effects model: no influence, rather than a wrong one")
    func two() throws {
        let points = try Self.assessment(2).baujat
        #expect(points.count == 2 && points.allSatisfy { $0.influence.isNaN && $0.heterogeneity.isFinite })
    }
}
