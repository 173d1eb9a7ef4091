public import Statistics

/// How the images of one sample correlate under the null, estimated from the images themselves.
///
/// What all images share (the effect) is taken out first: at each voxel, the mean over the images there. That centring also
/// lowers the correlations of what is left; for blocks of equally correlated images the loss is known and undone. With K
/// images, C = I − J/K and Cov(Cz) = CRC: of a sample of b images that correlate by ρ, what is left has covariance
/// ρ(1 − 2(b−1)/K) + c and variance 1 − 2(b−1)ρ/K + c, with c = (Σ_h b_h(b_h − 1)ρ_h/K − 1)/K. The ρ of all samples are found
/// together by iteration; a sample's own pattern of correlations is kept around its mean. As PyMARE 0.0.13.
public enum NullCorrelation {
    static func estimate(_ rows: ImageRows, voxels: Int, samples: [[Int]]) -> Matrix {
        let observed = residualCorrelation(rows, voxels: voxels)
        return undoCentring(observed, samples: samples)
    }

    /// - Parameter samples: images of each sample.
    public static func undoCentring(_ observed: Matrix, samples: [[Int]]) -> Matrix {
        let k = Double(observed.rows)
        func offDiagonalMean(_ members: [Int]) -> Double {
            var sum = 0.0
            for i in members {
                for j in members where i != j { sum += observed[i, j] }
            }
            return sum / Double(members.count * (members.count - 1))
        }
        let blocks = samples.filter { $0.count > 1 }
        let means = blocks.map(offDiagonalMean)
        var rho = means
        for _ in 0..<200 {
            var next = rho
            for (number, block) in blocks.enumerated() {
                let b = Double(block.count)
                var others = 0.0
                for (n, other) in blocks.enumerated() where n != number {
                    others += Double(other.count * (other.count - 1)) * rho[n]
                }
                next[number] = solve(means[number], size: b, images: k, others: others)
            }
            let change = zip(next, rho).map { abs($0 - $1) }.max() ?? 0
            rho = next
            if change <= 1e-13 { break }
        }
        var result = Matrix.identity(observed.rows)
        for (number, block) in blocks.enumerated() {
            for i in block {
                for j in block where i != j {
                    result[i, j] = min(1, max(-1, rho[number] + observed[i, j] - means[number]))
                }
            }
        }
        return result
    }

    /// ρ of a block from the correlation r of what centring leaves; its own share of c is kept in the equation.
    private static func solve(_ r: Double, size b: Double, images k: Double, others: Double) -> Double {
        let own = b * (b - 1) / (k * k)
        let slopeAbove = 1 - 2 * (b - 1) / k + own
        let slopeBelow = -2 * (b - 1) / k + own
        let c = (others / k - 1) / k
        // An exchangeable block cannot correlate by less.
        let floor = -1 / (b - 1)
        // All images are one block: centring leaves −1/(K − 1) whatever ρ is.
        guard (k - b) * (k - b + 1) + others > 0 else { return min(1, max(-1, r)) }
        let lowest = (floor * slopeAbove + c) / (floor * slopeBelow + 1 + c)
        let r = min(1, max(lowest, r))
        return min(1, max(floor, (r * (1 + c) - c) / (slopeAbove - r * slopeBelow)))
    }

    /// Correlation over voxels of images less the mean of all images at the voxel; each pair over the voxels both have.
    private static func residualCorrelation(_ rows: ImageRows, voxels: Int) -> Matrix {
        let k = rows.count
        var counts = Matrix(rows: k, columns: k)
        var sums = counts
        var squares = counts
        var products = counts
        var values = [Double](repeating: 0, count: k)
        var present: [Int] = []
        for voxel in 0..<voxels {
            present.removeAll(keepingCapacity: true)
            var mean = 0.0
            for study in 0..<k {
                let value = Double(rows[study][voxel])
                if value.isNaN { continue }
                values[study] = value
                mean += value
                present.append(study)
            }
            mean /= Double(present.count)
            for i in present {
                let a = values[i] - mean
                for j in present {
                    counts[i, j] += 1
                    sums[i, j] += a
                    squares[i, j] += a * a
                    products[i, j] += a * (values[j] - mean)
                }
            }
        }
        var result = Matrix.identity(k)
        for i in 0..<k {
            for j in 0..<k where i != j && counts[i, j] >= 2 {
                let n = counts[i, j]
                let covariance = products[i, j] / n - sums[i, j] / n * (sums[j, i] / n)
                let a = squares[i, j] / n - (sums[i, j] / n) * (sums[i, j] / n)
                let b = squares[j, i] / n - (sums[j, i] / n) * (sums[j, i] / n)
                let r = covariance / (a * b).squareRoot()
                result[i, j] = r.isFinite ? min(1, max(-1, r)) : 0
            }
        }
        return result
    }
}
