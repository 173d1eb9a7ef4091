import Foundation
import SeedBasedMapping
import Statistics
import Testing

/// Random experiments: intervals around zero, some one-sided near a peak, a few known values.
private func randomExperiments(_ count: Int, seed: UInt64) -> [IntervalEffect] {
    let random = Philox(key: seed)
    return (0..<count).map { index in
        let words = random([UInt32(index), 0, 0, 0])
        let scale = EffectScale(n1: 8 + Int(words.x % 40))
        let b = scale.g(fromT: 2.5 + 2 * Philox.uniform(words.y))
        let peak = (Philox.uniform(words.z) - 0.35) * 2.5
        switch words.w % 7 {
        case 0: return IntervalEffect(lower: peak, upper: peak, scale: scale)
        case 1, 2:
            let w = Philox.uniform(words.w)
            let (low, high) = (-b + w * (peak + b), b + w * (peak - b))
            return IntervalEffect(lower: low, upper: high, scale: scale)
        default: return IntervalEffect(lower: -b, upper: b, scale: scale)
        }
    }
}

/// An intercept and covariates from −1 to 1.
private func randomRows(_ count: Int, columns: Int, seed: UInt64) -> [Double] {
    let random = Philox(key: seed)
    return (0..<count).flatMap { row in
        (0..<columns).map { column in
            column == 0 ? 1 : 2 * Philox.uniform(random([UInt32(row), UInt32(column), 7, 0]).x) - 1
        }
    }
}

private func likelihood(_ experiments: [IntervalEffect], _ design: LikelyDesign, _ beta: [Double]) -> Double {
    experiments.indices.reduce(0) { sum, row in
        var mean = 0.0
        for column in 0..<design.columns { mean += design.values[row * design.columns + column] * beta[column] }
        return sum - experiments[row].negativeLogLikelihood(mean: mean, tau2: 0)
    }
}

@Suite("Most likely coefficients")
struct LikelyRegressionTests {
    struct Reference: Decodable, Sendable {
        struct Case: Decodable, Sendable, CustomTestStringConvertible {
            var participants: [Int]
            var lower: [Double]
            var upper: [Double]
            var design: [[Double]]
            var tests: [[Double]]
            var leaveOut: Int
            var coefficients: [Double]
            var tau2: Double
            var leftOut: [Int]
            /// How much farther from zero the second best removal led, at least.
            var gap: Double?

            var testDescription: String {
                "\(design.count) experiments, \(design[0].count) columns, \(tests.count) tested, \(leaveOut) left out"
            }
        }
        var cases: [Case]

        static func load() -> [Case] {
            let url = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .appending(path: "Reference/likely_regression.json")
            return (try? JSONDecoder().decode(Reference.self, from: Data(contentsOf: url)))?.cases ?? []
        }
    }

    @Test("The reference is there")
    func referenceIsThere() { #expect(Reference.load().count == 13) }

    /// scipy 1.17.1 on the likelihood as written down, leave-out by brute force (Reference/likely_regression.py); its own
    /// accuracy is about 1e-7.
    @Test("Coefficients, τ² and who is left out are those of scipy's optimisers", arguments: Reference.load())
    func reference(_ reference: Reference.Case) {
        let experiments = reference.participants.indices.map {
            IntervalEffect(
                lower: reference.lower[$0], upper: reference.upper[$0],
                scale: EffectScale(n1: reference.participants[$0]))
        }
        let design = LikelyDesign(
            columns: reference.design[0].count, values: reference.design.flatMap { $0 }, tests: reference.tests)
        let found = LikelyRegression(experiments, design: design, leaveOut: reference.leaveOut)
        for (a, b) in zip(found.coefficients, reference.coefficients) { #expect(abs(a - b) < 1e-6) }
        #expect(abs(found.tau2 - reference.tau2) < 1e-6)
        if reference.gap ?? 1 > 1e-6 { #expect(found.leftOut == reference.leftOut) }
        #expect(found.dropped.isEmpty)
    }

    @Test("A column of ones, tested, gives the most likely mean and its τ²", arguments: 1...60)
    func mean(seed: Int) {
        let experiments = randomExperiments(2 + seed % 50, seed: UInt64(seed))
        let design = LikelyDesign(
            columns: 1, values: Array(repeating: 1, count: experiments.count), tests: [[1]])
        for leaveOut in 0...3 {
            let mean = MostLikelyEffect(experiments, leaveOut: leaveOut)
            let found = LikelyRegression(experiments, design: design, leaveOut: leaveOut)
            #expect(abs(found.coefficients[0] - mean.mean) < 1e-6)
            #expect(abs(found.tau2 - mean.tau2) < 1e-6)
        }
    }

    /// Along random directions the likelihood does not rise, whether the maximum is smooth or a kink; 1e-10 is what rounding
    /// leaves of a sum near 50.
    @Test("From the coefficients the likelihood rises in no direction", arguments: 1...40)
    func stationary(seed: Int) {
        let columns = 1 + seed % 5
        let experiments = randomExperiments(10 + seed, seed: UInt64(300 + seed))
        let design = LikelyDesign(
            columns: columns, values: randomRows(experiments.count, columns: columns, seed: UInt64(seed)), tests: [])
        let beta = LikelyRegression(experiments, design: design, leaveOut: 0).coefficients
        let random = Philox(key: UInt64(seed))
        for direction in 0..<6 {
            let step = beta.indices.map { 2 * Philox.uniform(random([UInt32($0), UInt32(direction), 9, 0]).x) - 1 }
            func value(_ h: Double) -> Double {
                likelihood(experiments, design, zip(beta, step).map { $0 + h * $1 })
            }
            let here = value(0)
            for h in [1e-3, 1e-2, 0.1, 0.5] {
                #expect(value(h) <= here + 1e-10)
                #expect(value(-h) <= here + 1e-10)
            }
        }
    }

    @Test("Known effects alone give weighted least squares, in closed form")
    func known() {
        let scales = [12, 30, 18, 25, 40].map { EffectScale(n1: $0) }
        let effects = [0.8, 0.2, -0.1, 0.5, 0.9]
        let x = [-1.0, 0.2, 0.4, 1.1, 2.0]
        let experiments = zip(effects, scales).map { IntervalEffect(lower: $0, upper: $0, scale: $1) }
        var sums = (w: 0.0, wx: 0.0, wxx: 0.0, wy: 0.0, wxy: 0.0)
        for k in x.indices {
            let w = 1 / scales[k].variance(ofG: effects[k])
            sums = (
                sums.w + w, sums.wx + w * x[k], sums.wxx + w * x[k] * x[k], sums.wy + w * effects[k],
                sums.wxy + w * x[k] * effects[k]
            )
        }
        let slope = (sums.w * sums.wxy - sums.wx * sums.wy) / (sums.w * sums.wxx - sums.wx * sums.wx)
        let design = LikelyDesign(columns: 2, values: x.flatMap { [1, $0] }, tests: [[0, 1]])
        let found = LikelyRegression(experiments, design: design, leaveOut: 0)
        #expect(abs(found.coefficients[1] - slope) < 1e-9)
        #expect(abs(found.coefficients[0] - (sums.wy - slope * sums.wx) / sums.w) < 1e-9)
    }

    @Test("Leaving out takes the experiment whose absence brings the tested slope nearest to zero", arguments: 1...80)
    func leaveOut(seed: Int) {
        let columns = 2 + seed % 3
        let experiments = randomExperiments(8 + seed % 30, seed: UInt64(600 + seed))
        let rows = randomRows(experiments.count, columns: columns, seed: UInt64(40 + seed))
        let design = LikelyDesign(columns: columns, values: rows, tests: [(0..<columns).map { $0 == 1 ? 1 : 0 }])
        let found = LikelyRegression(experiments, design: design, leaveOut: 1)
        let nearest = experiments.indices.map { out in
            var rest: [IntervalEffect?] = experiments
            rest[out] = nil
            return abs(LikelyRegression(rest, design: design, leaveOut: 0).coefficients[1])
        }.min()!
        #expect(abs(abs(found.coefficients[1]) - nearest) < 1e-6)
    }

    /// The Wald statistic of all slopes, its information by second differences of the public likelihood.
    @Test(
        "For several combinations it is the experiment whose absence brings the Wald statistic lowest",
        arguments: 1...20)
    func jointLeaveOut(seed: Int) {
        let experiments = randomExperiments(12 + seed, seed: UInt64(800 + seed))
        let rows = randomRows(experiments.count, columns: 3, seed: UInt64(90 + seed))
        let design = LikelyDesign(columns: 3, values: rows, tests: [[0, 1, 0], [0, 0, 1]])
        func wald(_ beta: [Double], without out: Int) -> Double {
            var a = [[Double]](repeating: [0, 0, 0], count: 3)
            for row in experiments.indices where row != out {
                let x = Array(rows[row * 3..<row * 3 + 3])
                let mean = zip(x, beta).reduce(0) { $0 + $1.0 * $1.1 }
                func f(_ h: Double) -> Double { experiments[row].negativeLogLikelihood(mean: mean + h, tau2: 0) }
                let information = (f(1e-4) - 2 * f(0) + f(-1e-4)) / 1e-8
                for i in 0..<3 { for j in 0..<3 { a[i][j] += information * x[i] * x[j] } }
            }
            // The slopes' information, the intercept profiled out, is the inverse of their covariance.
            func profiled(_ i: Int, _ j: Int) -> Double { a[i][j] - a[i][0] * a[0][j] / a[0][0] }
            return beta[1] * beta[1] * profiled(1, 1) + 2 * beta[1] * beta[2] * profiled(1, 2)
                + beta[2] * beta[2] * profiled(2, 2)
        }
        let found = LikelyRegression(experiments, design: design, leaveOut: 1)
        let tried = experiments.indices.map { out in
            var rest: [IntervalEffect?] = experiments
            rest[out] = nil
            return wald(LikelyRegression(rest, design: design, leaveOut: 0).coefficients, without: out)
        }
        #expect(found.leftOut.count == 1)
        // Second differences are good to about 1e-7 of the information.
        #expect(tried[found.leftOut[0]] <= tried.min()! * (1 + 1e-5) + 1e-9)
    }

    @Test("Negating all bounds negates the coefficients and changes nothing else", arguments: 1...20)
    func flipped(seed: Int) {
        let experiments = randomExperiments(10 + seed, seed: UInt64(900 + seed))
        let design = LikelyDesign(
            columns: 3, values: randomRows(experiments.count, columns: 3, seed: UInt64(seed)), tests: [[0, 0, 1]])
        let mirrored = zip(experiments.indices, experiments).map { index, effect in
            var mirror = effect
            mirror.lower = -effect.upper
            mirror.upper = -effect.lower
            mirror.lowerVariance = effect.upperVariance
            mirror.upperVariance = effect.lowerVariance
            return mirror
        }
        let one = LikelyRegression(experiments, design: design, leaveOut: 2)
        let other = LikelyRegression(mirrored, design: design, leaveOut: 2)
        for (a, b) in zip(one.coefficients, other.coefficients) { #expect(abs(a + b) < 1e-6) }
        #expect(abs(one.tau2 - other.tau2) < 1e-6)
        #expect(one.leftOut == other.leftOut)
    }

    @Test("Symmetric intervals alone say zero, whatever the design, as does the likelihood around it")
    func symmetric() {
        let experiments = [10, 20, 30, 14, 25].map {
            IntervalEffect(lower: -0.6, upper: 0.6, scale: EffectScale(n1: $0))
        }
        let design = LikelyDesign(columns: 2, values: randomRows(5, columns: 2, seed: 1), tests: [[0, 1]])
        let found = LikelyRegression(experiments, design: design, leaveOut: 2)
        #expect(found.coefficients == [0, 0])
        #expect(found.tau2 == 0)
        let here = likelihood(experiments, design, [0, 0])
        for beta in [[0.01, 0], [0, 0.01], [-0.1, 0.1], [0.02, -0.3]] {
            #expect(likelihood(experiments, design, beta) < here)
        }
    }

    @Test("A column that the speaking experiments do not determine is dropped; fitted values are those without it")
    func rankLoss() {
        var experiments: [IntervalEffect?] = randomExperiments(12, seed: 5)
        // Two groups; the second speaks nowhere here.
        for row in 8..<12 { experiments[row] = nil }
        let rows: [Double] = (0..<12).flatMap { [1.0, Double($0 % 4), $0 < 8 ? 0.0 : 1.0] }
        let design = LikelyDesign(columns: 3, values: rows, tests: [[0, 0, 1]])
        let found = LikelyRegression(experiments, design: design, leaveOut: 2)
        #expect(found.dropped == [2])
        #expect(found.coefficients[2] == 0)
        // What is tested is not determined: nothing is left out.
        #expect(found.leftOut.isEmpty)
        let rest: [Double] = (0..<8).flatMap { [1.0, Double($0 % 4)] }
        let smaller = LikelyDesign(columns: 2, values: rest, tests: [[0, 1]])
        let without = LikelyRegression(Array(experiments[..<8]), design: smaller, leaveOut: 0)
        #expect(Array(found.coefficients[..<2]) == without.coefficients)
        #expect(found.tau2 == without.tau2)
        // A slope that is determined is still judged.
        let slope = LikelyDesign(columns: 3, values: rows, tests: [[0, 1, 0]])
        #expect(LikelyRegression(experiments, design: slope, leaveOut: 1).leftOut.count == 1)
    }

    @Test("An experiment that alone determines a coefficient is not left out")
    func indispensable() {
        let experiments = randomExperiments(9, seed: 21)
        let rows: [Double] = (0..<9).flatMap { [1.0, $0 == 4 ? 1.0 : 0.0] }
        let design = LikelyDesign(columns: 2, values: rows, tests: [[0, 1]])
        let found = LikelyRegression(experiments, design: design, leaveOut: 8)
        #expect(!found.leftOut.contains(4))
        #expect(found.leftOut.count <= 7)
    }

    @Test("Without some experiments it is, to the bit, what a design without their rows gives", arguments: 1...20)
    func omission(seed: Int) {
        let all = randomExperiments(12 + seed, seed: UInt64(1_000 + seed))
        let rows = randomRows(all.count, columns: 3, seed: UInt64(seed))
        let design = LikelyDesign(columns: 3, values: rows, tests: [[0, 1, 0]])
        var some: [IntervalEffect?] = all
        some[seed % all.count] = nil
        some[3] = nil
        let kept = all.indices.filter { some[$0] != nil }
        let smaller = LikelyDesign(
            columns: 3, values: kept.flatMap { Array(rows[$0 * 3..<$0 * 3 + 3]) }, tests: design.tests)
        let one = LikelyRegression(some, design: design, leaveOut: 2)
        let other = LikelyRegression(kept.map { all[$0] }, design: smaller, leaveOut: 2)
        #expect(one.coefficients == other.coefficients)
        #expect(one.tau2 == other.tau2)
        #expect(one.leftOut == other.leftOut.map { kept[$0] })
    }

    /// Columns of any scale and centre span the same fitted values; a slope keeps its meaning when its covariate is centred.
    @Test("Centring a covariate changes neither fitted values nor a slope's leave-out; units do not matter")
    func centring() {
        let experiments = randomExperiments(20, seed: 77)
        let age = (0..<20).map { 22 + 3.1 * Double($0 * 7 % 20) }
        let middle = age.reduce(0, +) / 20
        let raw = LikelyRegression(
            experiments, design: LikelyDesign(columns: 2, values: age.flatMap { [1, $0] }, tests: [[0, 1]]), leaveOut: 2
        )
        let centred = LikelyRegression(
            experiments,
            design: LikelyDesign(columns: 2, values: age.flatMap { [1, ($0 - middle) / 10] }, tests: [[0, 1]]),
            leaveOut: 2)
        #expect(raw.leftOut == centred.leftOut)
        for x in age {
            let one = raw.coefficients[0] + raw.coefficients[1] * x
            let other = centred.coefficients[0] + centred.coefficients[1] * (x - middle) / 10
            #expect(abs(one - other) < 1e-6)
        }
    }

    /// Both searches end within 1e-7 of the maximum.
    @Test("The kernel finds what plain Swift finds", arguments: 1...30)
    func plain(seed: Int) {
        let columns = 1 + seed % 6
        let experiments = randomExperiments(9 + seed, seed: UInt64(1_200 + seed))
        let design = LikelyDesign(
            columns: columns, values: randomRows(experiments.count, columns: columns, seed: UInt64(seed)),
            tests: [(0..<columns).map { $0 == columns - 1 ? 1 : 0 }])
        let positions = Array(experiments.indices)
        let kernel = LikelyRegression(experiments, at: positions, design: design, leaveOut: 2)
        let plain = LikelyRegression(experiments, at: positions, design: design, leaveOut: 2, isPlain: true)
        for (a, b) in zip(kernel.coefficients, plain.coefficients) { #expect(abs(a - b) < 1e-7) }
        #expect(kernel.leftOut == plain.leftOut)
        #expect(abs(kernel.tau2 - plain.tau2) < 1e-6)
    }

    /// Second differences with step 1e-3: error about 1e-6 of the information, which 1e-3 covers also where a column is badly
    /// determined.
    @Test("The covariance inverts the curvature of the likelihood at the coefficients and τ²", arguments: 1...12)
    func covariance(seed: Int) {
        let experiments = randomExperiments(15 + seed, seed: UInt64(1_400 + seed))
        let design = LikelyDesign(
            columns: 2, values: randomRows(experiments.count, columns: 2, seed: UInt64(seed)), tests: [[0, 1]])
        let positions = Array(experiments.indices)
        let found = LikelyRegression(experiments, at: positions, design: design, leaveOut: 1)
        guard let covariance = found.covariance(experiments, at: positions, design: design) else {
            Issue.record("no covariance")
            return
        }
        var curvature = [0.0, 0, 0, 0]
        for row in experiments.indices {
            let x = Array(design.values[row * 2..<row * 2 + 2])
            let mean = x[0] * found.coefficients[0] + x[1] * found.coefficients[1]
            func f(_ h: Double) -> Double {
                experiments[row].negativeLogLikelihood(mean: mean + h, tau2: found.tau2)
            }
            let information = (f(1e-3) - 2 * f(0) + f(-1e-3)) / 1e-6
            for i in 0..<2 { for j in 0..<2 { curvature[i * 2 + j] += information * x[i] * x[j] } }
        }
        for i in 0..<2 {
            for j in 0..<2 {
                let product = covariance[i * 2] * curvature[j] + covariance[i * 2 + 1] * curvature[2 + j]
                #expect(abs(product - (i == j ? 1 : 0)) < 1e-3)
            }
        }
    }

    @Test("No experiment, no coefficient")
    func empty() {
        let design = LikelyDesign(columns: 2, values: [1, 0, 1, 1], tests: [[0, 1]])
        let found = LikelyRegression([nil, nil], design: design, leaveOut: 1)
        #expect(found.coefficients.allSatisfy { $0.isNaN })
        #expect(found.tau2.isNaN)
    }

    @Test("An interval beyond what its likelihood can tell from zero does not break the search")
    func farInterval() {
        var experiments = (0..<8).map { _ in IntervalEffect(lower: -0.3, upper: 0.3, scale: EffectScale(n1: 400)) }
        experiments.append(IntervalEffect(lower: 4.0, upper: 4.1, scale: EffectScale(n1: 400)))
        let design = LikelyDesign(columns: 2, values: randomRows(9, columns: 2, seed: 3), tests: [[0, 1]])
        for leaveOut in 0...2 {
            let found = LikelyRegression(experiments, design: design, leaveOut: leaveOut)
            #expect(found.coefficients.allSatisfy { $0.isFinite && abs($0) < 10 })
            #expect(found.tau2.isFinite && found.tau2 >= 0)
        }
    }
}
