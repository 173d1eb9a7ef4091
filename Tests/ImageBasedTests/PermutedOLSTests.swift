import Foundation
import ImageBased
import Imaging
import Inference
import Statistics
import Testing

@Suite("Permuted least squares") struct PermutedOLSTests {
    private static let fwe = "p_level-voxel_corr-FWE_method-montecarlo"

    /// t of the mean of the values present, written out.
    private static func t(_ values: [Double]) -> Double {
        let n = Double(values.count)
        let mean = values.reduce(0, +) / n
        let square = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)
        return mean / (square / n).squareRoot()
    }

    private static func effects(_ stack: ImageStack) -> [[Float]] {
        stack.studies.indices.map { stack.values(.effect, of: $0)! }
    }

    private static func z(_ t: Double, _ df: Int) -> Double { StudentT(degreesOfFreedom: df).z(fromT: t) }

    @Test("On z it is least squares of the z images, and says so where a study has none")
    func onZ() async throws {
        let effects = try simulated("on z", studies: 6, mask: row(of: 20), missing: 0)
        let both = try effects.adding([.z])
        let stack = try both.takingZForEffects()
        let t = try #require(try await PermutedOLS().run(stack, workers: Workers(threads: 1))[.t])
        let z = try both.studies.indices.map { try #require(both.values(.z, of: $0)) }
        for voxel in 0..<20 {
            let values = z.map { Double($0[voxel]) }
            #expect(near(Double(t[voxel]), Self.t(values), 1e-5))
        }
        let plain = try #require(try await PermutedOLS().run(effects, workers: Workers(threads: 1))[.t])
        #expect(zip(t, plain).contains { abs($0 - $1) > 0.1 }, "sizes and variances differ, so that it matters")
        #expect(throws: ImageError.self) { try effects.takingZForEffects() }
    }

    @Test("Given sign flips give the p that counting by hand gives, with missing images")
    func givenFlips() async throws {
        let stack = try simulated("flips", studies: 13, mask: row(of: 70), missing: 0.15)
        let draws = Draws("signs")
        let flips = (0..<60).map { n in (0..<13).map { draws.uniform(n, $0) < 0.5 } }
        let effects = Self.effects(stack)
        func largest(_ flip: [Bool]) -> Double {
            (0..<70).map { voxel in
                let values = (0..<13).filter { !effects[$0][voxel].isNaN }
                    .map { Double(effects[$0][voxel]) * (flip[$0] ? -1 : 1) }
                return abs(Self.z(Self.t(values), values.count - 1))
            }.max()!
        }
        let null = flips.map(largest)
        let result = try await PermutedOLS().test(
            stack, ImagePermutations(flips: flips), workers: Workers(threads: 2))
        for (ours, theirs) in zip(result.null.maxima.dropFirst(), null) {
            #expect(near(Double(ours.positive.x), theirs, 2e-6))
        }
        let p = try #require(result.maps()[nimare: Self.fwe])
        let z = try await PermutedOLS().run(stack, workers: Workers(threads: 1))[.z]!
        for voxel in 0..<70 {
            // Flips that differ only where images are missing tie; by hand, but for rounding.
            let count = null.count { $0 >= Double(abs(z[voxel])) * (1 - 1e-6) }
            #expect(near(Double(p[voxel]), Double(1 + count) / 61, 1e-6))
        }
    }

    @Test("Few samples: all sign flips are enumerated, and the largest voxel's p is the share it has by hand")
    func exhaustive() async throws {
        let stack = try simulated("exhaustive", studies: 7, mask: row(of: 30), missing: 0)
        let method = PermutedOLS()
        let result = try await method.test(stack, options: .init(permutations: 1000), workers: Workers(threads: 2))
        #expect(result.permutations.isExhaustive && result.permutations.count == 128)
        #expect(result.smallestP == 2.0 / 128)
        let effects = Self.effects(stack)
        let maxima = (0..<128).map { pattern in
            (0..<30).map { voxel in
                abs(Self.t((0..<7).map { Double(effects[$0][voxel]) * (pattern >> $0 & 1 == 1 ? -1 : 1) }))
            }.max()!
        }
        // Ties differ in rounding here, not there.
        let share = Double(maxima.count { $0 >= maxima[0] * (1 - 1e-9) }) / 128
        #expect(Double(result.maps()[nimare: Self.fwe]!.min()!) == Double(Float(share)))
        #expect(result.maps()[nimare: Self.fwe]!.min()! >= Float(result.smallestP))
    }

    @Test("Threads do not change a bit; the cluster path finds the same largest voxels")
    func reproducible() async throws {
        let stack = try simulated("reproducible", studies: 12, mask: box(14, 12, 10), missing: 0.05)
        let method = PermutedOLS()
        let fast = try await method.test(stack, options: .init(permutations: 99), workers: Workers(threads: 1))
        let other = try await method.test(stack, options: .init(permutations: 99), workers: Workers(threads: 3))
        #expect(fast.null == other.null)
        var options = PermutedOLS.TestOptions(permutations: 99, clusterP: 0.01, includesTFCE: true)
        let whole = try await method.test(stack, options: options, workers: Workers(threads: 1))
        let again = try await method.test(stack, options: options, workers: Workers(threads: 2))
        #expect(whole.null == again.null)
        for (a, b) in zip(fast.null.maxima, whole.null.maxima) {
            #expect(a.positive.x == max(b.positive.x, b.negative.x))
        }
        options.seed = 2
        #expect(try await method.test(stack, options: options, workers: Workers(threads: 2)).null != whole.null)
        let names = whole.maps().names.map(\.nimare)
        for name in [
            "p_level-voxel_corr-FWE_method-montecarlo", "z_desc-size_level-cluster_corr-FWE_method-montecarlo",
            "logp_desc-mass_level-cluster_corr-FWE_method-montecarlo",
            "p_desc-tfce_level-voxel_corr-FWE_method-montecarlo",
        ] { #expect(names.contains(name)) }
    }

    /// t of the contrast by refitting, of the data made by Freedman and Lane's recipe in full.
    private static func freedmanLane(
        _ y: [Double], _ design: ImageDesign, order: [Int], nuisance: Matrix
    ) throws -> Double {
        let weights = y.map { _ in 1.0 }
        let reduced = WeightedLeastSquares(design: nuisance, effects: y, weights: weights)
        let fitted = nuisance * reduced.coefficients
        let made = y.indices.map { fitted[$0] + reduced.residuals[order[$0]] }
        let full = WeightedLeastSquares(design: design.matrix, effects: made, weights: weights)
        let df = Double(y.count - design.columns)
        let variance = full.q / df * full.inverseInformation.quadraticForm(design.contrast)
        let estimate = zip(design.contrast, full.coefficients).reduce(0) { $0 + $1.0 * $1.1 }
        return estimate / variance.squareRoot()
    }

    @Test("Covariates: maxima equal those of refitting Freedman and Lane's data")
    func covariates() async throws {
        let stack = try simulated("freedman", studies: 10, mask: row(of: 40), missing: 0)
        let age = (0..<10).map { 20 + Double($0 * 7 % 10) }
        let dose = (0..<10).map { Double($0 * $0 % 11) }
        let design = try ImageDesign(covariates: [age, dose], testing: 2)
        let nuisance = design.matrix.selectingColumns([0, 1])
        let method = PermutedOLS(design: design)
        let permutations = ImagePermutations(.orders, samples: 10, requested: 40, seed: 3)
        let result = try await method.test(stack, permutations, workers: Workers(threads: 2))
        let effects = Self.effects(stack)
        for number in 0..<permutations.count {
            let order = permutations.order(number)
            let largest = try (0..<40).map { voxel in
                let y = (0..<10).map { Double(effects[$0][voxel]) }
                return abs(Self.z(try Self.freedmanLane(y, design, order: order, nuisance: nuisance), 7))
            }.max()!
            #expect(near(Double(result.null.maxima[number].positive.x), largest, 2e-5))
        }
        // The parametric map is the first "permutation".
        let z = try await method.run(stack, workers: Workers(threads: 1))[.z]!
        for (a, b) in zip(z, result.z) { #expect(abs(a - b) < 2e-5) }
    }

    @Test("The intercept beside a covariate, with missing images: sign flips of each voxel's own residuals")
    func intercept() async throws {
        let stack = try simulated("intercept", studies: 11, mask: row(of: 30), missing: 0.15)
        let age = (0..<11).map { Double($0 * 5 % 11) - 5 }
        let design = try ImageDesign(covariates: [age], testing: 0)
        let method = PermutedOLS(design: design)
        #expect(method.kind(of: stack) == .signFlips)
        let permutations = ImagePermutations(.signFlips, samples: 11, requested: 30, seed: 9)
        let result = try await method.test(stack, permutations, workers: Workers(threads: 2))
        let effects = Self.effects(stack)
        for number in 0..<permutations.count {
            let flips = permutations.flips(number)
            let largest = (0..<30).map { voxel in
                let here = (0..<11).filter { !effects[$0][voxel].isNaN }
                let y = here.map { Double(effects[$0][voxel]) }
                let rows = design.matrix.selectingRows(here)
                let ones = y.map { _ in 1.0 }
                let reduced = WeightedLeastSquares(design: rows.selectingColumns([1]), effects: y, weights: ones)
                let made = here.indices.map {
                    y[$0] - reduced.residuals[$0] + reduced.residuals[$0] * (flips[here[$0]] ? -1 : 1)
                }
                let full = WeightedLeastSquares(design: rows, effects: made, weights: ones)
                let df = here.count - 2
                let error = (full.q / Double(df) * full.inverseInformation[0, 0]).squareRoot()
                return abs(Self.z(full.coefficients[0] / error, df))
            }.max()!
            #expect(near(Double(result.null.maxima[number].positive.x), largest, 2e-5))
        }
    }

    @Test("Without an effect, a voxel anywhere reaches corrected p < .05 in about 5 % of data sets")
    func errorRate() async throws {
        var found = 0
        let sets = 400
        for set in 0..<sets {
            let draws = Draws("null \(set)")
            var stack = try ImageStack(mask: row(of: 64))
            for study in 0..<12 {
                try stack.append(
                    .init(id: "\(study)"), values: [.effect: (0..<64).map { Float(draws.normal(study, $0)) }])
            }
            let result = try await PermutedOLS().test(
                stack, options: .init(permutations: 199, seed: UInt64(set)), workers: Workers(threads: 1))
            if result.maps()[nimare: Self.fwe]!.contains(where: { $0 <= 0.05 }) { found += 1 }
        }
        // Monte-Carlo error 0.011: within three of them.
        #expect(abs(Double(found) / Double(sets) - 0.05) < 0.033)
    }

    @Test("Images of one sample count once: their mean")
    func samples() async throws {
        let stack = try simulated("samples", studies: 9, mask: row(of: 20), missing: 0) { "\($0 / 2)" }
        let maps = try await PermutedOLS().run(stack, workers: Workers(threads: 1))
        let effects = Self.effects(stack)
        for voxel in 0..<20 {
            let means = (0..<5).map { sample in
                let members = (0..<9).filter { $0 / 2 == sample }
                return members.reduce(0) { $0 + Double(effects[$1][voxel]) } / Double(members.count)
            }
            #expect(near(Double(maps[.t]![voxel]), Self.t(means), 1e-5))
            #expect(maps[.dof]![voxel] == 4)
        }
    }
}
