import Foundation
import ImageBased
import Inference
import Statistics
import TestSupport
import Testing

/// `oracle/nimare/ibma_pain10x10x10`.
@Suite("Maps of 21 pain images are NiMARE's", .serialized, .enabled(if: NiMAREImages.isHere, Shelf.absence))
struct PainConformanceTests {
    static let methods: [(file: String, method: any ImageMethod)] = [
        ("WeightedLeastSquares", PooledImages(.fixed)),
        ("FixedEffectsHedges", FixedEffectsHedges()),
        ("DerSimonianLaird", PooledImages(.dersimonianLaird)),
        ("DerSimonianLaird-wald", PooledImages(.dersimonianLaird, test: .wald)),
        ("Hedges", PooledImages(.hedges)),
        ("VarianceBasedLikelihood-ml", PooledImages(.maximumLikelihood)),
        ("VarianceBasedLikelihood-reml", PooledImages(.reml)),
        ("Stouffers", StouffersTest()),
        ("Stouffers-n", StouffersTest(weighting: .sampleSize)),
        ("Fishers", FishersTest()),
        ("PermutedOLS", PermutedOLS()),
    ]

    @Test("All maps", arguments: methods.indices)
    func maps(index: Int) async throws {
        let (file, method) = Self.methods[index]
        let all = try NiMAREImages.stack()
        let stack = all.selecting(all.studies(having: method.needs))
        let maps = try await method.run(stack, workers: Workers(threads: 2))
        var line = file.padding(toLength: 30, withPad: " ", startingAt: 0)
        for name in maps.names {
            let relative = [.p, .logp, .est, .se, .tau2].contains(name.value)
            let worst = try NiMAREImages.worst(maps[name], "\(file)_\(name.nimare)", mask: stack.mask, relative: relative)
            line += " \(name.nimare) \(String(format: "%.1e", worst))"
        }
        print(line)
    }
}
