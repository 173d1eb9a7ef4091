import Evidence
import Testing

@Suite("Switches of outcomes in the canonical plan")
struct OutcomeSwitchTests {
    private static func canonical(_ key: String, _ word: String?) throws -> String {
        var plan = OutcomePlan(name: "x")
        plan.options = word.map { [.init(key: key, values: [$0])] } ?? []
        var project = Project(name: "p", format: .native, experiments: [])
        project.outcomes = [plan]
        return try project.canonicalPlan()
    }

    @Test(
        "yes and true are one, in any case; no and false are as if nothing stood there",
        arguments: OutcomePlan.switches)
    func words(_ key: String) throws {
        let on = try Self.canonical(key, "yes")
        #expect(on.contains("option \(key) \"yes\"\n"))
        for word in ["true", "Yes", "TRUE"] { #expect(try Self.canonical(key, word) == on, "\(word)") }
        let off = try Self.canonical(key, nil)
        #expect(off != on)
        for word in ["no", "false", "No"] { #expect(try Self.canonical(key, word) == off, "\(word)") }
        // A word that is refused where it is used stays as it is.
        #expect(try Self.canonical(key, "perhaps").contains("option \(key) \"perhaps\"\n"))
    }

    @Test("other options keep their words", arguments: OutcomePlan.keys.filter { !OutcomePlan.switches.contains($0) })
    func others(_ key: String) throws {
        #expect(try Self.canonical(key, "true").contains("option \(key) \"true\"\n"))
    }
}
