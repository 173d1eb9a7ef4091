import Appraisal
import Evidence
import Foundation
import Statistics

/// Answers the objections to a claim from the evidence at hand. See Docs/claims.md and the critiques it lists.
struct ObjectionAnswers {
    let claim: Claim
    let verdict: ClaimVerdict
    /// All that bears on the claim, in any circle.
    let matches: [EvidenceMatch]
    let vocabulary: ClaimVocabulary
    /// Pooled anew where a part of the evidence is asked for.
    let pool: ([ClaimEvidence]) -> PooledEvidence?

    /// An effect that is taken where none was measured.
    private static let assumed = 0.2
    /// A middling effect, for what a study could see.
    private static let middling = 0.5

    private var pooled: PooledEvidence { verdict.pooled }
    private var evidence: [ClaimEvidence] { pooled.evidence }

    var all: [ObjectionAnswer] {
        [averages, smallSamples, fishing, anyExperience, healthyAnyway, fraudAndMoney, specific]
    }

    /// How many people would go the way of the sentence. A standardised change of one group is in units of the spread of the
    /// changes, so Φ(d) of its people change that way; between groups Φ(d/√2) is the chance that one of the first is above one of
    /// the second.
    private var averages: ObjectionAnswer {
        guard claim.comparison.family == .change, pooled.assessment.design.isMean else {
            return ObjectionAnswer(
                .averages, "The sentence is about how things go together, not about averages of groups.", isOpen: true)
        }
        let isMeasured = pooled.measured > 0
        let effect = isMeasured ? verdict.directed.value : Self.assumed
        let within = evidence.filter { $0.study.n2 == 0 }.count
        let isWithin = 2 * within > evidence.count
        let d = StandardizedDifference(effect)
        let share = isWithin ? d.u3 : d.probabilityOfSuperiority
        let start =
            isMeasured
            ? "With the effect found here (\(ClaimNumber.fixed(effect, 2)))"
            : "No study measured the effect. If it were \(ClaimNumber.fixed(effect, 1))"
        let people =
            isWithin
            ? "\(ClaimNumber.percent(share)) of 100 people would change the sentence’s way; 50 would if nothing happened"
            : "in \(ClaimNumber.percent(share)) of 100 random pairs the treated person would have changed more the sentence’s way; "
                + "50 would if nothing happened"
        // A change in units of the spread of changes says nothing of how values before and after overlap.
        let overlap = isWithin ? "" : " The changes of the two groups overlap by \(ClaimNumber.percent(d.overlap)) %."
        return ObjectionAnswer(
            .averages, "\(start), \(people).\(overlap)",
            [("effect", effect), ("share_expected", share), ("overlap", isWithin ? .nan : d.overlap)],
            isOpen: !isMeasured)
    }

    /// What a middling study could see, and by how much it exaggerates what it finds.
    private var smallSamples: ObjectionAnswer {
        if pooled.assessment.measure == .correlation { return smallSamplesOfCorrelation }
        let studies = pooled.assessment.place.studies
        let sizes = studies.map { $0.n1 + $0.n2 }.sorted()
        let middle = sizes[sizes.count / 2]
        guard let typical = studies.first(where: { $0.n1 + $0.n2 == middle }), typical.n1 > 1 else {
            return ObjectionAnswer(.smallSamples, "The size of the studies is not known.", isOpen: true)
        }
        let detect =
            typical.n2 > 1
            ? Detectability(participants: typical.n1, typical.n2) : Detectability(participants: typical.n1)
        let power = detect.power(d: Self.middling)
        let smallest = detect.smallestSignificant()
        let error = smallest / -Normal.quantile(0.025)
        let found = pooled.measured > 0 ? max(abs(verdict.directed.value), 0.05) : Self.assumed
        let analysis = DesignAnalysis(trueEffect: found, standardError: error)
        return ObjectionAnswer(
            .smallSamples,
            "A typical study here has \(ClaimNumber.plural(middle, "person", "people")). It would miss a middling effect (0.5) "
                + "in \(ClaimNumber.percent(1 - power)) of 100 tries. If the true effect were \(ClaimNumber.fixed(found, 2)), a "
                + "significant result would be \(ClaimNumber.fixed(analysis.exaggeration, 1)) times too large on average.",
            [
                ("typical_people", Double(middle)), ("power_at_0.5", power), ("smallest_significant", smallest),
                ("exaggeration", analysis.exaggeration),
            ])
    }

    /// The same by Fisher's z, with a middling correlation of 0.3.
    private var smallSamplesOfCorrelation: ObjectionAnswer {
        let sizes = evidence.map(\.participants).sorted()
        let middle = sizes[sizes.count / 2]
        guard middle > 4 else {
            return ObjectionAnswer(.smallSamples, "The size of the studies is not known.", isOpen: true)
        }
        let (error, middling) = (1 / Double(middle - 3).squareRoot(), 0.3)
        let critical = -Normal.quantile(0.025)
        let shift = atanh(middling) / error
        let power = Normal.upperTail(critical - shift) + Normal.cdf(-critical - shift)
        let found = pooled.measured > 0 ? max(abs(verdict.directed.value), 0.05) : Self.assumed / 2
        let analysis = DesignAnalysis(trueEffect: found, standardError: error)
        return ObjectionAnswer(
            .smallSamples,
            "A typical study here has \(ClaimNumber.plural(middle, "person", "people")). It would miss a middling correlation (0.3) "
                + "in \(ClaimNumber.percent(1 - power)) of 100 tries. If the true correlation were "
                + "\(ClaimNumber.fixed(tanh(found), 2)), a significant result would be "
                + "\(ClaimNumber.fixed(analysis.exaggeration, 1)) times too large on average.",
            [
                ("typical_people", Double(middle)), ("power_at_0.3", power),
                ("smallest_significant", tanh(critical * error)), ("exaggeration", analysis.exaggeration),
            ])
    }

    private var fishing: ObjectionAnswer {
        let whole = count(of: ["whole_brain", "wholebrain"])
        let corrected = count(of: ["corrected", "correction"])
        let total = evidence.count
        let parts = [
            whole.map {
                "\($0.yes) of \(total) \(total == 1 ? "study" : "studies") searched the whole brain, \($0.no) did not, of "
                    + "\(total - $0.yes - $0.no) it is not known"
            },
            corrected.map {
                "\($0.yes) corrected for the number of tests, \($0.no) did not, of \(total - $0.yes - $0.no) it is not known"
            },
        ].compactMap { $0 }
        guard !parts.isEmpty else {
            return ObjectionAnswer(
                .fishing,
                "The table has no column that says whether the whole brain was searched (whole_brain) or the search was corrected for "
                    + "(corrected). The sentence’s region was named before the studies were pooled.", isOpen: true)
        }
        return ObjectionAnswer(
            .fishing,
            parts.joined(separator: "; ") + ". The sentence’s region was named before the studies were pooled.",
            [("whole_brain", Double(whole?.yes ?? 0)), ("corrected", corrected.map { Double($0.yes) } ?? .nan)],
            isOpen: whole?.yes ?? 0 == 0 && corrected?.yes ?? 0 == 0)
    }

    private var anyExperience: ObjectionAnswer {
        let controlled = evidence.filter(\.isControlled)
        let reliability =
            "How well such values repeat from scan to scan: the mean is .40 over 90 experiments "
            + "(Elliott and others 2020), so much of any single change is noise."
        guard let only = pool(controlled) else {
            return ObjectionAnswer(
                .anyExperience,
                "No study here compared the change with that of people on a waiting list or in another treatment, so this "
                    + "cannot be ruled out. \(reliability)", [("controlled", 0)], isOpen: true)
        }
        var directed = only.estimate
        directed.value *= verdict.sign
        let interval = directed.interval()
        return ObjectionAnswer(
            .anyExperience,
            "\(ClaimNumber.plural(only.studies, "study", "studies")) compared the change with a waiting list or another treatment: "
                + "effect \(ClaimNumber.fixed(directed.value, 2)) (\(ClaimNumber.fixed(interval.lower, 2)) to "
                + "\(ClaimNumber.fixed(interval.upper, 2))) in the sentence’s direction"
                + (only.measured == 0 ? ", all of it imputed" : "") + ". \(reliability)",
            [("controlled", Double(only.studies)), ("effect_controlled", directed.value)])
    }

    private var healthyAnyway: ObjectionAnswer {
        guard claim.comparison.family == .change || claim.comparison == .dose else {
            return ObjectionAnswer(
                .healthyAnyway,
                "The sentence is about how patients differ among themselves; healthy people are no part of it.")
        }
        let healthy = evidence.filter { $0.comparison == .healthy }.count
        let within = evidence.filter { $0.comparison == .uncontrolled }.count
        return ObjectionAnswer(
            .healthyAnyway,
            "None of these numbers compares patients with healthy people at one time: "
                + "\(ClaimNumber.plural(within, "study", "studies")) compared the same people before and after, "
                + "\(healthy) the change of patients with that of healthy people scanned twice, and "
                + "\(evidence.count - healthy - within) with that of other patients or of whom the table does not say.",
            [("within_person", Double(within)), ("beside_healthy", Double(healthy))])
    }

    private var fraudAndMoney: ObjectionAnswer {
        var parts: [String] = []
        var numbers: [(String, Double)] = []
        if let excess = pooled.excess, pooled.studies > 1 {
            parts.append(
                "By their power \(ClaimNumber.fixed(excess.expected, 1)) of \(excess.studies) studies should be significant, and "
                    + "\(ClaimNumber.fixed(excess.observed, 1)) are (p = \(ClaimNumber.fixed(excess.pValue, 2)))")
            numbers += [
                ("expected_significant", excess.expected), ("observed_significant", excess.observed),
                ("excess_p", excess.pValue),
            ]
        } else {
            parts.append("Too few studies measured the effect to tell whether the good news is too good")
        }
        for (names, told) in [
            (["funder", "funding"], "a funder"), (["registration", "registered", "preregistered"], "a registration"),
        ] {
            let stated = evidence.filter { item in
                names.contains { name in
                    item.columns.contains {
                        $0.key.lowercased() == name && !["no", "none", "0"].contains($0.value.lowercased())
                    }
                }
            }.count
            let has = evidence.contains { item in
                names.contains { name in item.columns.keys.contains { $0.lowercased() == name } }
            }
            parts.append(
                has ? "\(stated) of \(evidence.count) name \(told)" : "the table does not say who has \(told)")
        }
        if let grim = count(of: ["grim"]) {
            parts.append("\(grim.no) fail a check of whether their means are possible (GRIM)")
            numbers.append(("grim_failures", Double(grim.no)))
        }
        return ObjectionAnswer(
            .fraudAndMoney, parts.joined(separator: "; ") + ".", numbers, isOpen: pooled.excess == nil)
    }

    /// Other treatments side by side, of the same region and outcome.
    private var specific: ObjectionAnswer {
        var groups: [(name: String, evidence: [ClaimEvidence])] = []
        for match in matches {
            let text = match.evidence.texts[.treatment]
            // CBT and CBT (12 weeks) are one treatment.
            var terms: [String] = []
            for mention in text.map({ vocabulary.mentions(of: .treatment, in: $0) }) ?? []
            where !terms.contains(mention.term.name) {
                terms.append(mention.term.name)
            }
            let name = terms.isEmpty ? text ?? "not said" : terms.joined(separator: " + ")
            if let known = groups.firstIndex(where: { $0.name == name }) {
                groups[known].evidence.append(match.evidence)
            } else {
                groups.append((name, [match.evidence]))
            }
        }
        guard groups.count > 1 else {
            return ObjectionAnswer(
                .specific,
                "Nothing else in this project can be laid beside it: all studies are of one treatment, or do not say.",
                isOpen: true)
        }
        let lines = groups.compactMap { group -> (told: String, name: String, value: Double)? in
            guard let pooled = pool(group.evidence) else { return nil }
            let value = pooled.estimate.value * verdict.sign
            let studies = ClaimNumber.plural(group.evidence.count, "study", "studies")
            let imputed = pooled.measured == 0 ? ", imputed" : ""
            return ("\(group.name): \(ClaimNumber.fixed(value, 2)) (\(studies)\(imputed))", group.name, value)
        }
        return ObjectionAnswer(
            .specific,
            "Side by side, whoever was treated and with whatever they were compared, in the sentence’s direction: "
                + "\(lines.map(\.told).joined(separator: "; ")). They were not compared with each other in one study, and with so few "
                + "studies each a difference would have to be large to be more than chance.",
            lines.map { ("effect: \($0.name)", $0.value) },
            isOpen: groups.map(\.evidence.count).max() ?? 0 < 5)
    }

    /// How many say yes and no in a column of one of some names; nil where no study has it.
    private func count(of names: [String]) -> (yes: Int, no: Int)? {
        let cells = evidence.compactMap { item in
            item.columns.first { names.contains($0.key.lowercased()) }?.value.lowercased()
        }
        guard !cells.isEmpty else { return nil }
        return (
            cells.count { ["yes", "true", "1", "y", "fwe", "fdr", "pass"].contains($0) },
            cells.count { ["no", "false", "0", "n", "none", "uncorrected", "fail"].contains($0) }
        )
    }
}
