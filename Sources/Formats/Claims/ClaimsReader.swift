public import Evidence
import Imaging

/// Reads `claims.yaml`, the ledger of sentences that a project's evidence is held against.
///
///     title: What does psychotherapy do to the brain?
///     columns: {population: disorder, treatment: therapy}
///     claims:
///       - name: amygdala-depression
///         sentence: Psychotherapy calms the amygdala in depression.
///         said_by: {who: A popular article, link: https://…, quote: …}
///         region: amygdala
///         outcome: activity
///         direction: decrease
///         population: depression
///         treatment: psychotherapy
///         comparison: change
///
/// A region is a name of the plan's `regions`, a word of the vocabulary, a label of AAL, or `{name, sphere, radius}`,
/// `{name, atlas, labels}`, `{name, mask}` as in the plan; `regions` lists several, each of which has to hold, and `pair` two
/// that a connection is between. What is not known is an error, with the nearest that is; all errors are told together.
public struct ClaimsReader {
    /// What the ledger is usually called.
    public static let name = "claims.yaml"
    /// What the project's own words are usually called.
    public static let vocabularyName = "vocabulary.yaml"

    private let project: Project
    private let folder: String
    private var vocabulary = ClaimVocabulary()
    private var columns: [ClaimPart: String] = [:]
    private var common: [ClaimPart: String] = [:]

    /// A ledger, and what is to be known of it.
    public struct Outcome: Sendable {
        public var ledger: ClaimLedger
        public var notices: [Notice]
    }

    /// - Parameters:
    ///   - path: of the ledger.
    ///   - vocabulary: of the project's own words; nil takes `vocabulary.yaml` beside the ledger, if it is there.
    ///   - project: whose regions, columns and studies the ledger names.
    public static func read(
        _ path: String, vocabulary: String? = nil, for project: Project
    ) throws(InputError) -> Outcome {
        guard Path.exists(path) else {
            throw InputError(
                at: SourceLocation(file: path), "there is no such file.",
                remedy: "Write one, or have a first entry drafted: cuneus claims PROJECT --new \"a sentence\".")
        }
        let file = try TextFile(path: path)
        var files = [path]
        var reader = ClaimsReader(project: project, folder: Path.folder(path))
        let beside = vocabulary ?? Path.join(reader.folder, Self.vocabularyName)
        if vocabulary != nil || Path.exists(beside) {
            reader.vocabulary = try VocabularyReader.read(beside, onto: ClaimVocabulary())
            files.append(beside)
        }
        let text = file.lines.map(\.text).joined(separator: "\n")
        var outcome = try reader.read(text, path: path)
        outcome.ledger.files = files
        return outcome
    }

    /// The words and columns that a ledger would be read with, for drafting an entry; the ledger itself is not read.
    public static func words(
        _ vocabulary: String? = nil, besideLedger path: String, for project: Project
    ) throws(InputError) -> (vocabulary: ClaimVocabulary, columns: [ClaimPart: String]) {
        let reader = ClaimsReader(project: project, folder: Path.folder(path))
        let beside = vocabulary ?? Path.join(reader.folder, Self.vocabularyName)
        let words =
            vocabulary != nil || Path.exists(beside)
            ? try VocabularyReader.read(beside, onto: ClaimVocabulary()) : ClaimVocabulary()
        return (words, try reader.columns(nil))
    }

    /// Of a text, for tests.
    package static func read(
        text: String, path: String = name, vocabulary: ClaimVocabulary = ClaimVocabulary(), for project: Project
    ) throws(InputError) -> Outcome {
        var reader = ClaimsReader(project: project, folder: Path.folder(path))
        reader.vocabulary = vocabulary
        return try reader.read(text, path: path)
    }

    private init(project: Project, folder: String) {
        self.project = project
        self.folder = folder
    }

    private static let keys = ["title", "caution", "columns", "all_studies", "bayes", "claims"]
    private static let claimKeys = [
        "name", "sentence", "said_by", "region", "regions", "pair", "outcome", "modality", "direction", "population",
        "treatment", "comparison", "dose", "cites", "nearest", "bayes",
    ]

    private mutating func read(_ text: String, path: String) throws(InputError) -> Outcome {
        guard let root = try PlanReader.compose(text, path: path), !root.isEmpty else {
            throw InputError(at: SourceLocation(file: path), "is empty.", remedy: "Write claims: and a list of them.")
        }
        let entries = try root.entries(known: Self.keys, of: "the ledger")
        func value(_ key: String) -> PlanNode? { entries.first { $0.key.text == key }?.value }
        var ledger = ClaimLedger(claims: [], vocabulary: vocabulary)
        if let node = value("title") { ledger.title = try node.text("title") }
        if let node = value("caution") { ledger.caution = try node.text("caution") }
        columns = try columns(value("columns"))
        ledger.columns = columns
        if let node = value("all_studies") { common = try common(node) }
        ledger.common = common
        let priorScale = try value("bayes").map(RegionReader.priorScale) ?? RegionHypothesis.defaultPriorScale
        guard let node = value("claims"), let items = node.list else {
            throw InputError(
                at: value("claims")?.source ?? root.source, "the ledger has no list of claims.",
                remedy: "Write claims: and below it - name: …, sentence: …, for each.")
        }
        var errors = ErrorCollector()
        var notices: [Notice] = []
        var names: [String: SourceLocation] = [:]
        // Without it no experiment would match any claim, and the page would say that nothing is reported.
        let saysOutcome = [ClaimPart.outcome, .modality].contains { columns[$0] != nil || common[$0] != nil }
        if !saysOutcome, !project.experiments.isEmpty {
            notices.append(
                Notice(
                    .warning, code: "claim-column", at: node.source,
                    "nothing says what the experiments measured: the study table has no column outcome or modality.",
                    remedy:
                        "If all measured the same, write all_studies: {outcome: activity} in the ledger; else add a column. "
                        + "Until then no experiment is held against any claim."))
        }
        for item in items where !errors.isFull {
            errors.attempt { () throws(InputError) in
                let claim = try claim(item, priorScale: priorScale)
                if let first = names[claim.name.lowercased()] {
                    throw InputError(
                        at: item.source,
                        "two claims are called \"\(claim.name)\"; the other stands at \(first).",
                        remedy: "Give each its own name.")
                }
                names[claim.name.lowercased()] = item.source
                notices += missingColumns(of: claim)
                notices += claim.regions.compactMap { RegionSide.notice($0.name, $0.extent, at: $0.source) }
                ledger.claims.append(claim)
            }
        }
        try errors.finish()
        return Outcome(ledger: ledger, notices: notices)
    }

    // MARK: - Columns

    /// Those named, else the first usual one that the table has.
    private func columns(_ node: PlanNode?) throws(InputError) -> [ClaimPart: String] {
        var columns: [ClaimPart: String] = [:]
        for part in ClaimPart.allCases {
            columns[part] =
                part.usualColumns.lazy.compactMap { usual in
                    project.covariateNames.first { $0.lowercased() == usual }
                }.first
        }
        guard let node else { return columns }
        for (key, value) in try node.entries(known: ClaimPart.allCases.map(\.rawValue), of: "columns") {
            guard let part = ClaimPart(rawValue: key.text) else { continue }
            let name = try value.text(key.text)
            guard project.covariateNames.contains(name) else {
                throw InputError(
                    at: value.source, "the study table has no column \"\(name)\".",
                    remedy: Nearest.suggestion(name, among: project.covariateNames, called: "columns"))
            }
            columns[part] = name
        }
        return columns
    }

    /// `all_studies: {outcome: activity, treatment: CBT}`.
    private func common(_ node: PlanNode) throws(InputError) -> [ClaimPart: String] {
        let kinds: [ClaimTerm.Kind] = [.disorder, .treatment, .modality, .outcome]
        var common: [ClaimPart: String] = [:]
        for (key, value) in try node.entries(known: kinds.map(\.part.rawValue), of: "all_studies") {
            guard let kind = kinds.first(where: { $0.part.rawValue == key.text }) else { continue }
            common[kind.part] = try known(value, kind)
        }
        return common
    }

    /// A term that no column can answer leaves the claim untestable, which must be known to its author.
    private func missingColumns(of claim: Claim) -> [Notice] {
        let asked: [ClaimPart] = [.population, .treatment, .modality].filter { claim.value(of: $0) != nil }
        var notices = asked.filter { columns[$0] == nil && common[$0] == nil }.map { part in
            Notice(
                .warning, code: "claim-column", at: claim.partSources[part] ?? claim.source,
                "claim \"\(claim.name)\" states a \(part.rawValue), but the study table has no column that says it.",
                remedy: "Add a column \(part.usualColumns.joined(separator: " or ")), or name yours: "
                    + "columns: {\(part.rawValue): your_column}. Until then the claim cannot be tested.")
        }
        if let dose = claim.dose, !project.covariateNames.contains(dose) {
            notices.append(
                Notice(
                    .warning, code: "claim-column", at: claim.partSources[.comparison] ?? claim.source,
                    "claim \"\(claim.name)\" is about a dose, but the study table has no column \"\(dose)\".",
                    remedy: "Add it with a number for each experiment. Until then the claim cannot be tested."))
        }
        return notices
    }

    // MARK: - A claim

    private func claim(_ node: PlanNode, priorScale: Double) throws(InputError) -> Claim {
        let entries = try node.entries(known: Self.claimKeys, of: "a claim")
        func value(_ key: String) -> PlanNode? {
            entries.first { $0.key.text == key }?.value
        }
        guard let nameNode = value("name"), !nameNode.isEmpty else {
            throw InputError(
                at: node.source, "the claim has no name.", remedy: "Add name: amygdala-depression, for example.")
        }
        let name = try nameNode.text("name")
        let allowed = name.unicodeScalars.allSatisfy { "_-.".unicodeScalars.contains($0) || $0.isASCIIWord }
        guard allowed, name.unicodeScalars.first?.isASCIIWord == true, name.count <= 80 else {
            throw InputError(
                at: nameNode.source, "a claim cannot be called \"\(name)\": the name is that of a file.",
                remedy: "Use letters, digits, _ and -, at most 80, beginning with a letter or digit.")
        }
        guard let sentenceNode = value("sentence"), !sentenceNode.isEmpty else {
            throw InputError(at: node.source, "claim \"\(name)\" has no sentence.", remedy: "Add sentence: \"…\".")
        }
        guard let directionNode = value("direction"), !directionNode.isEmpty else {
            throw InputError(
                at: node.source, "claim \"\(name)\" has no direction.",
                remedy: "Add direction: increase, decrease or either. Without it nothing could speak against the claim."
            )
        }
        let direction = try directionNode.choice("direction", of: RegionHypothesis.Direction.self)
        guard let sayingNode = value("said_by") else {
            throw InputError(
                at: node.source, "claim \"\(name)\" does not say who said it.",
                remedy: "Add said_by: {who: …, place: …, link: …, quote: …}.")
        }
        var claim = Claim(
            name: name, sentence: try sentenceNode.text("sentence"), saying: try saying(sayingNode, of: name),
            direction: direction, source: node.source)
        claim.priorScale = try value("bayes").map(RegionReader.priorScale) ?? priorScale
        try readParts(&claim, entries)
        try readRegions(&claim, entries)
        if let node = value("cites") { claim.citations = try citations(node) }
        if let node = value("nearest") { claim.nearest = try nearest(node) }
        return claim
    }

    private func saying(_ node: PlanNode, of name: String) throws(InputError) -> Claim.Saying {
        var saying = Claim.Saying(who: "")
        for (key, value) in try node.entries(known: ["who", "place", "link", "quote"], of: "said_by") {
            let text = try value.text(key.text)
            switch key.text {
            case "who": saying.who = text
            case "place": saying.place = text
            case "link": saying.link = try link(text, at: value.source)
            default:
                let words = text.split(whereSeparator: \.isWhitespace).count
                guard words <= Claim.longestQuote else {
                    throw InputError(
                        at: value.source,
                        "the quote of claim \"\(name)\" has \(words) words; at most \(Claim.longestQuote) are quoted.",
                        remedy: "Shorten it to the words that carry the claim.")
                }
                saying.quote = text
            }
        }
        guard !saying.who.isEmpty else {
            throw InputError(at: node.source, "said_by of claim \"\(name)\" has no who.", remedy: "Add who: …")
        }
        return saying
    }

    /// A web address, or a DOI made into one; anything else could run as a script on the page.
    private func link(_ text: String, at source: SourceLocation) throws(InputError) -> String {
        if text.hasPrefix("https://") || text.hasPrefix("http://") { return text }
        let doi = text.lowercased().hasPrefix("doi:") ? String(text.dropFirst(4)) : text
        if doi.hasPrefix("10."), doi.contains("/") { return "https://doi.org/\(doi)" }
        throw InputError(
            at: source, "link is \"\(text)\"; a web address or a DOI was expected.",
            remedy: "Write https://… or 10.1016/….")
    }

    private func readParts(
        _ claim: inout Claim, _ entries: [(key: PlanNode.Key, value: PlanNode)]
    ) throws(InputError) {
        for (key, value) in entries where !value.isEmpty {
            switch key.text {
            case "outcome":
                claim.outcome = try known(value, .outcome)
                claim.partSources[.outcome] = value.source
            case "modality":
                claim.modality = try known(value, .modality)
                claim.partSources[.modality] = value.source
            case "population":
                claim.population = try known(value, .disorder)
                claim.partSources[.population] = value.source
            case "treatment":
                claim.treatment = try known(value, .treatment)
                claim.partSources[.treatment] = value.source
            case "comparison":
                claim.comparison = try value.choice("comparison", of: ClaimComparison.self)
                claim.partSources[.comparison] = value.source
            case "dose": claim.dose = try value.text("dose")
            default: break
            }
        }
        if claim.comparison == .dose, claim.dose == nil {
            throw InputError(
                at: claim.partSources[.comparison] ?? claim.source,
                "claim \"\(claim.name)\" is a dose–response, but does not say of what.",
                remedy: "Add dose: sessions, the column that holds it.")
        }
        if claim.dose != nil, claim.comparison != .dose {
            throw InputError(
                at: claim.source,
                "claim \"\(claim.name)\" has a dose, but its comparison is \(claim.comparison.rawValue).",
                remedy: "Write comparison: dose-response, or remove dose.")
        }
    }

    /// A word of the vocabulary, or one that a study of the project has in that column: anything else is likely a slip of the pen,
    /// and would make the claim untestable without a word.
    private func known(_ node: PlanNode, _ kind: ClaimTerm.Kind) throws(InputError) -> String {
        let text = try node.text(kind.part.rawValue)
        if !vocabulary.mentions(of: kind, in: text).isEmpty { return text }
        let own = columns[kind.part].map { column in
            Set(project.experiments.compactMap { $0.covariates[column]?.cell }).sorted()
        }
        let normal = ClaimVocabulary.normal(text)
        if (own ?? []).contains(where: { ClaimVocabulary.normal($0) == normal }) { return text }
        let candidates = vocabulary.spellings(kind) + (own ?? [])
        let near = Nearest.match(text, among: candidates).map { "Did you mean \"\($0)\"? Else add" } ?? "Add"
        throw InputError(
            at: node.source, "\(kind.part.rawValue) \"\(text)\" is not in the vocabulary, and no study has it.",
            remedy: "\(near) it to \(Self.vocabularyName): \(kind.rawValue): {\(text): {synonyms: […], broader: […]}}.")
    }

    // MARK: - Regions

    private func readRegions(
        _ claim: inout Claim, _ entries: [(key: PlanNode.Key, value: PlanNode)]
    ) throws(InputError) {
        let given = entries.filter { ["region", "regions", "pair"].contains($0.key.text) }
        guard given.count <= 1 else {
            throw InputError(
                at: given[1].key.source,
                "claim \"\(claim.name)\" has both \(given[0].key.text) and \(given[1].key.text).", remedy: "Keep one.")
        }
        guard let (key, node) = given.first else { return }
        claim.partSources[.region] = node.source
        let items = key.text == "region" ? [node] : node.list ?? [node]
        for item in items {
            let region = try region(item)
            if claim.regions.contains(where: { $0.name == region.name }) {
                throw InputError(at: item.source, "region \"\(region.name)\" stands twice.", remedy: "Keep one.")
            }
            claim.regions.append(region)
        }
        if key.text == "pair" {
            guard claim.regions.count == 2 else {
                throw InputError(
                    at: node.source, "pair has \(claim.regions.count) regions; two were expected.",
                    remedy: "Write pair: [amygdala, dlPFC].")
            }
            claim.isPair = true
        }
        guard !claim.regions.isEmpty else {
            throw InputError(at: node.source, "\(key.text) is empty.", remedy: "Name a region, or leave it out.")
        }
    }

    private func region(_ node: PlanNode) throws(InputError) -> ClaimRegion {
        if let text = node.scalar { return try named(text, at: node.source) }
        let entries = try node.entries(
            known: ["name", "atlas", "labels", "sphere", "radius", "mask", "direction"], of: "a region")
        func value(_ key: String) -> PlanNode? { entries.first { $0.key.text == key }?.value }
        guard let nameNode = value("name"), !nameNode.isEmpty else {
            throw InputError(at: node.source, "the region has no name.", remedy: "Add name: dlPFC, for example.")
        }
        let name = try nameNode.text("name")
        var region =
            if entries.contains(where: { ["atlas", "sphere", "mask"].contains($0.key.text) }) {
                ClaimRegion(
                    name: name,
                    extent: try RegionReader(folder: folder, priorScale: RegionHypothesis.defaultPriorScale)
                        .extent(of: name, at: node.source, entries), source: node.source)
            } else {
                try named(name, at: nameNode.source)
            }
        if let node = value("direction") {
            region.direction = try node.choice("direction", of: RegionHypothesis.Direction.self)
        }
        return region
    }

    /// A region of the plan, a word of the vocabulary or a label of AAL.
    private func named(_ text: String, at source: SourceLocation) throws(InputError) -> ClaimRegion {
        if let planned = project.regions.first(where: { $0.name.lowercased() == text.lowercased() }) {
            return ClaimRegion(name: planned.name, extent: planned.extent, source: source)
        }
        if let term = vocabulary.term(text, .region) {
            let planned = project.regions.first { vocabulary.term($0.name, .region) == term }
            let atlas: RegionHypothesis.Extent? =
                term.labels.isEmpty
                ? nil : .atlas(name: "AAL", labels: term.labels.map { .init($0, source: source) })
            return ClaimRegion(name: text, extent: planned?.extent ?? atlas, source: source)
        }
        let codes = AnatomicalNames.codes
        let labels = codes.filter { $0 == text || $0 == "\(text)_L" || $0 == "\(text)_R" }
        if !labels.isEmpty {
            return ClaimRegion(
                name: text, extent: .atlas(name: "AAL", labels: labels.map { .init($0, source: source) }),
                source: source)
        }
        let known = project.regions.map(\.name) + vocabulary.spellings(.region) + codes
        throw InputError(
            at: source, "the region \"\(text)\" is not known.",
            remedy: (Nearest.match(text, among: known).map { "Did you mean \"\($0)\"? " } ?? "")
                + "A region is one of the plan's, a word of the vocabulary, a label of AAL, or "
                + "{name: …, sphere: [x, y, z], radius: …}.")
    }

    // MARK: - Studies

    private func citations(_ node: PlanNode) throws(InputError) -> [Claim.Citation] {
        let known = Set(project.experiments.flatMap { [$0.id, $0.study] }).sorted()
        var citations: [Claim.Citation] = []
        for item in node.list ?? [node] {
            let text = try item.text("a cited study")
            guard known.contains(text) else {
                throw InputError(
                    at: item.source, "the cited study \"\(text)\" is not in the project.",
                    remedy: (Nearest.match(text, among: known).map { "Did you mean \"\($0)\"? " } ?? "")
                        + "Add it to the study table, or tell of it under nearest.")
            }
            citations.append(Claim.Citation(text, source: item.source))
        }
        return citations
    }

    private func nearest(_ node: PlanNode) throws(InputError) -> [Claim.NearestStudy] {
        guard let list = node.list else {
            throw InputError(
                at: node.source, "nearest should be a list.",
                remedy: "Write - {study: …, found: …, differs: …, link: …} for each.")
        }
        var studies: [Claim.NearestStudy] = []
        for item in list {
            var study = Claim.NearestStudy(study: "", found: "")
            for (key, value) in try item.entries(known: ["study", "found", "differs", "link"], of: "a nearest study") {
                let text = try value.text(key.text)
                switch key.text {
                case "study": study.study = text
                case "found": study.found = text
                case "differs": study.differs = text
                default: study.link = try link(text, at: value.source)
                }
            }
            guard !study.study.isEmpty, !study.found.isEmpty else {
                throw InputError(at: item.source, "a nearest study needs study and found.")
            }
            studies.append(study)
        }
        return studies
    }
}

extension Unicode.Scalar {
    /// A letter or digit of ASCII.
    fileprivate var isASCIIWord: Bool {
        ("a"..."z").contains(self) || ("A"..."Z").contains(self) || ("0"..."9").contains(self)
    }
}
