import Evidence
import Formats
import Foundation
import TestSupport
import Testing

/// The ways in which people's programs save one and the same table.
struct SavingWay: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// - Parameter text: tabs between cells, decimal points, plain minus signs.
    let bytes: @Sendable (_ text: String) -> [UInt8]

    private init(_ name: String, _ bytes: @escaping @Sendable (String) -> [UInt8]) {
        testDescription = name
        self.bytes = bytes
    }

    /// Ways in which any text is saved.
    static let ofTexts: [SavingWay] = [
        SavingWay("byte-order mark") { Array("\u{FEFF}\($0)".utf8) },
        SavingWay("UTF-16, little-endian") {
            [0xFF, 0xFE] + utf16($0).flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        },
        SavingWay("UTF-16, big-endian") { [0xFE, 0xFF] + utf16($0).flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] } },
        SavingWay("carriage returns and line feeds") { Array($0.replacing("\n", with: "\r\n").utf8) },
        SavingWay("carriage returns") { Array($0.replacing("\n", with: "\r").utf8) },
        SavingWay("line ends of all kinds") { text in
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            let ends = ["\n", "\r\n", "\r"]
            return Array(lines.enumerated().map { $1 + ends[$0 % 3] }.joined().utf8)
        },
        SavingWay("minus signs as typeset") { Array($0.replacing("-", with: "\u{2212}").utf8) },
    ]

    /// Ways in which tables are saved.
    static let ofTables: [SavingWay] =
        ofTexts + [
            SavingWay("semicolons and decimal commas") {
                Array($0.replacing(".", with: ",").replacing("\t", with: ";").utf8)
            },
            SavingWay("commas, every cell quoted") { text in
                Array(cells(text) { $0.map { "\"\($0)\"" }.joined(separator: ",") }.utf8)
            },
            SavingWay("separators for empty cells, and lines of them") { text in
                Array((cells(text) { $0.joined(separator: ";") + ";;" } + ";;;;\n;;\n").utf8)
            },
            SavingWay("sep= before the header") { Array(("sep=;\r\n" + $0.replacing("\t", with: ";")).utf8) },
            SavingWay("blanks that do not break around cells") { text in
                Array(cells(text) { $0.map { "\u{00A0}\($0)\u{2009}" }.joined(separator: "\t") }.utf8)
            },
            SavingWay("marks of direction around cells") { text in
                Array(cells(text) { $0.map { "\u{200E}\($0)\u{200B}" }.joined(separator: "\t") }.utf8)
            },
        ]

    private static func utf16(_ text: String) -> [UInt16] { Array(text.utf16) }

    private static func cells(_ text: String, _ line: ([String]) -> String) -> String {
        text.split(separator: "\n").map { row in
            line(row.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)) + "\n"
        }.joined()
    }
}

@Suite("The tables that a project can hold read the same, however they were saved")
struct SavedTablesTests {
    @Test("participants", arguments: SavingWay.ofTables)
    func participants(_ way: SavingWay) throws {
        let text = "subject\tsession\tscore\tregion\nA1\tpre\t20\t-0.25\nA1\tpost\t-10.5\t1.5\nB2\tpre\tn/a\t0.75\n"
        let plain = try ParticipantTable(path: "p.tsv", bytes: Array(text.utf8))
        let saved = try ParticipantTable(path: "p.tsv", bytes: way.bytes(text))
        #expect(plain.rows.map(\.values["score"]) == [.number(20), .number(-10.5), .missing])
        #expect(saved.rows.map(\.values) == plain.rows.map(\.values))
        #expect(saved.rows.map(\.subject) == plain.rows.map(\.subject))
        #expect(saved.rows.map(\.session) == plain.rows.map(\.session))
    }

    @Test("outcomes", arguments: SavingWay.ofTables)
    func outcomes(_ way: SavingWay) throws {
        let text = "study\toutcome\tyi\tsei\tage\nAble\tvolume\t-0.35\t0.1\t30\nBaker\tvolume\t0.2\t0.125\tNA\n"
        let scratch = try Scratch(["plain.tsv": text])
        try scratch.write("saved.tsv", bytes: way.bytes(text))
        let plain = try OutcomeTableReader().read("\(scratch.path)/plain.tsv")
        let saved = try OutcomeTableReader().read("\(scratch.path)/saved.tsv")
        #expect(plain.rows.map { $0.values[.yi] } == [-0.35, 0.2])
        #expect(saved.rows.map(\.values) == plain.rows.map(\.values))
        #expect(saved.rows.map(\.study) == plain.rows.map(\.study))
        #expect(saved.rows.map { $0.cells["age"] } == plain.rows.map { $0.cells["age"] })
    }

    @Test("sizes of groups", arguments: SavingWay.ofTables)
    func sizes(_ way: SavingWay) throws {
        let text = "study\tn1\tn2\nLee 2015\t18\t16\nRoy 2019\t25\t24\n"
        let scratch = try Scratch([
            "foci.txt":
                "// Reference=MNI\n// Lee, 2015: A > B\n// Subjects=34\n-4 38 20\n\n// Roy, 2019: A > B\n// Subjects=49\n1 2 3\n"
        ])
        try scratch.write("n.tsv", bytes: way.bytes(text))
        let groups = ProjectReader.Assumptions(sign: .positive, groups: .table(path: "\(scratch.path)/n.tsv"))
        let project = try ProjectReader.read([ProjectInput(path: "\(scratch.path)/foci.txt")], assuming: groups)
        #expect(project.experiments.map(\.n1) == [18, 25] && project.experiments.map(\.n2) == [16, 24])
    }

    @Test("claims", arguments: SavingWay.ofTexts.dropLast())
    func claims(_ way: SavingWay) throws {
        let text = """
            all_studies: {outcome: activity}
            claims:
              - name: a
                sentence: The amygdala calms.
                said_by: {who: P}
                region: {name: left amygdala, sphere: [−22, −4.5, −18], radius: 8}
                direction: decrease

            """
        let scratch = try Scratch()
        try scratch.write("claims.yaml", bytes: way.bytes(text))
        let read = try ClaimsReader.read(
            "\(scratch.path)/claims.yaml", for: Project(name: "p", format: .native, experiments: []))
        #expect(
            read.ledger.claims.first?.regions.first?.extent == .spheres(centres: [[-22, -4.5, -18]], radius: 8))
        #expect(read.ledger.claims.first?.sentence == "The amygdala calms.")
    }
}
