import Foundation
import Imaging
package import Statistics

/// Draws voxel by voxel, in the words of the method: what the vector kernel is held against, and timed beside.
extension SubjectNoise {
    /// - Parameters: as of ``draw(_:stream:group:subjects:common:predictor:values:base:stride:instructions:)``.
    package func drawPlainly(
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

        private var limit: Int { SubjectNoise.limit(subjects: subjects, hasPredictor: predictor != nil) }

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
