import Evidence
import Formats
import TestSupport
import Testing

@Suite("A table of participants")
struct ParticipantTableTests {
    @Test("Subjects, sessions and images have columns of their own; the others are covariates")
    func columns() throws {
        let table = try ParticipantFixture.table()
        #expect(table.rows.count == 12)
        #expect(table.subjects == ["s1", "s2", "s3", "s4", "s5", "s6"])
        #expect(table.columns == ["group", "age", "sex", "hamd"])
        #expect(table.rows[1].session == "post")
        #expect(table.rows[1].image == "study/b1.nii")
        #expect(table.rows[1].values["hamd"] == .number(10))
        #expect(table.rows[1].source == SourceLocation(file: "study/participants.tsv", line: 3))
    }

    @Test("Other names in use are taken, and an absolute path stays as it is")
    func otherNames() throws {
        let table = try ParticipantFixture.table("Subject,File,visit\nx,/data/x.nii,1\ny,y.nii,1\n")
        #expect(table.rows.map(\.subject) == ["x", "y"])
        #expect(table.rows.map(\.image) == ["/data/x.nii", "study/y.nii"])
        #expect(table.rows[0].session == "1")
    }

    @Test("Without a column that says who a row is about the table is refused, with its columns")
    func noSubject() {
        let error = ParticipantFixture.error { () throws(InputError) in try ParticipantFixture.table("who,image\na,b\n")
        }
        #expect(error?.message.contains("\"who\", \"image\"") == true)
        #expect(error?.location?.line == 1)
        #expect(error?.remedy?.contains("participant_id") == true)
    }

    @Test("A row without a subject or session is told with its line")
    func holes() {
        let error = ParticipantFixture.error { () throws(InputError) in
            try ParticipantFixture.table("id,session\na,pre\n,pre\nb,n/a\n")
        }
        #expect(error?.parts.map(\.location?.line) == [3, 4])
    }

    @Test("Only some sessions can be chosen; a value that is not there is told with those that are")
    func selecting() throws {
        let table = try ParticipantFixture.table()
        let some = try table.selecting(StudyLevels("session=post", option: "--only", counts: 1...9))
        #expect(some.rows.count == 6)
        let error = ParticipantFixture.error { () throws(InputError) in
            try table.selecting(StudyLevels("session=later", option: "--only", counts: 1...9))
        }
        #expect(error?.remedy?.contains("post, pre") == true)
    }

    @Test("Images of a folder of derivatives are found by their names, people and sessions by BIDS tables")
    func derivatives() throws {
        var files = [
            "participants.tsv": "participant_id\tage\nsub-01\t30\nsub-02\t31\nsub-09\t40\n",
            "derivatives/glm/sub-01/sub-01_sessions.tsv": "session_id\thamd\nses-pre\t20\nses-post\t11\n",
        ]
        for person in ["01", "02"] {
            for session in ["pre", "post"] {
                for stat in ["effect", "t"] {
                    let name = "sub-\(person)_ses-\(session)_task-faces_contrast-fear_stat-\(stat)_statmap.nii.gz"
                    files["derivatives/glm/sub-\(person)/ses-\(session)/\(name)"] = "not read here"
                }
            }
        }
        let scratch = try Scratch(files)
        let folder = "\(scratch.path)/derivatives/glm"
        let error = ParticipantFixture.error { () throws(InputError) in try ParticipantTable.open(folder) }
        #expect(error?.remedy == "Choose by --entity: stat (effect, t).")
        let table = try ParticipantTable.open(folder, entities: ["stat": "effect"])
        #expect(table.rows.count == 4)
        let first = try #require(table.rows.first { $0.subject == "sub-01" && $0.session == "post" })
        #expect(first.values == ["age": .number(30), "hamd": .number(11)])
        #expect(first.image?.hasSuffix("sub-01_ses-post_task-faces_contrast-fear_stat-effect_statmap.nii.gz") == true)
        #expect(table.notices.contains { $0.code == "image-missing" && $0.message.contains("sub-09") })
        let none = ParticipantFixture.error { () throws(InputError) in
            try ParticipantTable.open(folder, entities: ["contrast": "anger"])
        }
        #expect(none?.remedy?.contains("contrast: fear") == true)
    }
}
