import Appraisal
import Evidence
import Foundation
import Imaging
import Inference
import SeedBasedMapping
import Statistics
import Testing

@Suite("Effects at places")
struct PlacesTests {
    private typealias Base = SeedBasedAnalysisTests

    static func analysis(_ settings: [String], threads: Int = 2) throws -> SeedBasedAnalysis {
        let settings = try Settings.sdmPSI.applying(
            (["permutations=0", "samples=separate"] + settings).map { try SettingAssignment(commandLine: $0) })
        return SeedBasedAnalysis(space: Base.space, settings: settings, workers: Workers(threads: threads))
    }

    static func voxel(_ mni: SIMD3<Double>) throws -> Int {
        let place = try Place.at(mni, in: Base.space.mask)
        return Int(place.voxels[0])
    }

    @Test(
        "A voxel's effects, pooled by the plain reference, give the maps' g, z, tau2, I2, Q and fmi",
        arguments: [
            ["sampler=copula"], ["sampler=paper"], ["tau2_estimator=reml"], ["imputations=20", "effect_smoothing=4"],
            ["imputations=7", "tau2_smoothing=0"],
        ])
    func voxels(_ settings: [String]) async throws {
        let analysis = try Self.analysis(settings)
        let maps = try await analysis.run(.mean, experiments: Base.experiments).maps
        let mask = Base.space.mask
        // In the core of a peak, between peaks, far from all, at the edge.
        let voxels =
            try [[0, 0, 0], [4, 2, -2], [-14, -14, 2], [10, 4, -6]].map { try Self.voxel($0) } + [0, mask.count - 1]
        let places = voxels.map { Place(voxel: $0, in: mask) }
        let found = try await analysis.effects(of: .mean, experiments: Base.experiments, at: places)
        let estimator: HeterogeneityEstimator = analysis.settings.tau2Estimator == .reml ? .reml : .dersimonianLaird
        for (voxel, place) in zip(voxels, found) {
            #expect(place.studies.map(\.id) == Base.experiments.map(\.id))
            #expect(place.coordinate == mask.world(at: voxel) && place.voxelCount == 1)
            let m = analysis.settings.imputations
            var fits: [MetaRegression] = []
            for j in 0..<m {
                fits.append(
                    try MetaRegression(
                        effects: place.studies.map { $0.effects[j] }, variances: place.studies.map { $0.variances[j] },
                        estimator: estimator))
            }
            let pooled = PooledEstimates(
                coefficients: fits.map(\.coefficients), covariances: fits.map(\.covariance))
            let estimate = pooled.coefficient(0)
            let tau = fits.reduce(0) { $0 + $1.tau2.squareRoot() } / Double(m)
            let i = fits.reduce(0) { $0 + $1.i2.squareRoot() } / Double(m)
            // Maps are in single precision; REML stops at 1e-10.
            #expect(abs(estimate.value - Double(maps.g[voxel])) < 1e-6)
            #expect(abs(estimate.statistic - Double(maps.z[voxel])) < 1e-5)
            #expect(abs(tau * tau - Double(maps.tau2[voxel])) < 1e-6)
            #expect(abs(100 * i * i - Double(maps.i2[voxel])) < 1e-3)
            #expect(abs(pooled.missingInformation(0).fraction - Double(maps.fmi[voxel])) < 1e-6)
        }
    }

    @Test("Imputations stay within the experiment's bounds, and known effects do not vary")
    func bounds() async throws {
        let analysis = try Self.analysis(["imputations=30"])
        let result = try await analysis.run(.mean, experiments: Base.experiments, keepBounds: true)
        let voxels = try [[0, 0, 0], [2, 2, 0], [6, 0, 0]].map { try Self.voxel($0) }
        let found = try await analysis.effects(
            of: .mean, experiments: Base.experiments, at: voxels.map { Place(voxel: $0, in: Base.space.mask) })
        for (voxel, place) in zip(voxels, found) {
            for (study, bounds) in zip(place.studies, result.bounds) {
                let (low, high) = (Double(bounds.lower[voxel]), Double(bounds.upper[voxel]))
                #expect(study.effects.count == 30)
                #expect(study.effects.allSatisfy { $0 >= low && $0 <= high })
                #expect(low == high ? Set(study.effects).count == 1 : Set(study.effects).count == 30)
            }
        }
    }

    @Test("A set's effect is the mean of its voxels' effects in each imputation, for any number of threads")
    func sets() async throws {
        let mask = Base.space.mask
        let sphere = try Place.sphere(at: [2, 0, 0], radius: 12, in: mask)
        // Several pieces of work.
        #expect(sphere.voxels.count > 512)
        let singles = sphere.voxels.map { Place(voxel: Int($0), in: mask) }
        let analysis = try Self.analysis(["imputations=5"])
        let all = try await analysis.effects(of: .mean, experiments: Base.experiments, at: [sphere] + singles)
        for study in all[0].studies.indices {
            let scale = EffectScale(n1: all[0].studies[study].n1, n2: all[0].studies[study].n2)
            for j in 0..<5 {
                let mean =
                    all[1...].reduce(0) { $0 + $1.studies[study].effects[j] } / Double(sphere.voxels.count)
                #expect(abs(all[0].studies[study].effects[j] - mean) < 1e-12)
                #expect(abs(all[0].studies[study].variances[j] - scale.variance(ofG: mean)) < 1e-12)
            }
        }
        let again = try await Self.analysis(["imputations=5"], threads: 3)
            .effects(of: .mean, experiments: Base.experiments, at: [sphere])
        #expect(again[0].studies == all[0].studies)
    }

    @Test("What an experiment said: the nearest peak within half the kernel's width decides")
    func sources() async throws {
        // Template of 0.9 for 2 mm steps, kernels of 20 mm: 2 mm are 3.9 virtual mm, half the width is 5.1 mm.
        let analysis = try Self.analysis(["imputations=2"])
        let places = try [[0, 0, 0], [-2, 0, 4], [-12, -8, 6], [0, -18, 0]].map {
            try Place.at($0, in: Base.space.mask)
        }
        let found = try await analysis.effects(of: .mean, experiments: Base.experiments, at: places)
        let said = found.map { $0.studies.map(\.source) }
        #expect(said[0] == [.peak, .peak, .sign, .nothing, .peak])
        #expect(said[1][2] == .sign && said[1][3] == .nothing)
        #expect(said[2] == [.nothing, .nothing, .nothing, .nothing, .sign])
        #expect(said[3] == Array(repeating: .nothing, count: 5))
    }

    @Test("An experiment without a value at a place is not listed there; its map is named as the source elsewhere")
    func maps() async throws {
        let folder = NSTemporaryDirectory() + "cuneus-places-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let mask = Base.space.mask
        let image = mask.scatter((0..<mask.count).map { mask.world(at: $0).x > 1 ? 2.5 : 0 })
        try NIfTIImage(image, intent: .estimate("t")).write(to: "\(folder)/m.nii.gz")
        var experiment = Base.experiments[3]
        experiment.id = "mapped"
        experiment.report = .map(.init(path: "\(folder)/m.nii.gz", kind: .t, source: Base.here))
        let experiments = Base.experiments + [experiment]
        let analysis = try Self.analysis(["imputations=3"])
        let both = try Place.sphere(at: [0, 0, 0], radius: 5, in: mask)
        let found = try await analysis.effects(
            of: .mean, experiments: experiments,
            at: [Place.at([-8, 0, 0], in: mask), Place.at([8, 0, 0], in: mask), both])
        #expect(found[0].studies.map(\.id) == Base.experiments.map(\.id))
        let g = EffectScale(n1: experiment.n1).g(fromT: 2.5)
        for place in found[1...] {
            #expect(place.studies.last?.id == "mapped" && place.studies.last?.source == .map)
            #expect(place.studies.last?.effects.allSatisfy { abs($0 - g) < 1e-6 } == true)
        }
    }

    @Test("A coordinate outside the mask is refused with the nearest voxel inside")
    func outside() throws {
        let mask = Base.space.mask
        for refused in [
            { try Place.at([30, 0, 0], in: mask) }, { try Place.at([300, 0, 0], in: mask) },
            { try Place.sphere(at: [30, 0, 0], radius: 3, in: mask) },
        ] {
            let error = #expect(throws: InputError.self) { _ = try refused() }
            #expect(error?.remedy?.contains("22,0,0") == true)
        }
        #expect(throws: InputError.self) { try Place.at([.nan, 0, 0], in: mask) }
    }

    @Test("A coordinate midway between voxels is the one inside the mask")
    func midway() throws {
        let whole = Base.space.mask
        // x = 1 lies between the voxels at 0 and at 2: whichever is outside, the other speaks.
        for outside in [0.0, 2] {
            let mask = Mask(grid: whole.grid) { index in
                whole.position[index] >= 0 && whole.grid.world(atIndex: index).x != outside
            }
            let place = try Place.at([1, 4, 4], in: mask)
            #expect(mask.world(at: Int(place.voxels[0])) == [2 - outside, 4, 4])
            #expect(place.name == "1,4,4")
        }
        // No nearer voxel is passed over for one in the mask.
        let right = Mask(grid: whole.grid) { whole.position[$0] >= 0 && whole.grid.world(atIndex: $0).x > 1 }
        #expect(throws: InputError.self) { try Place.at([0.9, 4, 4], in: right) }
    }

    @Test("A region is found by name or number; an unknown one is answered with those it may have meant")
    func regions() throws {
        let mask = Base.space.mask
        let labels = mask.scatter((0..<mask.count).map { mask.world(at: $0).x > 0 ? 2 : 1 })
        let atlas = try LabelAtlas(
            name: "Halves", labels: labels, table: LabelTable(names: [1: "Left_half", 2: "Right_half"]))
        let right = try Place.region("right_HALF", of: atlas, in: mask)
        #expect(right.name == "Halves: Right half")
        #expect(right.voxels.allSatisfy { mask.world(at: Int($0)).x > 0 })
        #expect(try Place.region("1", of: atlas, in: mask).voxels.count + right.voxels.count == mask.count)
        let error = #expect(throws: InputError.self) { _ = try Place.region("half", of: atlas, in: mask) }
        #expect(error?.remedy == "Did you mean 'Left half', 'Right half'?")
        let slip = #expect(throws: InputError.self) { _ = try Place.region("left hafl", of: atlas, in: mask) }
        #expect(slip?.remedy == "Did you mean 'Left half'?")
    }

    @Test("The fraction of missing information is 0 where all is known")
    func known() async throws {
        let count = Base.space.mask.count
        let bounds = [0.2, 0.6].map {
            EffectBounds(lower: Array(repeating: $0, count: count), upper: Array(repeating: $0, count: count))
        }
        let maps = try await Self.analysis([]).pooled(
            ids: ["a", "b"], bounds: bounds, scales: [EffectScale(n1: 20), EffectScale(n1: 30)])
        // Rounding of a variance that is zero.
        #expect(maps.fmi.allSatisfy { $0 >= 0 && $0 < 1e-12 })
    }

    /// The default: two experiments of one sample are one study, here as in the maps.
    @Test("Experiments that are combined are one study at a place, and pool to the maps' values")
    func combined() async throws {
        let settings = try Settings.sdmPSI.applying(
            ["permutations=0", "imputations=6"].map { try SettingAssignment(commandLine: $0) })
        let analysis = SeedBasedAnalysis(space: Base.space, settings: settings, workers: Workers(threads: 2))
        var experiments = Base.experiments
        experiments[4].sample = experiments[1].sample
        let result = try await analysis.run(.mean, experiments: experiments)
        let position = try Self.voxel([0, 0, 0])
        let effects = try await analysis.effects(
            of: .mean, experiments: experiments, at: [Place(voxel: position, in: Base.space.mask, name: "centre")])
        #expect(effects[0].studies.map(\.id) == ["a", "b + e", "c", "d"])
        let mean = try #require(PlacePooling(meanOf: effects[0], estimator: .dersimonianLaird))
        #expect(abs(mean.mean.value - Double(result.maps.g[position])) < 1e-6)
        #expect(abs(mean.mean.statistic - Double(result.maps.z[position])) < 1e-5)
    }
}
