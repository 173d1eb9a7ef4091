import Appraisal
import Comparison
import Convergence
import Evidence
import ImageBased
import Imaging
import Inference
import SeedBasedMapping
import Testing

/// Two groups of experiments whose foci lie around two places.
private func project(_ settings: (inout Settings) -> Void = { _ in }) -> Project {
    let source = SourceLocation(file: "made-up")
    var experiments: [Experiment] = []
    for n in 0..<12 {
        let place: SIMD3<Double> = n % 2 == 0 ? [-40, 20, 0] : [40, -60, 40]
        let peaks = (0..<2).map { m in
            Peak(
                coordinate: place + SIMD3(Double(n % 3) * 2, Double(m) * 2, 0), space: .mni,
                height: m == 0 ? .t(4) : .negative, source: source)
        }
        experiments.append(
            Experiment(
                id: "e\(n)", study: "s\(n)", sample: n < 10 ? "g\(n)" : "g10", n1: 20, report: .peaks(peaks),
                covariates: ["group": .text(n % 2 == 0 ? "left" : "right")], source: source))
    }
    var own = Settings.sdmPSI
    own.voxelSize = 4
    own.fociIterations = 200
    settings(&own)
    return Project(
        name: "two places", format: .native, experiments: experiments, covariateNames: ["group"], settings: own)
}

private let contrast = ModelPlan(
    name: "contrast", covariates: [Covariate("group", .categorical(.treatment, reference: "right"))],
    hypothesis: Hypothesis(.groups("group")))

@Suite("A model by other methods")
struct OtherMethodsTests {
    private func run(_ plan: ModelPlan, _ project: Project) async throws -> [MethodResult] {
        let settings = try project.settings(of: plan)
        return try await OtherMethods(plan, of: project, settings: settings).run(workers: Workers(threads: 2))
    }

    @Test("increases and decreases get maps of their own; the numbers are those of the method itself")
    func directions() async throws {
        let project = project { $0.methods = [.sdmPSI, .ale] }
        let results = try await run(.mean, project)
        #expect(results.map(\.label) == ["ale_positive", "ale_negative"])
        let increases = try #require(results.first)
        #expect(increases.foci == 12)
        #expect(increases.findings.count == 2)
        #expect(increases.findings.allSatisfy { $0.reporting >= 5 })

        let sets = FociSelection(.positive, of: project.experiments, settings: project.settings).sets
        let space = try ConvergenceSpace(mask: try AnalysisSpace.mask(.brain, voxelSize: 4))
        let direct = try await ActivationLikelihoodEstimation().run(sets, in: space)
        #expect(increases.z == direct.maps[MapName(.z)])
    }

    @Test("experiments that share a sample are one unit with all its foci, unless they are to stand apart")
    func samples() {
        var settings = Settings.sdmPSI
        let experiments = project().experiments
        let pooled = FociSelection(.all, of: experiments, settings: settings)
        #expect(pooled.sets.count == 11)
        #expect(pooled.sets.last?.id == "e10 + e11")
        #expect(pooled.sets.last?.foci.count == 4)
        settings.samples = .separate
        #expect(FociSelection(.all, of: experiments, settings: settings).sets.count == 12)
    }

    @Test("GingerALE's habits take every experiment for itself: pooling blocks of a study moves its ALE by 1.7e-3")
    func blocks() {
        var settings = Settings.sdmPSI
        settings.fociCompatibility = .gingerale
        #expect(FociSelection(.all, of: project().experiments, settings: settings).sets.count == 12)
    }

    @Test("foci without a sign make one map; mixed with others they are in none, and it is said")
    func unsigned() {
        var experiments = project().experiments
        func strip(_ n: Int) {
            let peaks = experiments[n].peaks.map { peak in
                var peak = peak
                peak.height = .unknown
                return peak
            }
            experiments[n].report = .peaks(peaks)
        }
        strip(0)
        let mixed = FociSelection.directions(experiments, settings: .sdmPSI)
        #expect(mixed.directions == [.positive, .negative])
        #expect(mixed.notes.contains { $0.contains("2 of 24 foci have no sign") })
        for n in experiments.indices { strip(n) }
        #expect(FociSelection.directions(experiments, settings: .sdmPSI).directions == [.all])
    }

    @Test("methods that do not fit a model are told from those that do, with the reason")
    func scope() throws {
        let project = project { $0.methods = [.ale, .aleSubtraction, .scale, .mkdaChi2] }
        let mean = try OtherMethods(.mean, of: project, settings: project.settings).scope
        #expect(mean.runs == [.ale])
        #expect(mean.skipped.map(\.method) == [.aleSubtraction, .scale, .mkdaChi2])
        let two = try OtherMethods(contrast, of: project, settings: project.settings(of: contrast)).scope
        #expect(two.runs == [.aleSubtraction, .mkdaChi2])
        #expect(two.skipped.first?.reason.contains("no covariates") == true)
    }

    @Test("two groups: each place is found where its group has its foci, with the sign of the first group")
    func groups() async throws {
        let project = project {
            $0.methods = [.aleSubtraction, .mkdaChi2, .balancedSubtraction, .aleConjunction]
            $0.fociDirection = .all
            $0.fociCorrection = .voxel
        }
        let results = try await run(contrast, project)
        #expect(results.map(\.method) == [.aleSubtraction, .mkdaChi2, .balancedSubtraction, .aleConjunction])
        for result in results.prefix(3) {
            #expect(result.groups == ["left", "right"])
            let up = result.findings.filter { $0.cluster.sign > 0 }
            let down = result.findings.filter { $0.cluster.sign < 0 }
            #expect(!up.isEmpty && up.allSatisfy { $0.cluster.peak.coordinate.x < 0 }, "\(result.title)")
            #expect(!down.isEmpty && down.allSatisfy { $0.cluster.peak.coordinate.x > 0 }, "\(result.title)")
        }
        // The groups have no place in common.
        #expect(results[3].findings.isEmpty)
    }

    private static func covered(_ project: Project) -> Project {
        var project = project
        project.experiments[3].coverage = Experiment.Coverage(
            path: "c.nii", source: SourceLocation(file: "studies.tsv"))
        return project
    }

    @Test("methods that do not take where experiments looked say so; those that do are not named")
    func coverage() async throws {
        let open = project { $0.methods = [.effects, .ale, .mkda] }
        #expect(try OtherMethods(.mean, of: open, settings: open.settings).coverageNotice() == nil)
        let limited = Self.covered(open)
        let words = try #require(
            try OtherMethods(.mean, of: limited, settings: limited.settings).coverageNotice())
        #expect(words.hasPrefix("ALE, MKDA do not take") && words.contains("\"e3\""), "\(words)")
        #expect(!words.contains("Effects"))
        let results = try await run(.mean, limited)
        #expect(results.allSatisfy { result in result.notes.contains { $0.contains("coverage of \"e3\"") } })
    }

    @Test("a method that takes more memory than there is, or than --memory allows, is passed over; the others run")
    func memory() throws {
        let project = project { $0.methods = [.ale, .mkda] }
        var methods = try OtherMethods(.mean, of: project, settings: project.settings)
        #expect(methods.scope.runs == [.ale, .mkda])
        methods.allowance = MemoryAllowance(limit: 4 << 30, available: 8 << 30, threads: 2)
        #expect(methods.scope.runs == [.ale, .mkda])
        methods.allowance = MemoryAllowance(limit: 4 << 30, available: 100 << 20, threads: 2)
        #expect(methods.scope.skipped.count == 2)
        #expect(methods.scope.skipped.allSatisfy { $0.reason.contains("this machine has 100 MiB left") })
        methods.allowance = MemoryAllowance(limit: 64 << 20, available: nil, threads: 2)
        #expect(methods.scope.skipped.count == 2)
        #expect(methods.scope.skipped.allSatisfy { $0.reason.contains("--memory allows 64") })
    }

    @Test(
        "memory grows with what takes it: images with their number and voxels, subtraction with experiments and threads"
    )
    func growth() throws {
        var experiments = project().experiments
        let map = Experiment.StatisticMap(path: "a.nii", kind: .t, source: SourceLocation(file: "t"))
        func images(_ count: Int, _ voxelSize: Double) throws -> Int {
            for index in experiments.indices { experiments[index].report = index < count ? .map(map) : .peaks([]) }
            let project = Project(name: "p", format: .native, experiments: experiments)
            var settings = Settings()
            settings.voxelSize = voxelSize
            return try OtherMethods(.mean, of: project, settings: settings).memory(.imageDerSimonianLaird)
        }
        // Twelve maps of effect, variance, t and z at 2 mm are 12 · 4 · 235,818 · 4 bytes.
        #expect(try images(12, 2) - images(6, 2) > 6 * 4 * 235_818 * 4)
        #expect(try images(12, 1) > 3 * images(12, 2))
        let own = project()
        var two = try OtherMethods(contrast, of: own, settings: own.settings)
        let one = two.memory(.aleSubtraction)
        two.allowance = MemoryAllowance(limit: 1 << 40, available: nil, threads: 8)
        #expect(two.memory(.aleSubtraction) > one)
        #expect(two.memory(.aleSubtraction) > two.memory(.ale))
    }

    @Test(
        "within main effects, groups are compared where one's own ALE survives, with the difference that is there, and nowhere else"
    )
    func gated() async throws {
        func results(_ within: Settings.ContrastVoxels, _ level: Double = 0.05) async throws -> [MethodResult] {
            try await run(
                contrast,
                project {
                    $0.methods = [.aleSubtraction, .balancedSubtraction]
                    $0.fociDirection = .all
                    $0.fociCorrection = .voxel
                    $0.within = within
                    $0.correctedP = level
                })
        }
        let whole = try await results(.everywhere)
        let gated = try await results(.mainEffects)
        Self.compare(gated, whole)
    }

    private static func compare(_ gated: [MethodResult], _ whole: [MethodResult]) {
        #expect(gated.map(\.method) == [.aleSubtraction, .balancedSubtraction])
        for (gated, whole) in zip(gated, whole) {
            #expect(gated.mask == whole.mask && gated.z.count == whole.z.count)
            #expect(gated.criterion.contains("where one group's own ALE at least survives"))
            #expect(!whole.criterion.contains("survives"))
            let difference = MapName(.stat, label: "group1MinusGroup2")
            let inside = gated.maps.first { $0.name == difference }?.values ?? []
            let all = whole.maps.first { $0.name == difference }?.values ?? []
            let compared = inside.indices.filter { inside[$0] != 0 }
            // Around the two places and not in the rest of the brain.
            #expect(!compared.isEmpty && compared.count < all.count { $0 != 0 } / 2, "\(gated.title)")
            #expect(compared.allSatisfy { abs(inside[$0] - all[$0]) < 1e-6 }, "\(gated.title)")
            // Its two places are found as before.
            #expect(Set(gated.findings.map(\.cluster.sign)) == [1, -1], "\(gated.title)")
        }
    }

    @Test("the same numbers for one thread and for three")
    func threads() async throws {
        let project = project { $0.methods = [.mkda, .kda] }
        let methods = try OtherMethods(.mean, of: project, settings: project.settings)
        let one = try await methods.run(workers: Workers(threads: 1))
        let three = try await methods.run(workers: Workers(threads: 3))
        for (a, b) in zip(one, three) {
            #expect(a.maps.map(\.name) == b.maps.map(\.name))
            #expect(zip(a.maps, b.maps).allSatisfy { $0.values == $1.values })
        }
        #expect(one.count == 4)
    }

    @Test(
        "every image-based method of a plan has an estimator",
        arguments: AnalysisMethod.allCases.filter { $0.family == .images })
    func estimators(method: AnalysisMethod) {
        #expect(ImageEstimator(rawValue: method.rawValue) != nil)
    }
}
