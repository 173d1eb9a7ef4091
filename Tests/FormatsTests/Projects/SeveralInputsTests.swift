import Evidence
import Formats
import Imaging
import TestSupport
import Testing

@Suite("Several inputs")
struct SeveralInputsTests {
    private static let up = """
        // Reference=MNI
        // Lee, 2015: Patients > Controls
        // Subjects=36
        -4 38 20
        44 -16 -8

        // Roy, 2019: Patients > Controls
        // Subjects=49
        -22 -4 -17
        """
    private static let down = """
        // Reference=MNI
        // Lee 2015: Controls > Patients
        // Subjects=36
        30 20 -8

        // Kim, 2020: Controls > Patients
        // Subjects=30
        -30 20 -8
        """

    private func read(_ scratch: Scratch, _ inputs: String..., groups: GroupSizes? = nil) throws -> Project {
        var list: [ProjectInput] = []
        for input in inputs { list.append(try ProjectInput(commandLine: "\(scratch.path)/\(input)")) }
        return try ProjectReader.read(list, assuming: ProjectReader.Assumptions(groups: groups))
    }

    @Test("the two directions of one contrast become one experiment with all its peaks, in either order")
    func joined() throws {
        let scratch = try Scratch(["up.txt": Self.up, "down.txt": Self.down])
        for inputs in [["up.txt:+", "down.txt:-"], ["down.txt:-", "up.txt:+"]] {
            let project = try read(scratch, inputs[0], inputs[1])
            #expect(Set(project.experiments.map(\.id)) == ["Lee_2015", "Roy_2019", "Kim_2020"])
            let lee = try #require(project.experiments.first { $0.id == "Lee_2015" })
            #expect(Set(lee.peaks.map(\.height)) == [.positive, .negative])
            #expect(lee.peaks.count == 3 && lee.direction == .both)
            #expect(project.notices.contains { $0.code == "directions-joined" && $0.message.contains("Lee_2015") })
        }
    }

    @Test("other people, another contrast or the same sign stay apart")
    func apart() throws {
        let scratch = try Scratch(["up.txt": Self.up, "down.txt": Self.down])
        try scratch.write("n.txt", Self.down.replacing("Subjects=36", with: "Subjects=35"))
        #expect(try read(scratch, "up.txt:+", "n.txt:-").experiments.count == 4)
        try scratch.write(
            "c.txt", Self.down.replacing("Lee 2015: Controls > Patients", with: "Lee 2015: Faces > Houses"))
        #expect(try read(scratch, "up.txt:+", "c.txt:-").experiments.count == 4)
        let same = try read(scratch, "up.txt:+", "down.txt:+")
        #expect(same.experiments.count == 4)
        // One study is one sample, however the two files write its name.
        #expect(Set(same.experiments.map(\.sample)).count == 3)
    }

    @Test("names that say a direction and nothing else are of one contrast; one without a name may be any")
    func names() throws {
        for (a, b, count) in [
            ("increases", "decreases", 1), ("", "Patients > Controls", 1), ("faces", "words", 2), ("", "", 1),
        ] {
            let scratch = try Scratch([
                "a.txt": "//Reference=MNI\n// A, 2001: \(a)\n//Subjects=12\n1 2 3\n",
                "b.txt": "//Reference=MNI\n// A, 2001: \(b)\n//Subjects=12\n4 5 6\n",
            ])
            #expect(try read(scratch, "a.txt:+", "b.txt:-").experiments.count == count, "\(a), \(b)")
        }
    }

    @Test("an input that holds the other direction is refused at the peak")
    func contradicted() throws {
        let scratch = try Scratch([
            "p/studies.tsv": "experiment\tn1\nA\t20\n",
            "p/peaks.tsv": "experiment\tx\ty\tz\tspace\tstat\tvalue\nA\t1\t2\t3\tmni\tt\t4\n",
        ])
        let told = problem { try read(scratch, "p:-") }
        #expect(told.contains("peaks.tsv:2: ") && told.contains("decreases only") && told.contains("is positive"))
        #expect(try read(scratch, "p:+").experiments.count == 1)
    }

    @Test("group, space and sizes are said of one input each")
    func options() throws {
        let text = "// A, 2001: x\n//Subjects=12\n10 20 30\n"
        let scratch = try Scratch(["a.txt": text, "b.txt": text.replacing("A, 2001", with: "B, 2002")])
        let project = try read(scratch, "a.txt:+,mni,group=patients", "b.txt:-,talairach,group=controls,6/6")
        #expect(project.covariateNames.contains("group"))
        #expect(project.experiments.map { $0.covariates["group"] } == [.text("patients"), .text("controls")])
        #expect(project.experiments.map { $0.peaks[0].space } == [.mni, .talairach])
        #expect(project.experiments.map(\.n2) == [0, 6])
        #expect(problem { try read(scratch, "a.txt:+,mars") }.contains("\"mars\" says nothing"))
    }

    @Test("sizes of two groups come from the command line, a table or the text itself, and must add up")
    func sizes() throws {
        let scratch = try Scratch(["up.txt": Self.up, "n.tsv": "study\tn1\tn2\nLee 2015\t18\t18\nRoy, 2019\t25\t24\n"])
        let table = try read(scratch, "up.txt:+", groups: GroupSizes("\(scratch.path)/n.tsv"))
        #expect(table.experiments.map(\.n1) == [18, 25] && table.experiments.map(\.n2) == [18, 24])
        #expect(problem { try read(scratch, "up.txt:+", groups: .all(18, 18)) }.contains("Roy_2019"))
        #expect(GroupSizes("18,18") == .all(18, 18) && GroupSizes("0/3") == nil && GroupSizes("18") == nil)
        try scratch.write("own.txt", Self.up.replacing("Subjects=36", with: "Subjects=18/18"))
        let own = try scratch.read("own.txt").experiments[0]
        #expect(own.n1 == 18 && own.n2 == 18)
        try scratch.write("bad.txt", Self.up.replacing("Subjects=36", with: "Subjects=18,18"))
        #expect(problem { try scratch.read("bad.txt") }.contains("18/18"))
    }

    @Test("a table that gives a study two pairs of sizes, or one of a pair, is refused at the row")
    func contradictingSizes() throws {
        let head = "study\tn1\tn2\nLee 2015\t18\t18\n"
        for (row, told) in [
            ("Lee, 2015\t20\t16\n", "18 and 18 in line 2"), ("Roy, 2019\t25\t\n", "has no n2"),
            ("Roy, 2019\t\t24\n", "n1 were expected"),
        ] {
            let scratch = try Scratch(["up.txt": Self.up, "n.tsv": head + row])
            let words = problem { try read(scratch, "up.txt:+", groups: GroupSizes("\(scratch.path)/n.tsv")) }
            #expect(words.contains("n.tsv:3") && words.contains(told), "\(words)")
        }
        // Experiments of one study may differ in theirs.
        let apart = try Scratch([
            "up.txt":
                "// Reference=MNI\n// Lee, 2015: A > B\n// Subjects=36\n1 2 3\n\n// Lee, 2015: C > D\n// Subjects=40\n4 5 6\n",
            "n.tsv": "experiment\tn1\tn2\nLee_2015\t18\t18\nLee_2015_2\t24\t16\n",
        ])
        let sizes = try read(apart, "up.txt:+", groups: GroupSizes("\(apart.path)/n.tsv"))
        #expect(sizes.experiments.map(\.n1) == [18, 24] && sizes.experiments.map(\.n2) == [18, 16])
        // The same sizes twice contradict nothing.
        let twice = try Scratch(["up.txt": Self.up, "n.tsv": head + "Lee, 2015\t18\t18\n"])
        let project = try read(twice, "up.txt:+", groups: GroupSizes("\(twice.path)/n.tsv"))
        #expect(project.experiments[0].n1 == 18 && project.experiments[0].n2 == 18)
    }

    @Test("a plan may name its inputs, as seen from its own folder")
    func plan() throws {
        let scratch = try Scratch([
            "p/cuneus.yaml": """
            name: both
            inputs:
              - {file: ../up.txt, sign: positive}
              - {file: ../down.txt, sign: negative}
            models:
              mean: {}
            """, "up.txt": Self.up, "down.txt": Self.down,
        ])
        let project = try scratch.read("p")
        #expect(project.name == "both" && project.experiments.count == 3)
        try scratch.write("p/studies.tsv", "experiment\tn1\treport\nA\t20\tnone\n")
        #expect(problem { try scratch.read("p") }.contains("cuneus.yaml:2:1: inputs names files"))
        try scratch.write("q/cuneus.yaml", "inputs:\n  - {file: nothere.txt}\n")
        #expect(problem { try scratch.read("q") }.contains("cuneus.yaml:2:"))
    }

    @Test("no peak and no experiment is lost or doubled, whatever the files share")
    func property() throws {
        var random = SeededGenerator(11)
        for _ in 0..<60 {
            var files: [String] = []
            var all: [String: Int] = [:]
            for (index, sign) in ["+", "-"].enumerated() {
                var text = "//Reference=MNI\n"
                for study in 0..<6 where Bool.random(using: &random) {
                    let n = 20 + (Int.random(in: 0..<4, using: &random) == 0 ? index : 0)
                    text += "// S\(study), 2001: \(index == 0 ? "A > B" : "B > A")\n//Subjects=\(n)\n"
                    for peak in 0..<Int.random(in: 1...3, using: &random) {
                        text += "\(study) \(peak) \(index)\n"
                        all["\(study) \(peak) \(index) \(sign)", default: 0] += 1
                    }
                    text += "\n"
                }
                files.append(text)
            }
            guard files.allSatisfy({ $0.contains("Subjects") }) else { continue }
            let scratch = try Scratch(["a.txt": files[0], "b.txt": files[1]])
            let project = try read(scratch, "a.txt:+", "b.txt:-")
            var found: [String: Int] = [:]
            for peak in project.experiments.flatMap(\.peaks) {
                let place = [peak.coordinate.x, peak.coordinate.y, peak.coordinate.z].map { String(Int($0)) }.joined(
                    separator: " ")
                found["\(place) \(peak.height.sign > 0 ? "+" : "-")", default: 0] += 1
            }
            #expect(found == all)
            #expect(Set(project.experiments.map(\.id)).count == project.experiments.count)
            // Of one study and one n there is one experiment.
            #expect(Set(project.experiments.map { "\($0.study) \($0.n)" }).count == project.experiments.count)
        }
    }
}
