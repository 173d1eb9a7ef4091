import Appraisal
import Evidence
import Figures
import Foundation
import Inference
import Reporting
import SeedBasedMapping
import Statistics
import Testing

@Suite("How far to trust each finding")
struct TrustReportTests {
    /// Fourteen studies: the first six reported, two signs, six nothing; imputed effects vary over eight imputations.
    static func place(groups: Bool = false, count: Int = 14, id: (Int) -> String = { "Author & Co 20\(10 + $0)" })
        -> StudyEffects
    {
        let shapes: [Double] = [-1.3, -0.6, -0.3, -0.1, 0.1, 0.3, 0.6, 1.3]
        let studies = (0..<count).map { i -> StudyEffects.Study in
            let n = [22, 16, 48, 14, 30, 85, 19, 12, 25, 40, 18, 33, 28, 15][i % 14]
            let source: StudyEffects.Source = i < 5 ? .peak : i == 5 ? .map : i < 8 ? .sign : .nothing
            let variance = groups ? 2 / Double(n) : 1 / Double(n)
            let base = -[0.85, 1.1, 0.4, 1.3, 0.62, 0.3, 0.5, 0.6, 0.1, 0.05, 0.2, 0.12, -0.05, 0.3][i % 14]
            let effects = shapes.map { base + (i < 6 ? 0 : 0.8 * $0 * variance.squareRoot()) }
            return StudyEffects.Study(
                id: id(i), sample: id(i), n1: n, n2: groups ? n : 0, source: source, effects: effects,
                variances: effects.map { variance * (1 + 0.5 * $0 * $0) })
        }
        return StudyEffects(name: "peak 1", coordinate: [-24, -4, -18], voxelCount: 1, studies: studies)
    }

    static func finding(_ place: StudyEffects = place(), settings: Settings = .sdmPSI) throws -> FindingCard {
        let assessment = try PlaceAssessment(place, settings: settings)
        return FindingCard(
            assessment: assessment, grade: EvidenceGrade(assessment, settings: settings), cluster: 1,
            region: "Left amygdala")
    }

    private static func effect(_ finding: FindingCard) -> Double {
        let table = TrustTables([finding]).trust
        return Double(table.rows[0][table.header.firstIndex(of: "effect") ?? 0]) ?? .nan
    }

    private func page(_ findings: [FindingCard], settings: Settings = .sdmPSI) throws -> String {
        var model = Fixture.findings(Fixture.twoBlobs, settings: settings)
        model.trust = findings
        return try Fixture.inTemporaryFolder { folder in
            _ = try ResultFolder(folder + "/out").write(Fixture.run([model]))
            return try String(contentsOfFile: folder + "/out/report.html", encoding: .utf8)
        }
    }

    @Test("without findings there is no section, no table and no method")
    func absent() throws {
        let page = try page([])
        #expect(!page.contains("How far to trust"))
        #expect(!page.contains("Ioannidis"))
    }

    @Test("a card says what was found, how sure, and which criterion keeps it from the next class")
    func card() throws {
        let finding = try Self.finding()
        let page = try page([finding])
        #expect(page.contains("1. Left amygdala (−24, −4, −18)"))
        #expect(page.contains("from 14 experiments with 405 participants"))
        #expect(page.contains("evidence class IV (weak)"))
        #expect(page.contains("not III because there are 405 cases, not more than 1,000"))
        #expect(
            page.contains(
                "Of 14 experiments, 6 measured the effect here (a map, or a peak with a statistic near), 2 gave its sign only, 6 were silent"
            ))
        #expect(page.contains("no permutation test was run"))
        #expect(!page.contains("Jackknife:"))
        #expect(page.contains("10.1177/1740774507079441"))
        #expect(page.contains("Trim and fill takes") && page.contains("Fail-safe numbers, old rules of thumb"))
        #expect(page.contains("10.1111/j.0006-341X.2000.00455.x") && page.contains("10.1037/0033-2909.86.3.638"))
        #expect(page.contains("Evidence was classed (Fusar-Poli &amp; Radua, 2018)"))
    }

    @Test("overlap of groups is told only where groups were compared")
    func overlap() throws {
        #expect(try page([Self.finding()]).contains("compare people with themselves or with zero"))
        let groups = try Self.finding(Self.place(groups: true))
        let page = try page([groups])
        let d = abs(Self.effect(groups))
        let share = Int((100 * 2 * (1 - 0.5 * (1 + erf(d / 2 / 2.0.squareRoot())))).rounded())
        #expect(page.contains("overlap by \(share) %"))
        #expect(!page.contains("compare people with themselves"))
    }

    @Test("the jackknife says in how many runs the finding stays and without whom it goes")
    func jackknife() throws {
        var finding = try Self.finding()
        finding.jackknife = JackknifeRuns(
            runs: (0..<14).map {
                .init(
                    leftOut: "study \($0)", g: -0.3, z: -3.4 + 0.1 * Double($0 % 5) + ($0 == 3 ? 1 : 0),
                    isSignificant: $0 != 3)
            }, threshold: 2.58, z: -3.3)
        finding.corrected = .init(value: 0.031, statistic: "voxel height z")
        let page = try page([finding])
        #expect(page.contains("significant in 13 of 14 runs with one experiment left out; lost without study 3"))
        #expect(page.contains("corrected for the whole brain p(FWE) = 0.0310 (voxel height z)"))
        #expect(page.contains("<td class=\"n\">13 of 14</td>"))
    }

    @Test("few studies are warned of, and what cannot be judged says so")
    func few() throws {
        let page = try page([Self.finding(Self.place(count: 2))])
        #expect(page.contains("With fewer than 10 studies these checks say next to nothing."))
        #expect(page.contains("Too few studies to ask whether small ones differ"))
        #expect(page.contains("cannot be judged"))
    }

    @Test("every figure has a text for those who do not see it, and names of studies are escaped")
    func figures() throws {
        var finding = try Self.finding(Self.place(id: { "<b>\($0)</b>" }))
        finding.subgroups = (0..<14).map { $0 % 2 == 0 ? "rest" : "<i>task</i>" }
        let weeks = (0..<14).map { 6 + Double($0 * 7 % 12) }
        finding.covariates = [.init(name: "<u>weeks</u>", values: weeks) { _ in [1] }]
        let page = try page([finding])
        for evil in ["<b>0</b>", "<i>task", "<u>"] { #expect(!page.contains(evil)) }
        #expect(page.contains("Forest plot of 14 studies at peak 1; g = −0.38 (95 % CI −0.60 to −0.17)"))
        #expect(page.contains("rest, pooled"))
        let plots = page.components(separatedBy: "<svg class=\"plot\"").count - 1
        // Forest, funnel, bubble; in the second fold Baujat and orchard.
        #expect(plots == 5)
        #expect(page.components(separatedBy: "<title id=\"trust-1-1-").count - 1 == plots)
        // Eight of the fourteen are imputed: open squares in the forest, open circles in the funnel and in Baujat's plot.
        func count(_ style: String) -> Int { page.components(separatedBy: "class=\"\(style)\"").count - 1 }
        #expect(count("mark open") == 24 && count("mark") == 18)
        #expect(count("bubble open") == 16 && count("bubble") == 12)
        #expect(!page.contains("nan\""))
    }

    @Test("with a covariate the adjusted mean is judged, and its rows are found by the names of the experiments")
    func covariate() throws {
        let place = Self.place()
        let weeks = (0..<14).map { 6 + Double($0 * 7 % 12) }
        // One experiment more than the place has, and in another order.
        let experiments = (zip(place.studies.map(\.id), weeks) + [("elsewhere", 40)]).reversed().map { id, weeks in
            Fixture.experiment(id, covariates: ["weeks": .number(weeks)])
        }
        let matrix = try DesignMatrix(
            ModelPlan(name: "m", covariates: [Covariate("weeks")]), experiments: experiments)
        let mean = DesignMatrix.Combination(name: "at 10 weeks", weights: [1, 10])
        let design = try #require(PlaceDesign(matrix, judging: mean, at: place))
        let assessment = try PlaceAssessment(place, design: design)
        #expect(assessment.design.isMean)
        var finding = FindingCard(
            assessment: assessment, grade: EvidenceGrade(assessment, settings: .sdmPSI))
        finding.covariates = [.init(name: "treatment", unit: "weeks", values: weeks) { [1, $0] }]
        let page = try page([finding])
        #expect(page.contains("g of “at 10 weeks” = "))
        #expect(page.contains(" on 12 df"))
        #expect(page.contains("treatment (weeks)</text>"))
        #expect(page.contains("Residual, Hedges&#39; g</text>"))
        #expect(PlaceDesign(matrix, judging: mean, at: Self.place(id: { "other \($0)" })) == nil)

        let slope = try #require(
            PlaceDesign(matrix, judging: .init(name: "weeks", weights: [0, 1]), at: place))
        let judged = try PlaceAssessment(place, design: slope)
        let text = try self.page([
            .init(assessment: judged, grade: EvidenceGrade(judged, settings: .sdmPSI))
        ])
        #expect(text.contains("“weeks” (difference or slope, Hedges&#39; g) = "))
        #expect(!text.contains("Pooled:"))
    }

    /// Seven of rest, seven of task.
    private static func groups() throws -> FindingCard {
        let place = place()
        let experiments = place.studies.enumerated().map { n, study in
            Fixture.experiment(study.id, covariates: ["state": .text(["rest", "task", "sleep"][n % 3])])
        }
        let matrix = try DesignMatrix(
            ModelPlan(
                name: "m", covariates: [Covariate("state", .categorical(.treatment, reference: "rest"))],
                hypothesis: Hypothesis(.groups("state")),
                predictions: [Prediction("asleep", [.init("state", .text("sleep"))])]),
            experiments: experiments)
        let assessment = try PlaceAssessment(place, design: try #require(PlaceDesign(matrix, at: place)))
        return FindingCard(
            assessment: assessment, grade: EvidenceGrade(assessment, settings: .sdmPSI), cluster: 1)
    }

    @Test(
        "a joint test has its χ², each difference, each group with its own heterogeneity, and no class it cannot have")
    func joint() throws {
        let finding = try Self.groups()
        let assessment = finding.assessment
        #expect(assessment.design.isJoint && !assessment.design.isMean && assessment.joint?.degreesOfFreedom == 2)
        #expect(assessment.pValue == assessment.joint?.pValue)
        let means = assessment.means
        #expect(means.map(\.name) == ["state[rest]", "state[sleep]", "state[task]", "asleep"])
        #expect(means.map { $0.studies?.count } == [5, 4, 5, nil])
        #expect(means[1].estimate == means[3].estimate && means[0].predictionInterval != nil)
        // The difference of two means is the coefficient.
        let difference = means[2].estimate.value - means[0].estimate.value
        let tested = try #require(assessment.tested.first { $0.name == "state[task]" })
        #expect(abs(difference - tested.estimate.value) < 1e-12)
        // A group's own pooling is that of its studies alone.
        let alone = try PlacePooling(
            effects: [0, 3, 6, 9, 12].map { assessment.place.studies[$0].effects },
            variances: [0, 3, 6, 9, 12].map { assessment.place.studies[$0].variances },
            design: .init(rows: 5, columns: 1, repeating: 1), estimator: .dersimonianLaird)
        #expect(means[0].alone?.heterogeneity == alone.heterogeneity)
        let page = try page([finding])
        for words in [
            "Tested together: “state[sleep]”, “state[task]”.", "χ²(2) = ", "(joint test, uncorrected)",
            "A prediction interval is about the effect of a new study", "The model here, term by term", "state[rest]",
            "PET-PEESE corrects means", "it cannot be read as an overlap of people", "; without it χ²(2) = ",
        ] { #expect(page.contains(words), "\(words)") }
        let tables = TrustTables([finding])
        let trust = tables.trust
        func value(_ column: String) -> String { trust.rows[0][trust.header.firstIndex(of: column) ?? 0] }
        #expect(value("effect") == "n/a" && value("chi2_df") == "2" && value("chi2") != "n/a")
        #expect(value("judged") == "state[sleep], state[task] (together)")
        let influence = try #require(assessment.mostInfluential?.jointWithout)
        #expect(influence.degreesOfFreedom == 2)
    }

    @Test("who carries the cluster, and what the other models say at its peak")
    func support() throws {
        var finding = try Self.finding()
        finding.contributions = finding.assessment.place.studies.enumerated().map { n, study in
            Contribution(
                id: study.id, share: n == 2 ? 0.6 : n == 4 ? -0.05 : 0.45 / 12, weight: 1 / 14,
                sources: [study.source: 0.75])
        }
        let other = try Self.finding(Self.place(count: 3))
        finding.elsewhere = [
            PlaceElsewhere(model: "task & co", other.assessment, other.grade),
            PlaceElsewhere(model: "small", notTested: "outside its mask"),
        ]
        let page = try page([finding])
        for words in [
            "carried most by Author &amp; Co 2012 (60 %)", "1 experiment of 14 makes half of it.", "One is against it.",
            "The same place in the other models", "task &amp; co", "not tested: outside its mask",
            "1 other model asks the same here", "Where experiments reported nothing in the cluster",
            "<title id=\"trust-1-1-contributions-alt\">",
        ] { #expect(page.contains(words), "\(words)") }
    }

    @Test("the tables hold the card's figures, a row per finding and a row per criterion")
    func tables() throws {
        let finding = try Self.finding()
        let tables = TrustTables([finding, finding])
        let trust = tables.trust
        #expect(trust.rows.count == 2 && trust.rows.allSatisfy { $0.count == trust.header.count })
        #expect(Set(trust.header).count == trust.header.count)
        func value(_ column: String) -> String { trust.rows[1][trust.header.firstIndex(of: column) ?? 0] }
        #expect(value("finding") == "2")
        #expect(value("class") == "IV")
        #expect(value("participants") == "405")
        #expect(value("jackknife_kept") == "n/a")
        let interval = [value("ci_low"), value("effect"), value("ci_high")].compactMap(Double.init)
        #expect(interval.count == 3 && abs(interval[0] + interval[2] - 2 * interval[1]) < 2.1e-4)
        let missing = try #require(finding.assessment.missingStudies)
        #expect(value("missing_studies") == String(missing.missing))
        #expect(abs((Double(value("effect_filled")) ?? .nan) - missing.filled.value) < 1e-5)
        #expect(value("failsafe_rosenthal") == String(missing.failSafe.rosenthal))
        #expect(value("failsafe_rosenberg") == String(missing.failSafe.rosenberg))
        let evidence = tables.evidence
        #expect(evidence.rows.count == 2 * EvidenceGrade.Kind.allCases.count)
        #expect(evidence.rows[0] == ["1", "IV", "size", "I,II,III", "405", "1000", "no"])
    }

    @Test("peaks that survive the correction are appraised, the exploratory ones where none does")
    func clusters() throws {
        // 20 permutations whose maxima lie below the observed z of 5 and −4: p = 1/20 each. Ten: p = 1/10.
        for (permutations, p) in [(20, 0.05), (10, 0.1)] {
            let model = Fixture.tested(Fixture.twoBlobs, permutations: permutations)
            #expect(model.result.correctedClusters().isEmpty == (p > 0.05))
            let clusters = model.appraisedClusters
            #expect(clusters.map(\.sign) == [1, -1])
            for (n, cluster) in clusters.enumerated() {
                let finding = try model.finding(cluster, effects: Self.place())
                #expect(model.number(holdingPeakOf: cluster) == n + 1 && finding.cluster.voxels == cluster.voxels)
                #expect(abs((finding.corrected?.value ?? 0) - p) < 1e-6)
                #expect(finding.corrected?.statistic == "voxel height z")
            }
        }
        let untested = Fixture.findings(Fixture.twoBlobs)
        #expect(untested.appraisedClusters.count == 2)
        #expect(untested.correctedP(of: untested.appraisedClusters[0]) == nil)
    }

    /// A finding whose effect is a posterior, with what it was after each experiment.
    private static func sequential(_ cumulative: CumulativeEffect) throws -> FindingCard {
        var place = place()
        let interval = Interval(lower: -0.62, upper: -0.14)
        var posterior = PlacePosterior(
            effect: .init(priorDeviation: 0.5, mean: -0.38, deviation: 0.12, interval: interval, tau2: 0.03),
            otherPriors: [], i2: 0.4)
        posterior.cumulative = cumulative
        place.posterior = posterior
        return try finding(place)
    }

    @Test("the effect by year is in cumulative.tsv and in the card; without a year the card says whose is missing")
    func cumulative() throws {
        let steps = [(2001, -0.7), (2004, -0.38)].map { year, mean in
            CumulativeEffect.Step(
                id: "Author \(year)", year: year, mean: mean, deviation: 0.12,
                interval: Interval(lower: mean - 0.24, upper: mean + 0.24), tau2: 0.03)
        }
        var model = Fixture.findings(Fixture.twoBlobs)
        model.trust = [try Self.sequential(CumulativeEffect(steps: steps))]
        try Fixture.inTemporaryFolder { folder in
            let record = try ResultFolder(folder + "/out").write(Fixture.run([model]))
            #expect(record.result.models[0].files.map(\.path).contains("mean/cumulative.tsv"))
            let text = try String(contentsOfFile: "\(folder)/out/mean/cumulative.tsv", encoding: .utf8)
            let rows = text.split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
            #expect(rows.count == 3)
            #expect(
                rows[0] == [
                    "finding", "cluster", "step", "experiment", "year", "effect", "sd", "ci_low", "ci_high", "tau2",
                ])
            #expect(Array(rows[2].prefix(5)) == ["1", "1", "2", "Author 2004", "2004"])
            #expect(rows[2].dropFirst(5).compactMap(Double.init) == [-0.38, 0.12, -0.62, -0.14, 0.03])
            let page = try String(contentsOfFile: "\(folder)/out/report.html", encoding: .utf8)
            #expect(page.contains("<title id=\"trust-1-1-cumulative-alt\">"))
            let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/out/mean/plots.json"))
            let kinds = Set(try JSONDecoder().decode(FindingPlots.self, from: data).plots.map(\.kind))
            let more: Set = ["baujat", "orchard", "cumulative"]
            #expect(more.isSubset(of: kinds), "cuneus figure cannot draw \(more.subtracting(kinds))")
        }
        let page = try page([Self.sequential(CumulativeEffect(undated: ["Able", "Baker"]))])
        #expect(page.contains("The effect by year is left out: the year of Able, Baker is not known."))
        #expect(!page.contains("cumulative-alt"))
    }

    @Test("the jackknife of all findings is one matrix, before the cards")
    func matrix() throws {
        var finding = try Self.finding()
        finding.jackknife = JackknifeRuns(
            runs: [
                .init(leftOut: "Able", g: -0.3, z: -3.1, isSignificant: true),
                .init(leftOut: "Baker", g: -0.2, z: -2.1, isSignificant: false),
            ], threshold: 2.58, z: -3.3)
        let page = try page([finding, finding])
        #expect(page.contains("Which experiment holds up which finding (jackknife)"))
        #expect(page.components(separatedBy: "class=\"lost-frame\"").count == 3, "lost in both findings without Baker")
        #expect(page.components(separatedBy: "<title id=\"trust-1-matrix-alt\">").count == 2)
    }

    @Test("the files are written beside the others and recorded")
    func files() throws {
        var model = Fixture.findings(Fixture.twoBlobs)
        model.trust = [try Self.finding()]
        try Fixture.inTemporaryFolder { folder in
            let record = try ResultFolder(folder + "/out").write(Fixture.run([model]))
            let names = record.result.models[0].files.map(\.path)
            for name in ["mean/trust.tsv", "mean/evidence.tsv"] {
                #expect(names.contains(name))
                #expect(FileManager.default.fileExists(atPath: "\(folder)/out/\(name)"))
            }
        }
    }
}
