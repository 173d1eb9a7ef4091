import Appraisal
import Evidence
import Foundation
import Imaging
import Inference
import SeedBasedMapping
import Statistics
import Testing

@Suite("Kernels at other voxel sizes")
struct SampledKernelTests {
    private typealias Peak = BoundsBuilder.MappedPeak

    private static func cube(_ mm: Double, half: Double = 40) -> Mask {
        let count = Int(2 * half / mm) + 1
        let grid = Grid(
            shape: SIMD3(repeating: count), affine: Affine(scale: [-mm, mm, mm], origin: [half, -half, -half]))!
        return Mask(grid: grid) { _ in true }
    }

    /// Slow tissue at 2 mm with a fast tract along x, 6 mm wide, in it.
    private static let tissue: CorrelationTemplate = {
        let domain = cube(2)
        return CorrelationTemplate(
            domain: domain,
            slowness: (0..<domain.count).map { position in
                let point = domain.world(at: position)
                return (point.y * point.y + point.z * point.z).squareRoot() <= 3 ? 0.6 : 1.4
            })
    }()

    private static func kernel(
        _ template: CorrelationTemplate = tissue, anisotropy: Double = 1
    ) -> PeakKernel {
        PeakKernel(graph: KernelGraph(template: template, fwhm: 20), anisotropy: anisotropy)
    }

    private static func even() -> PeakKernel { kernel(CorrelationTemplate(domain: cube(2), constant: 1)) }

    private static func bounds(
        _ kernel: PeakKernel, _ mask: Mask, _ peaks: [Peak], b: Double = 0.5
    ) -> EffectBounds {
        var paths = ShortestPaths(kernel.graph)
        return BoundsBuilder(kernel: kernel, mask: mask).bounds(peaks: peaks, thresholdG: b, with: &paths).bounds
    }

    private static func position(_ point: SIMD3<Double>, _ mask: Mask) throws -> Int {
        let voxel = try #require(mask.grid.nearestVoxel(to: point))
        return Int(mask.position[mask.grid.index(voxel)])
    }

    private static func isEqual(_ a: [Float], _ b: [Float]) -> Bool { a.map(\.bitPattern) == b.map(\.bitPattern) }

    private static let peaks = [
        Peak(coordinate: [0, 0, 0], g: 1.2), Peak(coordinate: [15, 4, -6], g: -0.8),
        Peak(coordinate: [-9, -11, 7], g: 0.9),
        Peak(coordinate: [400, 0, 0], g: 1),
    ]

    /// The rule of Docs/bounds.md on a template's own grid, straight from the kernel's domain voxels.
    private static func plain(_ kernel: PeakKernel, _ mask: Mask, _ peaks: [Peak], b: Double) -> EffectBounds {
        let domain = kernel.graph.template.domain
        var paths = ShortestPaths(kernel.graph)
        var sums = [(q: Double, upper: Double, lower: Double)](repeating: (0, 0, 0), count: domain.count)
        var cores = [(count: Double, g: Double)](repeating: (0, 0), count: domain.count)
        for peak in peaks {
            _ = kernel.spread(from: peak.coordinate, with: &paths) { voxel, distance in
                if distance <= kernel.core {
                    cores[voxel].count += 1
                    cores[voxel].g += peak.g
                } else {
                    let q = 1 / (distance * distance)
                    let w = kernel.height(at: distance)
                    sums[voxel].q += q
                    sums[voxel].upper += q * (b + w * (peak.g - b))
                    sums[voxel].lower += q * (-b + w * (peak.g + b))
                }
            }
        }
        var bounds = EffectBounds(lower: [], upper: [])
        for index in mask.voxels {
            let voxel = Int(domain.position[Int(index)])
            if voxel >= 0, cores[voxel].count > 0 {
                let g = Float(cores[voxel].g / cores[voxel].count)
                bounds.lower.append(g)
                bounds.upper.append(g)
            } else if voxel >= 0, sums[voxel].q > 0 {
                bounds.lower.append(Float(sums[voxel].lower / sums[voxel].q))
                bounds.upper.append(Float(sums[voxel].upper / sums[voxel].q))
            } else {
                bounds.lower.append(Float(-b))
                bounds.upper.append(Float(b))
            }
        }
        return bounds
    }

    @Test("On the template's own grid nothing is sampled: the rule to the bit", arguments: [0.0, 0.4, 1])
    func ownGrid(anisotropy: Double) {
        let domain = Mask(grid: Self.tissue.domain.grid) { Self.tissue.domain.grid.world(atIndex: $0).x > -10 }
        let slowness = domain.gather(Self.tissue.domain.scatter(Self.tissue.slowness))
        let template = CorrelationTemplate(domain: domain, slowness: slowness)
        let kernel = Self.kernel(template, anisotropy: anisotropy)
        let mask = Mask(grid: domain.grid) { domain.grid.world(atIndex: $0).y > -12 }
        let found = Self.bounds(kernel, mask, Self.peaks)
        let expected = Self.plain(kernel, mask, Self.peaks, b: 0.5)
        #expect(Self.isEqual(found.lower, expected.lower) && Self.isEqual(found.upper, expected.upper))
    }

    @Test("The built-in space at 2 mm: the rule to the bit, with and without compat", arguments: ["none", "sdm621"])
    func twoMillimetres(compatibility: String) async throws {
        let settings = try Settings.sdmPSI.applying(
            ["permutations=0", "compat=\(compatibility)"].map { try SettingAssignment(commandLine: $0) })
        let space = try AnalysisSpace(settings: settings)
        #expect(space.kernelTemplate.domain.grid == .mni2mm)
        #expect(space.kernelTemplate.slowness == space.template.slowness)
        let prepared = try Self.experiments.map { try PreparedExperiment($0, settings: settings) }
        let analysis = SeedBasedAnalysis(space: space, settings: settings, workers: Workers(threads: 2))
        let (bounds, _) = try await analysis.bounds(of: prepared, maps: prepared.map { _ in nil })
        let kernel = PeakKernel(
            graph: KernelGraph(template: space.template, fwhm: settings.kernelFWHM), anisotropy: settings.anisotropy)
        for (experiment, bounds) in zip(prepared, bounds) {
            let expected = Self.plain(kernel, space.mask, experiment.peaks, b: try #require(experiment.thresholdG))
            #expect(Self.isEqual(bounds.lower, expected.lower) && Self.isEqual(bounds.upper, expected.upper))
        }
    }

    @Test(
        "On coarser grids that share voxel centres, bounds there are those of 2 mm to the bit, fast tract or not",
        arguments: [4.0, 8, 10])
    func coarser(mm: Double) throws {
        let fine = Self.cube(2)
        let coarse = Self.cube(mm)
        // The first peak is on a shared centre, and its core is that voxel; the others have cores of their own here.
        let kernel = Self.kernel()
        let peak = Array(Self.peaks.prefix(1))
        let expected = Self.bounds(kernel, fine, peak)
        let found = Self.bounds(kernel, coarse, peak)
        var reached = 0
        for position in 0..<coarse.count {
            let other = try Self.position(coarse.world(at: position), fine)
            #expect(found.upper[position] == expected.upper[other] && found.lower[position] == expected.lower[other])
            if found.upper[position] != 0.5 { reached += 1 }
        }
        #expect(reached > 3)
        // 40 mm along the tract is 24 virtual mm; 20 mm across it is 27.
        #expect(found.upper[try Self.position([40, 0, 0], coarse)] != 0.5)
        // With all peaks only voxels that a peak lies in differ.
        let several = Self.bounds(kernel, coarse, Self.peaks)
        let severalFine = Self.bounds(kernel, fine, Self.peaks)
        for position in 0..<coarse.count {
            let point = coarse.world(at: position)
            let holdsPeak = Self.peaks.contains { peak in
                let apart = peak.coordinate - point
                return max(abs(apart.min()), abs(apart.max())) <= mm / 2
            }
            let other = try Self.position(point, fine)
            #expect(holdsPeak || several.upper[position] == severalFine.upper[other])
        }
    }

    @Test("The built-in space at 4 mm: bounds at voxels without a peak are those at 2 mm")
    func fourMillimetres() async throws {
        func bounds(_ mm: Int) async throws -> (Mask, [EffectBounds]) {
            let settings = try Settings.sdmPSI.applying(
                ["permutations=0", "voxel_size=\(mm)"].map { try SettingAssignment(commandLine: $0) })
            let space = try AnalysisSpace(settings: settings)
            let prepared = try Self.experiments.map { try PreparedExperiment($0, settings: settings) }
            let analysis = SeedBasedAnalysis(space: space, settings: settings, workers: Workers(threads: 2))
            return (space.mask, try await analysis.bounds(of: prepared, maps: prepared.map { _ in nil }).bounds)
        }
        let (fine, expected) = try await bounds(2)
        let (coarse, found) = try await bounds(4)
        let coordinates = Self.coordinates
        var shared = 0
        var reached = 0
        for position in 0..<coarse.count {
            let point = coarse.world(at: position)
            let voxel = try #require(fine.grid.nearestVoxel(to: point))
            let other = Int(fine.position[fine.grid.index(voxel)])
            let holdsPeak = coordinates.contains { max(abs(($0 - point).min()), abs(($0 - point).max())) <= 2 }
            if other < 0 || holdsPeak { continue }
            shared += 1
            for (mine, theirs) in zip(found, expected) {
                #expect(mine.upper[position] == theirs.upper[other] && mine.lower[position] == theirs.lower[other])
                if theirs.upper[other] != -theirs.lower[other] { reached += 1 }
            }
        }
        #expect(shared > 20_000 && reached > 2000)
    }

    @Test(
        "On a coarse grid the voxel a peak lies in is its core if no other is; midway between two, both",
        arguments: [
            // coordinate, and the voxels of the 8 mm grid that take its value
            ([3.0, 1, 0], [[0.0, 0, 0]]), ([4, 0, 0], [[0, 0, 0], [8, 0, 0]]), ([1, 0, 0], [[0, 0, 0]]),
            (
                [4, 4, -4],
                [
                    [0, 0, 0], [8, 0, 0], [0, 8, 0], [8, 8, 0], [0, 0, -8], [8, 0, -8], [0, 8, -8], [8, 8, -8],
                ]
            ),
        ] as [(SIMD3<Double>, [SIMD3<Double>])])
    func coarseCore(coordinate: SIMD3<Double>, voxels: [SIMD3<Double>]) throws {
        let mask = Self.cube(8)
        let found = Self.bounds(Self.even(), mask, [Peak(coordinate: coordinate, g: 1.5)])
        let core = (0..<mask.count).filter { found.upper[$0] == 1.5 && found.lower[$0] == 1.5 }
        #expect(core == (try voxels.map { try Self.position($0, mask) }.sorted()))
    }

    @Test("A peak in a voxel that is not in the mask has no core there, as at 2 mm")
    func noCore() throws {
        let grid = Self.cube(8).grid
        let mask = Mask(grid: grid) { grid.world(atIndex: $0) != .zero }
        let found = Self.bounds(Self.even(), mask, [Peak(coordinate: [3, 1, 0], g: 1.5)])
        #expect(zip(found.lower, found.upper).allSatisfy { $0 < $1 })
        // 8 mm away along x: 5 mm along x and 1 along y at least, w of a distance between 5 and 7.
        let beside = try Self.position([8, 0, 0], mask)
        let w = 1 - Double(found.upper[beside] - found.lower[beside])
        #expect(w > exp2(-4 * 49 / 400.0) && w < exp2(-4 * 25 / 400.0))
    }

    @Test("A voxel of the mask outside the tissue is the core of a peak in it, and otherwise unreached")
    func outsideTissue() throws {
        let grid = Self.cube(2).grid
        let domain = Mask(grid: grid) { grid.world(atIndex: $0).x >= 2 }
        let kernel = Self.kernel(CorrelationTemplate(domain: domain, constant: 1))
        let mask = Self.cube(8)
        let found = Self.bounds(kernel, mask, [Peak(coordinate: [3, 0, 0], g: 1.5)])
        #expect(found.lower[try Self.position([0, 0, 0], mask)] == 1.5)
        #expect(found.upper[try Self.position([-8, 0, 0], mask)] == 0.5)
        #expect(found.upper[try Self.position([8, 0, 0], mask)] > 0.5)
    }

    @Test(
        "On finer grids every voxel is visited once, with the mean distance of the 2 mm voxels around it",
        arguments: [1, 1.6])
    func finer(mm: Double) throws {
        let mask = Self.cube(mm, half: 24)
        let sampled = SampledKernel(kernel: Self.even(), mask: mask)
        var paths = ShortestPaths(sampled.kernel.graph)
        var distances = [Double](repeating: -1, count: mask.count)
        let isUsed = sampled.spread(from: .zero, with: &paths) { position, distance, isCore in
            #expect(distances[position] < 0)
            #expect(isCore == (distance <= 3.0.squareRoot() * (1 + 1e-9)))
            distances[position] = distance
        }
        #expect(isUsed)
        // Along an axis distances of an even tissue are linear, so that their means are exact.
        for x in stride(from: -16, through: 16, by: mm) {
            let point: SIMD3<Double> = [x, 0, 0]
            #expect(abs(distances[try Self.position(point, mask)] - abs(x)) < 1e-9, "\(x)")
        }
        // Everything within 20 mm was reached: no path of an even tissue is longer than 1.13 times the straight line.
        for position in 0..<mask.count {
            let point = mask.world(at: position)
            let straight = (point * point).sum().squareRoot()
            if straight < 20 {
                #expect(distances[position] >= straight - 1e-9 && distances[position] <= 1.13 * straight + 2)
            }
        }
    }

    @Test("A kernel is as wide to the left as to the right when voxels lie midway between those of the graph")
    func midway() throws {
        // Centres at … −3, 0, 3 …: every other one is midway between two of the graph.
        let mask = Self.cube(3, half: 30)
        let found = Self.bounds(Self.even(), mask, [Peak(coordinate: .zero, g: 1.5)])
        for x in [3.0, 9, 15] {
            let expected = exp2(-4 * x * x / 400)
            for sign in [-1.0, 1] {
                let position = try Self.position([sign * x, 0, 0], mask)
                #expect(abs(1 - Double(found.upper[position] - found.lower[position]) - expected) < 1e-6)
            }
        }
    }

    @Test("The report of an experiment follows the same rules", arguments: [1.0, 3, 8])
    func report(mm: Double) throws {
        let mask = Self.cube(mm, half: 24)
        let scale = EffectScale(n1: 24)
        let b = scale.g(fromT: 3.2)
        let kernel = Self.kernel()
        var paths = ShortestPaths(kernel.graph)
        let report = EffectReportBuilder(kernel: kernel, mask: mask).report(
            peaks: Self.peaks.map { .init(coordinate: $0.coordinate, effect: .known($0.g)) }, thresholdT: 3.2,
            scale: scale, with: &paths)
        #expect(report.unused == [3])
        let expected = Self.bounds(kernel, mask, Self.peaks, b: b)
        for voxel in 0..<mask.count {
            let bounds = try #require(report.report.bounds(at: voxel))
            #expect(abs(bounds.lower - Double(expected.lower[voxel])) < 1e-6)
            #expect(abs(bounds.upper - Double(expected.upper[voxel])) < 1e-6)
        }
    }

    @Test("At a coarse voxel a study spoke by the peak that lies in it, however far its centre")
    func sources() async throws {
        let grid = Self.cube(10).grid
        let mask = Mask(grid: grid) { _ in true }
        let template = CorrelationTemplate(domain: mask, constant: 3)
        let space = AnalysisSpace(
            mask: mask, template: template, kernelTemplate: CorrelationTemplate(domain: Self.cube(2), constant: 3))
        let settings = try Settings.sdmPSI.applying(
            ["permutations=0", "imputations=2"].map { try SettingAssignment(commandLine: $0) })
        let analysis = SeedBasedAnalysis(space: space, settings: settings, workers: Workers(threads: 2))
        // 7 mm from its voxel's centre, 21 virtual mm: beyond FWHM/2.
        let experiments = [[4.0, 4, 4], [14, 4, 4]].enumerated().map { index, coordinate in
            Experiment(
                id: "E\(index)", study: "E\(index)", sample: "E\(index)", n1: 20, tThreshold: 3.2,
                report: .peaks([
                    Evidence.Peak(
                        coordinate: SIMD3(coordinate[0], coordinate[1], coordinate[2]), space: .mni, height: .t(5),
                        source: SourceLocation(file: "peaks.tsv"))
                ]), source: SourceLocation(file: "studies.tsv"))
        }
        let found = try await analysis.effects(
            of: .mean, experiments: experiments, at: [Place(voxel: try Self.position(.zero, mask), in: mask)])
        #expect(found[0].studies.map(\.source) == [.peak, .nothing])
    }

    private static let coordinates: [SIMD3<Double>] = [
        [-42, 20, 4], [44, 16, -2], [-3, 8, 49], [7, 22, 37], [-38, -54, 45], [11, -7, 9], [-25, -3, -19],
    ]

    /// With a t and by sign alone, and one that found nothing.
    private static let experiments: [Experiment] = {
        func peak(_ coordinate: SIMD3<Double>, _ height: Evidence.Peak.Height) -> Evidence.Peak {
            Evidence.Peak(
                coordinate: coordinate, space: .mni, height: height, source: SourceLocation(file: "peaks.tsv"))
        }
        let reports = [
            coordinates.prefix(4).map { peak($0, .t(4.5)) },
            coordinates.suffix(3).map { peak($0, .positive) } + [peak(coordinates[0], .negative)], [],
        ]
        return reports.enumerated().map { index, peaks in
            Experiment(
                id: "E\(index)", study: "E\(index)", sample: "E\(index)", n1: 18 + index, tThreshold: 3.3,
                report: .peaks(peaks), source: SourceLocation(file: "studies.tsv"))
        }
    }()
}
