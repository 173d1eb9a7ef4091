import Evidence
import Imaging
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

    @Test("a focus within a sphere takes the experiment, one outside does not, and none never does")
    func focus() throws {
        func takes(_ text: String, _ coordinates: [SIMD3<Double>]) throws -> Bool {
            let peaks = coordinates.map {
                Peak(coordinate: $0, space: .mni, height: .unknown, source: SourceLocation(file: "t"))
            }
            let experiment = Experiment(
                id: "A", study: "A", sample: "A", n1: 12, report: .peaks(peaks), source: SourceLocation(file: "t"))
            return try FilterExpression(parsing: text).matches(experiment)
        }
        let seed = "focus_in(-22, -4, -18, 8)"
        #expect(try takes(seed, [[40, 0, 0], [-22, -4, -10]]))
        #expect(try !takes(seed, [[40, 0, 0], [-22, -4, -9.9]]))
        #expect(try !takes(seed, []))
        #expect(try takes("not \(seed) and n1 == 12", [[40, 0, 0]]))
        // The hash of a plan is of one spelling.
        #expect(try FilterExpression(parsing: "focus_in( -22,-4.0 ,-18, 8 )").canonicalText == seed)
        // A column of that name is still a column.
        #expect(try FilterExpression(parsing: "focus_in == 1").canonicalText == "\"focus_in\" == 1")
    }

    @Test("a focus in a region takes the experiment once an atlas was asked; of an atlas not asked nothing is guessed")
    func region() throws {
        let here = SourceLocation(file: "t")
        func experiment(_ id: String, _ places: [SIMD3<Double>]) -> Experiment {
            let peaks = places.map { Peak(coordinate: $0, space: .mni, height: .unknown, source: here) }
            return Experiment(id: id, study: id, sample: id, n1: 12, tThreshold: 3, report: .peaks(peaks), source: here)
        }
        let near = experiment("near", [[-22, -4, -18], [40, 0, 0]])
        let far = experiment("far", [[40, 0, 0]])
        let filter = try FilterExpression(parsing: "focus_in('Amygdala_L') and n1 == 12")
        #expect(filter.regions == [FocusRegion(atlas: "AAL", label: "Amygdala_L")])
        let located = filter.locatingFoci { region in region.label == "Amygdala_L" ? [[-22, -4, -18]] : [] }
        #expect(located.matches(near) && !located.matches(far))
        // The hash of a plan does not hang on where foci lie.
        #expect(located.canonicalText == filter.canonicalText)
        let negated = try FilterExpression(parsing: "not focus_in(\"Brodmann\", \"25\") or id == \"x\"")
        #expect(negated.canonicalText.contains("focus_in(\"Brodmann\", \"25\")"))
        #expect(negated.locatingFoci { _ in [[40, 0, 0]] }.matches(near) == false)

        let model = ModelPlan(name: "m", filter: filter)
        let project = Project(name: "p", format: .native, experiments: [near, far], models: [model])
        #expect(
            problem { try project.experiments(of: model, settings: Settings()) }.contains(
                "nobody has asked the atlas AAL"))
        let asked = try project.locatingFoci { (_, foci) throws(InputError) in foci.filter { $0.x < 0 } }
        let chosen = try asked.experiments(of: asked.models[0], settings: Settings())
        #expect(chosen.map(\.id) == ["near"])
    }

    @Test("two expressions together take what both take, by one spelling")
    func both() throws {
        let joined = try FilterExpression(parsing: "fmri or pet").and(FilterExpression(parsing: "n1 > 99"))
        #expect(!joined.matches(experiment))
        #expect(
            try joined.canonicalText == FilterExpression(parsing: "(fmri or pet) and n1 > 99").canonicalText)
    }

    @Test(
        "a sphere that is none is refused",
        arguments: [
            "focus_in()", "focus_in(1, 2, 3)", "focus_in(1, 2, 3, 0)", "focus_in(1, 2, 3, -4)",
            "focus_in(1, 2, 3, 4, 5)",
            "focus_in(1, 2, x, 4)", "focus_in(1 2 3 4)", "focus_in(1, 2, 3, 4", "focus_in(1e9, 0, 0, 8)",
            "focus_in(\"\")", "focus_in(\"AAL\", )", "focus_in(\"AAL\", \"x\", 3)", "focus_in(\"x\"",
            "focus_in(1, \"x\")",
        ])
    func noSphere(_ text: String) {
        #expect(throws: InputError.self) { try FilterExpression(parsing: text) }
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
