import Imaging
import Statistics

/// Experiments without convergence, like real ones in size: for fail-safe N and simulations.
package struct NoiseExperiments: Sendable {
    private let like: [FociSet]
    private let space: ConvergenceSpace
    private let philox: Philox

    package init(_ like: [FociSet], space: ConvergenceSpace, seed: UInt64) {
        self.like = like
        self.space = space
        philox = Philox(seed: seed, name: "noise experiments", purpose: 7)
    }

    package func first(_ count: Int) -> [FociSet] {
        (0..<count).map { number in
            let word = philox([UInt32(number), 0, 1, 0]).x
            let model = like[Int((UInt64(word) * UInt64(like.count)) >> 32)]
            let foci = model.foci.indices.map { focus -> SIMD3<Double> in
                let word = philox([UInt32(number), UInt32(focus), 0, 0]).x
                return space.mask.world(at: Int((UInt64(word) * UInt64(space.mask.count)) >> 32))
            }
            return FociSet(id: "noise-\(number + 1)", sampleSize: model.sampleSize, foci: foci)
        }
    }
}
