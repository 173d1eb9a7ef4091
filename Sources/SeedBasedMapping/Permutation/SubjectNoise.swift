import Foundation
public import Imaging
public import Statistics

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
    private let neighbourCount: Int
    /// Positions of the neighbours drawn before each voxel, −1 where there is none.
    private let earlier: [SIMD8<Int32>]
    private let correlations: [SIMD8<Float>]
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

    /// Draws the values of one group at consecutive voxels.
    ///
    /// - Parameters:
    ///   - voxels: mask positions; those up to ``reach`` before them must have been drawn into the same memory.
    ///   - stream: the experiment's own.
    ///   - group: 0 or 1; keeps the draws of two groups apart.
    ///   - subjects: the group's size.
    ///   - common: of an experiment that shares its sample, the sample's stream and the correlation of the subjects' noise
    ///     with that of the sample's other experiments: a draw is √r of the sample's and √(1 − r) of its own.
    ///   - predictor: what the values must not correlate with, at mean 0 and SD 1 (over n − 1); one per subject.
    ///   - values: a subject's value at a voxel is `values[(voxel − base)·stride + subject]`.
    public func draw(
        voxels: Range<Int>, stream: Philox, group: Int, subjects: Int,
        common: (stream: Philox, correlation: Double)? = nil, predictor: [Double]? = nil,
        values: UnsafeMutablePointer<Float>, base: Int, stride: Int
    ) {
        var worker = Worker(subjects: subjects, predictor: predictor)
        for voxel in voxels {
            let counter = UInt32(truncatingIfNeeded: mask.voxels[voxel])
            for quad in 0..<(subjects + 3) / 4 {
                let words = stream([counter, UInt32(quad), UInt32(group), 0])
                for lane in 0..<min(4, subjects - quad * 4) {
                    worker.fresh[quad * 4 + lane] = Normal.quantile(Philox.uniform(words[lane]))
                }
            }
            if let common {
                let (shared, own) = (common.correlation.squareRoot(), (1 - common.correlation).squareRoot())
                for quad in 0..<(subjects + 3) / 4 {
                    let words = common.stream([counter, UInt32(quad), UInt32(group), 0])
                    for lane in 0..<min(4, subjects - quad * 4) {
                        let subject = quad * 4 + lane
                        worker.fresh[subject] =
                            own * worker.fresh[subject] + shared * Normal.quantile(Philox.uniform(words[lane]))
                    }
                }
            }
            worker.neighbours.removeAll(keepingCapacity: true)
            for place in 0..<neighbourCount where earlier[voxel][place] >= 0 {
                worker.neighbours.append(
                    Neighbour(
                        values: values + (Int(earlier[voxel][place]) - base) * stride,
                        correlation: Double(correlations[voxel][place])))
            }
            worker.combine(into: values + (voxel - base) * stride)
        }
    }

    /// The linear algebra of a voxel.
    private struct Worker {
        let subjects: Int
        let predictor: [Double]?
        var fresh: [Double]
        var neighbours: [Neighbour] = []
        private var solver = SmallSolver()

        init(subjects: Int, predictor: [Double]?) {
            self.subjects = subjects
            self.predictor = predictor
            fresh = Array(repeating: 0, count: subjects)
        }

        /// What the mean and the predictor leave of n.
        private var freedom: Int { subjects - (predictor == nil ? 1 : 2) }

        /// Neighbours that so many degrees of freedom can be tied to, leaving one for chance; at most one up to three.
        private var limit: Int { freedom <= 3 ? max(0, min(1, freedom - 1)) : freedom - 1 }

        mutating func combine(into result: UnsafeMutablePointer<Float>) {
            while neighbours.count > limit {
                let weakest = neighbours.indices.min { neighbours[$0].correlation < neighbours[$1].correlation } ?? 0
                neighbours.remove(at: weakest)
            }
            let df = Double(subjects - 1)
            centre()

            // Sample correlations of the neighbours, by Cholesky; one that repeats the others is left out.
            solver.reset()
            for candidate in neighbours {
                var row = SIMD8<Double>.zero
                for k in 0..<solver.count { row[k] = dot(candidate.values, solver.members[k].values) / df }
                solver.append(candidate, row: row, diagonal: dot(candidate.values, candidate.values) / df)
            }
            var rho = SIMD8<Double>.zero
            var alike = SIMD8<Double>.zero
            for k in 0..<solver.count {
                rho[k] = solver.members[k].correlation
                var sum = 0.0
                let values = solver.members[k].values
                for subject in 0..<subjects { sum += fresh[subject] * Double(values[subject]) }
                alike[k] = sum / df
            }
            var beta = solver.solve(rho)
            var explained = (rho * beta).sum()
            if explained > 1 {
                // The template asks for more than the drawn neighbours allow: as much of it as they do.
                beta /= explained.squareRoot()
                explained = 1
            }
            let projection = solver.solve(alike)
            for k in 0..<solver.count {
                let values = solver.members[k].values
                for subject in 0..<subjects { fresh[subject] -= projection[k] * Double(values[subject]) }
            }
            let spread = (fresh.reduce(0) { $0 + $1 * $1 } / df).squareRoot()
            let share = spread > 1e-12 ? (1 - explained).squareRoot() / spread : 0
            for subject in 0..<subjects { fresh[subject] *= share }
            for k in 0..<solver.count {
                let values = solver.members[k].values
                for subject in 0..<subjects { fresh[subject] += beta[k] * Double(values[subject]) }
            }
            // Else rounding errors would be passed on from neighbour to neighbour, and grow.
            standardise()
            for subject in 0..<subjects { result[subject] = Float(fresh[subject]) }
        }

        /// Takes out the mean, and what correlates with the predictor.
        private mutating func centre() {
            let mean = fresh.reduce(0, +) / Double(subjects)
            for subject in 0..<subjects { fresh[subject] -= mean }
            guard let predictor else { return }
            var sum = 0.0
            for subject in 0..<subjects { sum += fresh[subject] * predictor[subject] }
            let slope = sum / Double(subjects - 1)
            for subject in 0..<subjects { fresh[subject] -= slope * predictor[subject] }
        }

        /// Brings the new values to mean 0 and SD 1.
        private mutating func standardise() {
            centre()
            let spread = (fresh.reduce(0) { $0 + $1 * $1 } / Double(subjects - 1)).squareRoot()
            guard spread > 1e-12 else { return }
            for subject in 0..<subjects { fresh[subject] /= spread }
        }

        private func dot(_ a: UnsafeMutablePointer<Float>, _ b: UnsafeMutablePointer<Float>) -> Double {
            var sum = 0.0
            for subject in 0..<subjects { sum += Double(a[subject]) * Double(b[subject]) }
            return sum
        }
    }
}

/// A neighbour already drawn, and the correlation with it that the template asks for.
private struct Neighbour {
    var values: UnsafeMutablePointer<Float>
    var correlation: Double
}

/// Cholesky factor of the neighbours' correlations, at most seven rows.
private struct SmallSolver {
    private(set) var count = 0
    private(set) var members: [Neighbour] = []
    private var rows: [SIMD8<Double>] = Array(repeating: .zero, count: 7)

    mutating func reset() {
        count = 0
        members.removeAll(keepingCapacity: true)
    }

    /// Takes a neighbour with its correlations to those already in, unless it (nearly) depends on them.
    mutating func append(_ member: Neighbour, row: SIMD8<Double>, diagonal: Double) {
        var new = SIMD8<Double>.zero
        for i in 0..<count { new[i] = (row[i] - (new * rows[i]).sum()) / rows[i][i] }
        let rest = diagonal - (new * new).sum()
        guard rest > 1e-5 * diagonal, rest > 0 else { return }
        new[count] = rest.squareRoot()
        rows[count] = new
        members.append(member)
        count += 1
    }

    func solve(_ right: SIMD8<Double>) -> SIMD8<Double> {
        var x = right
        for i in 0..<count {
            for k in 0..<i { x[i] -= rows[i][k] * x[k] }
            x[i] /= rows[i][i]
        }
        for i in stride(from: count - 1, through: 0, by: -1) {
            for k in stride(from: i + 1, to: count, by: 1) { x[i] -= rows[k][i] * x[k] }
            x[i] /= rows[i][i]
        }
        return x
    }
}
