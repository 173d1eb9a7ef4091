import Appraisal
public import Evidence

/// Holds the claims of a ledger against the evidence at hand.
///
/// Studies are pooled once for each set of them: claims that share a region and a circle share the work.
public struct ClaimJudge: Sendable {
    private let ledger: ClaimLedger
    private let rules: GradeRules
    private var pooled: [Key: PooledEvidence?] = [:]

    private struct Key: Hashable {
        var studies: [StudyEffects.Study]
        var dose: String?
    }

    /// What is known of a region.
    public struct RegionEvidence: Sendable {
        public var evidence: [ClaimEvidence]
        /// Why it has no voxels; nil where it has.
        public var notLocated: String?

        public init(_ evidence: [ClaimEvidence], notLocated: String? = nil) {
            self.evidence = evidence
            self.notLocated = notLocated
        }
    }

    public init(_ ledger: ClaimLedger, rules: GradeRules = GradeRules()) {
        self.ledger = ledger
        self.rules = rules
    }

    /// - Parameters:
    ///   - evidence: by region. Studies of a region that several claims name by the same name and place are given once.
    ///   - outcomes: numbers reported for regions by name, for every claim to match by words.
    ///   - searched: how many experiments and outcomes the project has.
    public mutating func judge(
        _ evidence: [ClaimRegion: RegionEvidence] = [:], outcomes: [ClaimEvidence] = [], searched: Int
    ) -> [JudgedClaim] {
        ledger.claims.map { judge($0, evidence, outcomes, searched) }
    }

    private mutating func judge(
        _ claim: Claim, _ evidence: [ClaimRegion: RegionEvidence], _ outcomes: [ClaimEvidence], _ searched: Int
    ) -> JudgedClaim {
        let regions: [ClaimRegion?] = claim.regions.isEmpty ? [nil] : claim.regions
        var parts: [JudgedClaim.Part] = []
        if claim.isPair {
            // What goes on between two regions is in no map of one; only a number reported for the pair could tell.
            parts = [part(claim, nil, nil, outcomes: outcomes.filter { isOfPair($0, claim) })]
        } else {
            for region in regions {
                let known = region.flatMap { evidence[$0.withoutSource] }
                parts.append(part(claim, region, known, outcomes: outcomes))
            }
        }
        let grade = ClaimGrade.together(parts.map(\.grade))
        let deciding = parts.first { $0.grade == grade }
        let cited = claim.citations.map { citation in
            let bears = parts.flatMap(\.matches).contains {
                $0.evidence.publication == citation.study || $0.evidence.study.experiments.contains(citation.study)
            }
            return (study: citation.study, bears: bears)
        }
        return JudgedClaim(
            claim: claim, parts: parts, grade: grade,
            notTestable: grade == .notTestable ? reason(claim, deciding) : nil,
            design: DesignReading(claim, pooled: deciding?.same?.pooled),
            settling: SettlingStudy(claim, verdict: deciding?.same), searched: searched, citations: cited)
    }

    /// A number reported for both regions of a pair.
    private func isOfPair(_ evidence: ClaimEvidence, _ claim: Claim) -> Bool {
        let said = ledger.vocabulary.mentions(of: .region, in: evidence.region).map(\.term.name)
        return claim.regions.allSatisfy { region in
            ledger.vocabulary.mentions(of: .region, in: region.name).contains { said.contains($0.term.name) }
        }
    }

    private mutating func part(
        _ claim: Claim, _ region: ClaimRegion?, _ known: RegionEvidence?, outcomes: [ClaimEvidence]
    ) -> JudgedClaim.Part {
        let direction = claim.direction(in: region)
        func bearing(_ evidence: [ClaimEvidence]) -> [EvidenceMatch] {
            evidence.map { EvidenceMatch($0, for: claim, region: region, vocabulary: ledger.vocabulary) }
                .filter { $0.circle != nil }
        }
        let told = (known?.evidence ?? []) + outcomes
        let matches = SampleOnce(
            bearing(told.filter { $0.kind != .outcome }), bearing(told.filter { $0.kind == .outcome })
        )
        .matches.sorted { a, b in
            (a.circle ?? .anyDesign, a.evidence.study.id) < (b.circle ?? .anyDesign, b.evidence.study.id)
        }
        var circles: [ClaimVerdict] = []
        for circle in EvidenceCircle.allCases {
            let inside = matches.filter { $0.circle.map { $0 <= circle } ?? false }.map(\.evidence)
            guard inside.count > circles.last?.pooled.studies ?? 0, let pooled = pool(inside, dose: claim.dose) else {
                continue
            }
            circles.append(
                ClaimVerdict(pooled, circle: circle, direction: direction, priorScale: claim.priorScale))
        }
        var part = JudgedClaim.Part(
            region: region, direction: direction, notLocated: known?.notLocated, matches: matches, circles: circles,
            judgement: nil, downgrades: [], certainty: nil, objections: [], grade: .notTestable)
        guard let same = part.same else { return part }
        let judgement = rules.judge(same)
        part.judgement = judgement
        part.grade = judgement.grade
        part.downgrades = Downgrade.all(same, part.sameMatches, rules: rules)
        part.certainty = Certainty(
            part.downgrades, isControlled: DesignReading.controlledShare(same.pooled) >= 0.5)
        var judge = self
        part.objections =
            ObjectionAnswers(
                claim: claim, verdict: same, matches: matches, vocabulary: ledger.vocabulary
            ) { judge.pool($0, dose: nil) }.all
        pooled = judge.pooled
        return part
    }

    /// Of the studies that have a dose, where one is asked for.
    private mutating func pool(_ evidence: [ClaimEvidence], dose: String?) -> PooledEvidence? {
        var evidence = evidence
        var doses: [Double]?
        if let dose {
            let known = evidence.compactMap { item -> (ClaimEvidence, Double)? in
                item.columns[dose].flatMap { NumberText.parse($0) }.map { (item, $0) }
            }
            evidence = known.map(\.0)
            doses = known.map(\.1)
        }
        guard !evidence.isEmpty else { return nil }
        let key = Key(studies: evidence.map(\.study), dose: dose)
        if let known = pooled[key] { return known }
        let made = PooledEvidence(evidence, doses: doses)
        pooled[key] = made
        return made
    }

    /// Why there is nothing to grade, in plain words.
    private func reason(_ claim: Claim, _ part: JudgedClaim.Part?) -> String {
        let none = "No study in this project"
        if claim.isPair { return "\(none) reports \(claim.outcome) between these two parts of the brain." }
        if let why = part?.notLocated { return why }
        guard let part, !part.matches.isEmpty else {
            if claim.regions.isEmpty { return "\(none) reports \(claim.outcome)." }
            switch claim.comparison {
            case .improvement: return "\(none) tells whether \(claim.outcome) there goes along with improvement."
            case .prediction:
                return "\(none) tells whether \(claim.outcome) there before treatment foretells improvement."
            case .mediation: return "\(none) tells whether \(claim.outcome) there carries the effect of treatment."
            default: return "\(none) reports \(claim.outcome) in this part of the brain."
            }
        }
        if let dose = claim.dose, part.circles.isEmpty {
            return
                "Too few studies in this project tell how much was given, in \(dose), so more and less cannot be compared."
        }
        let missing = [ClaimPart.population, .treatment, .modality, .comparison].filter { name in
            !part.matches.contains { $0.nearness[name]?.isOfTheKind ?? false }
        }
        guard !missing.isEmpty else {
            return "Some studies in this project match a part of the sentence, but none matches all of it."
        }
        // What is another in every study comes before what their tables do not say.
        let other = missing.first { name in !part.matches.contains { $0.nearness[name] == .unknown } }
        let those = "\(none) that reports \(claim.outcome)\(claim.regions.isEmpty ? "" : " there")"
        switch other {
        case .population: return "\(those) is on people with \(claim.population ?? "it")."
        case .treatment: return "\(those) looked at \(claim.treatment ?? "the treatment")."
        case .modality: return "\(those) measured it by \(claim.modality ?? "this method")."
        case .some: return "\(those) compares in the way of the sentence."
        case nil: break
        }
        let unsaid =
            switch missing[0] {
            case .population: "in whom"
            case .treatment: "with which treatment"
            case .modality: "by which method"
            default: "compared with what"
            }
        return "Studies in this project report \(claim.outcome), but their tables do not say \(unsaid)."
    }
}

extension ClaimRegion {
    /// By name and place alone: the same region stands in several claims, at different lines.
    public var withoutSource: ClaimRegion {
        var region = self
        region.source = nil
        region.direction = nil
        region.extent = extent?.withoutSources
        return region
    }
}
