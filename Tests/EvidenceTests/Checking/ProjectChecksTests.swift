import Evidence
import Formats
import Foundation
import Imaging
import TestSupport
import Testing

@Suite("Checks of a project")
struct ProjectChecksTests {
    /// An ellipsoid about as large as the brain.
    private static let brain = Mask(grid: .mni2mm) { index in
        let p = Grid.mni2mm.world(atIndex: index)
        let scaled = (p - SIMD3(0, -18, 8)) / SIMD3(70, 88, 65)
        return (scaled * scaled).sum() <= 1
    }

    private func peak(_ x: Double, _ y: Double, _ z: Double, _ height: Peak.Height = .t(5), line: Int = 1) -> Peak {
        Peak(coordinate: [x, y, z], space: .mni, height: height, source: .init(file: "peaks.tsv", line: line))
    }

    private func experiment(
        id: String = "A", n1: Int = 20, n2: Int = 0, t: Double? = 3.5, sample: String? = nil, assumed: Bool = false,
        _ peaks: [Peak]
    ) -> Experiment {
        Experiment(
            id: id, study: id, sample: sample ?? id, n1: n1, n2: n2, tThreshold: t, thresholdIsAssumed: assumed,
            direction: .both, report: .peaks(peaks), source: .init(file: "studies.tsv", line: 2))
    }

    private func check(_ experiments: [Experiment], models: [ModelPlan] = [.mean]) -> [Notice] {
        let project = Project(name: "p", format: .native, experiments: experiments, models: models)
        return ProjectCheck.run(project, brainMask: Self.brain)
            .filter { $0.code != "too-few-experiments" && $0.code != "few-experiments" }
    }

    private func codes(_ experiments: Experiment...) -> [String] { check(experiments).map(\.code) }

    @Test("sound data give no notice")
    func sound() {
        #expect(
            codes(
                experiment([peak(-42, 26, 0), peak(30, -12.5, 42, .negative), peak(0, 20, 40, .t(-4))]),
                experiment(id: "B", n1: 12, n2: 14, [peak(10, 20, 30, .positive)]), experiment(id: "C", [])
            ).isEmpty)
    }

    @Test("a peak outside the brain: by how much, a note up to 4 mm, a warning beyond")
    func outside() {
        // The ellipsoid ends at x = 70 on the axis through its centre; voxel centres lie at even x.
        let notices = check([experiment([peak(73, -18, 8), peak(80, -18, 8), peak(0, -18, 8)])])
        #expect(notices.map(\.code) == ["peak-outside-brain", "peak-outside-brain"])
        #expect(notices.map(\.severity) == [.warning, .note])
        #expect(notices[0].message.contains("(80, -18, 8) (mni) of experiment \"A\" lies 10 mm outside"))
        #expect(notices[1].message.contains("lies 3 mm outside"))
        #expect(notices[0].location == SourceLocation(file: "peaks.tsv", line: 1))
    }

    @Test(
        "a flip that puts the whole table inside is named",
        arguments: [
            // Hauner 2012 as printed: AFNI's RAI order; deGreck 2013's y = +87.
            (SIMD3(-24.5, 66.8, 55.8), "y"), (SIMD3(10, 87, 10), "y"), (SIMD3(0, -20, 0), ""),
        ])
    func flip(_ coordinate: SIMD3<Double>, _ axes: String) {
        let notices = check([experiment([peak(coordinate.x, coordinate.y, coordinate.z), peak(4, 8, -2)])])
        let flips = notices.filter { $0.code == "axes-flipped" }
        #expect(flips.count == (axes.isEmpty ? 0 : 1))
        #expect(flips.allSatisfy { $0.message.contains("with \(axes) negated all 2 are inside") })
    }

    @Test("no flip is offered when none helps, or when it gains little in an almost symmetric brain")
    func noFlip() {
        #expect(codes(experiment([peak(0, 75, 8)])) == ["peak-outside-brain"])
        #expect(codes(experiment([peak(100, 20, 20)])) == ["peak-outside-brain"])
    }

    @Test("a peak that stands twice is told with both lines")
    func duplicatePeak() {
        let notices = check([experiment([peak(10, 20, 30, line: 3), peak(0, 0, 0), peak(10, 20, 30, line: 7)])])
        #expect(notices.map(\.code) == ["duplicate-peak"])
        #expect(notices[0].location?.line == 7)
        #expect(notices[0].message.contains("(line 3)"))
    }

    @Test("a table that stands twice is told, also when incomplete; one shared peak is not")
    func duplicateTable() {
        let table = [
            peak(10, 20, 30, .t(4)), peak(-10, 22, 31, .t(4.5)), peak(-42, 26, 0), peak(12, -60, 4, .t(6)),
            peak(2, 5, -4, .positive),
        ]
        #expect(codes(experiment(id: "A", table), experiment(id: "B", table)) == ["duplicate-table"])
        #expect(
            codes(experiment(id: "A", table), experiment(id: "B", Array(table.dropLast()) + [peak(0, 1, 2)]))
                == ["duplicate-table"])
        #expect(codes(experiment(id: "A", table), experiment(id: "B", [table[0]])).isEmpty)
        #expect(
            codes(experiment(id: "A", table), experiment(id: "B", [table[0], peak(0, -3, 9), peak(5, 9, 2)])).isEmpty)
    }

    @Test("citation marks and smeared cells are recognised", arguments: [[1.0, 2, 7], [3, 4, 5]])
    func garbage(_ c: [Double]) {
        #expect(codes(experiment([peak(c[0], c[1], c[2])])) == ["citation-like"])
    }

    @Test("one x over five rows is a smeared cell, over four it is not")
    func smear() {
        let rows = (0..<5).map { peak(24, Double($0) * 3, 8, .t(5 + Double($0))) }
        #expect(codes(experiment(rows)) == ["smeared-x"])
        #expect(codes(experiment(Array(rows.dropLast()))).isEmpty)
    }

    @Test("one t over five rows is told, a sign over five rows is not")
    func smearedT() {
        let places = (0..<5).map { SIMD3(Double($0) * 4 - 10, 5, 20) }
        #expect(codes(experiment(places.map { peak($0.x, $0.y, $0.z, .t(7.5)) })) == ["smeared-t"])
        #expect(codes(experiment(places.map { peak($0.x, $0.y, $0.z, .negative) })).isEmpty)
    }

    @Test("coordinates beyond any head are an error")
    func implausibleCoordinate() {
        let notices = check([experiment([peak(-425, 20, 10)])])
        #expect(notices.first?.code == "coordinate-implausible")
        #expect(notices.first?.severity == .error)
    }

    @Test(
        "numbers of participants",
        arguments: [
            (1, 0, "n-too-small"), (2, 0, "n-too-small"), (2, 2, "n-too-small"), (2, 10, "n-implausible"),
            (20_000, 0, "n-implausible"),
        ])
    func sizes(_ n1: Int, _ n2: Int, _ code: String) {
        #expect(codes(experiment(n1: n1, n2: n2, t: nil, [peak(0, 20, 40, .positive)])).contains(code))
    }

    @Test(
        "thresholds against their degrees of freedom",
        arguments: [
            (0.001, "threshold-is-p"), (0.05, "threshold-is-p"), (0.0, "threshold-is-p"),
            (0.9, "threshold-implausible"),
            (40.0, "threshold-implausible"),
        ])
    func thresholds(_ t: Double, _ code: String) {
        #expect(codes(experiment(t: t, [peak(0, 20, 40, .positive)])) == [code])
    }

    @Test("a threshold that is a p names the t that was meant")
    func thresholdRemedy() {
        // scipy 1.17.1: t.isf(0.001, 19) = 3.57940.
        #expect(check([experiment(t: 0.001, [])])[0].remedy?.contains("is t = 3.579 for 19") == true)
    }

    @Test("a missing threshold is told once, with the p that is assumed")
    func missingThreshold() {
        let notices = check([experiment(id: "A", t: nil, []), experiment(id: "B", t: nil, []), experiment(id: "C", [])])
        #expect(notices.map(\.code) == ["threshold-missing"])
        #expect(notices[0].message.contains("2 experiments have no t_thr"))
        #expect(notices[0].message.contains("p < 0.001"))
    }

    @Test("heights: below the threshold, implausible t, implausible effect")
    func heights() {
        #expect(codes(experiment([peak(0, 20, 40, .t(3.2)), peak(1, 20, 40, .t(-3))])) == ["peak-below-threshold"])
        #expect(codes(experiment([peak(0, 20, 40, .t(3.495))])).isEmpty)
        #expect(codes(experiment([peak(0, 20, 40, .t(-51))])) == ["t-implausible"])
        let large = check([experiment(n1: 8, t: 4, [peak(0, 20, 40, .t(20)), peak(4, 4, 4, .t(-30)), peak(0, 0, 0)])])
        #expect(large.map(\.code) == ["effect-implausible"])
        #expect(large[0].message.hasPrefix("t = -30 with n = 8"))
        #expect(large[0].message.contains("as 1 more"))
        let assumed = check([experiment(assumed: true, [peak(0, 20, 40, .t(3))])])
        #expect(assumed.map(\.message).joined().contains("assumed threshold"))
    }

    @Test("peaks without a sign are an error with a remedy")
    func unknownSign() {
        let notices = check([experiment([peak(0, 20, 40, .unknown), peak(1, 20, 40, .unknown)])])
        #expect(notices.map(\.code) == ["sign-unknown"])
        #expect(notices[0].severity == .error)
        #expect(notices[0].message.contains("2 peaks"))
        #expect(notices[0].remedy?.contains("--sign") == true)
    }

    @Test("what was converted to t is noted")
    func conversions() {
        var converted = peak(0, 20, 40, .t(4))
        converted.reported = Peak.Reported(statistic: .p, value: 0.0001)
        let notices = check([experiment([converted, peak(4, 4, 4)])])
        #expect(notices.map(\.code) == ["converted-to-t"])
        #expect(notices[0].severity == .note)
        #expect(notices[0].message == "1 peak given as one-tailed p was converted to t.")
    }

    @Test("a map needs no threshold")
    func mapThreshold() {
        var map = experiment(t: nil, [])
        map.report = .map(.init(path: "A.nii", kind: .t, source: .init(file: "A.nii")))
        #expect(check([map]).isEmpty)
    }

    @Test("experiments of one sample are told when a model takes both")
    func sharedSample() throws {
        let pair = [experiment(id: "A", sample: "s", []), experiment(id: "B", sample: "s", [])]
        #expect(check(pair).map(\.code) == ["shared-sample"])
        let apart = try ["A", "B"].map {
            ModelPlan(name: $0, filter: try FilterExpression(parsing: "id == \"\($0)\""))
        }
        #expect(check(pair, models: apart).isEmpty)
    }

    @Test(
        "too few experiments for the method, with the reference",
        arguments: [
            (9, "sdm-psi", "too-few-experiments"), (10, "sdm-psi", ""), (9, "ale", "too-few-experiments"),
            (10, "ale", "few-experiments"), (16, "sdm-psi, ale", "few-experiments"), (17, "ale", ""),
        ])
    func tooFew(_ count: Int, _ method: String, _ code: String) {
        let experiments = (0..<count).map { experiment(id: "E\($0)", []) }
        let notices = ProjectCheck.run(
            Project(name: "p", format: .native, experiments: experiments),
            overrides: [SettingAssignment(key: "method", value: method)])
        #expect(notices.map(\.code) == (code.isEmpty ? [] : [code]))
        #expect(notices.allSatisfy { $0.message.contains("10.1016/j.neubiorev.2017.11.012") })
        // Each method's advice only where the method is asked for.
        #expect(notices.allSatisfy { $0.message.contains("ALE") == method.contains("ale") })
    }

    @Test("a filter that leaves nothing is an error")
    func empty() throws {
        let model = ModelPlan(name: "none", filter: try FilterExpression(parsing: "n1 > 100"))
        let notices = check([experiment([])], models: [model])
        #expect(notices.map(\.code) == ["no-experiments"])
        #expect(notices[0].severity == .error)
    }

    @Test("strict makes warnings errors and leaves notes")
    func strict() {
        let notices = [Notice(.warning, code: "a", "x"), Notice(.note, code: "b", "y"), Notice(.error, code: "c", "z")]
        #expect(notices.strict().map(\.severity) == [.error, .note, .error])
    }

    @Test("the report is sorted, counts, and survives JSON")
    func report() throws {
        let report = NoticeReport([
            Notice(.note, code: "n", at: .init(file: "a", line: 1), "fact."),
            Notice(.warning, code: "w", at: .init(file: "b", line: 10), "later."),
            Notice(.warning, code: "w", at: .init(file: "b", line: 9), "look.", remedy: "Mend."),
            Notice(.error, code: "e", "broken."), Notice(.error, code: "e", "broken."),
        ])
        #expect(
            report.text == """
                error: broken. [e]
                b:9: warning: look. [w]
                    Mend.
                b:10: warning: later. [w]
                a:1: note: fact. [n]
                1 error, 2 warnings, 1 note

                """)
        #expect(try JSONDecoder().decode(NoticeReport.self, from: Data(report.json.utf8)) == report)
    }

    @Test("real projects: what is known to be wrong with them is found", .enabled(if: Shelf.isHere, Shelf.absence))
    func real() throws {
        let shelf = try #require(Shelf.path)
        let sleuth = ProjectCheck.run(try ProjectReader.read(shelf + "/data/sleuth/nback-owen.txt"))
        #expect(sleuth.errors.map(\.code) == ["sign-unknown"])
        let ultimatum = ProjectCheck.run(try ProjectReader.read(shelf + "/data/ultimatum"))
        #expect(ultimatum.errors.isEmpty)
        #expect(ultimatum.contains { $0.code == "too-few-experiments" && $0.message.contains("8 experiments") })
        #expect(ultimatum.contains { $0.code == "threshold-missing" && $0.message.hasPrefix("8 experiments") })
        let oracle = ProjectCheck.run(try ProjectReader.read(shelf + "/oracle/sdm-psi/project"))
        #expect(oracle.errors.isEmpty)
    }
}
