import Comparison
public import Evidence
import Imaging
import SeedBasedMapping

/// What a paper says of a run in words, as `run.json` keeps it for `cuneus report`: methods, references, flow of studies.
public struct PaperWords: Hashable, Sendable, Codable {
    /// For the methods section. Paragraphs are separated by an empty line.
    public var methods: String
    /// What the methods section leaves out: for the supplement. Together they say what the report says.
    public var supplement: String
    /// What pooled outcomes say, for the results section, as their sections of the report say it; nil where there are none.
    public var results: String?
    /// What to cite, in the order of the method.
    public var references: [Reference]
    /// As the plan states it; nil where it does not.
    public var prisma: PrismaFlow?
    /// How many experiments of the run there are for each space in which coordinates were reported, by the name of the space.
    public var spaces: [String: Int]

    public init(
        methods: String, supplement: String, results: String? = nil, references: [Reference],
        prisma: PrismaFlow? = nil, spaces: [String: Int] = [:]
    ) {
        self.methods = methods
        self.supplement = supplement
        self.results = results
        self.references = references
        self.prisma = prisma
        self.spaces = spaces
    }

    public init(_ run: RunResults) {
        let facts = MethodFacts(run.models, places: run.places, showsTemplate: run.template != nil)
        let others = MethodsText(run.comparisons, isAlone: run.models.isEmpty)
        let paragraph = MethodsParagraph(models: run.models, facts: facts, places: run.places)
        let outcomes = OutcomeMethods(run.outcomes, together: run.together)
        let isAlone = run.models.isEmpty
        let images = isAlone ? [others?.text ?? "", Self.software] : [paragraph.main]
        methods = (images + [outcomes.text]).joinedParagraphs
        results = OutcomeResults(run.outcomes, together: run.together).text
        supplement = (isAlone ? [] : [paragraph.supplement, others?.text ?? ""]).joinedParagraphs
        let cited = (isAlone ? [] : facts.references) + (others?.references ?? []) + outcomes.references
        references = cited.distinct
        prisma = run.project.prisma
        prisma?.source = nil
        var spaces: [String: Int] = [:]
        var seen: Set<String> = []
        for experiment in run.all.flatMap(\.experiments) where seen.insert(experiment.id).inserted {
            for space in Set(experiment.peaks.map(\.space.rawValue)) { spaces[space, default: 0] += 1 }
        }
        self.spaces = spaces
    }

    /// Of outcomes alone.
    init(_ run: OutcomeRun) {
        let outcomes = OutcomeMethods(run.findings, together: run.together)
        self.init(
            methods: [outcomes.text, Self.software].joinedParagraphs, supplement: "",
            results: OutcomeResults(run.findings, together: run.together).text, references: outcomes.references)
    }

    private static let software =
        "The analyses were carried out with the software Cuneus \(CuneusVersion.text); all settings and the checksums of "
        + "the input files are in run.json."
}

extension [String] {
    fileprivate var joinedParagraphs: String { filter { !$0.isEmpty }.joined(separator: "\n\n") }
}
