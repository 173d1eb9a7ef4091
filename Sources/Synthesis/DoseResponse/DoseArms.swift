public import Evidence
import Foundation
import Statistics

/// Rows that are arms of dose groups, as people write them, become contrasts with each study's reference group.
///
/// Of means: `mean`, `sd`, `n`. Of relative risks: counts `cases` and `n` (people, or person-time where `type` is `ir`), with
/// or without adjusted `logrr` (or `rr`) and `se`. The reference group is the row whose relative risk has no error, else the
/// lowest dose. See Docs/pool.md.
public struct DoseArms: Sendable {
    /// In the order of the table.
    public let studies: [DoseStudy]
    public let measure: OutcomeMeasure
    /// One per contrast: study by study, with the doses in the column's cell.
    public let effects: [SynthesisEffect]
    /// Studies with one arm, which say nothing of a dose.
    public let alone: [String]

    /// One row.
    private struct Arm {
        var row: OutcomeRow
        var dose: Double
        var mean: Double?
        var deviation: Double?
        var size: Double?
        var cases: Double?
        var logRisk: Double?
        var error: Double?
        var design: GreenlandLongnecker.Design?
    }

    /// - Parameters:
    ///   - rows: of one outcome.
    ///   - dose: the column of the amounts.
    ///   - measure: MD or SMD of means (SMD where nil), OR or RR of counts (RR where nil).
    /// - Throws: ``InputError`` naming the row where an arm lacks what it needs.
    public init(_ rows: [OutcomeRow], dose: String, measure stated: OutcomeMeasure?) throws(InputError) {
        var arms: [Arm] = []
        for row in rows { arms.append(try Self.arm(row, dose: dose)) }
        guard let first = arms.first else { throw InputError("there is no arm.") }
        let areMeans = arms.allSatisfy { $0.mean != nil }
        let areCounts = arms.allSatisfy { $0.cases != nil && $0.size != nil }
        guard areMeans || areCounts else {
            let bad = arms.first { $0.mean == nil && ($0.cases == nil || $0.size == nil) }
            throw InputError(
                at: bad?.row.source, "this arm has neither mean, sd and n nor cases and n.",
                remedy:
                    "One row for each dose group, with the columns mean, sd, n; or cases, n and, adjusted, logrr and se."
            )
        }
        measure = try Self.measure(stated, areMeans: areMeans, at: first.row.source)
        var studies: [DoseStudy] = []
        var effects: [SynthesisEffect] = []
        var alone: [String] = []
        for members in Grouping(arms.map(\.row.study)).members {
            let own = members.map { arms[$0] }
            guard own.count > 1 else {
                alone.append(own[0].row.study)
                continue
            }
            let ordered = Self.referenceFirst(own)
            let study = try areMeans ? Self.ofMeans(ordered, measure) : Self.ofCounts(ordered, measure)
            studies.append(study)
            effects += Self.effects(of: study, ordered, column: dose, measure)
        }
        self.studies = studies
        self.effects = effects
        self.alone = alone
    }

    // MARK: - Rows

    private static func arm(_ row: OutcomeRow, dose column: String) throws(InputError) -> Arm {
        func number(_ quantity: OutcomeQuantity?, _ names: String...) -> Double? {
            if let quantity, let value = row.values[quantity] { return value }
            for name in names {
                if case .number(let value) = row.value(ofColumn: name) { return value }
            }
            return nil
        }
        guard case .number(let dose) = row.value(ofColumn: column) else {
            throw InputError(
                at: row.source, "this arm of \(row.study) has no number in \"\(column)\".",
                remedy: "The dose of every arm is needed; 0 of an untreated group.")
        }
        let ratio = number(.riskRatio, "rr") ?? number(.oddsRatio, "or")
        let interval = (number(.lower, "lb"), number(.upper, "ub"))
        var error = number(.sei, "se") ?? number(.vi, "v").map { $0.squareRoot() }
        if error == nil, ratio != nil, let low = interval.0, let high = interval.1, low > 0, high > low {
            error = log(high / low) / (2 * Normal.quantile(0.975))
        }
        return Arm(
            row: row, dose: dose, mean: number(.m1i, "mean", "m", "y_mean"),
            deviation: number(.sd1i, "sd"), size: number(.ni, "n", "total", "peryears", "person_years"),
            cases: number(.xi, "cases", "events"), logRisk: number(.yi, "logrr", "logor") ?? ratio.map { log($0) },
            error: error.flatMap { $0 > 0 ? $0 : nil }, design: design(row))
    }

    /// The column `type`, as the R package dosresmeta has it.
    private static func design(_ row: OutcomeRow) -> GreenlandLongnecker.Design? {
        if case .text(let text) = row.value(ofColumn: "type") {
            return GreenlandLongnecker.Design(rawValue: text.lowercased())
        }
        return nil
    }

    private static func measure(
        _ stated: OutcomeMeasure?, areMeans: Bool, at place: SourceLocation
    ) throws(InputError) -> OutcomeMeasure {
        let known: [OutcomeMeasure] =
            areMeans ? [.standardizedMeanDifference, .meanDifference] : [.riskRatio, .oddsRatio]
        guard let stated else { return known[0] }
        guard known.contains(stated) else {
            throw InputError(
                at: place, "arms with \(areMeans ? "means" : "cases") make no \(stated.rawValue).",
                remedy: "One of \(known.map(\.rawValue).joined(separator: ", ")) is possible.")
        }
        return stated
    }

    private static func referenceFirst(_ arms: [Arm]) -> [Arm] {
        let adjusted = arms.filter { $0.logRisk != nil }
        let lowest = arms.indices.min { (arms[$0].dose, $0) < (arms[$1].dose, $1) } ?? 0
        // Of adjusted risks the group that the others were compared with.
        let stated =
            adjusted.isEmpty
            ? nil : arms.indices.first { arms[$0].error == nil && (arms[$0].logRisk ?? 0) == 0 }
        let reference = stated ?? lowest
        let others = arms.indices.filter { $0 != reference }.sorted { (arms[$0].dose, $0) < (arms[$1].dose, $1) }
        return [arms[reference]] + others.map { arms[$0] }
    }

    // MARK: - Contrasts

    private static func ofMeans(_ arms: [Arm], _ measure: OutcomeMeasure) throws(InputError) -> DoseStudy {
        for arm in arms where !((arm.deviation ?? 0) > 0 && (arm.size ?? 0) > 1) {
            throw InputError(
                at: arm.row.source, "this arm of \(arm.row.study) lacks an sd above 0 or an n above 1.",
                remedy: "Give mean, sd and n of every arm, or leave the study out.")
        }
        let all = arms.map {
            DoseStudy.Arm(
                dose: $0.dose, mean: $0.mean ?? .nan, standardDeviation: $0.deviation ?? .nan, n: $0.size ?? .nan)
        }
        do throws(SynthesisError) {
            return try DoseStudy(
                name: arms[0].row.study, arms: all,
                measure: measure == .meanDifference ? .meanDifference : .standardizedMeanDifference)
        } catch { throw InputError(at: arms[0].row.source, "\(error).") }
    }

    private static func ofCounts(_ arms: [Arm], _ measure: OutcomeMeasure) throws(InputError) -> DoseStudy {
        let cases = arms.map { $0.cases ?? .nan }
        let sizes = arms.map { $0.size ?? .nan }
        let design =
            arms.lazy.compactMap(\.design).first ?? (measure == .oddsRatio ? .caseControl : .cumulativeIncidence)
        for (arm, pair) in zip(arms, zip(cases, sizes))
        where !(pair.0 > 0 && (design == .incidenceRate || pair.0 < pair.1)) {
            throw InputError(
                at: arm.row.source,
                "this arm of \(arm.row.study) has \(NumberText.shortest(pair.0)) cases of \(NumberText.shortest(pair.1)).",
                remedy:
                    "Each dose group needs cases, and fewer than people; join it with its neighbour, or leave it out.")
        }
        func crude(_ n: Int) -> Double {
            design == .caseControl ? log(cases[n] / (sizes[n] - cases[n])) : log(cases[n] / sizes[n])
        }
        func spread(_ n: Int) -> Double {
            switch design {
            case .caseControl: 1 / cases[n] + 1 / (sizes[n] - cases[n])
            case .incidenceRate: 1 / cases[n]
            case .cumulativeIncidence: 1 / cases[n] - 1 / sizes[n]
            }
        }
        let others = arms.indices.dropFirst()
        let adjusted = others.filter { arms[$0].logRisk != nil && arms[$0].error != nil }
        guard adjusted.isEmpty || adjusted.count == others.count else {
            let bad = others.first { !adjusted.contains($0) } ?? 0
            throw InputError(
                at: arms[bad].row.source,
                "this arm of \(arms[bad].row.study) lacks the relative risk or its error, others have them.",
                remedy: "Give logrr and se of every group but the reference, or of none.")
        }
        let risks = others.map { adjusted.isEmpty ? crude($0) - crude(0) : arms[$0].logRisk ?? .nan }
        let variances = others.map { n in
            adjusted.isEmpty ? spread(0) + spread(n) : (arms[n].error ?? .nan) * (arms[n].error ?? .nan)
        }
        do throws(SynthesisError) {
            let covariance = try GreenlandLongnecker.covariance(
                logRisks: risks, variances: variances, cases: cases, totals: sizes, design: design)
            return try DoseStudy(
                name: arms[0].row.study, reference: arms[0].dose, doses: others.map { arms[$0].dose }, effects: risks,
                covariance: covariance)
        } catch { throw InputError(at: arms[0].row.source, "\(error).") }
    }

    private static func effects(
        of study: DoseStudy, _ arms: [Arm], column: String, _ measure: OutcomeMeasure
    ) -> [SynthesisEffect] {
        let people = arms.map { $0.size }.reduce(0.0) { $0 + ($1 ?? .nan) }
        let areCounted = arms.allSatisfy { $0.design != .incidenceRate }
        return study.doses.indices.map { n in
            let row = arms[n + 1].row
            var effect = SynthesisEffect(
                study: study.name, sample: row.sample,
                label: "\(study.name) [\(NumberText.significant(study.doses[n], 4))]",
                value: study.effects[n], variance: study.covariance[n, n],
                participants: areCounted ? Int(exactly: people.rounded()) : nil, year: row.year,
                origin:
                    "arms of \(column) \(NumberText.shortest(study.doses[n])) and \(NumberText.shortest(study.reference))",
                cells: row.cells, source: row.source)
            effect.measure = measure
            return effect
        }
    }
}
