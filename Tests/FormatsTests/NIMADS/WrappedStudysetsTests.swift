import Evidence
import Formats
import TestSupport
import Testing

@Suite("Studysets within other JSON")
struct WrappedStudysetsTests {
    private static let studies = """
        [{"id": "s", "name": "A", "metadata": {"sample_sizes": [20]}, "analyses": [{"id": "a", "points": [
          {"space": "MNI", "coordinates": [1, 2, 3], "values": [{"kind": "T", "value": 4}]}]}]}]
        """

    @Test(
        "open, wherever the studyset is",
        arguments: [
            "{\"studyset\": {\"name\": \"x\", \"studies\": S}}",
            "{\"id\": 1, \"data\": {\"snapshot\": {\"studies\": S}}}", "[{\"studies\": S}]",
            "S", "{\"results\": [{\"studies\": S}]}", "{\"metadata\": {\"count\": 1}, \"results\": S}",
        ])
    func opened(_ wrapper: String) throws {
        let scratch = try Scratch(["w.json": wrapper.replacing("S", with: Self.studies)])
        let project = try scratch.read("w.json")
        #expect(project.experiments.map(\.peaks.count) == [1])
        #expect(project.notices.contains { $0.code == "studyset-wrapped" })
    }

    @Test("an annotation beside the studyset is used")
    func annotation() throws {
        let scratch = try Scratch([
            "w.json":
                "{\"studyset\": {\"studies\": \(Self.studies)}, \"annotation\": {\"note_keys\": {\"in\": \"boolean\"}, "
                + "\"notes\": [{\"study\": \"s\", \"analysis\": \"a\", \"note\": {\"in\": true}}]}}"
        ])
        #expect(try scratch.read("w.json").experiments[0].covariates["in"] == .text("true"))
    }

    @Test("several studysets are refused by their places, and other JSON as before")
    func refused() throws {
        let scratch = try Scratch([
            "w.json": "{\"a\": {\"studies\": \(Self.studies)}, \"b\": {\"studies\": \(Self.studies)}}"
        ])
        #expect(problem { try scratch.read("w.json") }.contains("holds 2 studysets (a, b)"))
        for text in ["{\"a\": 1}", "[]", "[1, 2]", "{\"a\": [{\"b\": []}]}"] {
            try scratch.write("w.json", text)
            #expect(
                problem { try scratch.read("w.json") }.contains(
                    text.hasPrefix("[") ? "not a studyset" : "neither a NIMADS studyset"))
        }
    }
}
