import Foundation
import Testing

/// The second example on coarse voxels, which finds something, read back from its page: every number there is that of the run's files.
///
/// One run serves all; it takes some seconds.
@Suite("The report of an example")
struct ExampleReportTests {
    private static let examples = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Examples").path

    /// Its folder, and what went wrong.
    private struct Made: Sendable {
        let scratch: Scratch
        let problem: String

        init(_ example: String, _ options: [String]) {
            do {
                scratch = try Scratch()
                let outcome = try Command(
                    ["run", "\(examples)/\(example)", "--out", "o", "--quiet", "--no-viewer", "--set", "voxel_size=4"]
                        + options, in: scratch.path
                ).wait()
                problem = outcome.code == 0 ? "" : outcome.complaint
            } catch {
                preconditionFailure("no folder for a test: \(error)")
            }
        }

        var page: ReadPage { ReadPage(scratch.text("o/report.html")) }

        /// Rows of a table by the names of its columns.
        func table(_ name: String) -> [[String: String]] {
            let lines = scratch.text("o/\(name)").split(separator: "\n").map {
                $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            }
            guard let header = lines.first else { return [] }
            return lines.dropFirst().map { Dictionary(zip(header, $0), uniquingKeysWith: { first, _ in first }) }
        }
    }

    private static let semantics = Made(
        "semantics",
        ["--model", "all", "--set", "relocations=39", "--set", "imputations=10", "--set", "foci_iterations=100"])

    private func number(_ row: [String: String], _ column: String) -> Double { Double(row[column] ?? "") ?? .nan }

    /// Numbers of a cell, in their order: `0.39 0.25 to 0.52`, `11 / 4 / 35`.
    private func numbers(_ cell: String) -> [PrintedNumber] {
        ReadPage.matches(#"[−-]?[\d,]+(?:\.\d+)?"#, cell).compactMap { PrintedNumber($0[0]) }
    }

    private func expect(_ cell: String, _ values: [Double], _ what: String) {
        let found = numbers(cell)
        #expect(found.count >= values.count, "\(what): \(cell)")
        for (printed, value) in zip(found, values) { #expect(printed.tells(value), "\(what): \(cell) for \(value)") }
    }

    @Test(
        "tables of clusters are those of the files",
        arguments: [
            ("Clusters at p(FWE)", "all/clusters_corr-FWE.tsv"),
            ("Clusters, described at their peaks (exploratory", "all/clusters.tsv"),
        ])
    func clusters(_ caption: String, _ file: String) throws {
        #expect(Self.semantics.problem.isEmpty, "\(Self.semantics.problem)")
        let table = try #require(Self.semantics.page.section("model-1").table(caption), "no table \(caption)")
        let rows = Self.semantics.table(file)
        #expect(!rows.isEmpty && table.rows.count == rows.count)
        func column(_ title: String) throws -> [String] { try #require(table.column(title), "no column \(title)") }
        let effects = try column("g (95 % CI)")
        let places = try column("Place of the peak (MNI mm)")
        let bases = try column("Measured / sign / silent")
        let sizes = try column("mm³ (voxels)")
        let (z, imputed, i2) = (try column("z"), try column("Imputed"), try column("I²"))
        let p = try table.column("p(FWE)") ?? column("p")
        for (n, row) in rows.enumerated() {
            func values(_ columns: String...) -> [Double] { columns.map { number(row, $0) } }
            expect(effects[n], values("g", "ci_low", "ci_high"), "g")
            expect(z[n], values("z"), "z")
            expect(imputed[n], [100 * number(row, "imputed_share")], "share imputed")
            expect(bases[n], values("measured", "sign_only", "silent"), "basis")
            expect(sizes[n], values("mm3", "voxels"), "size")
            if i2[n] != "withheld" { expect(i2[n], values("I2"), "I²") }
            let place = places[n].components(separatedBy: "·")[0]
            expect(String(place.drop { $0 == "–" || $0 == " " }), values("x_mm", "y_mm", "z_mm"), "place")
            let printed = try #require(PrintedNumber(p[n]))
            if table.column("p(FWE)") != nil {
                #expect(printed.tellsCorrected(number(row, "p_fwe_tfce")), "p(FWE) \(p[n])")
            } else {
                #expect(printed.tells(number(row, "p")), "p \(p[n])")
            }
        }
    }

    @Test("how firm findings are is what trust.tsv says")
    func trust() throws {
        let table = try #require(Self.semantics.page.section("model-1").table("The findings and how firm they are"))
        let rows = Self.semantics.table("all/trust.tsv")
        #expect(!rows.isEmpty && table.rows.count == rows.count)
        let columns: [(title: String, values: [String], factor: Double)] = [
            ("Effect (95 % CI)", ["effect", "ci_low", "ci_high"], 1), ("p", ["p_two_sided"], 1),
            ("Prediction interval", ["pi_low", "pi_high"], 1), ("I²", ["I2"], 1), ("Small studies, p", ["egger_p"], 1),
            ("Excess, p", ["excess_p"], 1), ("Jackknife", ["jackknife_kept", "jackknife_runs"], 1),
            ("Imputed", ["imputed_weight"], 100),
        ]
        for (title, names, factor) in columns {
            let cells = try #require(table.column(title), "no column \(title)")
            for (cell, row) in zip(cells, rows) where cell != "withheld" && cell != "–" {
                if names.count == 1 {
                    let printed = try #require(PrintedNumber(cell), "\(title): \(cell)")
                    #expect(printed.tells(factor * number(row, names[0])), "\(title): \(cell)")
                } else {
                    expect(cell, names.map { number(row, $0) }, title)
                }
            }
        }
        for (cell, row) in zip(try #require(table.column("p(FWE)")), rows) {
            #expect(try #require(PrintedNumber(cell)).tellsCorrected(number(row, "p_fwe")), "p(FWE) \(cell)")
        }
    }

    @Test("the first screen counts what the files hold")
    func firstScreen() throws {
        let screen = Self.semantics.page.section("answer")
        let table = try #require(screen.table("The model"))
        let corrected = Self.semantics.table("all/clusters_corr-FWE.tsv")
        let studies = Self.semantics.table("all/studies.tsv")
        #expect(table.column("Experiments") == [String(studies.count)])
        #expect(table.column("Clusters that survive") == [String(corrected.count)])
        let best = corrected.map { number($0, "p_fwe_tfce") }.min() ?? .nan
        #expect(try #require(PrintedNumber(table.column("Best p(FWE)")?.first ?? "")).tellsCorrected(best))
        let strongest = try #require(corrected.max { abs(number($0, "z")) < abs(number($1, "z")) })
        let told = try #require(ReadPage.matches(Self.effect, screen.prose).first, "the verdict names no effect")
        for (text, column) in zip(told.dropFirst(), ["g", "ci_low", "ci_high"]) {
            #expect(
                try #require(PrintedNumber(text)).tells(number(strongest, column)), "the verdict's \(column) \(text)")
        }
    }

    /// An effect with its interval, as sentences have it.
    private static let effect = #"g = (−?\d+\.\d+),? \(?95 % CI (−?\d+\.\d+) to (−?\d+\.\d+)"#

    @Test("every effect with an interval in the prose is one of the files, all three numbers together")
    func effects() throws {
        let page = Self.semantics.page
        let files = ["clusters.tsv", "clusters_corr-FWE.tsv", "peaks.tsv", "peaks_corr-FWE.tsv"].flatMap { name in
            Self.semantics.table("all/\(name)").map { row in ["g", "ci_low", "ci_high"].map { number(row, $0) } }
        }
        let trust = Self.semantics.table("all/trust.tsv").flatMap { row in
            [["effect", "ci_low", "ci_high"], ["effect_filled", "filled_ci_low", "filled_ci_high"]].map { names in
                names.map { number(row, $0) }
            }
        }
        let pattern = #"g = (−?\d+\.\d+),? \(?95 % CI (−?\d+\.\d+) to (−?\d+\.\d+)"#
        var found = 0
        for id in ["answer", "model-1"] {
            for match in ReadPage.matches(pattern, page.section(id).prose) {
                let printed = match.dropFirst().compactMap { PrintedNumber($0) }
                found += 1
                #expect(
                    (files + trust).contains { values in
                        printed.count == 3 && zip(printed, values).allSatisfy { $0.tells($1) }
                    }, "\(match[0]) is in no file")
            }
        }
        #expect(found > 1, "no effect was found in the prose")
    }

    @Test("no p has digits that its permutations do not allow")
    func digits() {
        for match in ReadPage.matches(#"p\(FWE\) (?:=|≤|above zero:|below zero:) (\d\.\d+)"#, Self.semantics.page.text)
        {
            #expect(match[1].count <= 4, "40 relocations allow two decimals: \(match[0])")
        }
        for cell in Self.semantics.page.tables.flatMap({ $0.column("p") ?? [] }) {
            #expect(ReadPage.matches(#"^0\.[1-9]\d{2,}$"#, cell).isEmpty, "\(cell) has digits that say nothing")
        }
    }

    @Test("the first example can be read: its prose has fewer than 6,000 words, and what stands open fewer than 1,500")
    func words() {
        let made = Made(
            "psychotherapy", ["--set", "relocations=19", "--set", "imputations=10", "--set", "foci_iterations=100"])
        #expect(made.problem.isEmpty, "\(made.problem)")
        let page = made.page
        let references = ReadPage.words(page.section("references").prose)
        let prose = ReadPage.words(page.prose) - references
        #expect(prose > 1000 && prose < 6000, "\(prose) words of prose, references aside")
        let open = ReadPage.words(page.visible)
        #expect(open > 200 && open < 1500, "\(open) words stand open")
    }
}
