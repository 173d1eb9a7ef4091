import Appraisal
import Evidence
import Foundation
import Imaging
import Inference
import SeedBasedMapping
import Statistics
import Testing

@Suite("Hypotheses on regions")
struct RegionTests {
    static func region(
        _ direction: RegionHypothesis.Direction, name: String = "r", group: String? = nil, scale: Double = 0.5
    ) -> RegionHypothesis {
        RegionHypothesis(
            name: name, extent: .spheres(centres: [.zero], radius: 5), direction: direction, group: group,
            priorScale: scale)
    }

    /// Studies whose effects are known, the same in each of `imputations`.
    static func place(_ effects: [Double], _ variances: [Double], imputations: Int = 1) -> StudyEffects {
        StudyEffects(
            name: "r", coordinate: .zero, voxelCount: 1,
            studies: zip(effects, variances).enumerated().map { index, pair in
                StudyEffects.Study(
                    id: "s\(index)", sample: "s\(index)", n1: 20, n2: 0, source: .peak,
                    effects: Array(repeating: pair.0, count: imputations),
                    variances: Array(repeating: pair.1, count: imputations))
            })
    }

    /// By hand: g = (0.4 + 0.6)/2, se = √(0.04/2); Q = 0.5 < 1, so τ² = 0. With y = 0.5, s² = 0.02, σ = 0.5:
    /// BF₊₀ = 2 √(0.02/0.27) exp(½ · 0.25 · (1/0.02 − 1/0.27)) Φ(0.5·0.5/√(0.02·0.27)).
    @Test("Two studies by hand: effect, interval, p, and Bayes factors")
    func byHand() throws {
        let found = try #require(
            try RegionFinding(Self.region(.increase), place: Self.place([0.4, 0.6], [0.04, 0.04])))
        #expect(
            abs(found.estimate.value - 0.5) < 1e-12 && abs(found.estimate.standardError - 0.02.squareRoot()) < 1e-12)
        #expect(found.tau2 == 0)
        #expect(abs(found.interval.lower - (0.5 - 1.959963984540054 * 0.1414213562373095)) < 1e-9)
        #expect(found.predictionInterval == nil)
        // R: pnorm(0.5/sqrt(0.02), lower.tail = FALSE)
        #expect(abs(found.pValue - 0.0002034760087224786) < 1e-9)
        let increase =
            2 * (0.02 / 0.27).squareRoot() * exp(0.5 * 0.25 * (1 / 0.02 - 1 / 0.27))
            * 0.5 * erfc(-0.25 / (0.02 * 0.27).squareRoot() / 2.0.squareRoot())
        let decrease =
            2 * (0.02 / 0.27).squareRoot() * exp(0.5 * 0.25 * (1 / 0.02 - 1 / 0.27))
            * 0.5 * erfc(0.25 / (0.02 * 0.27).squareRoot() / 2.0.squareRoot())
        #expect(abs(found.overNull / increase - 1) < 1e-9)
        #expect(abs(try #require(found.overOpposite) / (increase / decrease) - 1) < 1e-6)
        #expect(found.verdict == .strong)
    }

    @Test("The mirror image of a hypothesis has the mirror image of its answers")
    func mirror() throws {
        let up = try #require(try RegionFinding(Self.region(.increase), place: Self.place([0.3, 0.1], [0.05, 0.08])))
        let down = try #require(
            try RegionFinding(Self.region(.decrease), place: Self.place([-0.3, -0.1], [0.05, 0.08])))
        let wrong = try #require(
            try RegionFinding(Self.region(.decrease), place: Self.place([0.3, 0.1], [0.05, 0.08])))
        #expect(abs(up.logOverNull() - down.logOverNull()) < 1e-12 && abs(up.pValue - down.pValue) < 1e-12)
        #expect(abs(wrong.pValue - (1 - up.pValue)) < 1e-12)
        #expect(abs(try #require(up.logOverOpposite) + (try #require(wrong.logOverOpposite))) < 1e-12)
        let either = try #require(
            try RegionFinding(Self.region(.either), place: Self.place([0.3, 0.1], [0.05, 0.08])))
        #expect(either.logOverOpposite == nil)
        #expect(abs(either.overNull - 0.5 * (up.overNull + wrong.overNull)) < 1e-9)
        #expect(abs(either.pValue - 2 * up.pValue) < 1e-12)
    }

    @Test(
        "Verdicts by their cut-offs",
        arguments: [
            (12.0, 100.0, RegionVerdict.strong), (9, 100, .moderate), (2.9, 10, .inconclusive),
            (0.34, 1, .inconclusive),
            (0.3, 1, .moderateAgainst), (0.09, 0.5, .strongAgainst), (0.2, 0.01, .opposite),
        ])
    func verdicts(_ null: Double, _ opposite: Double, _ expected: RegionVerdict) {
        #expect(RegionVerdict(logOverNull: log(null), logOverOpposite: log(opposite)) == expected)
    }

    @Test(
        "Silence is not evidence of no effect: where most experiments reported nothing, a small Bayes factor is not read so"
    )
    func silence() throws {
        var place = Self.place(Array(repeating: 0, count: 10), Array(repeating: 0.05, count: 10))
        #expect(try #require(try RegionFinding(Self.region(.increase), place: place)).verdict == .moderateAgainst)
        for index in 0..<5 { place.studies[index].source = .nothing }
        #expect(try #require(try RegionFinding(Self.region(.increase), place: place)).verdict == .moderateAgainst)
        place.studies[5].source = .nothing
        let silent = try #require(try RegionFinding(Self.region(.increase), place: place))
        #expect(silent.verdict == .imputed && !silent.verdict.isAgainst && !silent.verdict.isFor)
    }

    @Test("A group is as strong as its weakest region; its p is the largest")
    func joint() throws {
        let strong = try #require(
            try RegionFinding(
                Self.region(.increase, name: "a", group: "control"), place: Self.place([0.6, 0.6], [0.04, 0.04])))
        let weak = try #require(
            try RegionFinding(
                Self.region(.increase, name: "b", group: "control"), place: Self.place([0.1, 0.1], [0.04, 0.04])))
        let down = try #require(
            try RegionFinding(
                Self.region(.decrease, name: "c", group: "reactivity"), place: Self.place([-0.6, -0.6], [0.04, 0.04])))
        let free = try #require(
            try RegionFinding(Self.region(.decrease, name: "d"), place: Self.place([0.6, 0.6], [0.04, 0.04])))
        let joint = JointRegions.all([strong, weak, down, free])
        #expect(joint.map(\.groups) == [["control"], ["reactivity"], ["control", "reactivity"]])
        #expect(joint[0].pValue == weak.pValue && joint[0].weakest.region.name == "b")
        #expect(joint.map(\.verdict) == [.inconclusive, .supported, .inconclusive])
        #expect(joint[2].parts.map(\.region.name) == ["a", "b", "c"])
        // A region whose atlas is not installed leaves its group open, however strong the others are.
        let absent = Self.region(.decrease, name: "f", group: "reactivity")
        let open = JointRegions.all([strong, down], asked: [strong.region, down.region, absent])
        #expect(open.map(\.verdict) == [.supported, .incomplete, .incomplete])
        #expect(open.map(\.missing) == [[], ["f"], ["f"]])
        let against = try #require(
            try RegionFinding(
                Self.region(.increase, name: "e", group: "control"), place: Self.place([-0.6, -0.6], [0.04, 0.04])))
        #expect(JointRegions.all([strong, against])[0].verdict == .contradicted)
    }

    @Test("A simulated regional effect is recovered, and the Bayes factor of a null region is below 1 on average")
    func simulation() throws {
        var generator = Generator(state: 7)
        var sums = (effect: 0.0, covered: 0, forNull: 0, strongNull: 0)
        let runs = 400
        for _ in 0..<runs {
            let variances = (0..<12).map { _ in 0.04 + 0.04 * generator.uniform() }
            let effects = variances.map { 0.4 + (0.01 + $0).squareRoot() * generator.normal() }
            let found = try #require(try RegionFinding(Self.region(.increase), place: Self.place(effects, variances)))
            sums.effect += found.estimate.value / Double(runs)
            if found.interval.contains(0.4) { sums.covered += 1 }
            let nothing = variances.map { (0.01 + $0).squareRoot() * generator.normal() }
            let null = try #require(try RegionFinding(Self.region(.increase), place: Self.place(nothing, variances)))
            if null.overNull < 1 { sums.forNull += 1 }
            if null.verdict == .strong { sums.strongNull += 1 }
        }
        // Standard error of one estimate about 0.077: of the mean of 400, 0.004.
        #expect(abs(sums.effect - 0.4) < 0.016)
        // Wald intervals with estimated τ² cover a little less than 95 %.
        #expect(sums.covered > 360 && sums.covered < 396)
        // BF < 1 where z < about 1: five of six; and BF > 10 has probability at most 1/10 under the null.
        #expect(sums.forNull > 300)
        #expect(sums.strongNull <= 20)
    }

    /// A small generator for the simulation alone.
    private struct Generator {
        var state: UInt64
        mutating func uniform() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (Double(state >> 11) + 0.5) / 9_007_199_254_740_992
        }
        mutating func normal() -> Double { Normal.quantile(uniform()) }
    }

    @Test("Through the whole analysis: a sphere at the peaks is supported, its opposite is not")
    func throughTheAnalysis() async throws {
        let analysis = try PlacesTests.analysis(["imputations=10"])
        let atlases = RegionAtlases(installed: .none)
        let sphere = RegionHypothesis.Extent.spheres(centres: [[0, 0, 0]], radius: 4)
        let regions = [
            RegionHypothesis(name: "up", extent: sphere, direction: .increase),
            RegionHypothesis(name: "down", extent: sphere, direction: .decrease),
        ]
        let located = try atlases.locate(regions, in: analysis.space.mask).located
        let experiments = SeedBasedAnalysisTests.experiments
        let found = try await analysis.findings(of: .mean, experiments: experiments, on: located)
        #expect(found.map(\.region.name) == ["up", "down"])
        #expect(found[0].estimate.value == found[1].estimate.value)
        #expect(found[0].overNull > 1 && found[1].overNull < 1)
        // A single voxel gives the maps' g and z.
        let voxel = try PlacesTests.voxel([0, 0, 0])
        let one = LocatedRegion(regions[0], at: Place(voxel: voxel, in: analysis.space.mask))
        let single = try await analysis.findings(of: .mean, experiments: experiments, on: [one])
        let maps = try await analysis.run(.mean, experiments: experiments).maps
        #expect(abs(single[0].estimate.value - Double(maps.g[voxel])) < 1e-6)
        #expect(abs(single[0].estimate.statistic - Double(maps.z[voxel])) < 1e-5)
        #expect(abs(single[0].tau2 - Double(maps.tau2[voxel])) < 1e-6)
    }

    @Test("Unknown atlases and labels are refused at their place; an atlas that is not installed skips its regions")
    func atlases() throws {
        let mask = SeedBasedAnalysisTests.space.mask
        func region(_ atlas: String, _ label: String) -> RegionHypothesis {
            RegionHypothesis(
                name: "r",
                extent: .atlas(
                    name: atlas, labels: [.init(label, source: SourceLocation(file: "p", line: 4, column: 9))]),
                direction: .increase, source: SourceLocation(file: "p", line: 4, column: 3))
        }
        let skipped = try RegionAtlases(installed: .none).locate([region("AAL", "Insula_L")], in: mask)
        #expect(skipped.located.isEmpty && skipped.notices.map(\.code) == ["region-skipped"])
        #expect(skipped.notices[0].remedy?.contains("install.sh") == true)

        let halves = try LabelAtlas(
            name: "AAL",
            labels: Volume(
                grid: mask.grid, values: (0..<mask.grid.count).map { mask.grid.world(atIndex: $0).x < 0 ? 1 : 2 }),
            table: LabelTable(names: [1: "Left insula", 2: "Right insula"]))
        let atlases = RegionAtlases(installed: AtlasSet(anatomy: halves))
        let left = try atlases.locate([region("aal", "Insula_L")], in: mask).located
        #expect(left.count == 1 && left[0].place.coordinate.x < 0)
        #expect(left[0].place.voxels.count == (0..<mask.count).count { mask.world(at: $0).x < 0 })
        let label = try #require(throws: InputError.self) { try atlases.locate([region("AAL", "Insulla_L")], in: mask) }
        #expect(label.description.hasPrefix("p:4:9: ") && label.description.contains("Insula_L"), "\(label)")
        let atlas = try #require(throws: InputError.self) { try atlases.locate([region("AALL", "x")], in: mask) }
        #expect(atlas.description.hasPrefix("p:4:3: ") && atlas.description.contains("\"AAL\""), "\(atlas)")
    }
}
