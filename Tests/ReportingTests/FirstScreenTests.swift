import Evidence
import Figures
import Foundation
import Imaging
import Inference
import Reporting
import SeedBasedMapping
import Testing

/// The page that people look at: what stands first, what folds, and in what order. Rules: Docs/report.md.
@Suite("The report's first screen")
struct FirstScreenTests {
    static func page(_ run: RunResults) throws -> String {
        try Fixture.inTemporaryFolder { folder in
            _ = try ResultFolder(folder + "/out").write(run)
            return try String(contentsOfFile: folder + "/out/report.html", encoding: .utf8)
        }
    }

    /// A section's source.
    static func section(_ id: String, of page: String) throws -> String {
        let start = try #require(page.range(of: "<section id=\"\(id)\""), "the page has no section \(id)")
        let end = try #require(page.range(of: "</section>", range: start.upperBound..<page.endIndex))
        return String(page[start.lowerBound..<end.upperBound])
    }

    /// What is read without opening anything: no tags, style, script, pictures, and nothing folded but its line.
    static func visible(_ source: String) -> String {
        var text = source
        for pattern in [#"(?s)<style>.*?</style>"#, #"(?s)<script>.*?</script>"#, #"(?s)<svg.*?</svg>"#] {
            text = text.replacingOccurrences(of: pattern, with: " ", options: .regularExpression)
        }
        // Folds hold folds: the innermost is taken away first, until none is left.
        let fold = #"(?s)<details[^>]*>\s*<summary>((?:(?!<summary>).)*?)</summary>(?:(?!<details).)*?</details>"#
        var before = ""
        while before != text {
            before = text
            text = text.replacingOccurrences(of: fold, with: " $1 ", options: .regularExpression)
        }
        return text.replacingOccurrences(of: #"<[^>]*>"#, with: " ", options: .regularExpression)
    }

    private static func words(_ text: String) -> Int { text.split(whereSeparator: \.isWhitespace).count }

    private static let survivors = Fixture.tested(Fixture.twoBlobs, name: "found", permutations: 20)
    private static let silent = Fixture.tested(Fixture.blob(1, at: .zero), name: "nothing", permutations: 20)

    @Test("question, verdict, doubt, a line per model and a picture come first, in that order")
    func order() throws {
        let page = try Self.page(Fixture.run([Self.survivors, Self.silent]))
        let parts = [
            "<nav class=\"bar\"", "<h1>What changes?</h1>", "class=\"answer\"", "What to doubt.",
            "answer-slices-alt", "<caption>The models</caption>", "<section id=\"model-1\"", "<section id=\"model-2\"",
            "<section id=\"studies\"",
        ]
        let places = parts.map { page.range(of: $0)?.lowerBound }
        for (part, place) in zip(parts, places) { #expect(place != nil, "\(part) is missing") }
        #expect(
            places.compactMap { $0 } == places.compactMap { $0 }.sorted(),
            "a part stands before one that it should follow")
    }

    @Test("the verdict counts what survives, names the strongest with its effect, and what other models have")
    func found() throws {
        let answer = try Self.section("answer", of: Self.page(Fixture.run([Self.silent, Self.survivors])))
        // Observed 5 and −4 exceed 19 permutations of up to 2.9 and 1.9: two clusters with p = 1/20.
        #expect(
            answer.contains("<b>Two places</b>"),
            "what survives in the second model is the headline, not the first's nothing")
        #expect(answer.contains("<b>Left amygdala</b> (g = "))
        #expect(answer.contains("1 above zero, 1 below."))
        #expect(answer.contains("This is the model “found”; nothing survives in the other 1."))
        #expect(
            answer.contains("<td class=\"n\">0.05</td>"),
            "best p(FWE), with the two decimals that 20 permutations allow")
        #expect(answer.contains("z of what survives p(FWE) ≤ 0.05"))
    }

    @Test("models that were not corrected are not among those in which nothing survives")
    func notCorrected() throws {
        let plain = Fixture.findings(Fixture.twoBlobs, name: "plain")
        let all = try Self.section("answer", of: Self.page(Fixture.run([Self.silent, Self.survivors, plain])))
        #expect(
            all.contains("“found”; of the other 2, 1 was not corrected; nothing survives in the rest."),
            "a model without a correction is told as one in which nothing survives")
        let two = try Self.section("answer", of: Self.page(Fixture.run([Self.survivors, plain])))
        #expect(two.contains("“found”; the other 1 was not corrected."))
        let none = try Self.section("answer", of: Self.page(Fixture.run([Self.silent, plain])))
        #expect(none.contains("the whole brain in “nothing”; the other 1 was not corrected"))
        #expect(!none.contains("in any of"), "a model that was not corrected is counted")
    }

    @Test("where nothing survives the verdict says so, and the picture is called unthresholded")
    func nothing() throws {
        let page = try Self.page(Fixture.run([Self.silent]))
        let answer = try Self.section("answer", of: page)
        #expect(answer.contains("<b>Nothing survives</b>") && answer.contains("does not show that there is no effect"))
        #expect(answer.contains("Not a finding: the whole z map") && answer.contains("answer-whole-alt"))
        // The same picture is not in the page twice.
        #expect(page.components(separatedBy: "data:image/png;base64,").count == 2)
    }

    @Test("a run without a correction says that its clusters are exploratory")
    func uncorrected() throws {
        let answer = try Self.section("answer", of: Self.page(Fixture.run([Fixture.findings(Fixture.twoBlobs)])))
        #expect(answer.contains("<b>Two clusters, exploratory</b>: nothing was corrected"))
        #expect(answer.contains("not corrected for the whole brain"), "the main doubt")
        #expect(answer.contains("Exploratory, not corrected for multiple comparisons"))
    }

    @Test("the caution does not speak as if nothing were corrected where clusters survive")
    func caution() throws {
        let page = try Self.page(Fixture.run([Self.survivors]))
        #expect(!page.contains("Exploratory, not corrected for multiple comparisons"))
    }

    @Test("a model with nothing found takes three lines until it is opened")
    func folded() throws {
        var silent = Self.silent
        silent.result.plan = ModelPlan(name: "nothing", question: "Does it change at all?")
        let section = try Self.section("model-1", of: Self.page(Fixture.run([silent])))
        let seen = Self.visible(section)
        #expect(
            section.components(separatedBy: "class=\"lines").count
                + section.components(separatedBy: "question lines").count == 5)
        #expect(Self.words(seen) < 60, "\(seen)")
        #expect(seen.contains("Nothing survived the correction") && seen.contains("Main doubt:"))
        #expect(!seen.contains("whole map"))
    }

    @Test("corrected clusters have a picture and come before the exploratory ones, which fold")
    func correctedFirst() throws {
        let section = try Self.section("model-1", of: Self.page(Fixture.run([Self.survivors])))
        let corrected = try #require(section.range(of: "<caption>Clusters at p(FWE)"))
        let picture = try #require(section.range(of: "survivors-1-alt"), "what survives has no picture")
        let fold = try #require(section.range(of: "<details id=\"more-1\""))
        let exploratory = try #require(section.range(of: "(exploratory, uncorrected one-tailed p)"))
        #expect(picture.lowerBound < corrected.lowerBound && corrected.lowerBound < fold.lowerBound)
        #expect(fold.lowerBound < exploratory.lowerBound)
        // Two thresholds form two sizes of one cluster; both captions say which.
        #expect(section.contains("sizes are of the voxels that survive"))
        #expect(section.contains("sizes are of voxels at p &lt; 0.005"))
    }

    @Test("seven models with nothing are read in a minute: the first screen and all folds stay short")
    func brevity() throws {
        let models = (1...7).map { Fixture.tested(Fixture.blob(1, at: .zero), name: "model \($0)", permutations: 20) }
        let page = try Self.page(Fixture.run(models))
        #expect(
            Self.words(Self.visible(page)) < 900,
            "\(Self.words(Self.visible(page))) words are seen without opening anything")
    }

    @Test("regions of the plan are on the first screen with what they rest on")
    func regions() throws {
        let answer = try Self.section("answer", of: Self.page(RegionReportTests.run()))
        #expect(answer.contains("Region hypotheses in “rest”") && answer.contains("strong evidence for an increase"))
        // Five experiments: two with a statistic, two signs, one silent.
        #expect(answer.contains("aria-label=\"2 measured, 2 sign only, 1 silent\""))
    }

    @Test(
        "every cluster that survives is shown at its peak, and the whole brain where one reaches beyond what is shown there"
    )
    func peaks() throws {
        let clusters = Self.survivors.result.correctedClusters()
        try #require(!clusters.isEmpty)
        let page = try Self.section("model-1", of: Self.page(Fixture.run([Self.survivors])))
        #expect(page.contains("<h4>At the peaks</h4>"))
        for part in ["whole", "near"] {
            #expect(page.matches(of: /id="peak-1-\d+-(whole|near)-alt"/).count { $0.1 == part } == clusters.count)
        }
        let isTooLarge = clusters.contains { !BrainDrawing.isSeenNear($0, in: Fixture.mask) }
        #expect(page.contains("id=\"survivors-1-alt\"") == isTooLarge)
        // One bar of colours for all: its mark is the least |z| that survives.
        #expect(page.contains("Mark on the bar of colours: the least |z| of these clusters"))
        let nothing = try Self.section("model-1", of: Self.page(Fixture.run([Self.silent])))
        #expect(!nothing.contains("At the peaks"))
    }

    @Test(
        "a map has no threshold, so nobody doubts one that was assumed; and random maps, not peaks, are what it is compared with"
    )
    func maps() throws {
        var peaks = Fixture.tested(Fixture.twoBlobs, name: "found", permutations: 20, kind: .relocations)
        var maps = peaks
        for n in peaks.result.experiments.indices {
            peaks.result.experiments[n].thresholdIsAssumed = true
            maps.result.experiments[n].thresholdIsAssumed = true
            maps.result.experiments[n].report = .map(
                .init(path: "maps/m.nii.gz", kind: .t, source: SourceLocation(file: "maps/m.nii.gz")))
        }
        let (ofPeaks, ofMaps) = (try Self.page(Fixture.run([peaks])), try Self.page(Fixture.run([maps])))
        #expect(ofPeaks.contains("the same peaks placed at random would"))
        #expect(ofPeaks.contains("* Assumed: the source does not state a threshold for"))
        #expect(ofMaps.contains("random maps of the same smoothness would"))
        #expect(!ofMaps.contains("* Assumed") && !ofMaps.contains("thresholds assumed in"))
    }

    @Test("tables can be sorted with the script, and are whole without it; wide ones scroll in a box of their own")
    func tables() throws {
        let page = try Self.page(Fixture.run([Self.survivors]))
        #expect(page.contains("<table class=\"sortable\">") && page.contains("aria-sort"))
        #expect(!page.contains("<th scope=\"col\"><"), "heads are buttons only once the script made them so")
        #expect(!page.contains("createElement('button')"), "chromium prints heads with such buttons on one page only")
        let tables = page.components(separatedBy: "<table").count
        let boxes = page.components(separatedBy: "<div class=\"table\" role=\"group\"").count
        #expect(tables == boxes)
        for rule in ["position: sticky", "break-before: page", "overflow-x: auto", "prefers-color-scheme: dark"] {
            #expect(page.contains(rule), "\(rule)")
        }
    }
}
