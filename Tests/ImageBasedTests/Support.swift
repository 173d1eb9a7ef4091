import Foundation
import ImageBased
import Imaging
import Statistics

/// Normal numbers, each a function of what it is drawn for.
struct Draws {
    let philox: Philox

    init(_ name: String) { philox = Philox(seed: 20_261_121, name: name, purpose: 0) }

    func uniform(_ a: Int, _ b: Int) -> Double {
        Philox.uniform(philox([UInt32(a), UInt32(b), 0, 0]).x)
    }

    func normal(_ a: Int, _ b: Int) -> Double { Normal.quantile(uniform(a, b)) }
}

/// Effects of random studies with variances that differ tenfold, and a tenth of them missing.
func simulated(
    _ name: String, studies: Int, mask: Mask, missing: Double = 0.1, samples: (Int) -> String? = { _ in nil }
) throws -> ImageStack {
    let draws = Draws(name)
    var stack = try ImageStack(mask: mask)
    for study in 0..<studies {
        let effects = (0..<mask.count).map { voxel -> Float in
            let heterogeneity = draws.normal(study, 3 * voxel) * (voxel % 3 == 0 ? 0 : 0.4)
            let effect = 0.3 * Double(voxel % 4) + heterogeneity + 0.4 * draws.normal(study, 3 * voxel + 1)
            return draws.uniform(study + 1000, voxel) < missing ? 0 : Float(effect)
        }
        let variances = (0..<mask.count).map { Float(0.03 + 0.3 * draws.uniform(study, 3 * $0 + 2)) }
        try stack.append(
            .init(id: "study\(study)", sample: samples(study), sampleSize: Double(12 + 3 * (study % 7))),
            values: [.effect: effects, .variance: variances])
    }
    return stack
}

/// Effects and variances present at a voxel, and which studies they are of.
func present(_ stack: ImageStack, _ voxel: Int) -> (studies: [Int], effects: [Double], variances: [Double]) {
    var result: (studies: [Int], effects: [Double], variances: [Double]) = ([], [], [])
    for study in stack.studies.indices {
        let y = stack.values(.effect, of: study)![voxel]
        let v = stack.values(.variance, of: study)![voxel]
        guard !y.isNaN, !v.isNaN else { continue }
        result.studies.append(study)
        result.effects.append(Double(y))
        result.variances.append(Double(v))
    }
    return result
}

/// Whether two numbers agree to a relative tolerance (absolute below 1).
func near(_ a: Double, _ b: Double, _ tolerance: Double) -> Bool {
    a == b || abs(a - b) <= tolerance * max(abs(b), 1e-30)
}
