import Evidence
import Formats
import Testing

@Suite("A question put to a table")
struct ParticipantDesignTests {
    @Test("A pair is the second session minus the first, tested by the signs of the people")
    func paired() throws {
        let design = try ParticipantFixture.design(ParticipantFixture.table(), paired: "session=pre,post")
        #expect(design.kind == .paired)
        #expect(design.units.map(\.subject) == ["s1", "s2", "s3", "s4", "s5", "s6"])
        let first = design.units[0].terms
        #expect(first.map { design.rows[$0.row].image } == ["study/b1.nii", "study/a1.nii"])
        #expect(first.map(\.weight) == [1, -1])
        #expect(design.exchange == .signs)
        #expect(design.arrangements == 64)
        #expect(design.columns.map(\.name) == ["mean"])
        #expect(design.title == "Change from pre to post")
        #expect(design.sides?.positive == "higher in post than in pre")
        #expect(design.notices.contains { $0.code == "few-arrangements" && $0.message.contains("0.031") })
    }

    @Test("Groups with sessions compare changes, and deal whole people anew: 20 ways for three and three")
    func controlled() throws {
        let design = try ParticipantFixture.design(
            ParticipantFixture.table(), paired: "session=pre,post", groups: "group=therapy,waitlist")
        #expect(design.kind == .controlledChange)
        #expect(design.columns.map(\.name) == ["mean", "therapy minus waitlist"])
        #expect(design.columns[1].values == [1, 1, 1, 0, 0, 0])
        #expect(design.tested == [1])
        #expect(design.exchange == .people)
        #expect(design.arrangements == 20)
        #expect(design.groupSizes == (3, 3))
        #expect(design.exchangeWords.contains("groups of 3 and 3"))
    }

    @Test("More than two groups have a column each but the first, an F, and alike arrangements where sizes are equal")
    func severalGroups() throws {
        let table = try ParticipantFixture.table(
            ParticipantFixture.text.replacing("3.nii\ttherapy", with: "3.nii\tdrug").replacing(
                "4.nii\twaitlist", with: "4.nii\tdrug"))
        let design = try ParticipantFixture.design(
            table, paired: "session=pre,post", groups: "group=waitlist,therapy,drug")
        #expect(design.kind == .severalChanges)
        #expect(design.columns.map(\.name) == ["mean", "therapy minus waitlist", "drug minus waitlist"])
        #expect(design.columns[1].values == [1, 1, 0, 0, 0, 0])
        #expect(design.columns[2].values == [0, 0, 1, 1, 0, 0])
        #expect(design.tested == [1, 2])
        #expect(design.title == "Change from pre to post, differences among waitlist, therapy and drug")
        #expect(design.sides == nil)
        #expect(design.exchangeWords.contains("groups of 2, 2 and 2"))
        // 6!/(2! 2! 2!) divisions, of which the 3! that only rename groups say the same.
        #expect(design.arrangements == 90)
        #expect(design.smallestP == 6.0 / 90)
        let onces = try ParticipantFixture.design(
            table.selecting(StudyLevels("session=post", option: "--only", counts: 1...100)),
            groups: "group=waitlist,therapy,drug")
        #expect(onces.kind == .severalGroups)
        #expect(onces.title == "Differences among waitlist, therapy and drug")
        let alone = ParticipantFixture.error { () throws(InputError) in
            try ParticipantFixture.design(table, paired: "session=pre,post", groups: "group=waitlist,therapy,none")
        }
        #expect(alone?.message.contains("none") == true)
    }

    @Test(
        "No p is below the share of arrangements that say the same: 2/64 flips, 2/20 divisions, 6/6ⁿ sessions, none of a skewed score"
    )
    func smallest() throws {
        let table = try ParticipantFixture.table()
        #expect(try ParticipantFixture.design(table, paired: "session=pre,post").smallestP == 2.0 / 64)
        let groups = try ParticipantFixture.design(table, paired: "session=pre,post", groups: "group=therapy,waitlist")
        #expect(groups.smallestP == 2.0 / 20)
        #expect(groups.notices.contains { $0.code == "few-arrangements" && $0.message.contains("below 0.1") })
        let unequal = try ParticipantFixture.design(
            ParticipantFixture.table(
                ParticipantFixture.text.split(separator: "\n").filter { !$0.hasPrefix("s6") }.joined(separator: "\n")),
            paired: "session=pre,post", groups: "group=therapy,waitlist")
        #expect(unequal.smallestP == 1.0 / 10)
        let age = try ParticipantFixture.design(table, paired: "session=pre,post", correlate: "age")
        #expect(age.smallestP == 1.0 / 720)
        // Ages that are alike in two people: half the orders.
        let alike = try ParticipantFixture.design(
            ParticipantFixture.table(
                ParticipantFixture.text.replacing("\t41\t", with: "\t35\t").replacing("\t37\t", with: "\t33\t")
                    .replacing("\t25\t", with: "\t28\t").replacing("\t29\t", with: "\t31\t")),
            paired: "session=pre,post", correlate: "age")
        #expect(alike.arrangements == 360)
        #expect(alike.smallestP == 1.0 / 360)
    }

    @Test("The change of a score is the last session's minus the first's, centred in the design")
    func changeOnChange() throws {
        let design = try ParticipantFixture.design(
            ParticipantFixture.table(), paired: "session=pre,post", correlate: "change:hamd", covariates: "age,sex")
        #expect(design.kind == .changeOnChange)
        #expect(design.predictor?.values == [-10, -7, -1, -1, 2, -2])
        #expect(design.columns.map(\.name) == ["mean", "change of hamd", "age", "sex=M"])
        let sums = design.columns.dropFirst().map { abs($0.values.reduce(0, +)) }
        #expect(sums.allSatisfy { $0 < 1e-12 })
        #expect(design.units[0].terms.count == 2)
        #expect(design.arrangements == 720)
    }

    @Test("Several numbers have a column each, tested together, and no side")
    func severalNumbers() throws {
        let table = try ParticipantFixture.table()
        let design = try ParticipantFixture.design(
            table, paired: "session=pre,post", correlate: "change:hamd,age", covariates: "sex")
        #expect(design.kind == .changeOnChange)
        #expect(design.columns.map(\.name) == ["mean", "change of hamd", "age", "sex=M"])
        #expect(design.tested == [1, 2])
        #expect(design.predictors.map(\.values) == [[-10, -7, -1, -1, 2, -2], [30, 41, 25, 37, 29, 33]])
        #expect(design.predictor == nil && design.sides == nil)
        #expect(design.title == "Change of the images on age and change of hamd, from pre to post")
        #expect(design.exchangeWords.contains("any other's age and change of hamd"))
        let onces = try ParticipantFixture.design(
            table.selecting(StudyLevels("session=pre", option: "--only", counts: 1...100)), correlate: "age, hamd")
        #expect(onces.kind == .correlation && onces.tested == [1, 2])
        // A number that changes in nobody predicts nothing.
        let error = ParticipantFixture.error { () throws(InputError) in
            try ParticipantFixture.design(table, paired: "session=pre,post", correlate: "baseline:hamd,baseline:age")
        }
        #expect(error?.message == "the change of age is 0 for everybody.")
    }

    @Test("A prediction takes the first session's image and the score's later change")
    func prediction() throws {
        let design = try ParticipantFixture.design(
            ParticipantFixture.table(), paired: "session=pre,post", correlate: "baseline:hamd")
        #expect(design.kind == .prediction)
        #expect(design.rows.map(\.session).allSatisfy { $0 == "pre" })
        #expect(design.units[2].terms.map { design.rows[$0.row].image } == ["study/a3.nii"])
        #expect(design.predictor?.values == [-10, -7, -1, -1, 2, -2])
    }

    @Test("Of three sessions every image is a unit, with a column for each person, shuffled within people")
    func repeated() throws {
        var text = "id,session,image\n"
        for person in 1...5 {
            for session in ["a", "b", "c"] { text += "p\(person),\(session),\(person)\(session).nii\n" }
        }
        let design = try ParticipantFixture.design(ParticipantFixture.table(text), paired: "session=a,b,c")
        #expect(design.kind == .repeated)
        #expect(design.units.count == 15)
        #expect(design.columns.count == 7)
        #expect(design.tested == [5, 6])
        #expect(design.exchange == .withinPeople)
        #expect(design.arrangements == 7776)
        #expect(design.people == 5)
        #expect(design.sides == nil)
    }

    @Test("Groups alone need one row a person")
    func severalRows() throws {
        let table = try ParticipantFixture.table()
        let error = ParticipantFixture.error { () throws(InputError) in
            try ParticipantFixture.design(table, groups: "group=therapy,waitlist")
        }
        #expect(error?.parts.count == 6)
        #expect(error?.message == "s1 stands in lines 2 and 3.")
        #expect(error?.location?.line == 3)
        #expect(error?.remedy?.contains("--only session_id=") == true)
        let post = try table.selecting(StudyLevels("session=post", option: "--only", counts: 1...9))
        let design = try ParticipantFixture.design(post, groups: "group=waitlist,therapy")
        #expect(design.columns[1].values == [0, 0, 0, 1, 1, 1])
    }

    struct Bad: Sendable, CustomStringConvertible {
        var description: String
        var old: String
        var new: String
        var line: Int?
        var message: String
        var covariates: String?
        var correlate: String?
    }

    static let bad: [Bad] = [
        Bad(
            description: "a missing session", old: "s3\tpost\tb3.nii\ttherapy\t25\tF\t17\n", new: "", line: 6,
            message: "s3 has no session_id post."),
        Bad(
            description: "a session twice", old: "s2\tpost", new: "s1\tpost", line: 5,
            message: "s1 stands in lines 3 and 5 for session_id = post."),
        Bad(
            description: "a missing image", old: "a4.nii", new: "n/a", line: 8, message: "s4 has no image of pre."),
        Bad(
            description: "a missing covariate", old: "29\tM\t19", new: "n/a\tM\t19", line: nil, message: "",
            covariates: "age"),
        Bad(
            description: "a score without a number", old: "33\tF\t22", new: "33\tF\tNaN", line: 13,
            message: "s6 has no hamd in post.", correlate: "change:hamd"),
        Bad(
            description: "a covariate that differs between sessions", old: "post\tb1.nii\ttherapy\t30",
            new: "post\tb1.nii\ttherapy\t31", line: 2, message: "age of s1 differs between sessions (30, 31).",
            covariates: "age"),
        Bad(
            description: "a covariate that is not there", old: "\tage\t", new: "\tyears\t", line: 1,
            message:
                "there is no column \"age\"; the table has \"group\", \"years\", \"sex\", \"hamd\", \"session_id\".",
            covariates: "age"),
        Bad(
            description: "a score that is text", old: "F\t24", new: "F\tmany", line: 12,
            message: "hamd is \"many\"; a number was expected.", correlate: "change:hamd"),
    ]

    @Test("What is wrong is told with line, finding and remedy", arguments: bad)
    func told(_ bad: Bad) throws {
        let table = try ParticipantFixture.table(bad.old, bad.new)
        let error = ParticipantFixture.error { () throws(InputError) in
            try ParticipantFixture.design(
                table, paired: "session=pre,post", correlate: bad.correlate, covariates: bad.covariates)
        }
        if bad.message.isEmpty {
            // The number stands in the person's other row, which is as good.
            #expect(error == nil)
        } else {
            #expect(error?.message == bad.message)
            #expect(error?.location?.line == bad.line)
            #expect(error?.location?.file == "study/participants.tsv")
            #expect(error?.remedy?.isEmpty == false)
        }
    }

    @Test("People who lack something are left out only where that is asked for, and named")
    func dropping() throws {
        let table = try ParticipantFixture.table("s3\tpost\tb3.nii\ttherapy\t25\tF\t17\n", "")
        let design = try ParticipantFixture.design(table, paired: "session=pre,post", dropping: true)
        #expect(design.people == 5)
        #expect(design.leftOut.map(\.subject) == ["s3"])
        #expect(design.notices.contains { $0.code == "participant-left-out" && $0.message.contains("s3") })
    }

    @Test("A constant covariate, columns that say the same, and too few people are refused")
    func impossible() throws {
        func message(_ table: ParticipantTable, covariates: String? = nil, groups: String? = nil) -> String {
            ParticipantFixture.error { () throws(InputError) in
                try ParticipantFixture.design(table, paired: "session=pre,post", groups: groups, covariates: covariates)
            }?.message ?? ""
        }
        let constant = try ParticipantFixture.table(
            ParticipantFixture.text.replacing(/\t(30|41|25|37|29|33)\t/, with: "\t30\t"))
        #expect(message(constant, covariates: "age") == "age is 30 for everybody.")
        let table = try ParticipantFixture.table()
        #expect(
            message(table, covariates: "group", groups: "group=therapy,waitlist")
                == "group=waitlist says nothing that the columns before it do not say.")
        #expect(
            message(table, covariates: "age,sex,change:hamd,baseline:hamd,group").contains("6 people for 6 columns"))
        let four = ParticipantFixture.text.split(separator: "\n").prefix(9).joined(separator: "\n") + "\n"
        #expect(message(try ParticipantFixture.table(four)).contains("4 people have all that the design needs"))
    }

    @Test("Options that cannot be read, or ask two questions, are refused with an example")
    func options() {
        func remedy(_ paired: String? = nil, _ groups: String? = nil, _ correlate: String? = nil) -> String {
            ParticipantFixture.error { () throws(InputError) in
                try StudyQuestion(paired: paired, groups: groups, correlate: correlate)
            }?.remedy ?? ""
        }
        #expect(remedy("pre,post").contains("session=pre,post"))
        #expect(remedy("session=pre").contains("session=pre,post"))
        #expect(remedy("session=pre,pre").contains("each once"))
        #expect(remedy(nil, "group=a").contains("--groups group=therapy,waitlist"))
        #expect(remedy(nil, nil, "slope:hamd").contains("baseline:hamd"))
        #expect(remedy(nil, nil, "change:hamd").contains("--paired"))
        #expect(remedy("session=a,b", nil, "change:hamd,baseline:age").contains("before every one or before none"))
        #expect(remedy(nil, nil, "age,age").contains("each once"))
        #expect(remedy(nil, nil, "age,").contains("age,score"))
        #expect(remedy(nil, "group=a,b", "age").contains("--covariates"))
        #expect(remedy("session=a,b,c", "group=a,b").contains("first and the last"))
    }

    @Test("A value that the column does not have is told with the nearest that it has")
    func levels() throws {
        let table = try ParticipantFixture.table()
        let error = ParticipantFixture.error { () throws(InputError) in
            try ParticipantFixture.design(table, paired: "session=pre,pots")
        }
        #expect(error?.remedy == "Did you mean \"post\"?")
    }
}
