import Statistics

/// How the subjects of several independent experiments are permuted: sign flips in one-sample and paired contrasts, random
/// relabelling with the group sizes kept in two-sample ones, shuffles of the predictor in correlations.
///
/// Permutation 0 is the identity. When there are no more distinct permutations than asked for, all are enumerated; else
/// each is drawn by a counter-based generator keyed by (seed, experiment, permutation), so that any of them can be made
/// on its own. The codes of an experiment are the same for all its imputations. Experiments with the same id are of the same
/// people and permuted together.
public struct PermutationScheme: Hashable, Sendable {
    public struct Experiment: Hashable, Sendable {
        /// Names the stream of random numbers.
        public var id: String
        public var n1: Int
        /// 0 for one-sample and paired contrasts, and for correlations.
        public var n2: Int
        /// Whether it is a correlation of the subjects' values with a predictor, and that is what is shuffled.
        public var shufflesPredictor: Bool

        public init(id: String, n1: Int, n2: Int) {
            self.id = id
            self.n1 = n1
            self.n2 = n2
            shufflesPredictor = false
        }

        /// A correlation over `subjects`.
        public init(id: String, predictorOf subjects: Int) {
            self.id = id
            n1 = subjects
            n2 = 0
            shufflesPredictor = true
        }

        public var n: Int { n1 + n2 }

        /// Distinct permutations; infinite when they do not fit a Double.
        var distinct: Double {
            if shufflesPredictor { return (0..<n1).reduce(1.0) { $0 * Double($1 + 1) } }
            if n2 == 0 { return n1 < 1000 ? Double(sign: .plus, exponent: n1, significand: 1) : .infinity }
            var ways = 1.0
            for k in 0..<min(n1, n2) { ways = ways * Double(n - k) / Double(k + 1) }
            return ways.rounded()
        }
    }

    public let experiments: [Experiment]
    /// How many permutations there are in the test, the identity included.
    public let count: Int
    /// Whether these are all there are.
    public let isExhaustive: Bool
    private let streams: [Philox]
    /// The experiments that differ: what is enumerated.
    private let units: [Experiment]
    /// Per experiment; nil where there is none.
    private let predictors: [[Double]?]

    /// - Parameter requested: permutations asked for, at least 1, the identity included.
    public init(_ experiments: [Experiment], requested: Int, seed: UInt64) {
        self.experiments = experiments
        var units: [Experiment] = []
        for experiment in experiments where !units.contains(experiment) { units.append(experiment) }
        self.units = units
        let distinct = units.reduce(1.0) { $0 * $1.distinct }
        isExhaustive = distinct <= Double(requested)
        count = isExhaustive ? Int(distinct) : max(1, requested)
        streams = experiments.map { Philox(seed: seed, name: $0.id, purpose: 3) }
        predictors = experiments.map { $0.shufflesPredictor ? Self.predictor(subjects: $0.n1) : nil }
    }

    /// The predictor that stands for the unpublished one: normal scores (Blom) by the subjects' number, at mean 0 and SD 1
    /// over n − 1.
    public static func predictor(subjects n: Int) -> [Double] {
        let scores = (1...max(n, 1)).map { Normal.quantile((Double($0) - 0.375) / (Double(n) + 0.25)) }
        let mean = scores.reduce(0, +) / Double(n)
        let spread = (scores.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(n - 1, 1))).squareRoot()
        return scores.map { ($0 - mean) / (spread > 0 ? spread : 1) }
    }

    /// The predictor of an experiment that is a correlation.
    public func predictor(experiment index: Int) -> [Double]? { predictors[index] }

    /// The smallest p this test can give.
    public var smallestP: Double { 1 / Double(count) }

    /// What a permutation makes of an experiment's data.
    public struct Weights: Hashable, Sendable {
        /// One per subject (the first group first): the permuted effect is the weighted sum of their values.
        public var subjects: [Float]
        /// The same sum for a constant effect in the first group; in correlations for values equal to the predictor.
        public var slope: Float
    }

    public func weights(experiment index: Int, permutation: Int) -> Weights {
        let experiment = experiments[index]
        if let predictor = predictors[index] {
            let order = order(experiment: index, permutation: permutation)
            let df = Double(experiment.n1 - 1)
            let slope = zip(predictor, order).reduce(0) { $0 + $1.0 * predictor[$1.1] } / df
            return Weights(subjects: order.map { Float(predictor[$0] / df) }, slope: Float(slope))
        }
        if experiment.n2 == 0 {
            let flipped = flips(index, permutation)
            let share = 1 / Float(experiment.n1)
            let kept = experiment.n1 - 2 * flipped.count { $0 }
            return Weights(subjects: flipped.map { $0 ? -share : share }, slope: Float(kept) / Float(experiment.n1))
        }
        let isFirst = relabelled(index, permutation)
        let first = 1 / Float(experiment.n1)
        let second = -1 / Float(experiment.n2)
        let stayed = isFirst[..<experiment.n1].count { $0 }
        let moved = experiment.n1 - stayed
        return Weights(
            subjects: isFirst.map { $0 ? first : second },
            slope: Float(Double(stayed) / Double(experiment.n1) - Double(moved) / Double(experiment.n2)))
    }

    /// Which subjects change sign.
    package func flips(_ index: Int, _ permutation: Int) -> [Bool] {
        let n = experiments[index].n1
        if isExhaustive {
            let digit = digit(index, permutation)
            return (0..<n).map { digit >> $0 & 1 == 1 }
        }
        if permutation == 0 { return Array(repeating: false, count: n) }
        var flips: [Bool] = []
        flips.reserveCapacity(n)
        for block in 0..<(n + 127) / 128 {
            let words = streams[index]([UInt32(permutation), UInt32(block), 0, 0])
            for bit in 0..<min(128, n - block * 128) { flips.append(words[bit / 32] >> UInt32(bit % 32) & 1 == 1) }
        }
        return flips
    }

    /// Whose value of the predictor each subject takes.
    package func order(experiment index: Int, permutation: Int) -> [Int] {
        let n = experiments[index].n1
        if isExhaustive { return arrangement(digit(index, permutation), of: n) }
        var order = Array(0..<n)
        guard permutation > 0 else { return order }
        shuffle(&order, steps: n - 1, index, permutation)
        return order
    }

    /// The first steps of a Fisher–Yates shuffle.
    private func shuffle(_ order: inout [Int], steps: Int, _ index: Int, _ permutation: Int) {
        for step in 0..<steps {
            let words = streams[index]([UInt32(permutation), UInt32(step / 2), 1, 0])
            let word =
                step % 2 == 0
                ? UInt64(words.x) << 32 | UInt64(words.y) : UInt64(words.z) << 32 | UInt64(words.w)
            // The high half of the product: uniform up to 2⁻⁵⁷.
            let offset = Int(word.multipliedFullWidth(by: UInt64(order.count - step)).high)
            order.swapAt(step, step + offset)
        }
    }

    /// Which subjects are in the first group.
    func relabelled(_ index: Int, _ permutation: Int) -> [Bool] {
        let experiment = experiments[index]
        var isFirst = [Bool](repeating: false, count: experiment.n)
        if isExhaustive {
            for subject in combination(digit(index, permutation), of: experiment.n1, from: experiment.n) {
                isFirst[subject] = true
            }
            return isFirst
        }
        var order = Array(0..<experiment.n)
        if permutation > 0 { shuffle(&order, steps: experiment.n1, index, permutation) }
        for subject in order[..<experiment.n1] { isFirst[subject] = true }
        return isFirst
    }

    /// Enumeration is a mixed-radix count over experiments; the identity is 0 in every place.
    private func digit(_ index: Int, _ permutation: Int) -> Int {
        var rest = permutation
        for unit in units {
            if unit == experiments[index] { return rest % Int(unit.distinct) }
            rest /= Int(unit.distinct)
        }
        return 0
    }

    /// The `rank`-th arrangement in lexicographic order; rank 0 leaves everything in place.
    private func arrangement(_ rank: Int, of size: Int) -> [Int] {
        var rest = Array(0..<size)
        var ways = (1...max(size, 1)).reduce(1, *)
        var rank = rank
        var order: [Int] = []
        while !rest.isEmpty {
            ways /= rest.count
            order.append(rest.remove(at: rank / ways))
            rank %= ways
        }
        return order
    }

    /// The `rank`-th subset in lexicographic order; rank 0 is the first `size` elements.
    private func combination(_ rank: Int, of size: Int, from total: Int) -> [Int] {
        func ways(_ n: Int, _ k: Int) -> Int {
            if k < 0 || k > n { return 0 }
            return (0..<min(k, n - k)).reduce(1) { $0 * (n - $1) / ($1 + 1) }
        }
        var rank = rank
        var chosen: [Int] = []
        var next = 0
        while chosen.count < size {
            let with = ways(total - next - 1, size - chosen.count - 1)
            if rank < with { chosen.append(next) } else { rank -= with }
            next += 1
        }
        return chosen
    }
}
