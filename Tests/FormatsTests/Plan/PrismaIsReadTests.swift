import Evidence
import Formats
import TestSupport
import Testing

@Suite("The flow of studies in the plan")
struct PrismaIsReadTests {
    private static let table = "experiment\tn1\treport\nA\t20\tnone\nB\t20\tnone\n"

    private static func read(_ prisma: String) throws -> Project {
        try Scratch(["cuneus.yaml": "name: flow\n\(prisma)", "studies.tsv": table]).read()
    }

    private static let whole = """
        prisma:
          databases: {PubMed: 812, Embase: 640}
          registers: 12
          duplicates: 297
          automation: 12
          screened: 1155
          excluded: 1010
          sought: 145
          not_retrieved: 5
          assessed: 140
          exclusions: {no whole-brain table: 97, another contrast: 41}
          included: 2

        """

    @Test("every box is read; the numbers of a sound flow add up")
    func whole() throws {
        let flow = try #require(try Self.read(Self.whole).prisma)
        #expect(flow.databases.map(\.name) == ["PubMed", "Embase"])
        #expect(flow.registers == [PrismaFlow.Count(name: "", count: 12)])
        // 812 + 640 + 12.
        #expect(flow.identified == 1464)
        #expect(flow.exclusions.map(\.count) == [97, 41])
        #expect(flow.steps.count == 4 && flow.steps.allSatisfy(\.holds))
        #expect(flow.source?.line != nil)
    }

    @Test("a box that is left out leaves its step unchecked")
    func gaps() throws {
        let flow = try #require(try Self.read("prisma: {databases: 900, screened: 700, included: 2}\n").prisma)
        #expect(flow.steps.isEmpty)
        #expect(try Self.read("").prisma == nil)
    }

    @Test(
        "a step that does not add up is refused at the line of the number that should follow",
        arguments: [
            ("screened: 1155", "screened: 1156", 7, "1464"), ("sought: 145", "sought: 144", 9, "1010"),
            ("assessed: 140", "assessed: 141", 11, "145"), ("included: 2", "included: 3", 13, "138"),
        ])
    func sums(_ right: String, _ wrong: String, _ line: Int, _ number: String) throws {
        let text = Self.whole.replacing(right, with: wrong)
        let error = try #require(throws: InputError.self) { try Self.read(text) }
        // A wrong number can break the step before it and the one after it; the first is where it stands.
        let first = try #require(error.parts.first)
        #expect(first.location?.line == line, "\(error)")
        #expect(first.location?.file.hasSuffix("cuneus.yaml") == true)
        #expect(error.description.contains(number), "\(error)")
    }

    @Test(
        "what is no count is refused: it would be drawn as one",
        arguments: [
            "prisma: {screened: -1}", "prisma: {screened: 1.5}", "prisma: {screened: many}", "prisma: {}",
            "prisma: {screend: 12}", "prisma: {databases: [1, 2]}", "prisma: 12",
        ])
    func refused(_ text: String) {
        #expect(throws: InputError.self) { try Self.read(text + "\n") }
    }

    @Test("a flow that ends with other studies than the tables have is told")
    func differs() throws {
        let told = ProjectCheck.run(try Self.read("prisma: {included: 5}\n")).filter { $0.code == "prisma-differs" }
        #expect(told.count == 1 && told.first?.severity == .warning)
        #expect(told.first?.message.contains("5 studies") == true)
        #expect(!ProjectCheck.run(try Self.read("prisma: {included: 2}\n")).contains { $0.code == "prisma-differs" })
    }

    @Test("a project that is converted keeps its flow")
    func converted() throws {
        let scratch = try Scratch(["p/cuneus.yaml": Self.whole, "p/studies.tsv": Self.table])
        let project = try ProjectReader.read("\(scratch.path)/p")
        try ProjectWriter.write(project, as: .native, to: "\(scratch.path)/q")
        var again = try ProjectReader.read("\(scratch.path)/q").prisma
        var flow = project.prisma
        again?.source = nil
        flow?.source = nil
        #expect(flow != nil && again == flow)
    }
}
