import Evidence
import Formats
import Imaging
import TestSupport
import Testing

@Suite("Deactivations and zeros in studysets")
struct DeactivationsTests {
    private func height(
        _ values: String, deactivation: String?, _ assumptions: ProjectReader.Assumptions = .init()
    ) throws -> (Peak.Height, Project) {
        let flag = deactivation.map { ", \"deactivation\": \($0)" } ?? ""
        let scratch = try Scratch([
            "s.json": """
            {"studies": [{"id": "s", "metadata": {"sample_sizes": [20]}, "analyses": [{"id": "a", "points": [
              {"space": "MNI", "coordinates": [1, 2, 3], "values": \(values)\(flag)}]}]}]}
            """
        ])
        let project = try scratch.read("s.json", assuming: assumptions)
        return (project.experiments[0].peaks[0].height, project)
    }

    @Test(
        "a tick is a decrease for every kind of value, of either sign, whatever --sign says",
        arguments: ["true", "\"True\"", "1"])
    func ticked(_ tick: String) throws {
        for kind in ["T", "Z", "R", "t-statistic", "F (signed, 1 df)", "sign"] {
            for value in ["0.5", "-0.5", "\"0.5\""] {
                for sign in [AssumedSign?.none, .positive, .negative] {
                    let (height, _) = try height(
                        "[{\"kind\": \"\(kind)\", \"value\": \(value)}]", deactivation: tick, .init(sign: sign))
                    #expect(height.sign == -1, "\(kind) \(value)")
                }
            }
        }
    }

    @Test(
        "false is the default of the data base and says nothing", arguments: [nil, "false", "null", "0", "\"false\""])
    func notTicked(_ tick: String?) throws {
        #expect(try height("[{\"kind\": \"T\", \"value\": 4}]", deactivation: tick).0 == .t(4))
        #expect(try height("[{\"kind\": \"T\", \"value\": -4}]", deactivation: tick).0 == .t(-4))
        #expect(try height("[]", deactivation: tick).0 == .unknown)
        #expect(try height("[]", deactivation: tick, .init(sign: .negative)).0 == .negative)
    }

    @Test("a value of 0 is an empty cell: the next one counts, and it is told")
    func zeros() throws {
        let (next, project) = try height(
            "[{\"kind\": \"T\", \"value\": 0}, {\"kind\": \"T\", \"value\": 4.5}]", deactivation: nil)
        #expect(next == .t(4.5))
        #expect(project.notices.contains { $0.code == "value-zero" })
        #expect(
            try height("[{\"kind\": \"T\", \"value\": 0}, {\"kind\": \"sign\", \"value\": -1}]", deactivation: nil).0
                == .negative)
        #expect(try height("[{\"kind\": \"T\", \"value\": 0}]", deactivation: nil).0 == .unknown)
        #expect(try height("[{\"kind\": \"T\", \"value\": 0}]", deactivation: "true").0 == .negative)
    }

    @Test("both kinds of ticked points are counted in one note")
    func counted() throws {
        let scratch = try Scratch([
            "s.json": """
            {"studies": [{"id": "s", "metadata": {"sample_sizes": [20]}, "analyses": [{"id": "a", "points": [
              {"space": "MNI", "coordinates": [1, 2, 3], "values": [{"kind": "T", "value": 4}], "deactivation": true},
              {"space": "MNI", "coordinates": [4, 2, 3], "values": [{"kind": "T", "value": -4}], "deactivation": true},
              {"space": "MNI", "coordinates": [5, 2, 3], "values": [], "deactivation": true},
              {"space": "MNI", "coordinates": [6, 2, 3], "values": [{"kind": "T", "value": 4}], "deactivation": false}]}]}]}
            """
        ])
        let note = try #require(try scratch.read("s.json").notices.first { $0.code == "deactivation" })
        #expect(note.message.hasPrefix("3 points are ticked"))
        for part in ["1 with a value without a minus", "1 with a negative value", "1 without a value"] {
            #expect(note.message.contains(part))
        }
    }
}
