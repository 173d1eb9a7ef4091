import Convergence
import Foundation
import Imaging
import Inference
import TestSupport
import Testing

/// `oracle/nimare/pain_fwe/*_perm_check_*`: random foci that NiMARE drew, and what it made of them.
@Suite("Twenty given sets of random foci", .enabled(if: NiMAREShelf.isHere, Shelf.absence))
struct GivenFociTests {
    private static let methods: [(file: String, method: any CoordinateMethod)] = [
        ("ale", ActivationLikelihoodEstimation()), ("mkda", MKDADensity()), ("kda", KernelDensityAnalysis()),
    ]

    private static func foci(_ name: String) throws -> [[SIMD3<Int32>]] {
        var sets: [[SIMD3<Int32>]] = []
        for row in try NiMAREShelf.table("pain_fwe/\(name)_perm_check_foci.tsv.gz") {
            if Int(row[0])! == sets.count { sets.append([]) }
            sets[sets.count - 1].append([Int32(row[2])!, Int32(row[3])!, Int32(row[4])!])
        }
        return sets
    }

    @Test("Maxima, sums, cluster sizes and masses", arguments: methods.indices)
    func given(index: Int) async throws {
        let (file, method) = Self.methods[index]
        let space = try NiMAREShelf.space()
        let result = try await method.run(NiMAREShelf.pain(), in: space, workers: Workers(threads: 2))
        let model = result.prepared.model
        let plan = ScreenPlan(model, threshold: result.null.threshold(p: 0.001))
        let painter = StatisticPainter(model)
        let rows = try NiMAREShelf.table("pain_fwe/\(file)_perm_check_stats.tsv")
        let sets = try Self.foci(file)
        try #require(sets.count == 20 && rows.count == 20)
        for instructions in VectorInstructions.available {
            let screen = FociScreen(
                plan, neighbours: NeighbourTable(space.mask, .faces), instructions: instructions)
            for (foci, row) in zip(sets, rows) {
                let maxima = screen(foci)
                #expect(abs(Double(maxima.statistic) - Double(row[1])!) < 1e-7)
                #expect(maxima.size == Int(row[3])!)
                #expect(abs(maxima.mass - Double(row[4])!) < 1e-6)
                painter.paint(foci)
                let sum = painter.statistic.reduce(0) { $0 + Double($1) }
                #expect(abs(sum - Double(row[2])!) < 2e-6 * Double(row[2])!)
                // The screen leaves nothing out.
                #expect(painter.statistic.max() == maxima.statistic)
            }
        }
    }

    @Test("With a threshold nothing reaches, the screen still finds the largest statistic", arguments: methods.indices)
    func highThreshold(index: Int) async throws {
        let (file, method) = Self.methods[index]
        let space = try NiMAREShelf.space()
        let model = try method.model(NiMAREShelf.pain(), in: space).model
        let plan = ScreenPlan(model, threshold: file == "ale" ? 0.2 : 40)
        let screen = FociScreen(plan, neighbours: NeighbourTable(space.mask, .faces))
        let painter = StatisticPainter(model)
        for foci in try Self.foci(file).prefix(4) {
            painter.paint(foci)
            let maxima = screen(foci)
            #expect(maxima.statistic == painter.statistic.max())
            #expect(maxima.size == 0)
        }
    }

    @Test("Corrected maps from NiMARE's own maxima", arguments: methods.indices)
    func corrected(index: Int) async throws {
        let (file, method) = Self.methods[index]
        let space = try NiMAREShelf.space()
        let result = try await method.run(NiMAREShelf.pain(), in: space, workers: Workers(threads: 2))
        let rows = try NiMAREShelf.table("pain_fwe/\(file)_fwe_null_maxima.tsv.gz")
        let null = FamilyWiseNull(
            threshold: result.null.threshold(p: 0.001),
            maxima: [
                .voxel: rows.map { Double($0[0])! }, .size: rows.map { Double($0[1])! },
                .mass: rows.map { Double($0[2])! },
            ])
        let maps = FamilyWiseMonteCarlo().corrected(result, null)
        for name in maps.names {
            let worst = try NiMAREShelf.worst(maps[name], "pain_fwe/\(file)_\(name.nimare)", in: space)
            // A statistic within rounding of one of the maxima can change its rank by one of 5000.
            let limit = name.level == .voxel && name.value == .logp ? 2e-4 : 1e-5
            #expect(worst < limit, "\(file) \(name.nimare): \(worst)")
        }
        #expect(maps.names.count == 6)
    }

    @Test("Our own draws have NiMARE's distribution of maxima", arguments: methods.indices)
    func distribution(index: Int) async throws {
        let (file, method) = Self.methods[index]
        let space = try NiMAREShelf.space()
        let result = try await method.run(NiMAREShelf.pain(), in: space, workers: Workers(threads: 2))
        let rows = try NiMAREShelf.table("pain_fwe/\(file)_fwe_null_maxima.tsv.gz")
        let test = FamilyWiseMonteCarlo(iterations: 2000, seed: 7)
        let clock = ContinuousClock.now
        let null = try await test.null(of: result, iterations: 0..<2000, workers: Workers(threads: 2))
        print("\(file): 2000 iterations, two threads: \(ContinuousClock.now - clock)")
        for (column, measure) in [FamilyWiseNull.Measure.voxel, .size, .mass].enumerated() {
            let theirs = rows.map { Double($0[column])! }
            let distance = Self.largestGap(null.maxima[measure]!, theirs)
            // Kolmogorov–Smirnov: 1.95 √(1/n + 1/m) is exceeded once in a thousand.
            let limit = 1.95 * (1 / 2000 + 1 / Double(theirs.count)).squareRoot()
            #expect(distance < limit, "\(file) \(measure): \(distance) of \(limit)")
        }
    }

    /// Largest difference of two empirical distribution functions.
    private static func largestGap(_ a: [Double], _ b: [Double]) -> Double {
        let (a, b) = (a.sorted(), b.sorted())
        var (i, j, gap) = (0, 0, 0.0)
        while i < a.count, j < b.count {
            let x = min(a[i], b[j])
            while i < a.count, a[i] <= x { i += 1 }
            while j < b.count, b[j] <= x { j += 1 }
            gap = max(gap, abs(Double(i) / Double(a.count) - Double(j) / Double(b.count)))
        }
        return gap
    }

    @Test("Iterations may be split over runs and threads")
    func split() async throws {
        let space = try NiMAREShelf.space()
        let result = try await MKDADensity().run(NiMAREShelf.pain(), in: space)
        let test = FamilyWiseMonteCarlo(seed: 3)
        let whole = try await test.null(of: result, iterations: 0..<60, workers: Workers(threads: 3))
        let first = try await test.null(of: result, iterations: 0..<25)
        let second = try await test.null(of: result, iterations: 25..<60)
        for measure in [FamilyWiseNull.Measure.voxel, .size, .mass] {
            #expect(whole.maxima[measure] == first.maxima[measure]! + second.maxima[measure]!)
        }
    }
}
