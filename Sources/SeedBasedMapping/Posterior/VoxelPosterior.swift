import Foundation

/// The posterior of mean effect and heterogeneity at one voxel, tabulated.
public struct VoxelPosterior: Sendable {
    /// Of the mean effect.
    public let mean: MarginalDensity
    /// E τ.
    public let tau: Double
    /// Rows (experiments, or samples where they are combined) that speak.
    public let rows: Int
    /// Values of τ, evenly spaced in u where τ = bend·sinh u.
    public let taus: [Double]
    private let bend: Double
    private let du: Double
    /// [tau][node]: density in (μ, u), not normalised.
    private let density: [Float]
    /// Sum of each row of `density`.
    private let rowSums: [Double]

    init(_ tabulator: borrowing VoxelTabulator, taus: TauNodes) {
        let columns = (tabulator.means + 15) / 16 * 16
        mean = tabulator.marginal
        tau = taus.expectation(tabulator.tauSums)
        rows = tabulator.rows
        self.taus = taus.deviations
        bend = taus.bend
        du = taus.du
        var density: [Float] = []
        density.reserveCapacity(taus.count * tabulator.means)
        var sums: [Double] = []
        for tau in 0..<taus.count {
            // A table's rows hold the trapezoid's weights, half at τ = 0.
            let factor: Float = tau == 0 ? 2 : 1
            var sum = 0.0
            for node in 0..<tabulator.means {
                let value = factor * tabulator.table[tau * columns + node]
                density.append(value)
                sum += Double(value)
            }
            sums.append(sum)
        }
        self.density = density
        rowSums = sums
    }

    /// A draw of mean effect and τ for two uniform numbers in (0, 1): the same numbers give the same draw.
    ///
    /// τ by the inverse of its distribution function, its density taken as straight in u between nodes; then the mean
    /// effect by that of its distribution at this τ. One pair of numbers for all voxels gives draws that vary over the
    /// brain as the posterior does, each voxel at the same rank.
    public func draw(_ uniforms: (mean: Double, tau: Double)) -> (mean: Double, tau: Double) {
        let cells = (0..<rowSums.count - 1).map { 0.5 * (rowSums[$0] + rowSums[$0 + 1]) }
        let total = cells.reduce(0, +)
        var rest = uniforms.tau * total
        var cell = 0
        while cell < cells.count - 1, rest >= cells[cell] {
            rest -= cells[cell]
            cell += 1
        }
        let (a, b) = (rowSums[cell], rowSums[cell + 1])
        // a·s + (b − a)·s²/2 = rest, in the form that does not cancel.
        let root = max(a * a + 2 * (b - a) * rest, 0).squareRoot()
        let s = min(max(a + root > 0 ? 2 * rest / (a + root) : 0, 0), 1)
        let nodes = mean.values.count
        let weights = (0..<nodes).map {
            (1 - s) * Double(density[cell * nodes + $0]) + s * Double(density[(cell + 1) * nodes + $0])
        }
        let given = MarginalDensity(first: mean.first, step: mean.step, weights: weights)
        return (given.quantile(uniforms.mean), bend * sinh((Double(cell) + s) * du))
    }
}
