import Appraisal
import Evidence
import Figures
import Foundation
import Statistics
import Testing

@Suite("Plots of the evidence at a place")
struct EvidencePlotTests {
    private static func assessment(
        _ effects: [Double], _ variances: [Double], source: StudyEffects.Source = .map
    ) throws -> PlaceAssessment {
        let studies = effects.indices.map { n in
            StudyEffects.Study(
                id: "s<\(n)>", sample: "s\(n)", n1: 20, n2: 0, source: source, effects: [effects[n]],
                variances: [variances[n]])
        }
        return try PlaceAssessment(
            StudyEffects(name: "here", coordinate: .zero, voxelCount: 1, studies: studies))
    }

    private func expectPicture(_ html: HTML, _ identifier: String) {
        #expect(html.source.contains("role=\"img\""))
        #expect(html.source.contains("<title id=\"\(identifier)-alt\">"), "no words for those who do not see it")
        #expect(!html.source.contains("nan") && !html.source.contains("inf"), "a number that is none")
        #expect(!html.source.contains(/s<[a0-9]/), "a name was not escaped")
    }

    @Test("Baujat: points stand at what a study adds to Q and at its influence")
    func baujat() throws {
        let points = try Self.assessment([0.2, 0.5, 1.0, -0.1], [0.04, 0.02, 0.05, 0.03]).baujat
        let html = BaujatPlot(points, identifier: "b").html
        expectPicture(html, "b")
        let drawn = Drawn(svg: html.source)
        let x = try drawn.horizontal(labelsAt: "307")
        let y = try drawn.vertical(labelsAt: "55")
        let circles = try drawn.circles("mark")
        try #require(circles.count == 4)
        for (circle, point) in zip(circles, points) {
            // Places are rounded to hundredths of a point.
            #expect(abs(x(circle.x) - point.heterogeneity) < 1e-3)
            #expect(abs(y(circle.y) - point.influence) < 1e-3)
        }
        #expect(BaujatPlot(Array(points.prefix(1)), identifier: "b").html.source.isEmpty)
    }

    @Test("contributions and jackknife call experiments by their names, and by their ids where they have none")
    func names() {
        let contributions = [Contribution(id: "pmid-1", share: 0.7), Contribution(id: "pmid-2", share: 0.3)]
        let names = ["pmid-1": "Able <2001>"]
        let shares = ContributionPlot(contributions: contributions, isMean: true, names: names, identifier: "p").html
            .source
        #expect(
            shares.contains(">Able &lt;2001&gt;</text>") && !shares.contains("pmid-1"), "an id in place of the name")
        #expect(shares.contains("Able &lt;2001&gt; brings most, 70 %"), "the words name another than the picture")
        #expect(shares.contains(">pmid-2</text>"), "an experiment without a name has lost its id")

        let jackknife = JackknifeRuns(
            runs: [
                .init(leftOut: "pmid-1", g: -0.3, z: -3.1, isSignificant: true),
                .init(leftOut: "pmid-2", g: -0.2, z: -2.1, isSignificant: false),
            ], threshold: 2.58, z: -3.3)
        let strip = JackknifeStrip(jackknife: jackknife, names: names, identifier: "j").html.source
        #expect(strip.contains(">Able &lt;2001&gt;</text>") && !strip.contains("pmid-1"), "an id in place of the name")
        #expect(strip.contains(">pmid-2</text>"), "an experiment without a name has lost its id")
    }

    @Test("cumulative: one row per experiment, its circle at the mean, its line as long as the interval")
    func cumulative() throws {
        let steps = [(-0.9, 0.8), (-0.6, 0.5), (-0.45, 0.3)].enumerated().map { n, pair in
            CumulativeEffect.Step(
                id: "s<\(n)>", year: 2001 + 3 * n, mean: pair.0, deviation: pair.1 / 2,
                interval: Interval(lower: pair.0 - pair.1, upper: pair.0 + pair.1), tau2: 0)
        }
        let html = CumulativePlot(CumulativeEffect(steps: steps), measure: .change, identifier: "c").html
        expectPicture(html, "c")
        for year in ["2001", "2004", "2007"] { #expect(html.source.contains(">\(year)</text>")) }
        let drawn = Drawn(svg: html.source)
        // Three rows of 17 below 34, 6 to the axis, 15 to its labels.
        let x = try drawn.horizontal(labelsAt: "106")
        let means = try drawn.circles("mark") + drawn.circles("pooled")
        #expect(zip(means, steps).allSatisfy { abs(x($0.x) - $1.mean) < 1e-3 } && means.count == 3)
        let lines = try drawn.matches(
            "<line x1=\"([-\\d.]+)\" y1=\"[\\d.]+\" x2=\"([-\\d.]+)\" y2=\"[\\d.]+\" class=\"interval\"/>")
        #expect(lines.count == 3)
        for (line, step) in zip(lines, steps) {
            #expect(abs(x(Double(line[0]) ?? .nan) - step.interval.lower) < 1e-3)
            #expect(abs(x(Double(line[1]) ?? .nan) - step.interval.upper) < 1e-3)
        }
        #expect(CumulativePlot(CumulativeEffect(undated: ["a"]), measure: .change, identifier: "c").html.source.isEmpty)
    }

    @Test("funnel: the contours of p .1, .05 and .01 are where effect over error is 1.645, 1.960 and 2.576")
    func contours() throws {
        let html = try FunnelPlot(
            assessment: Self.assessment([-0.9, 0.9, -0.2, 0.2], [0.09, 0.09, 0.01, 0.01]), identifier: "f"
        ).html
        expectPicture(html, "f")
        let drawn = Drawn(svg: html.source)
        let x = try drawn.horizontal(labelsAt: "307")
        let y = try drawn.vertical(labelsAt: "55")
        for (style, z) in [("inner", 1.6449), ("contour c3", 1.95996), ("contour c2", 2.5758)] {
            let points = try drawn.matches("<polygon points=\"([^\"]+)\" class=\"\(style)\"/>")
            let wedge = try #require(points.first?.first).split(separator: " ").map { pair in
                pair.split(separator: ",").map { Double($0) ?? .nan }
            }
            // The second point lies on the right edge, cut or not; the first is the tip.
            #expect(abs(x(wedge[0][0])) < 2e-3 && abs(y(wedge[0][1])) < 2e-3)
            #expect(abs(x(wedge[1][0]) / y(wedge[1][1]) - z) < 0.02, "\(style)")
        }
    }

    @Test("a legend names every shade of a funnel, and has it as the picture has: the paler ones lie below the darker")
    func legend() throws {
        let html = try FunnelPlot(
            assessment: Self.assessment([-0.9, 0.9, -0.2, 0.2], [0.09, 0.09, 0.01, 0.01]), identifier: "f"
        ).html
        let pattern = "<rect [^>]*width=\"16\"[^>]*class=\"([^\"]+)\"/>|>([^<]*p (?:≤|&gt;) [^<]*)</text>"
        let legend = try Drawn(svg: html.source).matches(pattern).map { $0.joined() }.filter { $0 != "frame" }
        #expect(
            legend == [
                "inner", "p &gt; 0.10", "contour c1", "contour c2", "contour c3", "0.05 &lt; p ≤ 0.10", "contour c1",
                "contour c2", "0.01 &lt; p ≤ 0.05", "contour c1", "p ≤ 0.01",
            ])
    }

    @Test("numbers below zero have a minus sign, not a hyphen, on every axis and in every column")
    func minus() throws {
        let measured = try Self.assessment([-0.9, 0.2, -0.4, -0.1], [0.09, 0.02, 0.05, 0.03])
        let axis = EffectAxis(name: "g")
        let pictures = [
            FunnelPlot(assessment: measured, identifier: "f").html,
            ForestPlot(assessment: measured, identifier: "g").html,
            EffectFunnel(
                [-0.9, 0.2, -0.4].map { .init(effect: $0, error: 0.2) }, centre: -0.3, egger: nil, axis: axis,
                identifier: "e", description: ""
            ).html,
        ]
        for picture in pictures {
            let words = try Drawn(svg: picture.source).matches("<text[^>]*>([^<]*)</text>").map { $0.joined() }
            #expect(words.contains { $0.contains("\u{2212}") })
            #expect(try Drawn(svg: words.joined(separator: "\n")).matches("((?:^|[\\s\\[(])-[0-9])").isEmpty)
        }
    }

    @Test(
        "forest: a dot marks who told a direction only; heterogeneity stands below the diamond, unless all is imputed")
    func forest() throws {
        let measured = try Self.assessment([0.2, 0.5, 1.0, -0.1], [0.04, 0.02, 0.05, 0.03])
        let html = ForestPlot(assessment: measured, identifier: "g").html
        expectPicture(html, "g")
        // Q by hand, as in BaujatTests: 16.86 on 3 degrees of freedom.
        #expect(html.source.contains("Q(3) = 16.9, p = "))
        #expect(html.source.contains("Between studies: τ² = \(PrettyNumber.fixed(measured.tau2, 3)), I² = "))
        #expect(!html.source.contains("class=\"near\""))
        let signs = try Self.assessment([0.2, 0.5, 1.0], [0.04, 0.02, 0.05], source: .sign)
        let imputed = ForestPlot(assessment: signs, identifier: "g").html.source
        #expect(imputed.components(separatedBy: "class=\"near\"").count == 4)
        #expect(imputed.contains("Between studies: cannot be told") && !imputed.contains("I² ="))
    }

    @Test("jackknife matrix: a cell per finding and experiment with its z, the darkest first, framed where it is lost")
    func matrix() throws {
        func runs(_ z: [Double], all: Double) -> JackknifeRuns {
            JackknifeRuns(
                runs: z.enumerated().map { n, z in
                    .init(leftOut: "s<\(n)>", g: 0.1, z: z, isSignificant: abs(z) > 2.5)
                }, threshold: 2.5, z: all)
        }
        let html = JackknifeMatrix(
            [
                .init(name: "1", runs: runs([3.1, 1.9, .nan], all: 3.2)),
                .init(name: "2", runs: runs([-4, -3.8, -2.4], all: -4)),
            ],
            identifier: "m"
        ).html
        expectPicture(html, "m")
        for z in ["3.10", "1.90", "3.20", "\u{2212}4.00", "\u{2212}3.80", "\u{2212}2.40"] {
            #expect(html.source.contains(">\(z)</text>"), "\(z)")
        }
        func count(_ style: String) -> Int { html.source.components(separatedBy: "class=\"\(style)\"").count - 1 }
        #expect(count("lost-frame") == 2)
        // Of z 3.2 goes 3 % and 41 %; of −4 nothing, 5 % and 40 %.
        #expect(count("heat h1") == 2 && count("heat h4") == 2 && count("heat h0") == 1)
        let names = try Drawn(svg: html.source).matches(">(s&lt;\\d&gt;)</text>").map { $0[0] }
        #expect(
            names == ["s&lt;2&gt;", "s&lt;1&gt;", "s&lt;0&gt;"], "without the third one finding cannot be estimated")
        #expect(JackknifeMatrix([], identifier: "m").html.source.isEmpty)
    }

    @Test("orchard: a group's mean, both intervals and its studies, on one scale with the other groups")
    func orchard() throws {
        let first = try Self.assessment([0.2, 0.5, 1.0, -0.1], [0.04, 0.02, 0.05, 0.03])
        let second = try Self.assessment([0.1, 0.3, 0.2], [0.04, 0.02, 0.05])
        let html = OrchardPlot(
            [.init(first, name: "s<all>"), .init(second, name: "rest")], unit: "Hedges' g", identifier: "o"
        ).html
        expectPicture(html, "o")
        let drawn = Drawn(svg: html.source)
        let x = try drawn.horizontal(labelsAt: "193")
        let means = try drawn.circles("pooled")
        try #require(means.count == 2)
        #expect(abs(x(means[0].x) - first.estimate.value) < 2e-3 && abs(x(means[1].x) - second.estimate.value) < 2e-3)
        #expect(try drawn.circles("bubble").count == 7)
        let trunks = try drawn.matches(
            "<line x1=\"([-\\d.]+)\" y1=\"[\\d.]+\" x2=\"([-\\d.]+)\" y2=\"[\\d.]+\" class=\"trunk\"/>")
        #expect(trunks.count == 2)
        #expect(abs(x(Double(trunks[0][0]) ?? .nan) - first.interval.lower) < 2e-3)
        #expect(html.source.components(separatedBy: "class=\"twig\"").count == 3)
    }
}
