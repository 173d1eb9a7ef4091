import Evidence
import Formats
import Imaging
import TestSupport
import Testing

@Suite("SDM folders are read")
struct SDMFoldersAreReadTests {
    private func folder(
        table: String = "study\tn1\tt_thr\nA\t20\t3.5\n", peaks: String = "1,2,3,4.5\n"
    ) throws -> Scratch { try Scratch(["sdm_table.txt": table, "A.other_mni.txt": peaks]) }

    private func peaks(_ text: String) throws -> [Peak] { try folder(peaks: text).read().experiments[0].peaks }

    @Test("the whole oracle project reads as it is", .enabled(if: Shelf.isHere, Shelf.absence))
    func oracle() throws {
        let project = try ProjectReader.read(try #require(Shelf.path) + "/oracle/sdm-psi/project")
        #expect(project.format == .sdm)
        // Counted with Python from the same files.
        #expect(project.experiments.count == 50)
        #expect(project.experiments.reduce(0) { $0 + $1.n1 } == 1018)
        #expect(abs(project.experiments.reduce(0) { $0 + ($1.tThreshold ?? 0) } - 209.59187509076637) < 1e-9)
        let peaks = project.experiments.flatMap(\.peaks)
        #expect(peaks.count == 687)
        #expect(peaks.count { $0.height == .positive } == 226)
        #expect(abs(peaks.reduce(0) { $0 + $1.coordinate.sum() } - -12071.509538504099) < 1e-6)
        let t = peaks.reduce(0.0) { sum, peak in if case .t(let t) = peak.height { sum + t } else { sum } }
        #expect(abs(t - 5622.271200101953) < 1e-6)
        #expect(
            project.covariateNames == [
                "threshold", "age_mean_c", "age_mean_c_2", "task_type", "language", "modality_pres", "modality_resp",
                "software",
            ])
        #expect(project.experiments[0].covariates["threshold"] == .text("uncorrected"))
        #expect(project.experiments[0].covariates["task_type"] == .number(1))
        #expect(project.models.map(\.name) == ["mean"])
        #expect(project.notices.isEmpty)
    }

    @Test("the ultimatum folder reads as it is, without t_thr", .enabled(if: Shelf.isHere, Shelf.absence))
    func ultimatum() throws {
        let project = try ProjectReader.read(try #require(Shelf.path) + "/data/ultimatum")
        // Counted with Python from the same files.
        #expect(project.experiments.map(\.n1) == [29, 19, 23, 27, 23, 38, 40, 17])
        let peaks = project.experiments.flatMap(\.peaks)
        #expect(peaks.count == 74)
        #expect(peaks.reduce(0) { $0 + $1.coordinate.sum() } == 1297)
        #expect(project.experiments.allSatisfy { $0.tThreshold == nil && $0.n2 == 0 })
        #expect(project.notices.isEmpty)
        #expect(peaks[0].source.description.hasSuffix("Baumgartner.other_mni.txt:1"))
    }

    @Test(
        "a table reads the same in every dress",
        arguments: [
            "study\tn1\tn2\tt_thr\tage\nA\t20\t\t3.5\t31.25\n",
            "study\tn1\tn2\tt_thr\tage\r\nA\t20\tNA\t3.5\t31.25\r\n",
            "\u{FEFF}study\tn1\tn2\tt_thr\tage\t\t\nA\t20\t0\t3.5\t31.25\t\t\n",
            "study n1 n2 t_thr age\nA 20 NA 3.5 31.25",
            "\"study\" \"n1\" \"n2\" \"t_thr\" \"age\"\n\"A\" 20 NA 3.5 31.25\n",
            "\"study\" \"n1\" \"n2\" \"t_thr\" \"age\"\n\"1\" \"A\" 20 NA 3.5 31.25\n",
            "\"study\"\t\"n1\"\t\"n2\"\t\"t_thr\"\t\"age\"\n\"A\"\t20\t0\t3,5\t\"31,25\"\n",
            "study;n1;n2;t_thr;age\nA;20;;3,5;31,25\n",
            "study,n1,n2,t_thr,age\nA,20,,3.5,31.25\n",
            "Study\tN1\tN2\tT_thr\tage\n\nA\t20.0\tn/a\t+3.5\t3.125e1\n\n",
            "study\tn1\tn2\tt_thr\tage\rA\t20\t0\t\u{2212}3.5\t31.25\r",
        ])
    func dress(_ table: String) throws {
        let experiment = try folder(table: table).read().experiments[0]
        #expect(experiment.id == "A")
        #expect(experiment.n1 == 20)
        #expect(experiment.n2 == 0)
        #expect(experiment.tThreshold == 3.5)
        #expect(experiment.covariates == ["age": .number(31.25)])
    }

    @Test("a UTF-16 table, as Excel saves Unicode text, is read")
    func utf16() throws {
        let scratch = try folder()
        var bytes: [UInt8] = [0xFF, 0xFE]
        for unit in "study\tn1\r\nA\t20\r\n".utf16 { bytes += [UInt8(unit & 0xFF), UInt8(unit >> 8)] }
        try scratch.write("sdm_table.txt", bytes: bytes)
        #expect(try scratch.read().experiments[0].n1 == 20)
    }

    @Test(
        "every ending of a peak file says its space",
        arguments: [
            ("spm_mni", CoordinateSpace.mni), ("fsl_mni", .mni), ("other_mni", .mni), ("spm_brett", .brett),
            ("fsl_brett", .brett), ("other_tal", .talairach), ("spm_tal", .talairachSPM), ("fsl_tal", .talairachFSL),
        ])
    func ending(_ ending: String, _ space: CoordinateSpace) throws {
        let scratch = try Scratch(["sdm_table.txt": "study\tn1\nA\t20\n", "A.\(ending).txt": "1,2,3,4.5"])
        #expect(try scratch.read().experiments[0].peaks.map(\.space) == [space])
    }

    @Test(
        "a peak reads the same however it is separated",
        arguments: [
            "8,-24,56.5,5.12", "8, -24, 56.5, 5.12", "8 -24 56.5 5.12", "8\t-24\t56.5\t5.12", "8;-24;56,5;5,12",
            "8\t\u{2212}24\t56,5\t5,12", "8,0 -24,0 56,5 5,12", "  8 ,\t-24 ,56.5,5.12 ,\r", "\u{FEFF}8,–24,56.5,5.12",
            "x,y,z,t\n8,-24,56.5,5.12", "# comment\n\n8,-24,56.5,5.12\n\n", "8,\u{A0}-24,\u{A0}56.5,\u{A0}5.12",
        ])
    func separators(_ text: String) throws {
        let peaks = try peaks(text)
        #expect(peaks.map(\.coordinate) == [[8, -24, 56.5]])
        #expect(peaks.map(\.height) == [.t(5.12)])
    }

    @Test("p and n are directions without a t; three numbers are neither")
    func codes() throws {
        #expect(
            try peaks("1,2,3,p\n1,2,3,n\n1 2 3 P\n1,2,3\n1,2,3,-4").map(\.height)
                == [.positive, .negative, .positive, .unknown, .t(-4)])
    }

    @Test("the line of a peak is kept, blank lines counted")
    func lines() throws {
        #expect(try peaks("\r\n1,2,3,4\r\n\r\n1,2,3,5\r\n").map(\.source.line) == [2, 4])
    }

    @Test("no_peaks says that nothing was found; the name may end in digits")
    func noPeaks() throws {
        let scratch = try Scratch(["sdm_table.txt": "study\tn1\nSmith2010\t20\n", "Smith2010.no_peaks.txt": ""])
        #expect(try scratch.read().experiments[0].report == .peaks([]))
    }

    @Test("a statistic map stands in place of peaks", arguments: ["A.nii", "A.nii.gz"])
    func map(_ name: String) throws {
        let scratch = try Scratch(["sdm_table.txt": "study\tn1\nA\t20\n", name: "not looked into"])
        guard case .map(let map) = try scratch.read().experiments[0].report else {
            Issue.record("no map")
            return
        }
        #expect(map.kind == .t)
        #expect(map.path == "\(scratch.path)/\(name)")
    }

    @Test(
        "a bad table is refused with its line and a way to mend it",
        arguments: [
            ("name\tn1\nA\t20\n", "sdm_table.txt:1:", "study"),
            ("study\tn\nA\t20\n", "sdm_table.txt:1:", "Rename \"n\" to \"n1\""),
            ("study\tn1\nA\t20.5\n", "sdm_table.txt:2:", "whole number"),
            ("study\tn1\nA\ttwenty\n", "sdm_table.txt:2:", "\"twenty\""),
            ("study\tn1\nA\t-3\n", "sdm_table.txt:2:", "whole number"),
            ("study\tn1\tt_thr\nA\t20\tp<.001\n", "sdm_table.txt:2:", "t_thr is \"p<.001\""),
            ("study\tn1\nA\t20\nA\t21\n", "sdm_table.txt:3:", "line 2"),
            ("study\tn1\nA\t20\t3\n", "sdm_table.txt:2:", "3 fields"),
            ("study\tn1\nA\t20\nB.\t20\n", "sdm_table.txt:3:", "neither a peak file"),
            ("study\tn1\nAlf\t20\n", "sdm_table.txt:2:", "Add Alf.other_mni.txt"),
            ("study n1 age\nA 20\n", "sdm_table.txt:2:", "Write NA"),
            ("study n1\nA b 20\n", "sdm_table.txt:2:", "double quotes"),
            ("study\tn1\tn1\nA\t20\t20\n", "sdm_table.txt:1:", "twice"),
            ("study\tn1\nA B\t20\n", "sdm_table.txt:2:", "Add A B.other_mni.txt"),
            ("study\tn1\n../A\t20\n", "sdm_table.txt:2:", "letters, digits"),
            ("study\tn1\n\t20\n", "sdm_table.txt:2:", "no name"),
            ("study\tn1\n\"A\t20\n", "sdm_table.txt:2:", "quote"),
            ("study\tn1\n", "sdm_table.txt:", "no studies"),
            ("", "sdm_table.txt:", "empty"),
            ("study\tn1\nA\t20\u{0}\n", "sdm_table.txt:", "not text"),
            ("study\tn1\nB\t20\n", "sdm_table.txt:2:", "neither a peak file nor a map"),
        ])
    func badTable(_ table: String, _ place: String, _ hint: String) throws {
        let text = problem { try folder(table: table).read() }
        #expect(text.contains(place))
        #expect(text.contains(hint))
    }

    @Test(
        "a bad peak is refused with its line and a way to mend it",
        arguments: [
            ("1,2\n", "2 fields"), ("1,2,3,4,5\n", "5 fields"), ("1,dog,3,4\n", "y is \"dog\""),
            ("1,2,3,++\n", "t is \"++\""), ("8,24,56,5,12\n", "5 fields"), ("36,24 -8 9.66\n", "two ways"),
            ("1,2,3,nan\n", "t is \"nan\""), ("1,2,0x1F,4\n", "z is \"0x1F\""), ("1e999,2,3,4\n", "x is"),
        ])
    func badPeak(_ peaks: String, _ hint: String) throws {
        let text = problem { try folder(peaks: "1,2,3,4\n" + peaks).read() }
        #expect(text.contains("A.other_mni.txt:2:"))
        #expect(text.contains(hint))
    }

    @Test("files that do not fit the table are told")
    func strays() throws {
        let scratch = try folder()
        try scratch.write("B.spm_mni.txt", "1,2,3,4")
        #expect(try scratch.read().notices.contains { $0.code == "peak-file-unused" && $0.severity == .warning })
        try scratch.write("A.no_peaks.txt", "")
        #expect(problem { try scratch.read() }.contains("several files"))
        let mistyped = try Scratch(["sdm_table.txt": "study\tn1\nA\t20\n", "A.othr_mni.txt": "1,2,3,4"])
        let told = problem { try mistyped.read() }
        // The ending is the space: a guess by spelling could move every peak.
        #expect(told.contains("A.othr_mni.txt has no known ending") && !told.contains("Did you mean"))
        let near = try Scratch(["sdm_table.txt": "study\tn1\nSmith2010\t20\n", "Smth2010.other_mni.txt": "1,2,3,4"])
        #expect(problem { try near.read() }.contains("Is it Smth2010.other_mni.txt?"))
        let lying = try Scratch(["sdm_table.txt": "study\tn1\nA\t20\n", "A.no_peaks.txt": "1,2,3,4"])
        #expect(problem { try lying.read() }.contains("A.no_peaks.txt:1: a no_peaks file must be empty"))
    }

    @Test("a file whose name differs in letter case only is found, unless another study has that name")
    func letterCase() throws {
        let one = try Scratch(["sdm_table.txt": "study\tn1\nsmith\t20\n", "Smith.Other_MNI.txt": "1,2,3,4"])
        #expect(try one.read().experiments[0].peaks.count == 1)
        let two = try Scratch(["sdm_table.txt": "study\tn1\nsmith\t20\nSmith\t21\n", "Smith.other_mni.txt": "1,2,3,4"])
        #expect(problem { try two.read() }.contains("study \"smith\" has neither"))
    }

    @Test("a missing n is an error of the data, listed with its line")
    func missingN() throws {
        let notices = try folder(table: "study\tn1\nA\tNA\n").read().notices
        #expect(notices.contains { $0.code == "n-missing" && $0.severity == .error && $0.location?.line == 2 })
    }
}
