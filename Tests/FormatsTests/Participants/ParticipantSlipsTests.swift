import Evidence
import Formats
import Testing

@Suite("Slips of the pen in a table of participants are told, not counted")
struct ParticipantSlipsTests {
    private func refusal(_ work: () throws(InputError) -> some Any) -> String {
        ParticipantFixture.error(work).map { "\($0)" } ?? "read"
    }

    @Test(
        "a group, session or person spelled in two ways is refused with both places",
        arguments: [
            ("s2\tpost\tb2.nii\ttherapy", "s2\tpost\tb2.nii\tTherapy"),
            ("s2\tpost\tb2.nii\ttherapy", "s2\tpost\tb2.nii\tthera py"),
            ("s5\tpre\ta5.nii\twaitlist", "s5\tpre\ta5.nii\twait-list"),
            ("s3\tpre", "s3\tPre"), ("s3\tpost", "s3\tPOST"), ("s4\tpre", "S4\tpre"), ("s4\tpre", "s-4\tpre"),
        ])
    func spelling(_ old: String, _ new: String) throws {
        let table = try ParticipantFixture.table(old, new)
        let line = table.rows.first { "\($0)".contains(String(new.split(separator: "\t")[1])) }?.source.line
        let told = refusal { () throws(InputError) in
            try ParticipantFixture.design(table, paired: "session=pre,post", groups: "group=therapy,waitlist")
        }
        #expect(line != nil && told.contains("write them alike"), "\(told)")
        // The formula takes its levels from the table: a third spelling would have been a third group.
        let formula = refusal { () throws(InputError) in
            try StudyQuestion(formula: "y ~ group * session + (1|subject)", table: table)
        }
        let isPerson = old.hasPrefix("s4")
        #expect(isPerson || formula.contains("write them alike"), "\(formula)")
    }

    @Test("rows are not chosen by one of two spellings")
    func selecting() throws {
        let table = try ParticipantFixture.table("s3\tpost", "s3\tPost")
        let told = refusal { () throws(InputError) in
            try table.selecting(StudyLevels("session=post", option: "--only", counts: 1...9))
        }
        #expect(told.contains("\"Post\"") && told.contains("\"post\""), "\(told)")
    }

    @Test("numbers, and names that digits tell apart, are no spellings of each other")
    func apart() throws {
        let coded = ParticipantFixture.text.replacing("therapy", with: "-1").replacing("waitlist", with: "1")
        let design = try ParticipantFixture.design(
            try ParticipantFixture.table(coded), paired: "session=pre,post", groups: "group=-1,1")
        #expect(design.groupSizes == (3, 3))
        let named = ParticipantFixture.text.replacing("s1\t", with: "s1-1\t").replacing("s2\t", with: "s11\t")
        let people = try ParticipantFixture.design(try ParticipantFixture.table(named), paired: "session=pre,post")
        #expect(people.people == 6)
    }

    @Test(
        "a mark in the place of a number makes no factor of a column: the cell is told, not the first of the column",
        arguments: [".", "-", "—", "?", "#DIV/0!", "#VALUE!", "0.3x", "Inf"])
    func marks(_ mark: String) throws {
        let table = try ParticipantFixture.table("waitlist\t37\tM\t20", "waitlist\t\(mark)\tM\t20")
        let covariate = refusal { () throws(InputError) in
            try ParticipantFixture.design(table, paired: "session=pre,post", covariates: "age")
        }
        #expect(covariate.contains("participants.tsv:9") && covariate.contains("age is \"\(mark)\""), "\(covariate)")
        #expect(table.notices.contains { $0.code == "column-nearly-numeric" })
        let region = refusal { () throws(InputError) in
            let design = try ParticipantFixture.design(table, paired: "session=pre,post")
            return try ParticipantRegions(["age"], of: design, table: table)
        }
        #expect(region.contains("participants.tsv:9") && region.contains("age is \"\(mark)\""), "\(region)")
    }

    @Test("a mark in half of the cells is told as well: 29, 33 and 41 years are no kinds of people")
    func halfMarked() throws {
        let text = ParticipantFixture.text.split(separator: "\n").enumerated().map { n, line in
            var cells = line.split(separator: "\t").map(String.init)
            if n > 0, n <= 6 { cells[4] = "." }
            return cells.joined(separator: "\t")
        }.joined(separator: "\n")
        let table = try ParticipantFixture.table(text)
        let told = refusal { () throws(InputError) in
            try ParticipantFixture.design(table, paired: "session=pre,post", covariates: "age")
        }
        #expect(told.contains("participants.tsv:2") && told.contains("age is \".\""), "\(told)")
    }

    @Test("who lacks a score in both sessions is left out once, as the fuzz run of 2026-12-01 found")
    func leftOutOnce() throws {
        let text = ParticipantFixture.text.replacing("F\t20", with: "F\tn/a").replacing("F\t10", with: "F\tn/a")
        let design = try ParticipantFixture.design(
            try ParticipantFixture.table(text), paired: "session=pre,post", correlate: "change:hamd", dropping: true)
        #expect(design.leftOut.map(\.subject) == ["s1"] && design.people == 5)
        #expect(design.notices.count { $0.code == "participant-left-out" } == 1)
    }

    @Test("Excel's #N/A is a missing value")
    func notAvailable() throws {
        let table = try ParticipantFixture.table("waitlist\t37\tM\t20", "waitlist\t#N/A\tM\t20")
        #expect(table.rows[7].values["age"] == .missing && table.rows[6].values["age"] == .number(37))
    }

    @Test("a time that was measured, and a MAP in mmHg, are numbers of a person: no session, no image")
    func measured() throws {
        let table = try ParticipantFixture.table("id,time,MAP\na,6,93.5\nb,12,88\nc,3,101\n")
        #expect(table.sessionColumn == nil && !table.hasImages)
        #expect(table.rows.map(\.values["time"]) == [.number(6), .number(12), .number(3)])
        #expect(table.rows[0].values["MAP"] == .number(93.5))
        // Of people who stand in two rows it says which is which.
        let sessions = try ParticipantFixture.table("id,time\na,1\na,2\nb,1\nb,2\n")
        #expect(sessions.sessionColumn == "time" && sessions.rows[1].session == "2")
    }

    @Test("a column's name in quotes may hold another separator")
    func quotedNames() throws {
        let table = try ParticipantFixture.table("id,\"score; total\",age\na,20,30\nb,21,31\n")
        #expect(table.columns == ["score; total", "age"] && table.rows[1].values["age"] == .number(31))
    }
}
