import Evidence
import Formats
import TestSupport
import Testing

@Suite("Conjunctions of the plan")
struct ConjunctionsAreReadTests {
    private static func read(_ conjunction: String) throws -> Project {
        let table = "experiment\tn1\treport\nA\t20\tnone\n"
        let text = "conjunction: \(conjunction)\nmodels:\n  gmv: {}\n  fun: {}\n  dti: {}\n"
        return try Scratch(["cuneus.yaml": text, "studies.tsv": table]).read()
    }

    @Test("one list of models, or a list of lists; before the models or after them")
    func lists() throws {
        #expect(try Self.read("[gmv, fun]").conjunctions.map(\.models) == [["gmv", "fun"]])
        #expect(
            try Self.read("[[gmv, fun], [fun, dti, gmv]]").conjunctions.map(\.models)
                == [["gmv", "fun"], ["fun", "dti", "gmv"]])
    }

    @Test(
        "what cannot be a conjunction is refused: it would otherwise be passed over in silence",
        arguments: ["[gmv]", "gmv", "[gmv, gmv]", "[gmv, func]", "[[gmv, fun], dti]", "[[gmv, fun], [fun, gmv]]", "[]"])
    func refused(_ text: String) {
        #expect(throws: InputError.self) { try Self.read(text) }
    }

    @Test("the plan's hash covers them, whatever their order")
    func canonical() throws {
        let one = try Self.read("[gmv, fun]").canonicalPlan()
        #expect(try Self.read("[fun, gmv]").canonicalPlan() == one)
        #expect(try Self.read("[gmv, dti]").canonicalPlan() != one)
        #expect(one.contains("conjunction \"fun\" \"gmv\"\n"))
    }
}
