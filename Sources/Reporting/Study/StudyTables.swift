import Evidence
import Formats
import Imaging
import Inference
import PrimaryStudy

/// The tables of a study.
package struct StudyTables {
    let result: StudyResult

    package init(result: StudyResult) { self.result = result }

    private var design: ParticipantDesign { result.participants }
    private var all: [StudyFinding] { result.findings + result.others }

    package var files: [(name: String, table: TextTable)] {
        var files = [("clusters.tsv", clusters), ("participants_values.tsv", people), ("leave_one_out.tsv", without)]
        if !result.isRegional { files.insert(("peaks.tsv", peaks), at: 1) }
        if result.limits != nil { files.append(("limits.tsv", limits)) }
        if result.robust != nil { files.append(("robust_weights.tsv", weights)) }
        if result.conjunction != nil { files.append(("conjunction.tsv", conjunction)) }
        if !result.reliability.isEmpty {
            files += [("reliability.tsv", reliability), ("reliable_change.tsv", reliableChange)]
        }
        return files
    }

    private var clusters: TextTable {
        var table = TextTable(header: [
            "place", "name", "corrected", "direction", "x", "y", "z", "statistic", "voxels", "mm3", "p_voxel", "p_size",
            "p_mass", "p_tfce", "effect_scale", "effect", "effect_lower", "effect_upper", "effect_validated",
            "validated_lower", "validated_upper", "with", "of", "kept_without_one", "runs", "effect_bca_lower",
            "effect_bca_upper", "validated_bca_lower", "validated_bca_upper", "d_av", "r_sessions",
        ])
        if result.choices.continuesTail { table.header += ["p_tail", "p_tail_is"] }
        if result.falseDiscoveries != nil { table.header.append("q_fdr") }
        if result.robust != nil { table.header.append(result.inference.contrast.isJoint ? "robust_f" : "robust_t") }
        for (n, finding) in all.enumerated() {
            let peak = finding.cluster.peak.coordinate
            func p(_ correction: StudyChoices.Correction) -> String {
                finding.byStatistic[correction].map { NumberText.significant($0) } ?? NumberText.missing
            }
            func numbers(_ effect: StudyEffect?) -> [String] {
                guard let effect else { return [NumberText.missing, NumberText.missing, NumberText.missing] }
                return [effect.value, effect.lower, effect.upper].map { NumberText.fixed($0, 4) }
            }
            var row = [String(n + 1), finding.name, finding.isCorrected ? "yes" : "no"]
            row.append(StudyWords(result).side(finding))
            row += (0..<3).map { result.isRegional ? NumberText.missing : NumberText.hundredths(peak[$0]) }
            row += [NumberText.fixed(finding.peak, 4), String(finding.cluster.voxels.count)]
            row.append(result.isRegional ? NumberText.missing : NumberText.hundredths(finding.volume))
            row += [p(.voxel), p(.size), p(.mass), p(.tfce), finding.effect?.symbol ?? NumberText.missing]
            row += numbers(finding.effect) + numbers(finding.validated)
            let share = result.countsPeople ? finding.share : nil
            row += [share?.with, share?.of].map { $0.map(String.init) ?? NumberText.missing }
            row += [String(finding.without.count(where: \.isKept)), String(finding.without.count)]
            for effect in [finding.effect, finding.validated] {
                let interval = effect?.bootstrap
                row += [interval?.lower, interval?.upper].map(Self.number)
            }
            row += [finding.within?.dav, finding.within?.correlation].map(Self.number)
            if result.choices.continuesTail {
                row += [
                    finding.tailP.map { NumberText.significant($0) } ?? NumberText.missing,
                    finding.tailP == nil ? "counted" : "extrapolated",
                ]
            }
            if let q = result.falseDiscoveries {
                let least = finding.cluster.voxels.map { q[Int($0)] }.filter { !$0.isNaN }.min()
                row.append(least.map { NumberText.significant(Double($0)) } ?? NumberText.missing)
            }
            if result.robust != nil { row.append(Self.number(result.robust(at: finding.cluster.peak.position))) }
            table.rows.append(row)
        }
        return table
    }

    /// As a paper would print them: local maxima of the findings, and of uncorrected clusters.
    private var peaks: TextTable {
        var table = TextTable(header: ["place", "corrected", "x", "y", "z", "stat", "value"])
        for (n, finding) in all.enumerated() {
            for peak in finding.cluster.peaks {
                let value = Double(result.fit.statistic[peak.position])
                table.rows.append(
                    [String(n + 1), finding.isCorrected ? "yes" : "no"]
                        + (0..<3).map { NumberText.hundredths(peak.coordinate[$0]) }
                        + [result.inference.contrast.isJoint ? "F" : "t", NumberText.fixed(value, 4)])
            }
        }
        return table
    }

    /// A row per person (and session), a column per place.
    private var people: TextTable {
        var table = TextTable(
            header: ["participant_id", "session", "group"] + design.predictors.map(\.name))
        table.header += all.indices.map { "place_\($0 + 1)" }
        for (n, subject) in (all.first?.people ?? []).enumerated() {
            guard let unit = design.units.firstIndex(where: { $0.subject == subject }) else { continue }
            let sessions = design.sessions.isEmpty ? [NumberText.missing] : design.sessions
            for (s, session) in sessions.enumerated() {
                var row = [subject, session, design.units[unit].group ?? NumberText.missing]
                row += design.predictors.map { NumberText.text($0.values[unit]) }
                row += all.map { finding in
                    let values = finding.trajectories[n]
                    return s < values.count ? NumberText.significant(values[s], 6) : NumberText.missing
                }
                table.rows.append(row)
            }
        }
        return table
    }

    private var without: TextTable {
        var table = TextTable(header: ["place", "left_out", "statistic_at_peak", "cluster_forming", "kept"])
        for (n, finding) in all.enumerated() {
            for run in finding.without {
                table.rows.append([
                    String(n + 1), run.subject, NumberText.fixed(run.statistic, 4), NumberText.fixed(run.needed, 4),
                    run.isKept ? "yes" : "no",
                ])
            }
        }
        return table
    }

    private static func number(_ value: Double?) -> String {
        value.flatMap { $0.isFinite ? NumberText.fixed($0, 4) : nil } ?? NumberText.missing
    }

    /// How much each image counts in the robust fit, on average over the voxels.
    private var weights: TextTable {
        var table = TextTable(header: ["participant_id", "group", "mean_weight"])
        for (unit, weight) in zip(design.units, result.robust?.meanWeights ?? []) {
            table.rows.append([unit.subject, unit.group ?? NumberText.missing, Self.number(weight)])
        }
        return table
    }

    private var conjunction: TextTable {
        var table = TextTable(header: ["place", "name", "direction", "x", "y", "z", "voxels", "least", "p"])
        let later = design.kind == .repeated ? " later" : ""
        for (n, place) in (result.conjunction?.places ?? []).enumerated() {
            let peak = place.cluster.peak
            table.rows.append(
                [String(n + 1), place.name, (place.cluster.sign > 0 ? "higher" : "lower") + later]
                    + (0..<3).map {
                        result.isRegional ? NumberText.missing : NumberText.hundredths(peak.coordinate[$0])
                    }
                    + [
                        String(place.cluster.voxels.count), NumberText.fixed(abs(peak.value), 4),
                        NumberText.significant(place.correctedP),
                    ])
        }
        return table
    }

    private var reliability: TextTable {
        var table = TextTable(header: [
            "region", "source", "people", "icc_consistency", "consistency_lower", "consistency_upper", "icc_agreement",
            "agreement_lower", "agreement_upper", "reliability", "mean", "sd", "sem", "smallest_reliable_change",
            "regression_to_mean",
        ])
        for region in result.reliability {
            let icc = region.estimate
            var row = [region.region, icc == nil ? "stated" : "estimated"]
            row.append(icc.map { String($0.subjects) } ?? NumberText.missing)
            row += [
                icc?.consistency, icc?.consistencyInterval.lowerBound, icc?.consistencyInterval.upperBound,
                icc?.agreement,
                icc?.agreementInterval.lowerBound, icc?.agreementInterval.upperBound, region.change.reliability,
                region.change.mean, region.change.standardDeviation, region.change.standardErrorOfMeasurement,
                region.change.smallestReliable(), region.expectedOfGroup,
            ].map(Self.number)
            table.rows.append(row)
        }
        return table
    }

    private var reliableChange: TextTable {
        var table = TextTable(header: [
            "participant_id", "region", "first", "last", "change", "index", "reliable", "regression_to_mean",
        ])
        for region in result.reliability {
            for person in region.people {
                table.rows.append(
                    [person.subject, region.region]
                        + [person.first, person.last, person.last - person.first, person.index].map(Self.number)
                        + [person.isReliable ? "yes" : "no", Self.number(person.expected)])
            }
        }
        return table
    }

    private var limits: TextTable {
        var table = TextTable(header: [
            "threshold", "t_needed", "smallest", "detectable_80", "true_effect", "power", "exaggeration", "wrong_sign",
            "n_needed",
        ])
        for row in result.limits?.rows ?? [] {
            func text(_ value: Double?) -> String { value.map { NumberText.fixed($0, 4) } ?? NumberText.missing }
            let head = [row.name, text(row.critical), text(row.smallest), text(row.detectable)]
            if row.cases.isEmpty { table.rows.append(head + Array(repeating: NumberText.missing, count: 5)) }
            for one in row.cases {
                table.rows.append(
                    head + [
                        NumberText.shortest(one.effect), text(one.power), text(one.exaggeration), text(one.wrongSign),
                        one.needed.map(String.init) ?? NumberText.missing,
                    ])
            }
        }
        return table
    }
}
