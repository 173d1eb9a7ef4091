import Evidence
import Formats
import Foundation
import Imaging
import TestSupport
import Testing

@Suite("What is written reads back the same")
struct ProjectsAreWrittenTests {
    private func roundTrip(_ project: Project, as format: Project.Format) throws -> (Project, [Notice]) {
        let scratch = try Scratch()
        let path = "\(scratch.path)/out"
        let notices = try ProjectWriter.write(project, as: format, to: path)
        let back = try ProjectReader.read(path)
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["out"])
        return (back, notices)
    }

    private func expectSame(_ a: Project, _ b: Project, _ place: Testing.SourceLocation = #_sourceLocation) {
        #expect(a.experiments.map(\.withoutSources) == b.experiments.map(\.withoutSources), sourceLocation: place)
        #expect(a.covariateNames == b.covariateNames, sourceLocation: place)
    }

    @Test("a native project, plan and all")
    func native() throws {
        var project = try Scratch(nativeFiles).read()
        project.name = "A \"quoted\" name: with \\ and é"
        project.question = "Two\nlines? # no comment"
        project.atlases = [AtlasReference(name: "Yeo", image: "/atlas/yeo.nii.gz", labels: nil)]
        let (back, notices) = try roundTrip(project, as: .native)
        expectSame(project, back)
        #expect(notices.isEmpty)
        #expect(back.name == project.name)
        #expect(back.question == project.question)
        #expect(back.settings == project.settings)
        #expect(back.atlases == project.atlases)
        #expect(back.models.map(\.name) == ["all", "rest"])
        #expect(back.models.map(\.question) == ["Anything?", ""])
        #expect(back.models.map(\.filter?.text) == [nil, "task == \"rest\" and n >= 10"])
        #expect(back.models[1].overrides.map(\.key) == ["threshold_column"])
        #expect(back.models[1].overrides.map(\.value) == ["t_thr_p005"])
    }

    // Found by `make fuzz`: JSON may hold U+0000, and a table with one is refused as no text.
    @Test("names with U+0000, which JSON can hold, are written as text that can be read")
    func zeroInNames() throws {
        let scratch = try Scratch([
            "set.json": """
            {"studies": [{"id": "s", "name": "A\\u0000B", "metadata": {"sample_size": 12}, "analyses": [
              {"id": "a", "name": "x", "points": [{"coordinates": [1, 2, 3], "space": "MNI"}]}]}]}
            """,
            "set_annotation.json": """
            {"note_keys": {"ta\\u0000sk": "string"},
             "notes": [{"study": "s", "analysis": "a", "note": {"ta\\u0000sk": "re\\u0000st"}}]}
            """,
        ])
        let project = try scratch.read("set.json")
        for format in [Project.Format.native, .nimads] {
            let (back, _) = try roundTrip(project, as: format)
            #expect(back.experiments.map(\.peaks.count) == [1])
            #expect(back.experiments.map(\.n1) == [12])
        }
    }

    @Test("covariates, tests and predictions, with the same meaning")
    func plan() throws {
        var files = nativeFiles
        files["cuneus.yaml"] = """
            models:
              a:
                measure: change
                covariates: [age, {column: age, power: 2, centre: mean, scale: sd}, {column: n, centre: 20, scale: 5}]
                test: {covariate: age^2}
                predict: [{name: old, age: 60.5}, {name: at_mean}]
              b:
                covariates: {column: task, coding: sum, reference: rest}
                test: {groups: task}
              c:
                covariates: {column: task, reference: rest}
                test: {contrast: [{"task[task]": 1, "task[rest]": -0.5}, 1]}
                samples: separate
            """
        let project = try Scratch(files).read()
        let (back, notices) = try roundTrip(project, as: .native)
        #expect(notices.isEmpty)
        #expect(try back.canonicalPlan() == project.canonicalPlan())
        #expect(back.models.map(\.isMeanOnly) == [false, false, false])
        #expect(try roundTrip(project, as: .sdm).1.contains { $0.message.contains("models and settings") })
    }

    @Test("awkward numbers, texts and every kind of peak, as native")
    func awkward() throws {
        let source = SourceLocation(file: "test")
        func peak(_ height: Peak.Height, _ space: CoordinateSpace) -> Peak {
            Peak(
                coordinate: [0.1, -1.0 / 3, 1e-7], space: space, height: height, note: "table \"2\"\trow #3",
                source: source)
        }
        let experiment = Experiment(
            id: "A-1.b_2", study: "Ménard & al., 2001", sample: "s 1", n1: 12, n2: 13, tThreshold: 3.0000000000000004,
            report: .peaks(
                [Peak.Height.t(-5e-3), .positive, .negative, .unknown].flatMap { height in
                    CoordinateSpace.allCases.map { peak(height, $0) }
                }),
            covariates: ["a b": .text("x\ty"), "dose": .number(-1e22), "none": .missing], source: source)
        let project = Project(
            name: "p", format: .native, experiments: [experiment], covariateNames: ["a b", "dose", "none"])
        expectSame(project, try roundTrip(project, as: .native).0)
    }

    @Test("the oracle project as SDM and as native", .enabled(if: Shelf.isHere, Shelf.absence))
    func oracle() throws {
        let project = try ProjectReader.read(try #require(Shelf.path) + "/oracle/sdm-psi/project")
        let (sdm, notices) = try roundTrip(project, as: .sdm)
        expectSame(project, sdm)
        #expect(notices.isEmpty)
        expectSame(project, try roundTrip(project, as: .native).0)
    }

    @Test("published Sleuth texts as Sleuth and as native", .enabled(if: Shelf.isHere, Shelf.absence))
    func sleuth() throws {
        for file in ["sleuth/nback-owen", "sleuth/finger-tapping-witt", "ultimatum/UG_ALE_foci"] {
            let project = try ProjectReader.read(try #require(Shelf.path) + "/data/\(file).txt")
            let (back, notices) = try roundTrip(project, as: .sleuth)
            expectSame(project, back)
            #expect(notices.isEmpty)
            expectSame(project, try roundTrip(project, as: .native).0)
        }
    }

    @Test(
        "native as NIMADS, folder and file, keeps experiments and columns",
        arguments: ["out", "x.json", "y_studyset.json.gz"])
    func nimads(_ name: String) throws {
        let project = try Scratch(nativeFiles).read()
        let scratch = try Scratch()
        let path = "\(scratch.path)/\(name)"
        let notices = try ProjectWriter.write(project, as: .nimads, to: path)
        let back = try ProjectReader.read(path)
        #expect(back.format == .nimads)
        expectSame(project, back)
        #expect(back.name == project.name || name == "out" && !back.name.isEmpty)
        #expect(back.question == project.question)
        let files = try FileManager.default.contentsOfDirectory(atPath: scratch.path).sorted()
        if name == "out" {
            #expect(notices.isEmpty)
            #expect(back.models.map(\.name) == ["all", "rest"] && back.settings == project.settings)
        } else {
            #expect(notices.map(\.code) == ["not-carried-over"])
            #expect(files == (name == "x.json" ? ["x.json", "x_annotation.json"] : ["y_annotation.json.gz", name]))
        }
        if name.hasSuffix(".gz") {
            #expect(Gzip.isGzip([UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))))
        }
        // And from there back to native.
        expectSame(project, try roundTrip(back, as: .native).0)
    }

    @Test("awkward experiments as NIMADS: every kind of peak, order across studies, names")
    func awkwardStudysets() throws {
        let source = SourceLocation(file: "test")
        func experiment(_ id: String, _ study: String, _ peaks: [Peak], _ cells: [String: Experiment.Covariate])
            -> Experiment
        {
            Experiment(
                id: id, study: study, sample: "s of \(id)", n1: 12, n2: 13, tThreshold: 3.0000000000000004,
                thresholdIsAssumed: true, report: .peaks(peaks), covariates: cells, source: source)
        }
        let size = (n1: 12, n2: 13)
        var peaks: [Peak] = []
        for space in CoordinateSpace.allCases {
            for height in [Peak.Height.t(-5e-3), .positive, .negative, .unknown] {
                peaks.append(
                    Peak(
                        coordinate: [0.1, -1.0 / 3, 1e-7], space: space, height: height, note: "\"2\" row #3",
                        source: source))
            }
            for reported in [(Peak.Reported.Statistic.z, -3.5), (.p, -0.001), (.r, 0.5), (.f, -9)] {
                let reported = Peak.Reported(statistic: reported.0, value: reported.1)
                let t = try #require(reported.t(n1: size.n1, n2: size.n2))
                peaks.append(
                    Peak(coordinate: [1, 2, 3], space: space, height: .t(t), reported: reported, source: source))
            }
        }
        let names = ["title", "year", "authors", "flag", "a b", "none", "study_id", "contrast", "doi"]
        func cells(_ title: String, _ author: String, _ id: String) -> [String: Experiment.Covariate] {
            [
                "title": .text(title), "year": .number(2001), "authors": .text(author), "flag": .text("true"),
                "a b": .text("x \u{1} \\ \"q\""), "none": .missing, "study_id": .text(id), "contrast": .text("A-1"),
                "doi": .missing,
            ]
        }
        let experiments = [
            experiment("A-1", "Ménard & al.", peaks, cells("T", "Roe B", "i")),
            experiment("B", "Roe 2001", [], cells("U", "Roe B", "j")),
            experiment("A-2", "Ménard & al.", Array(peaks.prefix(3)), cells("T", "Roe B", "i")),
            experiment("C", "Roe 2001 [k]", Array(peaks.prefix(1)), cells("U", "Roe B", "j")),
        ]
        let project = Project(name: "p", format: .native, experiments: experiments, covariateNames: names)
        let (back, _) = try roundTrip(project, as: .nimads)
        expectSame(project, back)
        expectSame(project, try roundTrip(back, as: .nimads).0)
    }

    @Test(
        "every file of the shelf as NIMADS and back is the same", .enabled(if: Shelf.isHere, Shelf.absence),
        arguments: [
            "data/nimads/nimads_studyset.json", "data/nimads/sample_size_nimads_studyset.json",
            "data/pain21/nidm_pain_studyset.json", "data/pain21/nidm_pain_dset.json",
            "oracle/nimare/inputs/test_pain_dataset.json", "data/nimads/neurosynth_laird_studyset.json",
            "data/sleuth/nback-owen.txt", "data/sleuth/finger-tapping-witt.txt", "data/ultimatum/UG_ALE_foci.txt",
            "data/nimads/test_sleuth_file.txt", "data/nimads/test_sleuth_file2.txt",
            "oracle/nimare/pain/pain.sleuth.txt", "oracle/sdm-psi/project",
        ])
    func shelf(_ file: String) throws {
        let project = try ProjectReader.read(
            try #require(Shelf.path) + "/" + file, assuming: .init(space: .talairach))
        let (back, notices) = try roundTrip(project, as: .nimads)
        expectSame(project, back)
        // The SDM folder's plan travels along.
        #expect(notices.isEmpty)
        // The images of `back` went away with its folder.
        let hasMaps = project.experiments.contains { $0.report.isMap }
        let native = try roundTrip(hasMaps ? project : back, as: .native).0
        expectSame(project, native)
        if hasMaps { return }
        expectSame(project, try roundTrip(native, as: .nimads).0)
        if project.format == .sleuth {
            let text = "\(try Scratch().path).txt"
            defer { try? FileManager.default.removeItem(atPath: text) }
            try ProjectWriter.write(back, as: .sleuth, to: text)
            expectSame(project, try ProjectReader.read(text))
        }
    }

    @Test("Neurosynth tables keep coordinates, spaces and what they say of studies")
    func neurosynth() throws {
        let scratch = try Scratch([
            "v_metadata.tsv":
                "id\tdoi\tspace\ttitle\tauthors\tyear\tjournal\n7\t10.1/x\tMNI\tT\tRoe B\t2001\tJ\n8\tn/a\tTAL\tU\tRoe C\t2002\tK\n",
            "v_coordinates.tsv":
                "id\ttable_id\ttable_num\tpeak_id\tx\ty\tz\n7\t1\t2\t1\t1\t2\t3\n8\t1\t1.\t1\t-4.5\t5\t6\n7\t1\t2\t2\t7\t8\t9\n",
        ])
        let project = try scratch.read()
        expectSame(project, try scratch.read("v_metadata.tsv"))
        expectSame(project, try roundTrip(project, as: .neurosynth).0)
        expectSame(project, try roundTrip(project, as: .nimads).0)
        expectSame(project, try roundTrip(project, as: .native).0)
        let losses = try roundTrip(try Scratch(nativeFiles).read(), as: .neurosynth).1.map(\.message).joined()
        for loss in ["participants", "signs", "thresholds", "share a study", "age", "models", "found nothing"] {
            #expect(losses.contains(loss), "\(loss)")
        }
    }

    @Test("peaks beside a map travel along, and maps into a NIMADS folder")
    func peaksBesideMaps() throws {
        let scratch = try Scratch(nativeFiles)
        try scratch.write("maps/Cole2003_z.nii.gz", "map")
        try scratch.write("maps/Able2001.nii", "map")
        try scratch.write(
            "studies.tsv",
            try #require(nativeFiles["studies.tsv"]).replacing("none", with: "").replacing("peaks", with: ""))
        let project = try scratch.read()
        #expect(project.experiments[0].foci.count == 2 && project.experiments[0].peaks.isEmpty)
        for format in [Project.Format.native, .nimads] {
            let (back, _) = try roundTrip(project, as: format)
            #expect(back.experiments.map(\.report.isMap) == [true, false, true])
            #expect(back.experiments.map(\.foci.count) == [2, 1, 0])
            #expect(back.experiments.map { $0.mapKind } == [.t, nil, .z])
        }
        #expect(try roundTrip(project, as: .neurosynth).0.experiments.map(\.foci.count) == [2, 1])
    }

    @Test("native tables follow BIDS: n/a, and a dictionary with every column")
    func bids() throws {
        let project = try Scratch(nativeFiles).read()
        let scratch = try Scratch()
        try ProjectWriter.write(project, as: .native, to: "\(scratch.path)/out")
        for table in ["studies", "peaks"] {
            let text = try String(contentsOfFile: "\(scratch.path)/out/\(table).tsv", encoding: .utf8)
            let rows = text.split(separator: "\n").map { $0.components(separatedBy: "\t") }
            for row in rows { #expect(row.count == rows[0].count && row.allSatisfy { !$0.isEmpty && $0 != "NA" }) }
            #expect(text.contains("n/a"))
            let data = try Data(contentsOf: URL(fileURLWithPath: "\(scratch.path)/out/\(table).json"))
            let dictionary = try #require(try JSONSerialization.jsonObject(with: data) as? [String: [String: Any]])
            #expect(Set(dictionary.keys) == Set(rows[0]))
            #expect(dictionary.values.allSatisfy { $0["Description"] is String })
        }
    }

    @Test("a NIMADS file does not replace an annotation that is there")
    func annotationTaken() throws {
        let project = try Scratch(nativeFiles).read()
        let scratch = try Scratch(["x_annotation.json": "mine"])
        let text = problem { try ProjectWriter.write(project, as: .nimads, to: "\(scratch.path)/x.json") }
        #expect(text.contains("x_annotation.json: exists already"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["x_annotation.json"])
        #expect(
            problem { try ProjectWriter.write(project, as: .nimare, to: "\(scratch.path)/y") }.contains("--to nimads"))
    }

    @Test("statistic maps travel along")
    func maps() throws {
        let scratch = try Scratch(["cuneus.yaml": "", "studies.tsv": "experiment\tn1\nA\t10\nB\t10\nC\t10\n"])
        for name in ["A.nii.gz", "B_z.nii", "C_beta.nii", "C_var.nii"] { try scratch.write("maps/\(name)", name) }
        let project = try scratch.read()
        let target = try Scratch()
        try ProjectWriter.write(project, as: .native, to: "\(target.path)/out")
        let copied = try FileManager.default.contentsOfDirectory(atPath: "\(target.path)/out/maps").sorted()
        #expect(copied == ["A.nii.gz", "B_z.nii", "C_beta.nii", "C_var.nii"])
        #expect(try String(contentsOfFile: "\(target.path)/out/maps/C_var.nii", encoding: .utf8) == "C_var.nii")
        let back = try target.read("out")
        #expect(back.experiments.map(\.report.isMap) == [true, true, true])
        #expect(
            problem { try ProjectWriter.write(project, as: .sdm, to: "\(target.path)/sdm") }.contains("t maps only"))
        #expect(!FileManager.default.fileExists(atPath: "\(target.path)/sdm"))
    }

    @Test("an SDM folder keeps no_peaks, two groups, directions and t maps")
    func sdm() throws {
        let scratch = try Scratch([
            "sdm_table.txt": "study\tn1\tn2\tt_thr\tage\nA\t20\t21\t3.5\t30\nB\t10\t0\tNA\tNA\nC\t9\t9\t2.5\t1\n",
            "A.other_tal.txt": "1,2,3,p\n-1.5,2,3,n\n0,0,0,-4.25\n", "B.no_peaks.txt": "", "C.nii.gz": "map",
        ])
        let project = try scratch.read()
        let target = try Scratch()
        let notices = try ProjectWriter.write(project, as: .sdm, to: "\(target.path)/out")
        #expect(notices.isEmpty)
        let back = try target.read("out")
        #expect(back.experiments.prefix(2).map(\.withoutSources) == project.experiments.prefix(2).map(\.withoutSources))
        #expect(back.experiments[2].report.isMap)
        #expect(try String(contentsOfFile: "\(target.path)/out/C.nii.gz", encoding: .utf8) == "map")
    }

    @Test("what a format cannot hold is listed")
    func losses() throws {
        let project = try Scratch(nativeFiles).read()
        let scratch = try Scratch()
        let sdm = try ProjectWriter.write(project, as: .sdm, to: "\(scratch.path)/sdm").map(\.message).joined()
        for loss in ["models", "sample", "assumed", "other than t", "sources", "task"] { #expect(sdm.contains(loss)) }
        let sleuth = try ProjectWriter.write(project, as: .sleuth, to: "\(scratch.path)/s.txt").map(\.message).joined()
        for loss in ["found nothing", "signs", "thresholds", "two groups", "age", "models"] {
            #expect(sleuth.contains(loss))
        }
    }

    @Test("peaks without a sign are refused as SDM")
    func unknownSign() throws {
        let project = try Scratch(["f.txt": "//Reference=MNI\n//A\n//Subjects=9\n1 2 3"]).read("f.txt")
        let scratch = try Scratch()
        let text = problem { try ProjectWriter.write(project, as: .sdm, to: "\(scratch.path)/sdm") }
        #expect(text.contains("neither sign nor statistic"))
        #expect(text.contains("--sign"))
    }

    @Test("mixed spaces are refused as SDM")
    func mixedSpaces() throws {
        let scratch = try Scratch(nativeFiles)
        try scratch.write(
            "peaks.tsv", try #require(nativeFiles["peaks.tsv"]).replacing("42\tmni", with: "42\tbrett"))
        let project = try scratch.read()
        #expect(problem { try ProjectWriter.write(project, as: .sdm, to: "\(scratch.path)/s") }.contains("one space"))
    }

    @Test("nothing that exists is written over")
    func noOverwriting() throws {
        let project = try Scratch(nativeFiles).read()
        let scratch = try Scratch(["full/keep.txt": "mine", "file.txt": "mine"])
        #expect(
            problem { try ProjectWriter.write(project, as: .native, to: "\(scratch.path)/full") }.contains("exists"))
        #expect(
            problem { try ProjectWriter.write(project, as: .sleuth, to: "\(scratch.path)/file.txt") }.contains("exists")
        )
        #expect(
            problem { try ProjectWriter.write(project, as: .native, to: "/proc/no/such") }.contains("cannot be written")
        )
        try FileManager.default.createDirectory(atPath: "\(scratch.path)/empty", withIntermediateDirectories: false)
        try ProjectWriter.write(project, as: .native, to: "\(scratch.path)/empty")
        #expect(try scratch.read("empty").experiments.count == 3)
    }

    @Test("a covariate with a name that native tables use is renamed, and told")
    func renamed() throws {
        let scratch = try Scratch([
            "sdm_table.txt": "study\tn1\treport\tn\nA\t20\t1\t2\n", "A.other_mni.txt": "1,2,3,4",
        ])
        let (back, notices) = try roundTrip(try scratch.read(), as: .native)
        #expect(back.covariateNames == ["report_covariate", "n_covariate"])
        #expect(notices.map(\.code) == ["column-renamed", "column-renamed"])
    }
}

extension Experiment {
    /// For comparing data without where they stood.
    var withoutSources: Experiment {
        var copy = self
        let nowhere = SourceLocation(file: "")
        copy.source = nowhere
        if case .peaks(let peaks) = report {
            copy.report = .peaks(peaks.map(\.withoutSource))
        }
        // Images are copied: same kind, other place.
        if case .map(var map) = report {
            map.source = nowhere
            // What is written says the kind, whoever read it.
            map.kindIsStated = true
            map.path = ""
            if case .estimate = map.kind { map.kind = .estimate(variance: "") }
            copy.report = .map(map)
        }
        copy.peaksBesideMap = peaksBesideMap.map(\.withoutSource)
        return copy
    }
}

extension Experiment {
    fileprivate var mapKind: StatisticMap.Kind? { if case .map(let map) = report { map.kind } else { nil } }
}

extension Peak {
    fileprivate var withoutSource: Peak {
        var peak = self
        peak.source = SourceLocation(file: "")
        return peak
    }
}

extension Experiment.Report {
    var isMap: Bool { if case .map = self { true } else { false } }
}
