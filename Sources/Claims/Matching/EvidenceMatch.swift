public import Evidence

/// A study that may bear on a claim, and how near it comes in each part.
public struct EvidenceMatch: Hashable, Sendable {
    public internal(set) var evidence: ClaimEvidence
    public let nearness: [ClaimPart: Nearness]
    /// The smallest circle that it belongs to; nil where it measures another quantity.
    public let circle: EvidenceCircle?

    public init(_ evidence: ClaimEvidence, for claim: Claim, region: ClaimRegion?, vocabulary: ClaimVocabulary) {
        self.evidence = evidence
        var nearness: [ClaimPart: Nearness] = [:]
        for (part, kind) in [
            (ClaimPart.population, ClaimTerm.Kind.disorder), (.treatment, .treatment), (.modality, .modality),
            (.outcome, .outcome),
        ] {
            nearness[part] = vocabulary.nearness(of: evidence.texts[part], to: claim.value(of: part), kind)
        }
        // A dose–response is looked for among changes, whatever they are compared with.
        let asked = claim.comparison == .dose ? .change : claim.comparison
        nearness[.comparison] = evidence.comparison.map(asked.nearness(of:)) ?? .unknown
        nearness[.region] =
            region.map { vocabulary.nearness(of: evidence.region, to: $0.name, .region) } ?? .exact
        self.nearness = nearness
        circle = Self.circle(nearness, asked: asked, evidence)
    }

    private static func circle(
        _ nearness: [ClaimPart: Nearness], asked: ClaimComparison, _ evidence: ClaimEvidence
    ) -> EvidenceCircle? {
        func fits(_ parts: ClaimPart...) -> Bool { parts.allSatisfy { nearness[$0]?.isOfTheKind ?? false } }
        // Correlations and differences of means are in different units and never pooled, whatever a column calls them.
        guard fits(.outcome, .region), (asked.family == .change) == (evidence.measure == .change) else { return nil }
        // Of what the table does not say the unit alone decides, and only the widest circle takes it.
        if let compared = evidence.comparison, compared.family != asked.family { return nil }
        if fits(.population, .treatment, .modality, .comparison) { return .same }
        if fits(.treatment, .modality, .comparison) { return .anybody }
        if fits(.modality, .comparison) { return .anyTreatment }
        return .anyDesign
    }
}

extension ClaimComparison {
    /// The quantity: changes are not pooled with correlations, nor these with predictions from baseline.
    var family: ClaimComparison { broader?.family ?? self }
}
