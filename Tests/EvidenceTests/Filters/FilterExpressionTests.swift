import Evidence
import TestSupport
import Testing

@Suite("Filters")
struct FilterExpressionTests {
    private let experiment = Experiment(
        id: "A1", study: "A", sample: "s1", n1: 12, n2: 10, report: .peaks([]),
        covariates: [
            "task": .text("rest"), "controlled": .text("Yes"), "pet": .number(0), "fmri": .number(1),
            "age": .number(31.5), "sex": .missing, "dose 1": .number(2), "code": .text("07"),
        ], source: .init(file: "t"))

    @Test(
        "expressions that take the experiment",
        arguments: [
            "task == \"rest\"", "task == 'rest'", "task != \"task\"", "controlled", "fmri", "not pet", "n == 22",
            "n1 >= 12 and n2 < 11", "age > 31 and age <= 31.5", "task in [\"rest\", \"task\"]", "fmri in [1, 2]",
            "pet or fmri", "pet and pet or fmri", "fmri or pet and pet", "not (pet or not fmri)", "id == \"A1\"",
            "study == \"A\" AND sample == \"s1\"", "not (sex == 1)", "`dose 1` == 2", "code == 7", "age == \"31.5\"",
            "not pet and fmri", "not not fmri", "age>-1e2", "task == \"rest\"and fmri", "task != 3",
        ])
    func takes(_ text: String) throws {
        #expect(try FilterExpression(parsing: text).matches(experiment))
    }

    @Test(
        "expressions that leave the experiment out; what is missing compares false",
        arguments: [
            "task == \"Rest\"", "pet", "sex", "sex == 1", "sex != 1", "sex in [1]", "sex < 5", "n1 > 12",
            "not (pet or fmri)", "task in []".replacing("[]", with: "[\"x\"]"), "absent", "(fmri and pet) or pet",
            "task == 3",
        ])
    func leaves(_ text: String) throws {
        #expect(try !FilterExpression(parsing: text).matches(experiment))
    }

    @Test(
        "what cannot be read is refused with its position",
        arguments: [
            ("", "character 1", "found the end"), ("task = \"rest\"", "character 6", "Write =="),
            ("task == rest", "character 9", "in quotes"), ("(pet", "character 5", "\")\""),
            ("pet fmri", "character 5", "expected \"and\""), ("task == \"rest", "character 9", "does not close"),
            ("task < \"rest\"", "character", "needs a number"), ("pet && fmri", "character 5", "Write and"),
            ("task in \"rest\"", "character 9", "\"[\""), ("age > 1.2.3", "character 7", "not a number"),
            ("and pet", "character 1", "a column"), ("age > ", "character 7", "number or quoted text"),
        ])
    func refuses(_ text: String, _ position: String, _ hint: String) {
        let message = problem { try FilterExpression(parsing: text, at: .init(file: "plan", line: 4)) }
        #expect(message.hasPrefix("plan:4: filter: "))
        #expect(message.contains(position))
        #expect(message.contains(hint))
    }

    @Test("nesting without end is refused, not followed")
    func deep() {
        let text = String(repeating: "(", count: 9999)
        #expect(problem { try FilterExpression(parsing: text) }.contains("too deeply"))
        #expect(problem { try FilterExpression(parsing: String(repeating: "not ", count: 2400)) }.contains("deeply"))
        let chain = Array(repeating: "pet", count: 100_000).joined(separator: " or ")
        #expect(problem { try FilterExpression(parsing: chain) }.contains("more than 10000 characters"))
    }

    @Test("an unknown column names the nearest")
    func unknownColumn() throws {
        let filter = try FilterExpression(parsing: "n1 > 3 and not (taks == \"rest\")")
        try filter.validate(columns: ["taks"])
        let message = problem { try filter.validate(columns: ["task", "age"]) }
        #expect(message.contains("no column \"taks\" (character 17"))
        #expect(message.contains("Did you mean \"task\"?"))
    }
}
