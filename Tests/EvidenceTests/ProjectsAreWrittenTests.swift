import Evidence
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
            copy.report = .peaks(
                peaks.map { peak in
                    var peak = peak
                    peak.source = nowhere
                    return peak
                })
        }
        return copy
    }
}

extension Experiment.Report {
    var isMap: Bool { if case .map = self { true } else { false } }
}
