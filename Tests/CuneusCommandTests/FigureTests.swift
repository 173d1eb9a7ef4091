import Testing

@Suite("cuneus figure")
struct FigureTests {
    /// A run with findings, and its folder.
    private func scratch(_ options: String...) throws -> Scratch {
        let scratch = try Scratch(nativeFiles)
        let arguments =
            [
                "run", "p", "--model", "all", "--out", "o", "--set", "threshold_p=0.3", "--set", "extent=1", "--set",
                "peak_z=0",
            ]
            + options + quick
        let outcome = try Command(arguments, in: scratch.path).wait()
        try #require(outcome.code == 0, "\(outcome.complaint)")
        return scratch
    }

    private func figure(_ scratch: Scratch, _ arguments: [String]) throws -> Command.Outcome {
        try Command(["figure", "o"] + arguments, in: scratch.path).wait()
    }

    @Test("every kind that the run has something for is drawn, in every format")
    func kinds() throws {
        let scratch = try scratch()
        let kinds = [
            "slices", "mosaic", "glass", "surface", "peaks", "forest", "funnel", "contributions", "jackknife", "baujat",
            "orchard",
        ]
        for kind in kinds {
            let outcome = try figure(scratch, ["--kind", kind])
            #expect(outcome.code == 0, "\(kind): \(outcome.complaint)")
            #expect(outcome.output == "o/figures/all_\(kind).svg\n")
            let text = scratch.text("o/figures/all_\(kind).svg")
            #expect(text.contains("width=\"170mm\""), "\(kind) has no size on paper")
            #expect(text.contains("<text"), "\(kind) has no text that can be selected")
        }
        #expect(try figure(scratch, ["--kind", "forest", "--out", "f.pdf"]).code == 0)
        #expect(scratch.bytes("f.pdf").starts(with: Array("%PDF-1.4".utf8)))
        #expect(
            try figure(scratch, ["--kind", "glass", "--out", "g.png", "--dpi", "100", "--width", "85mm"]).code == 0)
        let png = scratch.bytes("g.png")
        try #require(png.count > 24)
        // 85 mm at 100 dots an inch: 334.6 pixels.
        #expect(png[16..<20].reduce(0) { $0 << 8 | Int($1) } == 335)
    }

    @Test("the forest plot in a file has the rows of the report's")
    func forest() throws {
        let scratch = try scratch()
        #expect(try figure(scratch, ["--kind", "forest", "--out", "f.svg"]).code == 0)
        let names = scratch.text("o/all/studies.tsv").split(separator: "\n").dropFirst().compactMap {
            $0.split(separator: "\t").first
        }
        try #require(names.count == 5)
        let (drawn, report) = (scratch.text("f.svg"), scratch.text("o/report.html"))
        for id in names {
            // As figures call studies: Able2001 is Able 2001.
            let name = "\(id.dropLast(4)) \(id.suffix(4))"
            #expect(drawn.contains(">\(name)</text>"), "\(name) has no row")
            #expect(report.contains(">\(name)</text>"), "the report's plot calls \(name) something else")
        }
    }

    @Test("maps are found whatever names the run gave them", arguments: ["bids", "sdm"])
    func naming(_ names: String) throws {
        let scratch = try scratch("--naming", names)
        for arguments in [["--kind", "glass"], ["--kind", "mosaic", "--map", "g"]] {
            let outcome = try figure(scratch, arguments)
            #expect(outcome.code == 0, "\(names), \(arguments): \(outcome.complaint)")
        }
    }

    @Test("cuneus run --figures writes them beside the report, each in three formats")
    func all() throws {
        let scratch = try scratch("--figures")
        let files = scratch.files("o")
        for name in ["all_glass", "all_surface", "all_cluster-1_forest"] {
            for format in ["svg", "pdf", "png"] {
                #expect(files.contains("figures/\(name).\(format)"), "\(name).\(format) is missing")
            }
        }
    }

    @Test(
        "what cannot be drawn is said, and is an error of input",
        arguments: [
            (["--kind", "pie"], "no figure of the kind \"pie\""),
            (["--kind", "glass", "--model", "none"], "no model \"none\""),
            (["--kind", "slices", "--cluster", "9999"], "no cluster 9999"),
            (["--kind", "glass", "--map", "nothing"], "no map \"nothing\""),
            (["--kind", "coverage"], "measured.nii.gz"),
            (["--kind", "glass", "--format", "gif"], "--format gif"),
            (["--kind", "glass", "--width", "2m"], "--width 2m"),
            (["--kind", "slices", "--at=1,2"], "--at 1,2"),
            // 1,000 mm at 2,400 dots an inch.
            (["--kind", "glass", "--format", "png", "--width", "1000mm", "--dpi", "2400"], "94488 pixels"),
        ])
    func refused(_ arguments: [String], _ words: String) throws {
        let scratch = try scratch()
        let outcome = try figure(scratch, arguments)
        #expect(outcome.code == 2, "\(outcome.output)\(outcome.complaint)")
        #expect(outcome.complaint.contains(words), "\(outcome.complaint)")
    }

    @Test("a folder that no run wrote is refused by name")
    func foreign() throws {
        let scratch = try Scratch()
        try scratch.makeFolder("o")
        let outcome = try figure(scratch, ["--kind", "glass"])
        #expect(outcome.code == 2)
        #expect(outcome.complaint.contains("no run.json"))
    }
}
