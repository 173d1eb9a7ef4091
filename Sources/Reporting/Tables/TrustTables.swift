import Appraisal
import Evidence
import Figures
import SeedBasedMapping
import Statistics

/// `trust.tsv` and `evidence.tsv` of a model: the figures of ``TrustSection`` for other programs.
public struct TrustTables: Sendable {
    let findings: [FindingCard]

    public init(_ findings: [FindingCard]) { self.findings = findings }

    /// One row per finding.
    public var trust: TextTable {
        TextTable(
            header: Self.columns.map(\.name),
            rows: findings.enumerated().map { n, finding in Self.columns.map { $0.text(n, finding) } })
    }

    /// One row per finding and criterion of the evidence class.
    public var evidence: TextTable {
        TextTable(
            header: ["finding", "class", "criterion", "asked_by", "value", "cutoff", "passed"],
            rows: findings.enumerated().flatMap { n, finding in
                finding.grade.criteria.map { criterion in
                    let classes = EvidenceClass.allCases.filter {
                        EvidenceGrade.needed(for: $0).contains(criterion.kind)
                    }
                    return [
                        String(n + 1), finding.standing.value, criterion.kind.rawValue,
                        classes.map(\.rawValue).joined(separator: ","), number(criterion.value),
                        NumberText.significant(criterion.cutoff), criterion.isPassed ? "yes" : "no",
                    ]
                }
            })
    }

    /// What models with covariates say at each finding, term by term: tested combinations, means of groups, predictions; nil
    /// for models without.
    var terms: TextTable? {
        let rows = findings.enumerated().flatMap { n, finding -> [[String]] in
            let assessment = finding.assessment
            func row(_ kind: String, _ name: String, _ estimate: Estimate, _ mean: PlaceAssessment.Mean?) -> [String] {
                let interval = estimate.interval()
                let q = mean?.alone?.heterogeneity
                let canDiffer = (q?.degreesOfFreedom ?? 0) > 0
                return [
                    String(n + 1), kind, name, mean?.studies.map { String($0.count) } ?? NumberText.missing,
                    number(estimate.value), number(interval.lower), number(interval.upper),
                    number(mean?.predictionInterval?.lower), number(mean?.predictionInterval?.upper),
                    NumberText.fixed(estimate.statistic, 3), NumberText.significant(estimate.pValue),
                    number(canDiffer ? mean?.alone?.tau2 : nil),
                    number(canDiffer ? mean?.alone.map { 100 * $0.i2 } : nil),
                    number(canDiffer ? q?.statistic : nil), number(canDiffer ? q?.degreesOfFreedom : nil),
                    NumberText.significant(canDiffer ? q?.pValue ?? .nan : .nan),
                ]
            }
            guard !assessment.design.isInterceptOnly else { return [] }
            return assessment.tested.map { row("tested", $0.name, $0.estimate, nil) }
                + assessment.means.map { row($0.studies == nil ? "prediction" : "mean", $0.name, $0.estimate, $0) }
        }
        guard !rows.isEmpty else { return nil }
        return TextTable(
            header: [
                "finding", "kind", "name", "experiments", "effect", "ci_low", "ci_high", "pi_low", "pi_high", "z",
                "p_two_sided", "tau2", "I2", "Q", "Q_df", "Q_p",
            ], rows: rows)
    }

    /// Every finding's place in the other models; nil for a run of one.
    func specificity(model: String) -> TextTable? {
        guard findings.contains(where: { !$0.elsewhere.isEmpty }) else { return nil }
        return TextTable(
            header: PlaceElsewhere.header,
            rows: findings.enumerated().flatMap { PlaceElsewhere.rows($0 + 1, $1, model: model) })
    }

    private func number(_ value: Double?) -> String { NumberText.significant(value ?? .nan, 6) }

    private struct Column: Sendable {
        var name: String
        var text: @Sendable (Int, FindingCard) -> String

        /// Of the assessment, with six significant digits: slopes may be small.
        static func number(_ name: String, _ value: @escaping @Sendable (PlaceAssessment) -> Double?) -> Column {
            Column(name: name) { NumberText.significant(value($1.assessment) ?? .nan, 6) }
        }

        /// Of the assessment, with four significant digits.
        static func p(_ name: String, _ value: @escaping @Sendable (PlaceAssessment) -> Double?) -> Column {
            Column(name: name) { NumberText.significant(value($1.assessment) ?? .nan) }
        }

        static func count(_ name: String, _ value: @escaping @Sendable (PlaceAssessment) -> Int) -> Column {
            Column(name: name) { String(value($1.assessment)) }
        }
    }

    private static let columns: [Column] =
        [
            Column(name: "finding") { n, _ in String(n + 1) },
            Column(name: "cluster") { $1.cluster.map { String($0) } ?? NumberText.missing },
            Column(name: "place") { $1.assessment.place.name },
            Column(name: "region") { $1.region },
            Column(name: "x_mm") { NumberText.hundredths($1.assessment.place.coordinate.x) },
            Column(name: "y_mm") { NumberText.hundredths($1.assessment.place.coordinate.y) },
            Column(name: "z_mm") { NumberText.hundredths($1.assessment.place.coordinate.z) },
            .count("voxels") { $0.place.voxelCount },
            Column(name: "judged") { EffectWords($1.assessment).judged },
            .count("experiments") { $0.studies.count },
            .count("participants") { $0.participants },
            .count("cases") { $0.cases },
            .number("effect") { $0.design.isJoint ? nil : $0.estimate.value },
            .number("ci_low") { $0.design.isJoint ? nil : $0.interval.lower },
            .number("ci_high") { $0.design.isJoint ? nil : $0.interval.upper },
            .number("pi_low") { $0.restsOnImputation ? nil : $0.predictionInterval()?.lower },
            .number("pi_high") { $0.restsOnImputation ? nil : $0.predictionInterval()?.upper },
            Column(name: "z") {
                NumberText.fixed($1.assessment.design.isJoint ? .nan : $1.assessment.estimate.statistic, 3)
            },
            .number("chi2") { $0.joint?.statistic },
            .number("chi2_df") { $0.joint?.degreesOfFreedom },
            .p("p_two_sided") { $0.pValue },
            Column(name: "p_fwe") { NumberText.significant($1.corrected?.value ?? .nan) },
            Column(name: "p_fwe_statistic") { $1.corrected?.statistic ?? NumberText.missing },
            Column(name: "class") { $1.standing.value },
        ] + heterogeneity + bias + support

    private static let heterogeneity: [Column] = [
        .number("tau2") { $0.tau2 },
        // Not where no experiment measured the effect: they would describe what was imputed.
        Column(name: "I2") {
            NumberText.fixed($1.assessment.restsOnImputation ? .nan : 100 * $1.assessment.i2, 2)
        },
        .number("H2") { $0.restsOnImputation ? nil : 1 / (1 - $0.i2) },
        .number("Q") { $0.heterogeneity?.statistic },
        Column(name: "Q_df") {
            $1.assessment.heterogeneity.map { String(Int($0.degreesOfFreedom)) } ?? NumberText.missing
        },
        .p("Q_p") { $0.heterogeneity?.pValue ?? .nan },
    ]

    private static let bias: [Column] = [
        .number("egger_slope") { $0.smallStudies?.asymmetry.value },
        .number("egger_z") { $0.smallStudies?.asymmetry.statistic },
        .p("egger_p") { $0.smallStudies?.asymmetry.pValue },
        .number("pet") { $0.smallStudies?.pet.value },
        .p("pet_p") { $0.smallStudies?.pet.pValue },
        .number("peese") { $0.smallStudies?.peese.value },
        .p("peese_p") { $0.smallStudies?.peese.pValue },
        .number("significant_expected") { $0.excess.expected },
        .number("significant_observed") { $0.excess.observed },
        .p("excess_p") { $0.excess.pValue },
        Column(name: "missing_studies") {
            $1.assessment.missingStudies.map { String($0.missing) } ?? NumberText.missing
        },
        Column(name: "missing_side") {
            guard let missing = $1.assessment.missingStudies, missing.missing > 0 else { return NumberText.missing }
            return missing.side == .below ? "below" : "above"
        },
        .number("effect_filled") { $0.missingStudies?.filled.value },
        .number("filled_ci_low") { $0.missingStudies?.filled.interval().lower },
        .number("filled_ci_high") { $0.missingStudies?.filled.interval().upper },
        Column(name: "failsafe_rosenthal") {
            $1.assessment.missingStudies.map { String($0.failSafe.rosenthal) } ?? NumberText.missing
        },
        Column(name: "failsafe_rosenberg") {
            $1.assessment.missingStudies.map { String($0.failSafe.rosenberg) } ?? NumberText.missing
        },
    ]

    private static let support: [Column] =
        [
            Column(name: "largest_study") { $1.assessment.largestStudy.id },
            .number("largest_ci_low") { $0.largestStudy.estimate.interval().lower },
            .number("largest_ci_high") { $0.largestStudy.estimate.interval().upper },
            Column(name: "most_influential") { $1.mostInfluential?.id ?? NumberText.missing },
            Column(name: "effect_without") { NumberText.significant($1.mostInfluential?.effect ?? .nan, 6) },
            .number("cooks_distance") { $0.posterior == nil ? $0.mostInfluential?.measures?.cooksDistance : nil },
            Column(name: "jackknife_kept") { $1.jackknife.map { String($0.kept) } ?? NumberText.missing },
            Column(name: "jackknife_runs") { $1.jackknife.map { String($0.done) } ?? NumberText.missing },
            Column(name: "jackknife_lost_without") {
                $1.jackknife.map { $0.losses.map(\.leftOut).joined(separator: ",") } ?? NumberText.missing
            },
            Column(name: "jackknife_not_estimable") {
                $1.jackknife.map { $0.notEstimable.joined(separator: ",") } ?? NumberText.missing
            },
            .count("maps") { $0.count(of: .map) },
            .count("statistics") { $0.count(of: .peak) },
            .count("signs_only") { $0.count(of: .sign) },
            .count("nothing") { $0.count(of: .nothing) },
            .number("imputed_weight") { $0.weight(of: [.sign, .nothing]) },
            .number("missing_information") { $0.missingInformation },
        ]
        + PlacePosterior.priorDeviations.map { deviation in
            .number("effect_prior_\(NumberText.shortest(deviation))") { assessment in
                assessment.posterior.flatMap { posterior in
                    (posterior.otherPriors + [posterior.effect]).first { abs($0.priorDeviation - deviation) < 1e-9 }?
                        .mean
                }
            }
        }
}
