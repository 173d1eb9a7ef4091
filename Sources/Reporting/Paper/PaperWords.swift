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
    /// What to cite, in the order of the method.
    public var references: [Reference]
    /// As the plan states it; nil where it does not.
    public var prisma: PrismaFlow?
    /// How many experiments of the run there are for each space in which coordinates were reported, by the name of the space.
    public var spaces: [String: Int]

    public init(
        methods: String, supplement: String, references: [Reference], prisma: PrismaFlow? = nil,
        spaces: [String: Int] = [:]
    ) {
        self.methods = methods
        self.supplement = supplement
        self.references = references
        self.prisma = prisma
        self.spaces = spaces
    }

    public init(_ run: RunResults) {
        let facts = MethodFacts(run.models, places: run.places, showsTemplate: run.template != nil)
        let others = MethodsText(run.comparisons, isAlone: run.models.isEmpty)
        let paragraph = MethodsParagraph(models: run.models, facts: facts, places: run.places)
        let software =
            "The analyses were carried out with the software Cuneus \(CuneusVersion.text); all settings and the checksums of "
            + "the input files are in run.json."
        let isAlone = run.models.isEmpty
        methods = (isAlone ? [others?.text ?? "", software] : [paragraph.main]).joinedParagraphs
        supplement = (isAlone ? [] : [paragraph.supplement, others?.text ?? ""]).joinedParagraphs
        let main = isAlone ? [] : facts.references
        references = main + (others?.references ?? []).filter { !main.contains($0) }
        prisma = run.project.prisma
        prisma?.source = nil
        var spaces: [String: Int] = [:]
        var seen: Set<String> = []
        for experiment in run.all.flatMap(\.experiments) where seen.insert(experiment.id).inserted {
            for space in Set(experiment.peaks.map(\.space.rawValue)) { spaces[space, default: 0] += 1 }
        }
        self.spaces = spaces
    }
}

extension [String] {
    fileprivate var joinedParagraphs: String { filter { !$0.isEmpty }.joined(separator: "\n\n") }
}
