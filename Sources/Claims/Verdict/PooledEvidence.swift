public import Appraisal
public import Evidence
public import Statistics

/// What some studies say together of a region, whichever way a claim points: computed once for all claims that ask it.
///
/// The mean is that of random effects (REML) in every imputation with the standard error of Knapp and Hartung, never below
/// Wald's (the *ad hoc* rule of Röver, Knapp and Friede 2015, doi:10.1186/s12874-015-0091-1), pooled by Rubin's rules with
/// t on the studies' degrees of freedom or Rubin's, whichever are fewer. Of a dose–response it is the slope per standard deviation of the dose.
public struct PooledEvidence: Sendable {
    public let evidence: [ClaimEvidence]
    public let assessment: PlaceAssessment
    public let estimate: Estimate
    /// Without each study, in their order; empty with fewer than three.
    public let withoutEach: [Estimate]
    /// Of the studies that measured the effect alone: what was imputed around nothing draws the mean to nothing. Nil where none did, or
    /// where they do not determine it.
    public let measuredAlone: Estimate?

    /// - Parameters:
    ///   - doses: one per study for a slope; nil for a mean.
    /// - Returns: nil for no studies, or where the doses do not determine a slope.
    public init?(_ evidence: [ClaimEvidence], doses: [Double]? = nil) {
        guard let first = evidence.first else { return nil }
        let imputations = evidence.map(\.study.effects.count).max() ?? 0
        var studies: [StudyEffects.Study] = []
        for item in evidence {
            var study = item.study
            // A measured effect is the same in every imputation.
            if study.effects.count == 1, imputations > 1 {
                study.effects = Array(repeating: study.effects[0], count: imputations)
                study.variances = Array(repeating: study.variances[0], count: imputations)
            }
            guard study.effects.count == imputations, study.variances.count == imputations, imputations > 0 else {
                return nil
            }
            studies.append(study)
        }
        guard let design = Self.design(studies.count, doses) else { return nil }
        let place = StudyEffects(name: first.region, coordinate: .zero, voxelCount: 0, studies: studies)
        guard
            let assessment = try? PlaceAssessment(
                place, measure: first.measure, design: design, estimator: .reml),
            let estimate = Self.estimate(studies, design.matrix, design.combination.weights)
        else { return nil }
        self.evidence = evidence
        self.assessment = assessment
        self.estimate = estimate
        let measured = evidence.indices.filter { evidence[$0].isMeasured }
        measuredAlone =
            switch measured.count {
            case studies.count: estimate
            case 0: nil
            default:
                Self.estimate(
                    measured.map { studies[$0] }, design.matrix.selectingRows(measured), design.combination.weights)
            }
        guard studies.count > design.matrix.columns + 1 else {
            withoutEach = []
            return
        }
        withoutEach = studies.indices.compactMap { left in
            let kept = studies.indices.filter { $0 != left }
            return Self.estimate(
                kept.map { studies[$0] }, design.matrix.selectingRows(kept), design.combination.weights)
        }
    }

    private static func design(_ count: Int, _ doses: [Double]?) -> PlaceDesign? {
        guard let doses else { return .mean(studies: count) }
        guard doses.count == count, count > 2 else { return nil }
        let mean = doses.reduce(0, +) / Double(count)
        let spread = (doses.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count - 1)).squareRoot()
        guard spread > 0, spread.isFinite else { return nil }
        return PlaceDesign(
            matrix: Matrix(rows: doses.map { [1, ($0 - mean) / spread] }), columnNames: ["intercept", "dose"],
            combination: .init(name: "dose", weights: [0, 1]))
    }

    private static func estimate(_ studies: [StudyEffects.Study], _ design: Matrix, _ weights: [Double]) -> Estimate? {
        let df = design.rows - design.columns
        guard let imputations = studies.first?.effects.count, df >= 0 else { return nil }
        var fits: [MetaRegression] = []
        for imputation in 0..<imputations {
            guard
                let fit = try? MetaRegression(
                    effects: studies.map { $0.effects[imputation] },
                    variances: studies.map { $0.variances[imputation] }, design: design,
                    estimator: df > 0 ? .reml : .fixed, test: df > 0 ? .knappHartungAtLeastWald : .wald)
            else { return nil }
            fits.append(fit)
        }
        let pooled = PooledEstimates(coefficients: fits.map(\.coefficients), covariances: fits.map(\.covariance))
        var estimate = pooled.contrast(weights)
        // As for PET and PEESE: Rubin's where much was imputed, never more than without imputation.
        let rubin =
            imputations > 1 ? pooled.missingInformation(contrast: weights).degreesOfFreedom : .infinity
        estimate.degreesOfFreedom = min(df > 0 ? Double(df) : .infinity, rubin)
        return estimate
    }

    // MARK: - Counts

    public var studies: Int { evidence.count }
    public var measured: Int { evidence.count(where: \.isMeasured) }
    public var signOnly: Int { evidence.count { $0.study.source == .sign } }
    public var silent: Int { evidence.count(where: \.isSilent) }
    /// Measured or with a sign.
    public var reporting: Int { studies - silent }
    /// Each sample once.
    public var participants: Int { assessment.participants }

    public var interval: Interval { estimate.interval() }

    /// Between-study variance.
    public var tau2: Double { assessment.tau2 }

    /// Whether heterogeneity, prediction and tests of bias would describe anything but what was imputed.
    public var describesStudies: Bool { measured > 1 }

    /// A share; nil where it would describe imputations.
    public var i2: Double? { describesStudies ? assessment.i2 : nil }

    public var predictionInterval: Interval? {
        guard describesStudies, assessment.design.isMean else { return nil }
        return estimate.predictionInterval(tau2: tau2, degreesOfFreedom: Double(studies - 2))
    }

    /// Share of the weight that rests on studies which reported no statistic.
    public var imputedShare: Double { assessment.weight(of: [.sign, .nothing]) }

    /// Two-sided p of the regression on the standard error; nil with fewer than three studies, or where it would describe
    /// imputations.
    public var smallStudyP: Double? { describesStudies ? assessment.smallStudies?.asymmetry.pValue : nil }

    public var excess: ExcessCount? {
        describesStudies && assessment.design.isMean ? assessment.excess : nil
    }
}
