import Evidence
import Figures
import Foundation
import Imaging
import Reporting
import SeedBasedMapping
import Testing

@Suite struct ReportPageTests {
    private func page(_ run: RunResults) throws -> String {
        try Fixture.inTemporaryFolder { folder in
            let results = try ResultFolder(folder + "/out")
            _ = try results.write(run)
            return try String(contentsOfFile: folder + "/out/report.html", encoding: .utf8)
        }
    }

    @Test("the page has every section, a table with caption for studies and clusters, and pictures with a text")
    func sections() throws {
        let page = try page(Fixture.run([Fixture.findings(Fixture.twoBlobs)]))
        for id in ["answer", "asked", "studies", "model-1", "notices", "methods", "references", "run"] {
            #expect(page.contains("<section id=\"\(id)\""), "section \(id)")
        }
        #expect(page.contains("<caption>Experiments as used</caption>"))
        #expect(page.contains("<caption>Clusters, described at their peaks"))
        // Slices on the first screen, all slices and the whole map in the model's section.
        #expect(page.components(separatedBy: "role=\"img\" aria-labelledby=").count == 4)
        #expect(page.contains("not corrected for multiple comparisons"))
        #expect(page.contains("https://pubmed.ncbi.nlm.nih.gov/12345678/"))
        #expect(page.contains("3.58*"))
    }

    @Test("nothing is loaded from elsewhere: other sites occur only as links")
    func selfContained() throws {
        let page = try page(Fixture.run([Fixture.findings(Fixture.twoBlobs)]))
        var rest = page.replacingOccurrences(
            of: #"<a href="https://[^"]*">"#, with: "", options: .regularExpression)
        rest = rest.replacingOccurrences(of: "xmlns=\"http://www.w3.org/2000/svg\"", with: "")
        #expect(!rest.contains("http://"))
        #expect(!rest.contains("https://"))
        // One script, within the page.
        #expect(rest.components(separatedBy: "<script").count == 2 && rest.contains("<script>\n"))
        for loader in ["fetch(", "XMLHttpRequest", "import(", "<link", "<iframe", "@import", "src=", "url(http"] {
            #expect(!rest.contains(loader), "\(loader)")
        }
    }

    @Test("text of the user is shown as text, wherever it comes from")
    func escaping() throws {
        let evil = "<script>alert('1')</script>&\"x\""
        var project = Fixture.project(evil)
        project.question = evil
        project.covariateNames = ["pmid"]
        project.notices = [Notice(.warning, code: "c", at: SourceLocation(file: evil, line: 1), evil, remedy: evil)]
        var findings = Fixture.findings(Fixture.twoBlobs, name: evil, question: evil)
        findings.result.experiments[0].id = evil
        findings.result.experiments[0].study = evil
        findings.result.experiments[0].covariates["pmid"] = .text("javascript:alert(1)")
        project.experiments = findings.result.experiments
        var run = Fixture.run([findings], project: project)
        run.places = PlaceNamer(atlases: [evil]) { _ in [evil] }
        run.commandLineSettings = [SettingAssignment(key: evil, value: evil)]
        run.machine.commandLine = [evil]
        let page = try page(run)
        #expect(page.components(separatedBy: "<script").count == 2 && !page.contains("<script>alert"))
        #expect(!page.contains("href=\"javascript"))
        #expect(page.contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;&quot;x&quot;"))
    }

    @Test("without any cluster the page says so and does not read it as absence of effects")
    func nothingSurvived() throws {
        let page = try page(Fixture.run([Fixture.findings(Fixture.blob(1, at: .zero))]))
        #expect(page.contains("Nothing survived the exploratory threshold"))
        #expect(page.contains("does not show that there is no effect"))
        #expect(!page.contains("Clusters, described at their peaks"))
        #expect(page.components(separatedBy: "data:image/png;base64,").count == 2)
    }

    @Test("peaks far from the mask are counted, of each experiment and in all; without any nothing is said")
    func placement() throws {
        var model = Fixture.findings(Fixture.twoBlobs)
        #expect(try !page(Fixture.run([model])).contains("Outside the mask"))
        if case .peaks(var peaks) = model.result.experiments[1].report {
            peaks[1].coordinate = [100, -16, 10]
            model.result.experiments[1].report = .peaks(peaks)
        }
        let told = try page(Fixture.run([model]))
        // Half the diagonal of a voxel of 8 mm.
        #expect(told.contains("1 of 3 peaks lies more than 6.93 mm from the mask of the analysis"))
        #expect(told.contains("Outside the mask"))
    }

    @Test("in white matter the methods speak of Gaussian kernels, whatever anisotropy says, and cite nobody for others")
    func whiteMatter() throws {
        let grey = try page(Fixture.run([Fixture.findings(Fixture.twoBlobs)]))
        #expect(grey.contains("voxel of grey matter (ICBM152") && grey.contains("anisotropic kernels (anisotropy 1"))
        #expect(grey.contains("10.3389/fpsyt.2014.00013"))
        var settings = Settings.sdmPSI
        settings.mask = .whiteMatter
        let white = try page(Fixture.run([Fixture.findings(Fixture.twoBlobs, settings: settings)]))
        #expect(white.contains("voxel of white matter (ICBM152") && white.contains("Gaussian kernels (full width"))
        #expect(!white.contains("anisotropic kernels") && !white.contains("10.3389/fpsyt.2014.00013"))
    }

    @Test("the methods say what was assumed, and references list only what was used")
    func methods() throws {
        let plain = try page(Fixture.run([Fixture.findings(Fixture.twoBlobs)]))
        #expect(plain.contains("The height threshold of 1 of 3 experiments"))
        #expect(plain.contains("2 peaks had a direction but no statistic"))
        // t = 3.5794 on 19 df is p = 0.001; the assumed one has 24 df: scipy.stats.t.sf(3.5794, 24) = 0.00075.
        #expect(plain.contains("the t value of a one-tailed p of 0.0008 for the sample size"))
        #expect(plain.contains("imputed 50 times"))
        #expect(plain.contains("10.1016/0197-2456(86)90046-2"))
        #expect(!plain.contains("Lancaster"))
        #expect(!plain.contains("Viechtbauer"))

        var settings = Settings.sdmPSI
        settings.tau2Estimator = .reml
        settings.anisotropy = 0
        var findings = Fixture.findings(Fixture.twoBlobs, settings: settings)
        findings.result.experiments = findings.result.experiments.map { experiment in
            var experiment = experiment
            experiment.report = .peaks(
                experiment.peaks.map { peak in
                    var peak = peak
                    peak.space = .talairach
                    return peak
                })
            return experiment
        }
        let other = try page(Fixture.run([findings]))
        #expect(other.contains("10.1002/hbm.20345"))
        #expect(other.contains("10.3102/10769986030003261"))
        #expect(!other.contains("10.1016/0197-2456(86)90046-2"))
        #expect(!other.contains("10.3389/fpsyt.2014.00013"))
    }

    @Test(
        "the methods for a paper are the short ones, the supplement folds within, and nothing is lost"
    )
    func supplement() throws {
        let run = Fixture.run([Fixture.findings(Fixture.twoBlobs)])
        let page = try page(run)
        let start = try #require(page.range(of: "<section id=\"methods\"")).lowerBound
        let section = try #require(page[start...].components(separatedBy: "</section>").first)
        let parts = section.components(separatedBy: "<details><summary>Supplement</summary>")
        try #require(parts.count == 2, "the supplement has no fold of its own")
        #expect(parts[0].components(separatedBy: "<details").count == 2, "the short methods are not in one fold")
        #expect(parts[0].contains("Further details are in the supplement."))
        let words = PaperWords(run)
        for (text, part) in [(words.methods, parts[0]), (words.supplement, parts[1])] {
            for paragraph in text.components(separatedBy: "\n\n") {
                #expect(part.contains("<p>\(HTML.escape(paragraph))</p>"), "lost: \(paragraph.prefix(80))")
            }
        }
    }

    @Test("many notices of one kind fold, and few are listed")
    func notices() throws {
        var run = Fixture.run([Fixture.findings(Fixture.twoBlobs)])
        run.notices =
            (1...5).map { Notice(.warning, code: "many", "warning \($0)") } + [Notice(.note, code: "one", "a note")]
        let page = try page(run)
        #expect(page.contains("<summary>5 warnings of the kind <code>many</code></summary>"))
        #expect(page.contains("<summary>5 warnings, 1 note</summary>"))
        #expect(page.contains("a note"))
    }

    @Test("every start tag of the page has its end tag, in order")
    func wellFormed() throws {
        var trusted = Fixture.findings(Fixture.twoBlobs)
        trusted.trust = [try TrustReportTests.finding()]
        let page = try page(
            Fixture.run([
                trusted, Fixture.findings(Fixture.blob(1, at: .zero)),
                Fixture.tested(Fixture.twoBlobs, permutations: 20),
            ]))
        let void: Set<String> = [
            "meta", "br", "image", "rect", "stop", "line", "circle", "polygon", "polyline", "path", "!DOCTYPE",
        ]
        var open: [String] = []
        for match in page.matches(of: /<(\/?)([a-zA-Z!][a-zA-Z0-9]*)[^>]*>/) {
            let name = String(match.2)
            if void.contains(name) { continue }
            if match.1.isEmpty { open.append(name) } else { #expect(open.popLast() == name) }
        }
        #expect(open.isEmpty)
    }

    @Test("the terminal summary names clusters with their peaks, and says when nothing survived")
    func summary() {
        let run = Fixture.run([
            Fixture.findings(Fixture.twoBlobs, name: "all"), Fixture.findings(Fixture.blob(1, at: .zero), name: "none"),
        ])
        let text = RunSummary(run).text
        #expect(text.contains("all: 3 experiments, 76 participants"))
        #expect(text.contains("Left amygdala"))
        #expect(text.contains("none: 3 experiments, 76 participants\n  nothing survived"))
        #expect(!text.contains("\u{1B}"))
    }
}
