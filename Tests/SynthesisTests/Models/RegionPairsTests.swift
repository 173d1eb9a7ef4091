import Foundation
import Statistics
import Synthesis
import Testing

@Suite("Connections between pairs of regions")
struct RegionPairsTests {
    private let regions = ["amygdala", "insula", "precuneus", "vmPFC"]

    /// Twelve studies of six pairs; only the first pair has an effect.
    private func entries(effect: Double, seed: UInt64, studies: Int = 12) -> [RegionPairs.Entry] {
        let random = Philox(seed: seed, name: "pairs", purpose: 1)
        var entries: [RegionPairs.Entry] = []
        for s in 0..<studies {
            let common = Normal.quantile(Philox.uniform(random([UInt32(s), 99, 0, 0]).x))
            var pair = 0
            for a in 0..<4 {
                for b in 0..<a {
                    let words = random([UInt32(s), UInt32(pair), 1, 0])
                    let noise = 0.5 * common + 0.87 * Normal.quantile(Philox.uniform(words.x))
                    // Either order names the same pair.
                    entries.append(
                        .init(
                            study: "s\(s)", first: s % 2 == 0 ? regions[a] : regions[b],
                            second: s % 2 == 0 ? regions[b] : regions[a],
                            effect: (pair == 0 ? effect : 0) + 0.2 * noise, variance: 0.04))
                    pair += 1
                }
            }
        }
        return entries
    }

    @Test("Each pair is pooled as it would be alone, in whatever order its regions are named")
    func pooling() throws {
        let all = entries(effect: 0.4, seed: 1)
        let pairs = try RegionPairs(all, permutations: 0)
        #expect(pairs.pairs.count == 6)
        #expect(pairs.regions.count == 4)
        for pair in pairs.pairs {
            let names: Set = [pairs.regions[pair.first], pairs.regions[pair.second]]
            let own = all.filter { Set([$0.first, $0.second]) == names }
            let alone = try MetaRegression(effects: own.map(\.effect), variances: own.map(\.variance), estimator: .reml)
            #expect(pair.estimate == alone.coefficient(0))
            #expect(pair.tau2 == alone.tau2)
            #expect(pair.familyWise == nil)
        }
        let matrix = pairs.matrix(\.estimate.value)
        #expect(matrix[0, 1] == matrix[1, 0])
        #expect(matrix[0, 0].isNaN)
    }

    @Test("The pair with an effect passes both corrections; the false discovery rate is Benjamini and Hochberg's")
    func detection() throws {
        let pairs = try RegionPairs(entries(effect: 0.4, seed: 1), permutations: 5000)
        #expect(pairs.isExact)
        #expect(pairs.permutations == 4096)
        let first = try #require(pairs.pairs.min { $0.estimate.pValue < $1.estimate.pValue })
        #expect(first.first == 0 && first.second == 1)
        #expect(first.falseDiscovery < 0.01)
        #expect(try #require(first.familyWise) < 0.01)
        let sorted = pairs.pairs.map(\.estimate.pValue).sorted()
        let adjusted = sorted.indices.map { i in
            sorted[i...].enumerated().map { $1 * 6 / Double(i + $0 + 1) }.min() ?? .nan
        }
        #expect(isNear(pairs.pairs.map(\.falseDiscovery).sorted(), adjusted, 1e-12))
        // A corrected p is never below the uncorrected sign-flip p of the pair's own, nor below one flip.
        #expect(pairs.pairs.allSatisfy { ($0.familyWise ?? 0) >= 1.0 / 4096 })
    }

    @Test("Without any effect, one in twenty families has a corrected p of at most 0.05")
    func familyWise() throws {
        var rejected = 0
        let families = 200
        for seed in 0..<families {
            let pairs = try RegionPairs(
                entries(effect: 0, seed: UInt64(1000 + seed), studies: 8), estimator: .dersimonianLaird,
                permutations: 256)
            if pairs.pairs.contains(where: { ($0.familyWise ?? 1) <= 0.05 }) { rejected += 1 }
        }
        print("families rejected at 0.05: \(rejected) of \(families)")
        // 10 expected; beyond 20 once in a thousand.
        #expect((2...20).contains(rejected))
    }

    @Test("Pairs of one study are left out and counted; several results of one study and pair count once")
    func few() throws {
        var all = entries(effect: 0.4, seed: 1)
        all.append(.init(study: "s1", first: "amygdala", second: "cuneus", effect: 1, variance: 0.1))
        all.append(.init(study: "s1", first: "cuneus", second: "amygdala", effect: 2, variance: 0.1))
        let pairs = try RegionPairs(all, permutations: 0)
        #expect(pairs.leftOut.count == 1)
        #expect(pairs.leftOut.first?.studies == 1)
        all.append(.init(study: "s2", first: "cuneus", second: "amygdala", effect: 1.5, variance: 0.1))
        let more = try RegionPairs(all, permutations: 0)
        let pair = try #require(more.pairs.first { more.regions[$0.second] == "cuneus" })
        #expect(pair.studies == ["s1", "s2"])
        #expect(isNear(pair.estimate.value, 1.5, 1e-9))
        #expect(throws: SynthesisError.self) {
            try RegionPairs([.init(study: "a", first: "x", second: "y", effect: 1, variance: 0)])
        }
    }

    @Test("The same seed gives the same numbers")
    func seeds() throws {
        let all = entries(effect: 0.1, seed: 5, studies: 16)
        let one = try RegionPairs(all, permutations: 500, seed: 7)
        let two = try RegionPairs(all, permutations: 500, seed: 7)
        #expect(!one.isExact)
        #expect(one.pairs == two.pairs)
    }
}
