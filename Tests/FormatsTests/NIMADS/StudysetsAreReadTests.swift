import Evidence
import Formats
import Foundation
import Imaging
import TestSupport
import Testing

@Suite("NIMADS studysets are read")
struct StudysetsAreReadTests {
    private func project(
        _ studyset: String, annotation: String? = nil, assuming: ProjectReader.Assumptions = .init()
    ) throws -> Project {
        let scratch = try Scratch(["a_studyset.json": studyset])
        if let annotation { try scratch.write("a_annotation.json", annotation) }
        return try scratch.read("a_studyset.json", assuming: assuming)
    }

    /// A studyset of one study with one analysis.
    private func one(
        points: String = "[{\"coordinates\":[1,2,3],\"space\":\"MNI\"}]", analysis: String = "",
        study: String = "\"metadata\":{\"sample_size\":20}"
    ) -> String {
        """
        {"name": "Set", "studies": [
          {"id": "s1", "name": "First", \(study), "analyses": [
            {"id": "a1", "name": "x > y", "points": \(points)\(analysis.isEmpty ? "" : ", " + analysis)}
          ]}
        ]}
        """
    }

    // Counted with Python 3.13's json from the same files: analyses with points, points, sum of all coordinates, and
    // the sum of sample sizes (of the analysis, else of the study, in any spelling of sample_size).
    @Test(
        "published files read as they are", .enabled(if: Shelf.isHere, Shelf.absence),
        arguments: [
            ("data/nimads/nimads_studyset.json", Project.Format.nimads, 27, 212, -430.0, 229),
            ("data/nimads/sample_size_nimads_studyset.json", .nimads, 15, 69, -698.0, 1162),
            ("data/nimads/neurosynth_laird_studyset.json", .nimads, 17, 1117, 3198.988594, 0),
            ("data/pain21/nidm_pain_studyset.json", .nimads, 21, 267, -5320.0, 334),
            ("data/pain21/nidm_pain_dset.json", .nimare, 21, 267, -5320.0, 334),
            ("oracle/nimare/inputs/test_pain_dataset.json", .nimare, 21, 243, -4308.0, 334),
        ])
    func published(
        _ file: String, _ format: Project.Format, _ experiments: Int, _ points: Int, _ sum: Double, _ n: Int
    ) throws {
        let project = try ProjectReader.read(try #require(Shelf.path) + "/" + file)
        #expect(project.format == format)
        #expect(project.experiments.count == experiments)
        #expect(Set(project.experiments.map(\.id)).count == experiments)
        let peaks = project.experiments.flatMap(\.foci)
        #expect(peaks.count == points)
        #expect(abs(peaks.reduce(0) { $0 + $1.coordinate.sum() } - sum) < 1e-6)
        #expect(project.experiments.reduce(0) { $0 + $1.n } == n)
        for notice in project.notices where notice.severity != .note { #expect(notice.remedy != nil, "\(notice)") }
    }

    @Test("NiMARE's names of analyses where no author is known", .enabled(if: Shelf.isHere, Shelf.absence))
    func names() throws {
        let project = try ProjectReader.read(try #require(Shelf.path) + "/data/pain21/nidm_pain_studyset.json")
        #expect(project.experiments[0].id == "pain_01.nidm-1")
        #expect(project.experiments[0].study == "pain_01.nidm")
    }

    @Test(
        "a NeuroStore file: authors name the experiments, missing spaces are an error until said",
        .enabled(if: Shelf.isHere, Shelf.absence))
    func neurostore() throws {
        let path = try #require(Shelf.path) + "/data/nimads/nimads_studyset.json"
        let project = try ProjectReader.read(path)
        let missing = try #require(project.notices.first { $0.code == "space-missing" })
        #expect(missing.severity == .error)
        #expect(missing.message.contains("210 points"))
        #expect(missing.remedy?.contains("--space mni") == true)
        #expect(missing.location?.line == 1)
        let said = try ProjectReader.read(path, assuming: .init(space: .talairach))
        #expect(!said.notices.contains { $0.code == "space-missing" })
        let spaces = said.experiments.flatMap(\.foci).map(\.space)
        #expect(spaces.count { $0 == .talairach } == 210 && spaces.count { $0 == .mni } == 2)
        #expect(said.experiments.contains { $0.id == "De_Luca_2005" && $0.study == "De Luca 2005" })
        #expect(
            said.experiments.count { $0.study == "Jäncke 1999" } == 6 && said.covariateNames.contains("title")
                && said.covariateNames.contains("include"))
        // The annotation beside it, for all 27.
        #expect(
            said.experiments.allSatisfy {
                $0.covariates["include"] == .text("true") || $0.covariates["include"] == .text("false")
            })
        #expect(said.inputFiles.count == 2)
    }

    @Test("t values, z values, directions and what says no direction")
    func values() throws {
        let project = try project(
            one(
                points: """
                    [{"coordinates":[1,2,3],"space":"MNI","values":[{"kind":"Z","value":3.5},{"kind":"T","value":-4.5}]},
                     {"coordinates":[4,5,6],"space":"TAL","values":[{"kind":"z-statistic","value":"3.5"}]},
                     {"coordinates":[7,8,9],"space":"MNI","values":[{"kind":"F","value":12}]},
                     {"coordinates":[7,8,10],"space":"MNI","values":[]}]
                    """))
        let peaks = project.experiments[0].peaks
        #expect(peaks.map(\.space) == [.mni, .talairach, .mni, .mni])
        #expect(peaks[0].height == .t(-4.5) && peaks[0].reported == nil)
        #expect(peaks[1].reported == Peak.Reported(statistic: .z, value: 3.5))
        // scipy 1.17.1: t.isf(norm.sf(3.5), 19).
        guard case .t(let t) = peaks[1].height else { return #expect(Bool(false)) }
        #expect(abs(t - 4.218503950295299) < 1e-9)
        #expect(peaks[2].height == .unknown && peaks[3].height == .unknown)
        #expect(project.notices.map(\.code) == ["value-unused"])
    }

    @Test(
        "sample sizes wherever they stand",
        arguments: [
            ("\"metadata\":{\"sample_sizes\":[15]}", 15, 0), ("\"metadata\":{\"sample_sizes\":[15,16]}", 15, 16),
            ("\"metadata\":{\"sample_size\":[15]}", 15, 0), ("\"metadata\":{\"sample_size\":15.0}", 15, 0),
            ("\"metadata\":{\"Sample_size\":\"15\"}", 15, 0), ("\"metadata\":{\"sample_sizes\":null}", 20, 0),
            ("\"metadata\":null", 20, 0), ("\"metadata\":{\"sample_sizes\":\"None\"}", 20, 0),
            ("\"metadata\":{\"sample_sizes\":[5,6,7]}", 18, 0), ("\"metadata\":{\"sample_size\":15.5}", 15, 0),
        ])
    func sizes(_ metadata: String, _ n1: Int, _ n2: Int) throws {
        let experiment = try project(one(analysis: metadata)).experiments[0]
        #expect(experiment.n1 == n1 && experiment.n2 == n2)
    }

    @Test("no size anywhere is one error for the whole file")
    func noSize() throws {
        let notices = try project(one(study: "\"year\":2001")).notices
        #expect(notices.map(\.code) == ["n-missing"])
        #expect(notices[0].severity == .error && notices[0].remedy?.contains("sample_sizes") == true)
    }

    @Test(
        "a malformed point is left out, saying which",
        arguments: [
            "{\"coordinates\":[1,2],\"space\":\"MNI\"}", "{\"coordinates\":null}", "{\"space\":\"MNI\"}", "7",
            "{\"coordinates\":[1,2,\"x\"]}", "{\"coordinates\":[1,2,NaN]}", "{\"coordinates\":\"1 2 3\"}",
        ])
    func malformed(_ point: String) throws {
        let project = try project(one(points: "[{\"coordinates\":[1,2,3],\"space\":\"MNI\"},\n\(point)]"))
        #expect(project.experiments[0].peaks.count == 1)
        #expect(project.notices.map(\.code) == ["point-left-out"])
        #expect(project.notices[0].message.contains("points[1] of analysis \"a1\" of study \"s1\""))
        #expect(project.notices[0].message.contains("studies[0].analyses[0]"))
        #expect(project.notices[0].location?.line != nil)
    }

    @Test(
        "spaces that are null, \"None\", empty or unknown are missing",
        arguments: ["null", "\"None\"", "\"\"", "\"UNKNOWN\"", "\"Dog\"", "3"])
    func spaces(_ space: String) throws {
        let points = "[{\"coordinates\":[1,2,3],\"space\":\(space)}]"
        #expect(try project(one(points: points)).notices.map(\.code) == ["space-missing"])
        let said = try project(one(points: points), assuming: .init(space: .talairach))
        #expect(said.experiments[0].peaks[0].space == .talairach)
        #expect(!said.notices.contains { $0.severity == .error })
    }

    @Test("ids and names may be missing or repeated")
    func identities() throws {
        let point = "\"points\":[{\"coordinates\":[1,2,3],\"space\":\"MNI\"}],\"metadata\":{\"sample_sizes\":[9]}"
        let project = try project(
            """
            {"studies": [
              {"analyses": [{\(point)}, {\(point)}]},
              {"id": 7, "name": "None", "analyses": [{"id": "x", \(point)}, {"id": "x", \(point)}]},
              {"id": "b", "authors": "Smith, J.; Doe, A.", "year": 2001, "analyses": [{"id": "y", \(point)}]},
              {"id": "c", "authors": "Smith JA, Roe B", "year": "2001", "analyses": [{"id": "z", \(point)}]},
              {"id": "d", "analyses": []}, 5
            ]}
            """)
        #expect(
            project.experiments.map(\.id) == [
                "study1-1", "study1-2", "7-x", "7-x_2", "Smith_2001_b", "Smith_2001_c",
            ])
        #expect(
            project.experiments.map(\.study) == ["study1", "study1", "7", "7", "Smith 2001 [b]", "Smith 2001 [c]"])
        #expect(Set(project.notices.map(\.code)) == ["experiment-repeated", "study-empty", "study-left-out"])
        #expect(project.experiments[4].covariates["study_id"] == .text("b"))
    }

    @Test("metadata and annotations become columns of one kind each, usable in filters")
    func columns() throws {
        let project = try project(
            one(
                analysis: """
                    "metadata": {"age": "31.5", "task": "rest", "n": 3, "nested": {"a": 1}, "list": ["a", "b"]},
                    "annotations": {"pain": true, "weight": 0.25}
                    """, study: "\"doi\":\"10.1/x\",\"pmid\":\"7\",\"metadata\":{\"sample_size\":20,\"Group\":\"None\"}"
            ),
            annotation: """
                {"note_keys": {"include": "boolean", "late": "string", "task": "string"},
                 "notes": [{"study": "s1", "analysis": "a1", "note": {"include": true, "late": null, "task": "rest"}},
                           {"study": "s1", "analysis": "gone", "note": {"include": false}}]}
                """)
        let cells = project.experiments[0].covariates
        #expect(cells["age"] == .number(31.5) && cells["task"] == .text("rest"))
        #expect(cells["n_covariate"] == .number(3) && cells["list"] == .text("a, b"))
        #expect(cells["pain"] == .text("true") && cells["weight"] == .number(0.25))
        #expect(cells["doi"] == .text("10.1/x") && cells["pmid"] == .number(7) && cells["contrast"] == .text("x > y"))
        #expect(cells["include"] == .text("true") && cells["late"] == .missing)
        #expect(Array(project.covariateNames.suffix(3)) == ["include", "late", "task"])
        #expect(
            Set(project.notices.map(\.code)) == [
                "annotation-found", "note-unused", "column-renamed", "metadata-unused",
            ])
        let filter = try FilterExpression(parsing: "include and pain and age < 40 and pmid == 7")
        #expect(filter.matches(project.experiments[0]))
    }

    @Test("an annotation of another name is given by the user; a wrong one is refused")
    func annotations() throws {
        let scratch = try Scratch([
            "set.json": one(), "mine.json": "{\"notes\":[{\"analysis\":\"a1\",\"note\":{\"x\":1}}]}",
            "foci.txt": "//Reference=MNI\n//A\n//Subjects=9\n1 2 3",
        ])
        let mine = "\(scratch.path)/mine.json"
        let project = try scratch.read("set.json", assuming: .init(annotations: [mine]))
        #expect(project.experiments[0].covariates["x"] == .number(1))
        let wrong = ProjectReader.Assumptions(annotations: ["\(scratch.path)/set.json"])
        #expect(problem { try scratch.read("set.json", assuming: wrong) }.contains("not a NIMADS annotation"))
        #expect(problem { try scratch.read("mine.json") }.contains("--annotation"))
        #expect(
            problem { try scratch.read("foci.txt", assuming: .init(annotations: [mine])) }.contains("not a studyset"))
    }

    @Test("images are maps where their files are, and the points stay beside them")
    func images() throws {
        let images = """
            "images": [{"url": "i/se.nii.gz", "value_type": "se"}, {"url": "i/z.nii.gz", "value_type": "Z"},
                       {"url": "i/t.nii.gz", "value_type": "T"}]
            """
        let scratch = try Scratch(["a.json": one(analysis: images), "i/z.nii.gz": "z"])
        let project = try scratch.read("a.json")
        guard case .map(let map) = project.experiments[0].report else { return #expect(Bool(false)) }
        #expect(map.kind == .z && map.path.hasSuffix("i/z.nii.gz"))
        #expect(project.experiments[0].peaks.isEmpty && project.experiments[0].foci.count == 1)
        #expect(project.notices.map(\.code) == ["image-absent"])
        let without = try Scratch(["a.json": one(analysis: images)]).read("a.json")
        #expect(without.experiments[0].peaks.count == 1)
    }

    @Test("an analysis without points is left out, unless it says that nothing was found")
    func nothingFound() throws {
        #expect(problem { try project(one(points: "[]")) }.contains("no analysis with points"))
        let found = try project(
            one(points: "[]", analysis: "\"metadata\":{\"cuneus\":{\"report\":\"none\",\"t_thr\":3.5}}"))
        #expect(found.experiments[0].report == .peaks([]) && found.experiments[0].tThreshold == 3.5)
    }

    @Test("gzip, byte-order marks, escapes and a folder of the usual names are read")
    func encodings() throws {
        let text = one().replacing("First", with: "F\\u00eate \\ud83d\\ude00\\n\\\"x\\\"")
        let scratch = try Scratch(["b/studyset.json": one(), "b/cuneus.yaml": "models: {all: {filter: n > 10}}"])
        try scratch.write("a.json.gz", bytes: Gzip.compress(Array(text.utf8)))
        #expect(try scratch.read("a.json.gz").experiments[0].study == "Fête 😀 \"x\"")
        try scratch.write("u.json", bytes: [0xEF, 0xBB, 0xBF] + Array(one().utf8))
        #expect(try scratch.read("u.json").experiments[0].study == "First")
        let utf16 = try #require(one().data(using: .utf16LittleEndian))
        try scratch.write("v.json", bytes: [0xFF, 0xFE] + [UInt8](utf16))
        #expect(try scratch.read("v.json").experiments[0].study == "First")
        let folder = try scratch.read("b")
        #expect(folder.format == .nimads && folder.models.map(\.name) == ["all"])
        try scratch.write("c/x_studyset.json", one())
        #expect(try scratch.read("c").experiments.count == 1)
        try scratch.write("c/y_studyset.json.gz", bytes: Gzip.compress(Array(one().utf8)))
        #expect(problem { try scratch.read("c") }.contains("has 2 studysets"))
    }

    @Test(
        "what is not a studyset is refused, saying what it is",
        arguments: [
            ("{\"studies\": 3}", "not a list"), ("[1]", "not a studyset"), ("{\"a\": 1}", "neither a NIMADS"),
            ("{\"note_keys\": {}, \"notes\": []}", "is an annotation"),
            ("{\"n1\": {\"Description\": \"people\"}}", "describes the columns"), ("", "the file ends"),
            ("{\"studies\": [}", "a.json:1:14"), ("{\"studies\": []", "cut off"),
            ("{\"studies\": []} x", "end of the file"),
            (String(repeating: "[", count: 100_000), "levels deep"),
            ("{\"a\": " + String(repeating: "[", count: 100_000), "levels deep"), ("{\"studies\": [tru]}", "\"tru]}\""),
            ("{\"studies\": [\"\\x\"]}", "backslash"), ("{\"studies\": [1.2.3]}", "a value"),
        ])
    func refused(_ text: String, _ hint: String) throws {
        let scratch = try Scratch(["a.json": text])
        #expect(problem { try scratch.read("a.json") }.contains(hint))
    }
}
