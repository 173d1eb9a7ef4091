import Evidence
import Formats
import Imaging

extension FuzzedReader {
    /// The people of one study: their tables, folders and images, and what is asked of them.
    static var participants: [FuzzedReader] {
        [
            people("participants before and after", SoundFiles.participants),
            people("participants as a spreadsheet saves them", SoundFiles.participantsSaved),
            derivatives("participants of a folder of derivatives", victim: "participants.tsv"),
            derivatives("sessions of a person", victim: "sub-01/sub-01_sessions.tsv"),
            FuzzedReader("formula of a study", victim: "formula", files: SoundFiles.asked) { folder in
                let table = try ParticipantTable(contentsOf: "\(folder)/participants.tsv")
                let question = try StudyQuestion(formula: try text("formula", in: folder), table: table)
                try check(try ParticipantDesign(question, table: table), of: table)
            },
            FuzzedReader("sessions that are compared", victim: "paired", files: SoundFiles.asked) { folder in
                try ask(folder, StudyQuestion(paired: try text("paired", in: folder)))
            },
            FuzzedReader("groups that are compared", victim: "groups", files: SoundFiles.asked) { folder in
                try ask(folder, StudyQuestion(paired: "session=pre,post", groups: try text("groups", in: folder)))
            },
            FuzzedReader("what is held constant", victim: "covariates", files: SoundFiles.asked) { folder in
                try ask(
                    folder, StudyQuestion(paired: "session=pre,post", covariates: try text("covariates", in: folder)))
            },
            picture("image of a participant", victim: "a3.nii"),
            picture("image of a participant, ANALYZE's header", victim: "a5.hdr"),
            picture("mask of participants' images", victim: "mask.nii"),
        ]
    }

    /// What one may ask of the tables here; of a damaged one some of it.
    private static func questions() throws(InputError) -> [StudyQuestion] {
        [
            try StudyQuestion(paired: "session=pre,post"),
            try StudyQuestion(paired: "session=pre,post", groups: "group=therapy,waitlist", covariates: "age,sex"),
            try StudyQuestion(paired: "session=pre,post", correlate: "change:hamd"),
            try StudyQuestion(paired: "session=pre,post", correlate: "baseline:hamd", covariates: "change:hamd"),
            try StudyQuestion(paired: "session=pre,post", correlate: "change:hamd,age"),
        ]
    }

    private static func people(_ name: String, _ files: [String: [UInt8]]) -> FuzzedReader {
        FuzzedReader(name, victim: "participants.tsv", files: files) { folder in
            try use(
                try placed { () throws(InputError) in try ParticipantTable(contentsOf: "\(folder)/participants.tsv") })
        }
    }

    private static func derivatives(_ name: String, victim: String) -> FuzzedReader {
        FuzzedReader(name, victim: victim, files: SoundFiles.derivatives) { folder in
            try use(
                try placed { () throws(InputError) in try ParticipantTable.open(folder, entities: ["stat": "effect"]) })
        }
    }

    /// An image among those of six people.
    private static func picture(_ name: String, victim: String) -> FuzzedReader {
        FuzzedReader(name, victim: victim, files: SoundFiles.pictured) { folder in
            let table = try ParticipantTable(contentsOf: "\(folder)/participants.tsv")
            let design = try ParticipantDesign(StudyQuestion(), table: table)
            let images = try ParticipantImages(design, area: .image("\(folder)/mask.nii"))
            let units = images.units(of: design)
            guard units.allSatisfy({ $0.count == images.mask.count && !$0.contains(where: \.isInfinite) }) else {
                throw Fault(description: "a person's map has other voxels than the mask, or is infinite")
            }
        }
    }

    private static func ask(_ folder: String, _ question: StudyQuestion) throws {
        let table = try ParticipantTable(contentsOf: "\(folder)/participants.tsv")
        try check(try ParticipantDesign(question, table: table, dropsIncomplete: true), of: table)
    }

    /// Asks everything; refused where none of it can be answered.
    private static func use(_ table: ParticipantTable) throws {
        _ = NoticeReport(table.notices).text
        var refusals: [InputError] = []
        let questions = try questions()
        for question in questions {
            for dropsIncomplete in [false, true] {
                do {
                    try check(
                        try ParticipantDesign(question, table: table, dropsIncomplete: dropsIncomplete), of: table)
                } catch {
                    guard let refusal = error as? InputError else { throw error }
                    refusals.append(refusal)
                }
            }
        }
        if refusals.count == 2 * questions.count, let first = refusals.first { throw first }
    }

    /// A design is of its table: rows that are there, a number in every column for every unit, nobody twice.
    private static func check(_ design: ParticipantDesign, of table: ParticipantTable) throws {
        let isWhole = design.columns.allSatisfy { column in
            column.values.count == design.units.count && column.values.allSatisfy(\.isFinite)
        }
        guard isWhole else { throw Fault(description: "a column of the design has no number for a person") }
        let terms = design.units.flatMap(\.terms)
        guard terms.allSatisfy({ design.rows.indices.contains($0.row) }) else {
            throw Fault(description: "a unit of the design is of a row that is not there")
        }
        guard design.rows.allSatisfy({ table.rows.contains($0) }), Set(design.rows).count == design.rows.count else {
            throw Fault(description: "the design has a row that the table has not, or has one twice")
        }
        guard design.people + design.leftOut.count <= table.subjects.count else {
            throw Fault(description: "the design has more people than the table")
        }
        _ = NoticeReport(design.notices).text
        guard table.columns.contains("amygdala") else { return }
        _ = try ParticipantRegions(["amygdala"], of: design, table: table).units(of: design)
    }
}
