import Appraisal
public import Evidence
import Foundation
public import Synthesis

/// The rows of `outcomes.tsv` as evidence for claims: numbers reported for a region, a pair of regions, or for no region (a blood
/// level).
///
/// Standardised differences and changes are taken as they are, correlations as Fisher's z; other measures (raw units, ratios,
/// proportions) cannot be laid beside effects of maps and are told of and left out.
public struct ClaimOutcomes: Sendable {
    public let evidence: [ClaimEvidence]
    /// Rows that could not be used, and why.
    public let notices: [Notice]

    /// - Parameters:
    ///   - plans: of the project, whose options on how an outcome is measured hold here too.
    ///   - ledger: whose columns, common statements and words say what a row is about.
    public init(_ table: OutcomeTable, plans: [OutcomePlan], ledger: ClaimLedger) {
        var evidence: [ClaimEvidence] = []
        var notices: [Notice] = []
        var ids: [String: Int] = [:]
        for outcome in table.outcomes {
            let settings = plans.first { ($0.outcome ?? $0.name) == outcome }.flatMap { plan in
                (try? SynthesisSettings(plan)).flatMap { try? MeasurementSettings(plan, $0) }
            }
            let measured = EffectMeasurement(
                table.filtered { $0.outcome == outcome }, settings: settings ?? MeasurementSettings())
            // Unlike measures of one outcome are no error here: each goes to the claims that ask for its kind.
            notices += measured.notices.filter { $0.severity != .note && $0.code != "measures-mixed" }
            for effect in measured.effects {
                guard var item = ClaimEvidence(effect, ledger: ledger) else {
                    notices.append(
                        Notice(
                            .warning, code: "claim-outcome", at: effect.row.source,
                            "\(effect.measure.words) of \"\(outcome)\" cannot be laid beside effects of maps; no claim uses it.",
                            remedy: "Give means, SDs and numbers, or a standardised effect (measure: SMD)."))
                    continue
                }
                ids[item.study.id, default: 0] += 1
                if let count = ids[item.study.id], count > 1 { item.study.id += " (\(count))" }
                item.study.experiments = [item.study.id]
                evidence.append(item)
            }
        }
        self.evidence = evidence
        self.notices = notices
    }
}

extension ClaimEvidence {
    /// From a row of a table of outcomes; nil for a measure that is neither a standardised difference nor a correlation.
    init?(_ effect: MeasuredEffect, ledger: ClaimLedger) {
        let row = effect.row
        let (measure, value, variance): (EffectMeasure, Double, Double)
        switch effect.measure {
        case .standardizedMeanDifference, .heteroscedasticDifference, .changeByChangeSD, .changeByPreSD,
            .heteroscedasticChange, .prePostControl:
            (measure, value, variance) = (.change, effect.yi, effect.vi)
        case .fisherZ, .partialFisherZ:
            (measure, value, variance) = (.correlation, effect.yi, effect.vi)
        case .correlation, .partialCorrelation:
            // By the delta method: dz/dr = 1/(1 − r²).
            let slope = 1 - effect.yi * effect.yi
            guard slope > 0 else { return nil }
            (measure, value, variance) = (.correlation, atanh(effect.yi), effect.vi / (slope * slope))
        default: return nil
        }
        let vocabulary = ledger.vocabulary
        let place = [row.region, row.secondRegion].compactMap { $0 }.joined(separator: " + ")
        // "amygdala volume" says where, if no column does.
        let region = place.isEmpty && !vocabulary.mentions(of: .region, in: row.outcome).isEmpty ? row.outcome : place
        self.init(
            id: "\(row.sample), \(row.outcome)", sample: row.sample, publication: row.study, n1: effect.n1 ?? 0,
            n2: effect.n2 ?? 0, region: region, effect: value, variance: variance, measure: measure, source: row.source)
        for (name, cell) in row.cells where cell != .missing { columns[name] = cell.cell }
        let said = columns
        for part in ClaimPart.allCases where part != .region && part != .outcome {
            let names = ([ledger.columns[part]].compactMap { $0 } + part.usualColumns).map { $0.lowercased() }
            let own = names.compactMap { name in said.first { $0.key.lowercased() == name }?.value }.first
            if let text = own ?? ledger.common[part] { texts[part] = text }
        }
        if texts[.modality] == nil, let modality = row.modality { texts[.modality] = modality }
        texts[.outcome] = row.outcome
        if vocabulary.mentions(of: .outcome, in: row.outcome).isEmpty, let modality = texts[.modality] {
            let measured = Set(vocabulary.mentions(of: .modality, in: modality).compactMap(\.term.means))
            if measured.count == 1 { texts[.outcome] = measured.first }
        }
        let isOfOneGroup = [.changeByChangeSD, .changeByPreSD, .heteroscedasticChange].contains(effect.measure)
        comparison = Self.comparison(texts, measure, hasSecondGroup: !isOfOneGroup, vocabulary)
        link = Self.link(columns)
    }
}
