public import Appraisal
public import Figures
import Statistics

/// What the report's card of a finding is drawn from: all that is known of its reliability.
public struct FindingCard: Sendable {
    public var assessment: PlaceAssessment
    public var grade: EvidenceGrade
    /// Number in the table of clusters; nil for a place asked for by the user.
    public var cluster: Int?
    /// Anatomical name; empty when there is none.
    public var region: String
    /// Family-wise error corrected p of the place and of what statistic; nil without a permutation test.
    public var corrected: Finding.CorrectedP?
    public var jackknife: JackknifeRuns?
    /// Group of each study for the forest plot, in the order of the place's studies; empty for one block.
    public var subgroups: [String]
    /// Numeric covariates of the model, a bubble plot each.
    public var covariates: [BubblePlot.Covariate]
    /// What each experiment brings to the cluster; empty where that was not computed.
    public var contributions: [Contribution] = []
    /// The same place in the other models of the run, in their order.
    public var elsewhere: [PlaceElsewhere] = []
    /// What studies are called in figures, by id; the id itself where there is none.
    public var names: [String: String] = [:]
    /// Corrected p at or below it survives.
    public var correctedLevel = 0.05
    /// The smallest corrected p that could be had.
    public var smallestP = 0.0001

    /// - Parameters:
    ///   - appraisal: the finding's.
    ///   - number: in the table of clusters.
    init(
        _ finding: Finding, _ appraisal: Finding.Appraisal, number: Int?, region: String, subgroups: [String],
        covariates: [BubblePlot.Covariate]
    ) {
        self.init(
            assessment: appraisal.assessment, grade: appraisal.grade, cluster: number, region: region,
            corrected: finding.corrected, jackknife: appraisal.jackknife, subgroups: subgroups,
            covariates: covariates)
        contributions = finding.contributions
    }

    public init(
        assessment: PlaceAssessment, grade: EvidenceGrade, cluster: Int? = nil, region: String = "",
        corrected: Finding.CorrectedP? = nil, jackknife: JackknifeRuns? = nil, subgroups: [String] = [],
        covariates: [BubblePlot.Covariate] = []
    ) {
        self.assessment = assessment
        self.grade = grade
        self.cluster = cluster
        self.region = region
        self.corrected = corrected
        self.jackknife = jackknife
        self.subgroups = subgroups
        self.covariates = covariates
    }

    /// Who moves the effect most when left out, and the effect without it. The jackknife tells it wherever it was run: what
    /// experiments reported is weighed and imputed anew, while leaving a study out of the imputations keeps what its report did to those
    /// of the others. One number, so that a card does not contradict its own jackknife.
    var mostInfluential: (id: String, effect: Double?)? {
        if isToldByJackknife {
            return jackknife?.mostInfluential(on: assessment.estimate.value).map { ($0.leftOut, $0.g) }
        }
        return assessment.mostInfluential.map { ($0.id, $0.without?.value) }
    }

    /// Whether influence is that of analyses repeated without each experiment. A joint test has no single effect that could move.
    var isToldByJackknife: Bool {
        assessment.posterior != nil || (!assessment.design.isJoint && (jackknife?.done ?? 0) > 0)
    }
}
