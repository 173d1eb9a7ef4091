public import Appraisal
public import Evidence

/// What one study says of a region, and what it is about: all that the judgement of a claim needs to know of it, whether it
/// comes from a map, from peaks or from a number reported for the region.
public struct ClaimEvidence: Hashable, Sendable {
    /// How the study told of the region.
    public enum Kind: String, CaseIterable, Hashable, Sendable {
        case map, peaks
        /// A number reported for the region.
        case outcome
    }

    /// Effect and variance in every imputation (one where nothing was imputed), people, and whether it was measured, only a
    /// sign, or nothing.
    public var study: StudyEffects.Study
    /// The paper.
    public var publication: String
    /// The region that the effect is of.
    public var region: String
    public var kind: Kind
    public var measure: EffectMeasure
    /// What the study is about, as its table says it.
    public var texts: [ClaimPart: String]
    /// What it compares; nil where the table does not say.
    public var comparison: ClaimComparison?
    /// Further columns of its table, as written.
    public var columns: [String: String]
    public var source: SourceLocation?
    /// Where it can be read.
    public var link: String?

    public init(
        study: StudyEffects.Study, publication: String, region: String, kind: Kind, measure: EffectMeasure = .change,
        texts: [ClaimPart: String] = [:], comparison: ClaimComparison? = nil, columns: [String: String] = [:],
        source: SourceLocation? = nil, link: String? = nil
    ) {
        self.study = study
        self.publication = publication
        self.region = region
        self.kind = kind
        self.measure = measure
        self.texts = texts
        self.comparison = comparison
        self.columns = columns
        self.source = source
        self.link = link
    }

    /// A number reported for a region.
    ///
    /// - Parameters:
    ///   - effect: Hedges' g, positive for more; Fisher's z of a correlation.
    ///   - variance: its sampling variance, above 0.
    public init(
        id: String, sample: String? = nil, publication: String, n1: Int, n2: Int = 0, region: String, effect: Double,
        variance: Double, measure: EffectMeasure = .change, texts: [ClaimPart: String] = [:],
        comparison: ClaimComparison? = nil, columns: [String: String] = [:], source: SourceLocation? = nil,
        link: String? = nil
    ) {
        self.init(
            study: StudyEffects.Study(
                id: id, sample: sample ?? id, n1: n1, n2: n2, source: .peak, effects: [effect], variances: [variance]),
            publication: publication, region: region, kind: .outcome, measure: measure, texts: texts,
            comparison: comparison, columns: columns, source: source, link: link)
    }

    public var participants: Int { study.n1 + study.n2 }

    /// A map, a peak with a statistic or a number was reported.
    public var isMeasured: Bool { study.source == .map || study.source == .peak }

    /// Nothing was reported of the region.
    public var isSilent: Bool { study.source == .nothing }
}

extension ClaimEvidence {
    /// From experiments of a project and what they say at a region.
    ///
    /// - Parameters:
    ///   - study: at the region; it may combine several experiments of one sample.
    ///   - experiments: of the project, by id.
    ///   - ledger: which columns say what.
    public init?(
        _ study: StudyEffects.Study, in region: String, experiments: [String: Experiment], ledger: ClaimLedger
    ) {
        let members = study.experiments.compactMap { experiments[$0] }
        guard let first = members.first, members.count == study.experiments.count else { return nil }
        self.init(
            study: study, publication: first.study, region: region,
            kind: members.contains(where: \.hasMap) ? .map : .peaks, measure: first.measure, source: first.source)
        for name in Set(members.flatMap(\.covariates.keys)) {
            columns[name] = Self.together(members.map { $0.covariates[name] })
        }
        for part in ClaimPart.allCases {
            let own = ledger.columns[part].flatMap { columns[$0] }
            if let text = own ?? ledger.common[part] { texts[part] = text }
        }
        if texts[.outcome] == nil, let modality = texts[.modality] {
            let said = Set(
                ledger.vocabulary.mentions(of: .modality, in: modality).compactMap(\.term.means))
            if said.count == 1 { texts[.outcome] = said.first }
        }
        comparison = Self.comparison(
            texts, first.measure, hasSecondGroup: members.contains { $0.n2 > 0 }, ledger.vocabulary)
        link = Self.link(columns)
    }

    /// Values of several experiments of a sample, each once; nil where none has one.
    private static func together(_ cells: [Experiment.Covariate?]) -> String? {
        var texts: [String] = []
        for cell in cells {
            guard let cell, cell != .missing, !texts.contains(cell.cell) else { continue }
            texts.append(cell.cell)
        }
        return texts.isEmpty ? nil : texts.joined(separator: " + ")
    }

    /// What the table says; where it says nothing, people without a second group were compared with nobody.
    ///
    /// A correlation is no change, whatever stands in the column: *waiting list* there says who else was in the study. Whether it is
    /// with what was before treatment or with the change only the column can say. And patients beside healthy people are no change
    /// compared with theirs unless a treatment is told of: they may have been seen once.
    static func comparison(
        _ texts: [ClaimPart: String], _ measure: EffectMeasure, hasSecondGroup: Bool, _ vocabulary: ClaimVocabulary
    ) -> ClaimComparison? {
        var said: ClaimComparison?
        if let text = texts[.comparison] {
            said = ClaimComparison(rawValue: text)
            let found = Set(
                vocabulary.mentions(of: .comparison, in: text).filter { !$0.isDenied }.compactMap(\.term.means)
                    .compactMap(ClaimComparison.init))
            if said == nil, found.count == 1 { said = found.first }
        }
        switch measure {
        case .correlation: return said.flatMap { $0.family == .change ? nil : $0 }
        case .change:
            if said == .healthy, texts[.treatment] == nil { return nil }
            if texts[.comparison] != nil { return said }
            return hasSecondGroup ? nil : .uncontrolled
        }
    }

    static func link(_ columns: [String: String]) -> String? {
        func value(_ names: [String]) -> String? {
            names.lazy.compactMap { name in columns.first { $0.key.lowercased() == name }?.value }.first
        }
        if let doi = value(["doi"]), doi.hasPrefix("10."), !doi.contains(" ") { return "https://doi.org/\(doi)" }
        if let number = value(["pmid", "pubmed"]), number.allSatisfy(\.isNumber), !number.isEmpty {
            return "https://pubmed.ncbi.nlm.nih.gov/\(number)/"
        }
        return nil
    }
}
