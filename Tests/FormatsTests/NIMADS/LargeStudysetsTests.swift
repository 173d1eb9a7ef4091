import Evidence
import Formats
import Foundation
import TestSupport
import Testing

@Suite("Large studysets")
struct LargeStudysetsTests {
    /// They take a few seconds. The limit ends what grows with the square of their number and would not end; it is wide, since a machine
    /// with other work took nine minutes.
    @Test("10,000 studies with an annotation are read and written", .timeLimit(.minutes(30)))
    func tenThousand() throws {
        let count = 10_000
        var studies = ""
        var notes = ""
        for n in 0..<count {
            let points = (0..<20).map { "{\"coordinates\":[\(n % 60),\(-$0),\($0).5],\"space\":\"MNI\"}" }
            studies += n == 0 ? "" : ",\n"
            studies +=
                "{\"id\":\"s\(n)\",\"authors\":\"Roe B\",\"year\":\(1990 + n % 30),\"analyses\":[{\"id\":\"a\(n)\","
            studies +=
                "\"points\":[\(points.joined(separator: ","))],\"metadata\":{\"sample_sizes\":[\(10 + n % 9)]}}]}"
            notes +=
                "\(n == 0 ? "" : ",\n"){\"study\":\"s\(n)\",\"analysis\":\"a\(n)\",\"note\":{\"even\":\(n % 2 == 0)}}"
        }
        let scratch = try Scratch([
            "studyset.json": "{\"studies\":[\(studies)]}",
            "annotation.json": "{\"note_keys\":{\"even\":\"boolean\"},\"notes\":[\(notes)]}",
        ])
        let project = try scratch.read("studyset.json")
        #expect(project.experiments.count == count)
        #expect(Set(project.experiments.map(\.id)).count == count)
        #expect(project.experiments.reduce(0) { $0 + $1.peaks.count } == 20 * count)
        #expect(project.experiments.count { $0.covariates["even"] == .text("true") } == count / 2)
        try ProjectWriter.write(project, as: .nimads, to: "\(scratch.path)/out")
        #expect(try scratch.read("out").experiments.map(\.id) == project.experiments.map(\.id))
    }
}
