import Foundation
public import Inference
public import Statistics

/// NiMARE's `FixedEffectsHedges`: Hedges' g of t images, pooled by inverse variance with a given τ² (0).
///
/// g = J·t/√n with J = 1 − 3/(4(n − 1) − 1), and variance (n − 1)(1 + n·d²)J²/(n(n − 3)) − d² with the uncorrected d: NiMARE's
/// formulas (Bossier et al. 2019, doi:10.3389/fnins.2018.00745). For the exact J and variance use
/// ``ImageStack/adding(_:)`` and ``PooledImages``.
public struct FixedEffectsHedges: ImageMethod {
    public var assumedTau2: Double
    public var test: MetaRegression.Test

    public init(assumedTau2: Double = 0, test: MetaRegression.Test = .wald) {
        self.assumedTau2 = assumedTau2
        self.test = test
    }

    public var name: String { "FixedEffectsHedges" }

    public var needs: Set<ImageQuantity> { [.t] }

    public func run(
        _ stack: ImageStack, workers: Workers, progress: any ProgressObserver
    ) async throws -> ImageMaps {
        let rows = try stack.rows(.t)
        var gains: [Double] = []
        for study in stack.studies {
            guard let n = study.sampleSize, n > 3 else { throw ImageError.noSampleSize(study: study.id) }
            let j = 1 - 3 / (4 * (n - 1) - 1)
            let factor = (n - 1) * j * j / (n * (n - 3))
            // d² = t²/n.
            gains += [j / n.squareRoot(), factor, factor - 1 / n]
        }
        return try await PooledImages(.fixed, test: test, assumedTau2: assumedTau2)
            .run(stack, .statistic(rows, gains: gains), workers, progress)
    }
}
