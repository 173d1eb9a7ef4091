import Statistics

/// How sampling errors of a study's comparisons go together through the arm that two of them have in common.
///
/// The best that the rows offer is taken, in the order of ``Rule``. A study whose covariances cannot be those of any arms (its
/// numbers contradict each other) takes ½ throughout.
struct SharedArms {
    /// What a covariance is made from.
    enum Rule: Hashable, CaseIterable {
        /// The variance of the arm in common, of a difference of a number of each group (MD, ROM, VR, CVR, OR, RR, RD).
        case variance
        /// 1/n of the arm in common and dᵢdⱼ/(2N), N the people of all arms of the study (Gleser & Olkin 2009, in the Handbook
        /// of Research Synthesis).
        case standardized
        /// The variances of the three comparisons among three arms, (vᵢ + vⱼ − vₖ)/2 (Rücker & Schwarzer 2014,
        /// doi:10.1002/sim.6236).
        case triangle
        /// The sizes of the arms, as if their variances went by 1/n: metafor's `vcalc` with `w1`, `w2`.
        case sizes
        /// Nothing is known: a correlation of ½, as where arms are of one size.
        case half
    }

    let sampling: SamplingCovariance
    /// Pairs of comparisons with an arm in common, by what their covariance was made from.
    let pairs: [Rule: Int]
    /// Studies with a pair for which ½ was taken, in their order.
    let assuming: [String]

    /// - Parameters:
    ///   - contrasts: those that are pooled.
    ///   - comparisons: all of the studies', those that follow from others too.
    init(_ contrasts: [TreatmentNetwork.Contrast], among comparisons: [StudyComparison]) throws(SynthesisError) {
        let studies = Grouping(comparisons.map(\.contrast.study))
        var known: [String: [StudyComparison]] = [:]
        for (study, members) in zip(studies.labels, studies.members) { known[study] = members.map { comparisons[$0] } }
        var values: [[Int]: Double] = [:]
        var pairs: [Rule: Int] = [:]
        var assuming: [String] = []
        let pooled = Grouping(contrasts.map(\.study))
        for (study, rows) in zip(pooled.labels, pooled.members) where rows.count > 1 {
            let all = known[study] ?? []
            let own = rows.compactMap { row in all.first { $0.contrast == contrasts[row] } }
            guard own.count == rows.count else { continue }
            let told = Block(own, among: all)
            let block = told.isPossible ? told : Block(own, among: [], isKnown: false)
            for (rule, count) in block.pairs { pairs[rule, default: 0] += count }
            if block.pairs[.half] != nil { assuming.append(study) }
            for a in rows.indices {
                for b in rows.indices where a != b { values[[rows[a], rows[b]]] = block.matrix[a, b] }
            }
        }
        self.pairs = pairs
        self.assuming = assuming
        sampling = try SamplingCovariance(variances: contrasts.map(\.variance), samples: contrasts.map(\.study)) {
            i, j in
            values[[i, j]] ?? 0
        }
    }

    /// The comparisons of one study.
    private struct Block {
        var matrix: Matrix
        var pairs: [Rule: Int] = [:]

        /// - Parameter isKnown: false takes ½ throughout.
        init(_ own: [StudyComparison], among all: [StudyComparison], isKnown: Bool = true) {
            matrix = Matrix(rows: own.count, columns: own.count)
            let people = Self.people(all)
            for a in own.indices {
                matrix[a, a] = own[a].contrast.variance
                for b in own.indices.prefix(a) {
                    guard let shared = own[a].shares(with: own[b]) else { continue }
                    let (rule, value) =
                        isKnown
                        ? Self.covariance(own[a], own[b], through: shared, among: all, people: people)
                        : (.half, Self.half(own[a], own[b], shared.isSameSide))
                    pairs[rule, default: 0] += 1
                    matrix[a, b] = value
                    matrix[b, a] = value
                }
            }
        }

        /// Whether errors can go together so.
        var isPossible: Bool { Cholesky(matrix) != nil }

        /// People of all arms whose size is known; of an arm in several rows their mean.
        private static func people(_ all: [StudyComparison]) -> Double {
            var sizes: [String: [Double]] = [:]
            for one in all {
                for treatment in [one.contrast.treatment, one.contrast.comparator] {
                    if let own = one.people(with: treatment)?.own { sizes[treatment, default: []].append(own) }
                }
            }
            // In the order of the names, so that the sum has the same last digit in every run.
            return sizes.sorted { $0.key < $1.key }.reduce(0) {
                $0 + $1.value.reduce(0, +) / Double($1.value.count)
            }
        }

        private static func half(_ a: StudyComparison, _ b: StudyComparison, _ isSameSide: Bool) -> Double {
            (isSameSide ? 0.5 : -0.5) * (a.contrast.variance * b.contrast.variance).squareRoot()
        }

        private static func covariance(
            _ a: StudyComparison, _ b: StudyComparison, through shared: (treatment: String, isSameSide: Bool),
            among all: [StudyComparison], people: Double
        ) -> (Rule, Double) {
            let sign = shared.isSameSide ? 1.0 : -1
            let treatment = shared.treatment
            // Two rows may tell one arm differently: the root of the product can always be a covariance.
            if let first = a.variance(of: treatment), let second = b.variance(of: treatment) {
                return (.variance, sign * (first * second).squareRoot())
            }
            let (first, second) = (a.people(with: treatment), b.people(with: treatment))
            if a.isStandardized, b.isStandardized, let first, let second, people > 0 {
                let ofMean = 1 / (first.own * second.own).squareRoot()
                return (.standardized, sign * ofMean + a.contrast.effect * b.contrast.effect / (2 * people))
            }
            let (v, w) = (a.contrast.variance, b.contrast.variance)
            let ends = Set([a.partner(of: treatment), b.partner(of: treatment)])
            if let third = all.first(where: { Set([$0.contrast.treatment, $0.contrast.comparator]) == ends }) {
                let arm = (v + w - third.contrast.variance) / 2
                if arm > 0, arm < min(v, w) { return (.triangle, sign * arm) }
            }
            if let first, let second {
                let share = first.other / (first.own + first.other) * second.other / (second.own + second.other)
                return (.sizes, sign * (share * v * w).squareRoot())
            }
            return (.half, half(a, b, shared.isSameSide))
        }
    }
}
