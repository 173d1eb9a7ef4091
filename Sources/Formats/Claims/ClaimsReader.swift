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

    let project: Project
    private let folder: String
    var vocabulary = ClaimVocabulary()
    var columns: [ClaimPart: String] = [:]
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
        guard !items.isEmpty else {
            throw InputError(
                at: node.source, "the list of claims is empty.",
                remedy: "Write one, or have a first entry drafted: cuneus claims PROJECT --new \"a sentence\".")
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
                    remedy: (Nearest.match(dose, among: project.covariateNames).map { "Did you mean \"\($0)\"? " } ?? "")
                        + "Add it with a number for each experiment. Until then the claim cannot be tested."))
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
        let name = try one(nameNode, "name")
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
        if directionNode.list != nil {
            throw InputError(
                at: directionNode.source, "direction is a list; a sentence has one direction.",
                remedy:
                    "Write direction: either, or give a region its own: regions: [{name: dlPFC, direction: increase}, …]."
            )
        }
        let direction = try directionNode.choice("direction", of: RegionHypothesis.Direction.self)
        guard let sayingNode = value("said_by") else {
            throw InputError(
                at: node.source, "claim \"\(name)\" does not say who said it.",
                remedy: "Add said_by: {who: …, place: …, link: …, quote: …}.")
        }
        var claim = Claim(
            name: name, sentence: try one(sentenceNode, "sentence"), saying: try saying(sayingNode, of: name),
            direction: direction, source: node.source)
        claim.priorScale = try value("bayes").map(RegionReader.priorScale) ?? priorScale
        try readParts(&claim, entries)
        try readRegions(&claim, entries)
        if let node = value("cites") { claim.citations = try citations(node) }
        if let node = value("nearest") { claim.nearest = try nearest(node) }
        return claim
    }

    /// A text, where a list of texts is told apart from other things that are none: who writes one means several claims.
    func one(_ node: PlanNode, _ name: String) throws(InputError) -> String {
        if node.list != nil {
            throw InputError(
                at: node.source, "\(name) is a list; one text was expected.",
                remedy: "Make a claim of each, or join them into one text.")
        }
        return try node.text(name)
    }

    private func saying(_ node: PlanNode, of name: String) throws(InputError) -> Claim.Saying {
        if node.scalar != nil, !node.isEmpty {
            throw InputError(
                at: node.source, "said_by of claim \"\(name)\" is a text; who said it is one of its parts.",
                remedy: "Write said_by: {who: …, place: …, link: …, quote: …}.")
        }
        var saying = Claim.Saying(who: "")
        for (key, value) in try node.entries(known: ["who", "place", "link", "quote"], of: "said_by") {
            let text = try one(value, key.text)
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
                claim.comparison = try comparison(value)
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
        guard !node.isEmpty, node.list?.isEmpty != true else {
            throw InputError(at: node.source, "\(key.text) is empty.", remedy: "Name a region, or leave it out.")
        }
        if key.text == "region", node.list != nil {
            throw InputError(
                at: node.source, "region is a list; one region was expected.",
                remedy: "Write regions: for several, each of which has to hold, or pair: for what goes on between two.")
        }
        if key.text != "region", let text = node.scalar, text.contains(",") {
            throw InputError(
                at: node.source, "\(key.text) is one text, \"\(text)\"; a list was expected.",
                remedy: "Write \(key.text): [\(text)].")
        }
        for item in key.text == "region" ? [node] : node.list ?? [node] {
            let region = try region(item)
            if let twin = claim.regions.first(where: { isOnePlace($0, region) }) {
                throw InputError(
                    at: item.source,
                    twin.name == region.name
                        ? "region \"\(region.name)\" stands twice."
                        : "\"\(twin.name)\" and \"\(region.name)\" are one region.", remedy: "Keep one.")
            }
            claim.regions.append(region)
        }
        if key.text == "pair" {
            if claim.regions.contains(where: { $0.direction != nil }) {
                throw InputError(
                    at: node.source, "a region of the pair has a direction; what goes on between two has one.",
                    remedy: "Write it once: direction: \(claim.direction.rawValue), below the claim.")
            }
            guard claim.regions.count == 2 else {
                throw InputError(
                    at: node.source, "pair has \(claim.regions.count) regions; two were expected.",
                    remedy: "Write pair: [amygdala, dlPFC].")
            }
            claim.isPair = true
        }
    }

    /// Whether two names are of the same voxels, or of the same word.
    private func isOnePlace(_ a: ClaimRegion, _ b: ClaimRegion) -> Bool {
        if ClaimVocabulary.normal(a.name) == ClaimVocabulary.normal(b.name) { return true }
        if let place = a.extent?.withoutSources, place == b.extent?.withoutSources { return true }
        guard let term = vocabulary.term(a.name, .region) else { return false }
        return term == vocabulary.term(b.name, .region)
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
        if case .atlas(let atlas, let labels) = region.extent { try checkLabels(labels, of: atlas) }
        if let node = value("direction") {
            region.direction = try node.choice("direction", of: RegionHypothesis.Direction.self)
        }
        return region
    }

    /// Labels of AAL are known whether or not the atlas is installed here.
    private func checkLabels(_ labels: [RegionHypothesis.Label], of atlas: String) throws(InputError) {
        guard atlas.lowercased() == "aal" else { return }
        // As they are looked up in the atlas: a code, a readable name in any case, or a number.
        let names = AnatomicalNames.codes.compactMap(AnatomicalNames.readable)
        let folded = Set(names.map { $0.lowercased() })
        for label in labels where AnatomicalNames.readable(label.text) == nil && Int(label.text) == nil {
            let text = label.text.lowercased().replacing("_", with: " ")
            if folded.contains(text) { continue }
            let known = AnatomicalNames.codes + names
            throw InputError(
                at: label.source, "AAL has no label \"\(label.text)\".",
                remedy: Nearest.match(label.text, among: known).map { "Did you mean \"\($0)\"?" })
        }
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
