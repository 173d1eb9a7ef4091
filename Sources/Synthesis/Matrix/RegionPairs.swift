import Foundation
import Inference
public import Statistics

/// Connections between regions, pooled pair by pair, and which of them differ from zero among so many.
///
/// Pairs have no direction. Corrected p values by false discovery rate, and by the largest |z| of all pairs when the signs
/// of whole studies are flipped (Nichols & Holmes 2002, doi:10.1002/hbm.1058): a study's pairs keep their dependence.
public struct RegionPairs: Sendable {
    /// One study's result for a pair.
    public struct Entry: Hashable, Sendable {
        public var study: String
        public var first: String
        public var second: String
        public var effect: Double
        public var variance: Double

        public init(study: String, first: String, second: String, effect: Double, variance: Double) {
            self.study = study
            self.first = first
            self.second = second
            self.effect = effect
            self.variance = variance
        }
    }

    /// A pair and what the studies say of it together.
    public struct Pair: Hashable, Sendable {
        /// Positions in ``RegionPairs/regions``; `first` ≤ `second`.
        public var first: Int
        public var second: Int
        public var studies: [String]
        public var estimate: Estimate
        public var tau2: Double
        public var i2: Double
        /// Cochran's Q on studies − 1.
        public var q: JointTest
        /// By Benjamini & Hochberg over all pairs.
        public var falseDiscovery: Double
        /// Family-wise, by the largest |z| under sign flips; nil without permutations.
        public var familyWise: Double?
    }

    /// In order of first appearance.
    public let regions: [String]
    /// By first, then second region; those with enough studies.
    public let pairs: [Pair]
    /// Pairs with too few studies.
    public let leftOut: [(first: String, second: String, studies: Int)]
    /// Sign flips in the distribution, the observed one among them; 0 without.
    public let permutations: Int
    public let isExact: Bool

    /// - Parameters:
    ///   - entries: several of one study and pair are taken as one, their ``CompositeEffect``.
    ///   - correlation: of the errors of several entries of one study and pair, from 0 to 1.
    ///   - least: studies that a pair needs; at least 2.
    ///   - test: of the estimates and the false discovery rate.
    ///   - flipTest: of the statistic under flips. |t| of pairs with two and with twenty studies cannot be compared, |z| can, and
    ///     flips hold whatever the statistic.
    ///   - permutations: sign flips; 0 for none. All 2^studies where that is no more.
    public init(
        _ entries: [Entry], estimator: HeterogeneityEstimator = .reml, test: MetaRegression.Test = .wald,
        flipTest: MetaRegression.Test? = nil, least: Int = 2, correlation: Double = 0.6, permutations: Int = 1000,
        seed: UInt64 = 1
    ) throws(SynthesisError) {
        for (row, entry) in entries.enumerated() {
            guard entry.effect.isFinite, entry.variance.isFinite, entry.variance > 0 else {
                throw .model(.badValue(row: row))
            }
        }
        guard (0...1).contains(correlation) else {
            throw .outside(what: "the correlation of results of one pair", value: correlation, allowed: "from 0 to 1")
        }
        let regions = Grouping(entries.flatMap { [$0.first, $0.second] })
        let studies = Grouping(entries.map(\.study))
        let keys = entries.indices.map { i in
            [min(regions.codes[2 * i], regions.codes[2 * i + 1]), max(regions.codes[2 * i], regions.codes[2 * i + 1])]
        }
        let grouped = Grouping(keys)
        let order = grouped.labels.indices.sorted { grouped.labels[$0].lexicographicallyPrecedes(grouped.labels[$1]) }
        var cells: [Cell] = []
        var leftOut: [(first: String, second: String, studies: Int)] = []
        for index in order {
            let key = grouped.labels[index]
            let cell = Cell(key, grouped.members[index], entries, studies.codes, correlation)
            if cell.studies.count >= max(2, least) {
                cells.append(cell)
            } else {
                leftOut.append((regions.labels[key[0]], regions.labels[key[1]], cell.studies.count))
            }
        }
        guard !cells.isEmpty else { throw .tooFew(what: "studies of any pair", found: 1, needed: max(2, least)) }

        var fits: [MetaRegression] = []
        for cell in cells { fits.append(try cell.fit(estimator, test)) }
        let corrected = MultipleTesting.benjaminiHochberg.corrected(
            logP: fits.map { log(max($0.coefficient(0).pValue, .leastNormalMagnitude)) })
        // Studies flip as people do in a one-sample test.
        let flips =
            permutations > 0
            ? PermutationScheme(
                [.init(id: "region pairs", n1: studies.labels.count, n2: 0)], requested: permutations, seed: seed) : nil
        var familyWise: [Double?] = Array(repeating: nil, count: cells.count)
        if let flips {
            let flipTest = flipTest ?? test
            let observed = cells.map { $0.statistic(estimator, flipTest) { _ in false } }
            var exceeded = [Int](repeating: 0, count: cells.count)
            for draw in 0..<flips.count {
                let isFlipped = flips.flips(0, draw)
                var largest = 0.0
                for cell in cells {
                    let statistic = cell.statistic(estimator, flipTest) { isFlipped[$0] }
                    largest = max(largest, statistic)
                }
                // What differs by rounding counts as equal.
                for i in cells.indices where largest >= observed[i] * (1 - 1e-9) { exceeded[i] += 1 }
            }
            familyWise = exceeded.map { Double($0) / Double(flips.count) }
        }
        self.permutations = flips?.count ?? 0
        isExact = flips?.isExhaustive ?? false
        self.regions = regions.labels
        self.leftOut = leftOut
        pairs = cells.indices.map { i in
            Pair(
                first: cells[i].key[0], second: cells[i].key[1],
                studies: cells[i].studies.map { studies.labels[$0] }, estimate: fits[i].coefficient(0),
                tau2: fits[i].tau2, i2: fits[i].i2, q: fits[i].residualHeterogeneity,
                falseDiscovery: exp(corrected[i]), familyWise: familyWise[i])
        }
    }

    /// A value of each pair as a symmetric matrix, not a number where there is none.
    public func matrix(_ value: (Pair) -> Double) -> Matrix {
        var matrix = Matrix(rows: regions.count, columns: regions.count, repeating: .nan)
        for pair in pairs {
            matrix[pair.first, pair.second] = value(pair)
            matrix[pair.second, pair.first] = value(pair)
        }
        return matrix
    }

    /// The studies of one pair.
    private struct Cell {
        let key: [Int]
        var studies: [Int] = []
        var effects: [Double] = []
        var variances: [Double] = []

        init(_ key: [Int], _ rows: [Int], _ entries: [Entry], _ codes: [Int], _ correlation: Double) {
            self.key = key
            let grouping = Grouping(rows.map { codes[$0] })
            for (study, members) in zip(grouping.labels, grouping.members) {
                let own = members.map { entries[rows[$0]] }
                studies.append(study)
                let one = CompositeEffect(
                    effects: own.map(\.effect), variances: own.map(\.variance), correlation: correlation)
                effects.append(one.effect)
                variances.append(one.variance)
            }
        }

        func fit(
            _ estimator: HeterogeneityEstimator, _ test: MetaRegression.Test
        ) throws(SynthesisError) -> MetaRegression {
            do throws(MetaRegressionError) {
                return try MetaRegression(effects: effects, variances: variances, estimator: estimator, test: test)
            } catch { throw .model(error) }
        }

        /// |z| or |t| with the signs of some studies flipped.
        func statistic(
            _ estimator: HeterogeneityEstimator, _ test: MetaRegression.Test, _ isFlipped: (Int) -> Bool
        ) -> Double {
            let flipped = zip(studies, effects).map { isFlipped($0) ? -$1 : $1 }
            // The same number by the shorter way of a mean alone: thousands of these are needed.
            if test == .wald, estimator == .reml || estimator == .dersimonianLaird {
                let pooled = RandomEffects(
                    effects: flipped, variances: variances,
                    estimator: estimator == .reml ? .reml : .dersimonianLaird)
                return abs(pooled.effect) / pooled.variance.squareRoot()
            }
            let fit = try? MetaRegression(effects: flipped, variances: variances, estimator: estimator, test: test)
            return fit.map { abs($0.coefficient(0).statistic) } ?? 0
        }
    }
}
