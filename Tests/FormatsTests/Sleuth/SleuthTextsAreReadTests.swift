import Evidence
import Formats
import Imaging
import TestSupport
import Testing

@Suite("Sleuth texts are read")
struct SleuthTextsAreReadTests {
    private func project(_ text: String, assuming: ProjectReader.Assumptions = .init()) throws -> Project {
        let scratch = try Scratch(["foci.txt": text])
        return try scratch.read("foci.txt", assuming: assuming)
    }

    // Named experiments, participants, foci and the sum of all coordinates, counted with Python from the same files.
    @Test(
        "published texts read as they are", .enabled(if: Shelf.isHere, Shelf.absence),
        arguments: [
            ("data/ultimatum/UG_ALE_foci.txt", CoordinateSpace.mni, 11, 281, 104, 1646.0),
            ("data/sleuth/nback-owen.txt", .talairach, 29, 327, 652, 5652.1),
            ("data/sleuth/finger-tapping-witt.txt", .talairach, 41, 366, 686, -556.46),
            ("data/nimads/test_sleuth_file.txt", .mni, 3, 116, 7, -289),
            ("data/nimads/test_sleuth_file2.txt", .talairach, 2, 45, 4, -388),
        ])
    func published(
        _ file: String, _ space: CoordinateSpace, _ experiments: Int, _ n: Int, _ foci: Int, _ sum: Double
    ) throws {
        let project = try ProjectReader.read(try #require(Shelf.path) + "/" + file)
        #expect(project.format == .sleuth)
        #expect(project.experiments.count == experiments)
        #expect(Set(project.experiments.map(\.id)).count == experiments)
        #expect(project.experiments.reduce(0) { $0 + $1.n1 } == n)
        let peaks = project.experiments.flatMap(\.peaks)
        #expect(peaks.count == foci)
        #expect(abs(peaks.reduce(0) { $0 + $1.coordinate.sum() } - sum) < 1e-6)
        #expect(peaks.allSatisfy { $0.space == space && $0.height == .unknown })
    }

    @Test(
        "broken variants are refused, naming the line", .enabled(if: Shelf.isHere, Shelf.absence),
        arguments: [
            ("test_sleuth_file3.txt", ":5: \"dog\""), ("test_sleuth_file4.txt", ":5: \"10  20\" has 2 numbers"),
            ("test_sleuth_file5.txt", ":1: the reference space \"Dog\""),
        ])
    func broken(_ file: String, _ message: String) throws {
        let path = try #require(Shelf.path) + "/data/nimads/" + file
        #expect(problem { try ProjectReader.read(path) }.contains(message))
    }

    @Test(
        "an experiment reads the same in every layout",
        arguments: [
            "//Reference=MNI\n//Smith J, 2001: Rest vs. Task\n//Subjects=12\n1\t-2\t3.5\n",
            "// Reference = MNI \r\n// Smith J, 2001: Rest vs. Task \r\n// Subjects = 12 \r\n1 -2 3.5 \r\n\r\n",
            "\u{FEFF}//Reference=MNI152\n//Smith J, 2001: Rest vs. Task\n//Subjects: 12\n\n1  -2   3.5",
            "//reference: mni\n//Smith J, 2001: Rest\n//vs. Task\n//subjects=12\n1, \u{2212}2, 3.5\n",
            "//Reference=MNI\n//Smith J, 2001: Rest vs. Task\n//Subjects=12\n//DOI=10.1/x\n//PubMedId=3\n1 -2 3.5\n",
        ])
    func layouts(_ text: String) throws {
        let project = try project(text)
        #expect(project.experiments.count == 1)
        let experiment = project.experiments[0]
        #expect(experiment.id == "Smith_J_2001")
        #expect(experiment.study == "Smith J, 2001")
        #expect(experiment.covariates["contrast"] == .text("Rest vs. Task"))
        #expect(experiment.n1 == 12)
        #expect(experiment.peaks.map(\.coordinate) == [[1, -2, 3.5]])
    }

    @Test(
        "layouts that other programs write or fail on",
        arguments: [
            // NiMARE's own writer; its reader fails on it.
            "//Reference=MNI\n//Smith J, 2001: Rest\n//Subjects=12\n//DOI=10.1/x\n//PubMedId=3\n1 2 3\n",
            "//Reference=MNI\n//Smith J, 2001: Rest\n//DOI=10.1/x\n//PubMedId=3\n//Subjects=12\n1 2 3\n",
            "//Reference=MNI\n//DOI: 10.1/x\n//PMID: 3\n//Smith J, 2001: Rest\n//Subjects=12\n1 2 3\n",
            // Old Mac line ends, no last one, blank lines between all lines.
            "\u{FEFF}// Reference=MNI\r\r// Smith J, 2001: Rest\r\r// DOI = 10.1/x\r//PubMed ID=3\r// Subjects = 12 \r\r1\t2\t3",
            "//Reference=Talairach\n//Reference=MNI\n//Smith J, 2001: Rest\n//Subjects=12\n//DOI=10.1/x\n//pmid=3\n1,2,3",
        ])
    func identifiers(_ text: String) throws {
        let project = try project(text)
        #expect(project.experiments.count == 1)
        #expect(project.covariateNames == ["contrast", "doi", "pmid"])
        #expect(
            project.experiments[0].covariates == [
                "contrast": .text("Rest"), "doi": .text("10.1/x"), "pmid": .number(3),
            ])
        #expect(project.experiments[0].n1 == 12 && project.experiments[0].peaks.map(\.coordinate) == [[1, 2, 3]])
        #expect(project.experiments[0].peaks[0].space == .mni)
        #expect(project.notices.isEmpty)
    }

    @Test("a DOI between two experiments is the next one's")
    func identifierOfNext() throws {
        let project = try project(
            "//Reference=MNI\n//A\n//Subjects=9\n1 2 3\n//DOI=10.2/b\n//B\n//Subjects=8\n4 5 6\n")
        #expect(project.experiments.map { $0.covariates["doi"] } == [.missing, .text("10.2/b")])
        let last = try self.project("//Reference=MNI\n//A\n//Subjects=9\n1 2 3\n//DOI=10.2/b\n")
        #expect(last.notices.map(\.code) == ["identifier-unused"])
    }

    @Test("two experiments of one study and contrast are both kept, with a warning")
    func repeated() throws {
        let project = try project(
            "//Reference=MNI\n//A, 2001: x\n//Subjects=9\n1 2 3\n\n//A, 2001: x\n//Subjects=8\n4 5 6\n")
        #expect(project.experiments.map(\.id) == ["A_2001", "A_2001_2"])
        #expect(project.experiments.map(\.peaks.count) == [1, 1])
        #expect(project.notices.map(\.code) == ["experiment-repeated"])
        #expect(project.notices[0].location?.line == 6)
        #expect(project.notices[0].message.contains("line 2 already"))
    }

    @Test("a number of subjects that is not whole is rounded down, with a warning")
    func notWhole() throws {
        let project = try project("//Reference=MNI\n//A\n//Subjects=9.5\n1 2 3")
        #expect(project.experiments[0].n1 == 9)
        #expect(project.notices.map(\.code) == ["n-not-whole"])
        #expect(project.notices[0].location?.line == 3)
    }

    @Test("a gzip text is read")
    func gzip() throws {
        let scratch = try Scratch()
        try scratch.write("foci.txt.gz", bytes: Gzip.compress(Array("//Reference=MNI\n//A\n//Subjects=9\n1 2 3".utf8)))
        #expect(try scratch.read("foci.txt.gz").experiments.map(\.n1) == [9])
    }

    @Test("experiments part at the next name, with or without a blank line or a Reference before it")
    func parts() throws {
        let project = try project(
            """
            //Reference=Talairach
            //A, 2001: one
            //Subjects=10
            1 2 3
            //A, 2001: two
            //Subjects=10
            4 5 6
            7 8 9

            //Reference=MNI
            //B, 2002: three
            //B, 2002: four
            //Subjects=11
            1 1 1
            """)
        #expect(project.experiments.map(\.id) == ["A_2001", "A_2001_2", "B_2002"])
        #expect(project.experiments.map(\.peaks.count) == [1, 2, 1])
        #expect(project.experiments.map { $0.peaks[0].space } == [.talairach, .talairach, .mni])
        #expect(project.experiments[2].covariates["contrast"] == .text("three | four"))
        #expect(project.experiments[1].source.line == 5)
        #expect(project.experiments[0].sample == project.experiments[1].sample)
    }

    @Test("the direction of the foci can be said", arguments: AssumedSign.allCases)
    func sign(_ sign: AssumedSign) throws {
        let project = try project("//Reference=MNI\n//A\n//Subjects=9\n1 2 3", assuming: .init(sign: sign))
        #expect(project.experiments[0].peaks.map(\.height) == [sign == .positive ? .positive : .negative])
    }

    @Test("a Subjects line left over without an experiment is passed over with a warning")
    func leftOver() throws {
        let project = try project(
            "//Reference=MNI\n//A\n//Subjects=9\n1 2 3\n\n//Subjects=0\n\n//B\n//Subjects=8\n4 5 6")
        #expect(project.experiments.map(\.n1) == [9, 8])
        #expect(project.notices.map(\.code) == ["subjects-without-experiment"])
        #expect(project.notices[0].location?.line == 6)
    }

    @Test("a missing number of subjects is an error of the data")
    func missingSubjects() throws {
        let notices = try project("//Reference=MNI\n//A\n1 2 3").notices
        #expect(notices.map(\.code) == ["n-missing"])
        #expect(notices.map(\.severity) == [.error])
    }

    @Test(
        "bad texts are refused with the line and a way to mend them",
        arguments: [
            ("//A\n//Subjects=9\n1 2 3", ":1:", "space is not said"),
            ("//Reference=MNI\n1 2 3", ":2:", "before any experiment"),
            ("//Reference=MNI\n//A\n//Subjects=nine\n1 2 3", ":3:", "whole number"),
            ("//Reference=MNI\n//A\n//Subjects=0.5\n1 2 3", ":3:", "whole number"),
            ("//Reference=MNI\n//A\n//Subjects=9\n40,5 20 30", ":4:", "Write a decimal point, not a comma: 40.5"),
            ("//Reference=MNI\n//A\n//Subjects=9\n40,5\t20,1\t30,2", ":4:", "has a comma within it"),
            ("//Reference=MNI\n//A\n//Subjects=9\n-40,5 20", ":4:", "has a comma within it"),
            ("//Reference=MNI\n//A\n//Subjects=9\n1 2 3 4", ":4:", "4 numbers"),
            ("//Reference=MNI\n//A\n//Subjects=9\n1 2 nan", ":4:", "\"nan\""),
            ("//Reference=MNI\n//A\n//Subjects=9\n//Subjects=8\n1 2 3", ":4:", "line 3"),
            ("//Reference=MNI\n//A\n//Subjects=9\n//B\n//Subjects=8\n1 2 3", ":2:", "no foci"),
            ("//Reference=MNI\n//A\n//Subjects=9\n1 2 3\n//Subjects=9\n1 2 3", ":5:", "without the name"),
            ("//Reference=MNI\n", "foci.txt:", "no experiments"),
            ("hello\n", "foci.txt:", "not a Sleuth text"),
        ])
    func bad(_ text: String, _ place: String, _ hint: String) throws {
        let message = problem { try project(text) }
        #expect(message.contains(place))
        #expect(message.contains(hint))
    }
}
