public import Appraisal
import Evidence
import Figures
public import SeedBasedMapping
import Statistics

/// A finding's place in another model of the run: is it specific to the model in which it was found?
public struct PlaceElsewhere: Sendable {
    /// Name of the other model.
    public var model: String
    /// What that model says there; nil where it says nothing.
    public var appraisal: (assessment: PlaceAssessment, grade: EvidenceGrade)?
    /// Why it says nothing.
    public var reason: String

    /// - Parameter reason: such as `outside its mask`.
    public init(model: String, notTested reason: String) {
        self.model = model
        self.reason = reason
    }

    public init(model: String, _ assessment: PlaceAssessment, _ grade: EvidenceGrade) {
        self.model = model
        appraisal = (assessment, grade)
        reason = ""
    }

    /// Whether the other model asks the same as the finding's: a mean, or the same slope, difference or joint test.
    fileprivate func asksTheSame(as own: PlaceAssessment) -> Bool {
        guard let other = appraisal?.assessment, other.measure == own.measure else { return false }
        if own.design.isMean || other.design.isMean { return own.design.isMean && other.design.isMean }
        return own.design.tests.map(\.name) == other.design.tests.map(\.name)
    }

    /// p below .05 with an effect on the same side; of joint tests p alone.
    fileprivate func agrees(with own: PlaceAssessment) -> Bool {
        guard let other = appraisal?.assessment else { return false }
        let isSameSide = own.design.isJoint || (other.estimate.value < 0) == (own.estimate.value < 0)
        return other.pValue < 0.05 && isSameSide
    }
}

extension PlaceElsewhere {
    /// In how many of the other models the place shows the same.
    static func sentence(_ finding: FindingCard) -> String {
        guard !finding.elsewhere.isEmpty else { return "" }
        let comparable = finding.elsewhere.filter { $0.asksTheSame(as: finding.assessment) }
        guard !comparable.isEmpty else {
            return "No other model of this run asks the same of this place; what they do ask is in the table."
        }
        let agreeing = comparable.filter { $0.agrees(with: finding.assessment) }
        let names = agreeing.map(\.model).joined(separator: ", ")
        let what = finding.assessment.design.isJoint ? "p below .05" : "the same sign and p below .05"
        let others = PrettyNumber.plural(comparable.count, "other model")
        let asking = comparable.count == 1 ? "asks" : "ask"
        return agreeing.isEmpty
            ? "\(others) \(asking) the same here; none has \(what) (two-sided, uncorrected)."
            : "\(others) \(asking) the same here; \(agreeing.count) \(agreeing.count == 1 ? "has" : "have") \(what) (two-sided, "
                + "uncorrected): \(names). Models that share experiments agree for that reason alone."
    }

    /// Side by side, the finding's own model first; nothing for a run of one model.
    static func table(_ finding: FindingCard) -> HTML {
        guard !finding.elsewhere.isEmpty else { return HTML() }
        let own = row("this model", finding.assessment, finding.standing)
        let rows = finding.elsewhere.map { place -> [HTML] in
            guard let appraisal = place.appraisal else {
                return [place.model, "not tested: \(place.reason)", "–", "–", "–", "–", "–"].map(HTML.text)
            }
            return row(place.model, appraisal.assessment, Self.standing(appraisal))
        }
        let table = HTMLTable(
            caption: "The same place in the other models",
            columns: [
                .init("Model"), .init("What is judged"), .init("Measured / sign / silent", unbroken: true),
                .init("Effect", number: true), .init("95 % CI", number: true),
                .init("p", number: true), .init("Class", unbroken: true),
            ], rows: [own] + rows)
        return HTML.element(
            "details", [], HTML.element("summary", [], "The same place in the other models") + table.html)
    }

    private static func row(_ model: String, _ assessment: PlaceAssessment, _ standing: EvidenceStanding) -> [HTML] {
        let words = EffectWords(assessment)
        return [HTML.text(model), HTML.text(words.judged), EffectBasis(assessment).html]
            + [words.brief, words.briefInterval, EffectWords.p(assessment.pValue), standing.value].map(HTML.text)
    }

    /// Whether the place survives a correction there is not asked, so that no class above weak is given.
    private static func standing(_ appraisal: (assessment: PlaceAssessment, grade: EvidenceGrade)) -> EvidenceStanding {
        EvidenceStanding(appraisal.grade, appraisal.assessment, survives: false)
    }

    /// `specificity.tsv`: a row per finding and model, the finding's own first.
    static func rows(_ number: Int, _ finding: FindingCard, model: String) -> [[String]] {
        let place = finding.assessment.place
        let at = [
            String(number), finding.cluster.map { String($0) } ?? NumberText.missing,
            NumberText.hundredths(place.coordinate.x), NumberText.hundredths(place.coordinate.y),
            NumberText.hundredths(place.coordinate.z),
        ]
        func values(_ assessment: PlaceAssessment, _ standing: EvidenceStanding) -> [String] {
            let isJoint = assessment.design.isJoint
            let interval = assessment.interval
            func effect(_ value: Double) -> String { isJoint ? NumberText.missing : NumberText.fixed(value, 4) }
            return [
                EffectWords(assessment).judged, String(assessment.studies.count),
                String(assessment.studies.count { $0.source.isReported }), effect(assessment.estimate.value),
                effect(interval.lower), effect(interval.upper),
                assessment.joint.map { NumberText.fixed($0.statistic, 3) } ?? NumberText.missing,
                NumberText.significant(assessment.pValue), standing.value, "",
            ]
        }
        let own = at + [model] + values(finding.assessment, finding.standing)
        return [own]
            + finding.elsewhere.map { other in
                at + [other.model]
                    + (other.appraisal.map { values($0.assessment, standing($0)) }
                        ?? Array(repeating: NumberText.missing, count: 9) + [other.reason])
            }
    }

    static let header = [
        "finding", "cluster", "x_mm", "y_mm", "z_mm", "model", "judged", "experiments", "reported", "effect", "ci_low",
        "ci_high", "chi2", "p_two_sided", "class", "not_tested",
    ]
}
