import Appraisal
import Evidence
import Statistics
import Testing

/// Expected values: trim and fill (L₀) and DerSimonian–Laird written anew in numpy from Duval & Tweedie 2000, and the fail-safe formulas
/// of Rosenthal 1979 and Rosenberg 2005 with scipy's quantiles. (`TrimAndFill` itself is held against metafor in SmallStudyTests.)
@Suite("Studies that may be missing at a place")
struct MissingStudiesTests {
    private static let effects = [-0.85, -1.1, -0.4, -1.3, -0.62, -0.3, -0.5, -0.6, -0.2, -0.25]
    private static let variances = [
        0.0619, 0.1003, 0.0225, 0.1318, 0.0397, 0.0123, 0.0592, 0.0983, 0.017, 0.0258,
    ]

    /// - Parameter spread: of two imputations about the effects; Rubin's variance is v + 1.5 · 2 · spread².
    private static func place(_ count: Int = 10, spread: Double = 0) -> StudyEffects {
        let studies = (0..<count).map { i in
            StudyEffects.Study(
                id: "s\(i)", sample: "s\(i)", n1: 20, n2: 0, source: .peak,
                effects: [effects[i] - spread, effects[i] + spread],
                variances: Array(repeating: variances[i] - 3 * spread * spread, count: 2))
        }
        return StudyEffects(name: "here", coordinate: .zero, voxelCount: 1, studies: studies)
    }

    @Test("how many are missing on which side, the mean with and without them, and the fail-safe numbers")
    func reference() throws {
        let found = try #require(try PlaceAssessment(Self.place()).missingStudies)
        // Small studies have the larger decreases: what is missing lies above.
        #expect(found.missing == 4 && found.side == .above)
        #expect(abs(found.mean.value - -0.5035572347) < 1e-8)
        #expect(abs(found.filled.value - -0.3317591797) < 1e-8)
        #expect(abs(found.filled.standardError - 0.1036628641) < 1e-8)
        #expect(found.failSafe.rosenthal == 241 && found.failSafe.rosenberg == 129)
    }

    @Test("what counts is each study's mean over imputations with Rubin's variance")
    func imputations() throws {
        let found = try #require(try PlaceAssessment(Self.place(spread: 0.05)).missingStudies)
        #expect(found.missing == 4 && abs(found.filled.value - -0.3317591797) < 1e-8)
        #expect(found.failSafe.rosenthal == 241)
    }

    @Test("two studies, and models with covariates, have none")
    func absent() throws {
        #expect(try PlaceAssessment(Self.place(2)).missingStudies == nil)
        let place = Self.place()
        let weeks = place.studies.indices.map { Double($0 * 7 % 10) }
        let design = PlaceDesign(
            matrix: Matrix(columns: [weeks.map { _ in 1 }, weeks]), columnNames: ["intercept", "weeks"],
            combination: .init(name: "weeks", weights: [0, 1]))
        #expect(try PlaceAssessment(place, design: design).missingStudies == nil)
    }
}
