import Foundation
public import Imaging
public import Inference
public import Statistics
import VoxelKernels

/// Imputed noise of an experiment's subjects: what a permutation test permutes when only peaks were published.
///
/// At every voxel the values of a group's subjects have mean 0, SD 1 (over n − 1) and exactly the template's correlation
/// with the already drawn face neighbours (at most three), all as sample statistics (``Neighbours/faces``). One set serves all imputations of the
/// study image: imputation j of subject s is noise + d_j in the first group, noise in the second
/// (Albajes-Eizagirre et al. 2019, doi:10.1016/j.neuroimage.2018.10.077).
///
/// With A the neighbours' values, R their sample correlations, ρ the template's: β = R⁻¹ρ, and the new values are
/// Aβ + √(1 − ρ'β)·e, e a normal draw with its mean and its projection on A taken out, at SD 1. This equals the
/// paper's closed forms for up to three neighbours.
///
/// In an experiment that is a correlation, the noise has also exactly no sample correlation with the predictor x, which is
/// taken out of every new draw as the mean is; imputation j of a subject is then sinh(z_j)·x + noise, whose correlation with
/// x is exactly that of the imputed Fisher's z_j (`Docs/predictors.md`).
public struct SubjectNoise: Sendable {
    /// Which of the neighbours drawn before a voxel its correlations are asked for.
    public enum Neighbours: Hashable, Sendable {
        /// One step down along i, j and k: the published rule.
        case faces
        /// All other corners of the 2×2×2 cube that ends at the voxel. So many can rarely all be met, and then all are met
        /// less than asked for: rougher images, whose null distribution is that of SDM-PSI 6.21
        /// (`Docs/permutation-test.md`).
        case cube

        fileprivate var steps: [SIMD3<Int>] {
            let faces: [SIMD3<Int>] = [[-1, 0, 0], [0, -1, 0], [0, 0, -1]]
            return self == .faces ? faces : faces + [[-1, -1, 0], [-1, 0, -1], [0, -1, -1], [-1, -1, -1]]
        }
    }

    public let mask: Mask
    let neighbourCount: Int
    /// Positions of the neighbours drawn before each voxel, −1 where there is none.
    let earlier: [SIMD8<Int32>]
    let correlations: [SIMD8<Float>]
    /// How far back (in mask positions) a neighbour can be.
    public let reach: Int

    public init(mask: Mask, template: CorrelationTemplate, neighbours: Neighbours = .faces) {
        let slowness = template.slowness(on: mask)
        let size = mask.grid.affine.voxelSize
        let steps = neighbours.steps
        let lengths = steps.map { step in
            (0..<3).reduce(0.0) { $0 + Double(step[$1] * step[$1]) * size[$1] * size[$1] }.squareRoot()
        }
        var earlier = [SIMD8<Int32>](repeating: SIMD8(repeating: -1), count: mask.count)
        var correlations = [SIMD8<Float>](repeating: .zero, count: mask.count)
        var reach = 0
        for voxel in 0..<mask.count {
            let here = mask.grid.voxel(atIndex: Int(mask.voxels[voxel]))
            for (place, step) in steps.enumerated() {
                let other = here &+ step
                guard mask.contains(other) else { continue }
                let position = mask.position[mask.grid.index(other)]
                earlier[voxel][place] = position
                let length =
                    lengths[place] * 0.5 * Double(slowness[voxel] + slowness[Int(position)])
                    / CorrelationTemplate.referenceFWHM
                correlations[voxel][place] = Float(exp2(-4 * length * length))
                reach = max(reach, voxel - Int(position))
            }
        }
        neighbourCount = steps.count
        self.mask = mask
        self.earlier = earlier
        self.correlations = correlations
        self.reach = reach
    }

    /// Mask positions in eights, which are drawn side by side: none of an eight is a neighbour of another, and all neighbours of an
    /// eight are in eights before it.
    public struct Order: Sendable {
        public let voxels: Range<Int>
        /// [eight][8]; the last of an eight may stand in it more than once.
        package let eights: [Int32]
    }

    /// - Parameter voxels: mask positions, consecutive.
    public func order(of voxels: Range<Int>) -> Order {
        // How many voxels must be drawn one after another before a voxel.
        var depths = [Int](repeating: 0, count: voxels.count)
        for voxel in voxels {
            var depth = 0
            for place in 0..<neighbourCount {
                let other = Int(earlier[voxel][place])
                if other >= voxels.lowerBound { depth = max(depth, depths[other - voxels.lowerBound] + 1) }
            }
            depths[voxel - voxels.lowerBound] = depth
        }
        var fronts = [[Int32]](repeating: [], count: (depths.max() ?? -1) + 1)
        for voxel in voxels { fronts[depths[voxel - voxels.lowerBound]].append(Int32(voxel)) }
        var eights: [Int32] = []
        eights.reserveCapacity(voxels.count + 8 * fronts.count)
        for front in fronts {
            eights += front
            while eights.count % 8 != 0 { eights.append(front[front.count - 1]) }
        }
        return Order(voxels: voxels, eights: eights)
    }

    /// Draws the values of one group at consecutive voxels.
    ///
    /// - Parameters:
    ///   - order: of mask positions; those up to ``reach`` before them must have been drawn into the same memory.
    ///   - stream: the experiment's own.
    ///   - group: 0 or 1; keeps the draws of two groups apart.
    ///   - subjects: the group's size.
    ///   - common: of an experiment that shares its sample, the sample's stream and the correlation of the subjects' noise
    ///     with that of the sample's other experiments: a draw is √r of the sample's and √(1 − r) of its own.
    ///   - predictor: what the values must not correlate with, at mean 0 and SD 1 (over n − 1); one per subject.
    ///   - values: a subject's value at a voxel is `values[(voxel − base)·stride + subject]`.
    ///   - instructions: of the kernel; values are the same to the bit with any.
    public func draw(
        _ order: Order, stream: Philox, group: Int, subjects: Int,
        common: (stream: Philox, correlation: Double)? = nil, predictor: [Double]? = nil,
        values: UnsafeMutablePointer<Float>, base: Int, stride: Int, instructions: VectorInstructions = .best
    ) {
        let room = cuneus_noise_scratch(Int32(subjects), Int32(neighbourCount))
        let scratch = UnsafeMutableRawPointer.allocate(byteCount: 8 * room, alignment: 64)
        defer { scratch.deallocate() }
        let correlation = common?.correlation ?? 0
        mask.voxels.withUnsafeBufferPointer { counters in
            earlier.withUnsafeBytes { earlier in
                correlations.withUnsafeBytes { correlations in
                    func run(_ predictor: UnsafePointer<Double>?) {
                        var noise = cuneus_subject_noise(
                            key: stream.keyBits, is_shared: common != nil, shared_key: common?.stream.keyBits ?? 0,
                            own: (1 - correlation).squareRoot(), shared: correlation.squareRoot(),
                            group: UInt32(group), subjects: Int32(subjects), predictor: predictor,
                            places: Int32(neighbourCount),
                            limit: Int32(Self.limit(subjects: subjects, hasPredictor: predictor != nil)),
                            counters: counters.baseAddress,
                            earlier: earlier.assumingMemoryBound(to: Int32.self).baseAddress,
                            correlations: correlations.assumingMemoryBound(to: Float.self).baseAddress,
                            values: values - base * stride, stride: stride)
                        cuneus_draw_subject_noise(
                            instructions.code, &noise, order.eights, order.eights.count / 8,
                            scratch.assumingMemoryBound(to: Double.self))
                    }
                    if let predictor { run(predictor) } else { run(nil) }
                }
            }
        }
    }

    /// Neighbours that a group can be tied to: one less than the degrees of freedom that the mean and a predictor leave, so that one is left
    /// for chance; at most one up to three.
    static func limit(subjects: Int, hasPredictor: Bool) -> Int {
        let freedom = subjects - (hasPredictor ? 2 : 1)
        return freedom <= 3 ? max(0, min(1, freedom - 1)) : freedom - 1
    }
}
