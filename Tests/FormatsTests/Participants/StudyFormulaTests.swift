import Evidence
import Formats
import Testing

@Suite("A design as a formula")
struct StudyFormulaTests {
    private func question(_ formula: String) throws -> StudyQuestion {
        try StudyQuestion(formula: formula, table: ParticipantFixture.table())
    }

    @Test("The mean, pairs, groups, their product, and numbers")
    func taken() throws {
        #expect(try question("y ~ 1").sessions == nil)
        let pairs = try question("y ~ session + (1|subject)")
        #expect(pairs.sessions?.names == ["pre", "post"])
        #expect(pairs.groups == nil)
        let product = try question("y ~ group * session + age + (1 | subject)")
        #expect(product.groups?.names == ["therapy", "waitlist"])
        #expect(product.sessions?.names == ["pre", "post"])
        #expect(product.covariates == ["age"])
        let written = try question("y ~ group + session + group:session + age + (1|subject)")
        #expect(written.groups == product.groups)
        #expect(written.covariates == product.covariates)
        let number = try question("y ~ age + sex")
        #expect(number.groups?.column == "sex")
        #expect(number.covariates == ["age"])
        let three = try StudyQuestion(
            formula: "y ~ group * session + (1|subject)",
            table: ParticipantFixture.table("6.nii\twaitlist", "6.nii\tdrug"))
        #expect(three.groups?.names == ["therapy", "waitlist", "drug"])
        #expect(three.sessions?.names == ["pre", "post"])
    }

    @Test("Numbers in parentheses are tested together, the others held constant")
    func together() throws {
        let two = try question("y ~ (age + hamd) + sex")
        #expect(two.correlations == [.init(.value, "age"), .init(.value, "hamd")])
        #expect(two.covariates == ["sex"] && two.groups == nil)
        // One in parentheses is one number.
        #expect(try question("y ~ (age) + hamd").correlations == question("y ~ age + hamd").correlations)
        #expect(try question("y ~ (hamd) + age + sex").covariates.sorted() == ["age", "sex"])
        let changes = try question("y ~ (age + hamd) + session + (1|subject)")
        #expect(changes.sessions?.names == ["pre", "post"] && changes.correlations.count == 2)
    }

    @Test(
        "What has no exact permutation here is refused with the reason",
        arguments: [
            ("y = group", "one ~"),
            ("y ~ session", "does not say so"),
            ("y ~ group + session + (1|subject)", "two questions"),
            ("y ~ session + (session|subject)", "more than an intercept"),
            ("y ~ session + (1|group)", "not of each person"),
            ("y ~ age * hamd", "no exact permutation"),
            ("y ~ (age + sex) + hamd", "sex is no number"),
            ("y ~ (age + hamd) + (sex + age)", "hold once"),
            ("y ~ (age + hamd) + age", "age stands there twice"),
            ("y ~ (age * hamd) + sex", "hold once"),
            ("y ~ log(age)", "not understood"),
            ("y ~ years", "no column \"years\""),
        ])
    func refused(_ formula: String, _ why: String) throws {
        let table = try ParticipantFixture.table()
        let error = ParticipantFixture.error { () throws(InputError) in
            try StudyQuestion(formula: formula, table: table)
        }
        #expect(error?.message.contains(why) == true, "\(error?.message ?? "taken")")
        #expect(error?.remedy?.isEmpty == false)
    }

    /// A difference of a session with itself would be 0 everywhere, and look like a result.
    @Test("One session has nothing to be compared with")
    func oneSession() throws {
        let table = try ParticipantFixture.table().selecting(
            StudyLevels("session=pre", option: "--only", counts: 1...100))
        let error = ParticipantFixture.error { () throws(InputError) in
            try StudyQuestion(formula: "y ~ session + (1|subject)", table: table)
        }
        #expect(error?.message.contains("one value") == true, "\(error?.message ?? "taken")")
    }
}
