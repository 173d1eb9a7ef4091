import Evidence
import Formats
import Imaging
import TestSupport
import Testing

@Suite("Native projects are read")
struct NativeProjectsAreReadTests {
    private func project(replacing name: String = "", with text: String = "") throws -> Project {
        let scratch = try Scratch(nativeFiles)
        if !name.isEmpty { try scratch.write(name, text) }
        return try scratch.read()
    }

    private func changed(_ file: String, _ old: String, _ new: String) throws -> Project {
        let text = try #require(nativeFiles[file])
        #expect(text.contains(old))
        return try project(replacing: file, with: text.replacing(old, with: new))
    }

    @Test("plan, studies and peaks come out as written")
    func whole() throws {
        let project = try project()
        #expect(project.format == .native)
        #expect(project.question == "What changes?")
        #expect(project.settings.imputations == 20)
        #expect(project.models.map(\.name) == ["all", "rest"])
        #expect(project.covariateNames == ["task", "age", "t_thr_p005"])
        #expect(project.notices.isEmpty)
        let able = project.experiments[0]
        #expect((able.study, able.sample, able.n1, able.n2) == ("Able", "A", 20, 0))
        #expect(able.tThreshold == 3.58 && able.thresholdIsAssumed)
        #expect(able.covariates["age"] == .number(31.5))
        #expect(able.peaks.map(\.height) == [.t(5.5), .negative])
        #expect(able.peaks[0].note == "table 2")
        #expect(able.peaks[1].source.line == 3)
        let baker = project.experiments[1]
        #expect(baker.tThreshold == nil && !baker.thresholdIsAssumed)
        #expect(baker.covariates["age"] == .missing)
        #expect(baker.peaks[0].space == .talairach)
        #expect(baker.peaks[0].reported == Peak.Reported(statistic: .z, value: -3.5))
        #expect(project.experiments[2].report == .peaks([]))
        #expect(project.inputFiles.count == 3)
    }

    @Test(
        "z, p, r and F become t by their tail probability",
        arguments: [
            ("z", "-3.5", Constants.tFromZ), ("p", "0.001", Constants.tFromP), ("p", "-0.001", -Constants.tFromP),
            ("r", "0.5", Constants.tFromR), ("F", "16", 4), ("f", "-16", -4), ("T", "4.25", 4.25),
        ])
    func conversion(_ stat: String, _ value: String, _ t: Double) throws {
        let peak = try changed("peaks.tsv", "z\t-3.5", "\(stat)\t\(value)").experiments[1].peaks[0]
        guard case .t(let found) = peak.height else {
            Issue.record("no t")
            return
        }
        #expect(abs(found - t) < 1e-6)
    }

    @Test("signs are read in several spellings", arguments: ["sign\tn", "t\tn", "\tn", "sign\tnegative", "sign\t-"])
    func signs(_ cells: String) throws {
        #expect(try changed("peaks.tsv", "sign\tn", cells).experiments[0].peaks[1].height == .negative)
    }

    @Test("a peak with neither statistic nor sign is unknown until the sign is said")
    func unknown() throws {
        let scratch = try Scratch(nativeFiles)
        try scratch.write("peaks.tsv", try #require(nativeFiles["peaks.tsv"]).replacing("sign\tn", with: "\t"))
        #expect(try scratch.read().experiments[0].peaks[1].height == .unknown)
        let assumed = try scratch.read(assuming: .init(sign: .positive))
        #expect(assumed.experiments[0].peaks[1].height == .positive)
    }

    @Test("a model takes the experiments of its filter with its own thresholds")
    func selection() throws {
        let project = try project()
        let all = try project.experiments(of: project.models[0], settings: try project.settings(of: project.models[0]))
        #expect(all.map(\.id) == ["Able2001", "Baker2002", "Cole2003"])
        #expect(all.map(\.thresholdIsAssumed) == [true, true, false])
        // scipy 1.17.1: t.isf(0.001, 29) for n = 15 + 16.
        #expect(abs((all[1].tThreshold ?? 0) - Constants.tFromP) < 1e-6)
        let settings = try project.settings(of: project.models[1])
        #expect(settings.imputations == 20 && settings.thresholdColumn == "t_thr_p005")
        let rest = try project.experiments(of: project.models[1], settings: settings)
        #expect(rest.map(\.id) == ["Able2001", "Cole2003"])
        #expect(rest.map(\.tThreshold) == [2.86, 3.11])
    }

    @Test("images in maps/ carry their kind in their name")
    func maps() throws {
        let scratch = try Scratch(nativeFiles)
        try scratch.write(
            "studies.tsv",
            "experiment\tn1\treport\ttask\tt_thr_p005\nA\t10\t\tx\t\nB\t10\tmap\tx\t\nC\t10\t\tx\t\nD\t10\t\tx\t\n")
        try scratch.write("peaks.tsv", "experiment\tx\ty\tz\n")
        for name in ["A.nii.gz", "B_z.nii", "C_beta.nii.gz", "C_var.nii.gz", "D_g.nii", "E.nii", "A.json"] {
            try scratch.write("maps/\(name)", "")
        }
        let project = try scratch.read()
        let kinds = project.experiments.map { experiment -> Experiment.StatisticMap.Kind? in
            if case .map(let map) = experiment.report { map.kind } else { nil }
        }
        #expect(kinds == [.t, .z, .estimate(variance: "\(scratch.path)/maps/C_var.nii.gz"), .g])
        #expect(project.notices.map(\.code) == ["map-unused"])
    }

    @Test(
        "a bad plan is refused with line, column and the nearest known word",
        arguments: [
            ("defaults:", "defalts:", "cuneus.yaml:2:1:", "Did you mean \"defaults\"?"),
            ("imputations: 20", "imputatons: 20", "cuneus.yaml:3:3:", "Did you mean \"imputations\"?"),
            ("imputations: 20", "imputations: many", "cuneus.yaml:3:3:", "whole number from 1"),
            ("filter:", "fliter:", "cuneus.yaml:8:5:", "Did you mean \"filter\"?"),
            ("task ==", "taks ==", "cuneus.yaml:8:13:", "Did you mean \"task\"?"),
            ("task ==", "task =", "cuneus.yaml:8:13:", "Write =="),
            ("column: t_thr_p005", "column: t_thr_p05", "cuneus.yaml:10:7:", "Did you mean \"t_thr_p005\"?"),
            ("  rest:", "  all:", "cuneus.yaml", "stands twice"),
            ("  rest:", "  a b:", "cuneus.yaml:7:3:", "letters, digits"),
            ("question: Anything?", "question: [a, b]", "cuneus.yaml:6", "single value"),
            ("question: Anything?", "question: \"Any", "cuneus.yaml:", "not YAML"),
        ])
    func badPlan(_ old: String, _ new: String, _ place: String, _ hint: String) throws {
        let text = problem { try changed("cuneus.yaml", old, new) }
        #expect(text.contains(place))
        #expect(text.contains(hint))
    }

    @Test(
        "bad rows are refused with their line and a way to mend them",
        arguments: [
            ("studies.tsv", "Baker2002\tBaker", "Able2001\tBaker", "studies.tsv:3:", "line 2"),
            ("studies.tsv", "experiment\t", "experimnt\t", "studies.tsv:1:", "Rename \"experimnt\""),
            ("studies.tsv", "\t3.58\t", "\tp<0.001\t", "studies.tsv:2:", "is t = 3.579"),
            ("studies.tsv", "\tyes\t", "\tperhaps\t", "studies.tsv:2:", "yes or no"),
            ("studies.tsv", "none", "", "studies.tsv:4:", "neither peaks nor a map"),
            ("studies.tsv", "none", "map", "studies.tsv:4:", "maps/Cole2003.nii.gz"),
            ("studies.tsv", "\tno\tpeaks\t", "\tno\tnone\t", "studies.tsv:3:", "has peaks"),
            ("studies.tsv", "\tage\t", "\tn\t", "studies.tsv:1:", "may not be called"),
            ("peaks.tsv", "Baker2002", "Baker2020", "peaks.tsv:4:", "Did you mean \"Baker2002\"?"),
            ("peaks.tsv", "\t26\t", "\t\t", "peaks.tsv:2:", "y is missing"),
            ("peaks.tsv", "talairach", "talerach", "peaks.tsv:4:", "Known spaces: mni; talairach"),
            ("peaks.tsv", "z\t-3.5", "chi\t3", "peaks.tsv:4:", "\"chi\""),
            ("peaks.tsv", "z\t-3.5", "r\t1.2", "peaks.tsv:4:", "between 0 and 1"),
            ("peaks.tsv", "z\t-3.5", "z\t", "peaks.tsv:4:", "no value"),
            ("peaks.tsv", "z\t-3.5", "p\t<0.001", "peaks.tsv:4:", "number was expected"),
            ("peaks.tsv", "sign\tn", "sign\tq", "peaks.tsv:3:", "p or n"),
        ])
    func badRow(_ file: String, _ old: String, _ new: String, _ place: String, _ hint: String) throws {
        let text = problem { try changed(file, old, new) }
        #expect(text.contains(place))
        #expect(text.contains(hint))
    }

    @Test("a peak without a space is an error of the data, unless the space is said")
    func missingSpace() throws {
        let scratch = try Scratch(nativeFiles)
        try scratch.write("peaks.tsv", try #require(nativeFiles["peaks.tsv"]).replacing("\tmni\t", with: "\t\t"))
        let notices = try scratch.read().notices
        #expect(notices.map(\.code) == ["space-missing"])
        #expect(notices[0].message.contains("2 peaks"))
        #expect(try scratch.read(assuming: .init(space: .brett)).experiments[0].peaks[0].space == .brett)
    }

    @Test("what is no project is refused with a hint")
    func noProject() throws {
        #expect(problem { try ProjectReader.read("/nowhere/at/all") }.contains("no such file or folder"))
        #expect(problem { try Scratch(["cuneus.yml": ""]).read() }.contains("looks like cuneus.yaml"))
        #expect(problem { try Scratch(["s.json": "{}"]).read("s.json") }.contains("JSON"))
        #expect(problem { try Scratch(["s.nii": ""]).read("s.nii") }.contains("an image"))
        let bare = try Scratch(["studies.tsv": "experiment\tn1\treport\nA\t9\tnone\n"]).read()
        #expect(bare.models.map(\.name) == ["mean"])
        #expect(bare.notices.map(\.code) == ["plan-missing"])
    }

    /// Passed over they would be missing from the report without a word.
    @Test("outcomes beside the studies are found in a folder of any format")
    func outcomes() throws {
        let table = "study\toutcome\tyi\tsei\nAble\tvolume\t.2\t.1\n"
        let peaks = "-4,38,20,5.1\n"
        let sdm = try Scratch([
            "p/sdm_table.txt": "study\tn1\tt_thr\nAble\t20\t3.1\n", "p/Able.other_mni.txt": peaks,
            "p/outcomes.tsv": table,
        ])
        #expect(try ProjectReader.read("\(sdm.path)/p").outcomesFile?.hasSuffix("p/outcomes.tsv") == true)
        let planned = try Scratch([
            "p/cuneus.yaml": "outcomes:\n  volume: {}\n",
            "p/sdm_table.txt": "study\tn1\tt_thr\nAble\t20\t3.1\n", "p/Able.other_mni.txt": peaks,
        ])
        let error = #expect(throws: InputError.self) { try ProjectReader.read("\(planned.path)/p") }
        #expect(error?.message.contains("asks for outcomes") == true, "\(error?.message ?? "")")
    }
}
