import Inference
import VoxelKernels

/// What silent studies say, on one lattice of means and one set of τ: a table per kind of silence, and their sum.
final class SilentTables: @unchecked Sendable {
    // Written by the initialiser alone; read by many.
    let lattice: MeanLattice
    let taus: TauNodes
    /// Nodes −half … half, and spare ones to the end of the last vector.
    let half: Int
    let columns: Int
    /// [tau][columns]
    let total: SharedArray<Float>
    /// [silence][tau][columns]
    private let each: SharedArray<Float>

    /// - Parameter reach: nodes within this of zero, and a voxel's nodes beyond.
    init(
        _ model: PosteriorModel, lattice: MeanLattice, taus: TauNodes, reach: Double, _ instructions: VectorInstructions
    ) {
        self.lattice = lattice
        self.taus = taus
        half = Int((reach / lattice.step).rounded(.up)) + 2 * MeanLattice.mostSide
        columns = (2 * half + 1 + 15) / 16 * 16 + 32
        let size = columns * taus.count
        total = SharedArray(repeating: 0, count: size)
        each = SharedArray(repeating: 0, count: max(model.silences.count, 1) * size)
        let one: [Float] = [1]
        for (index, silence) in model.silences.enumerated() {
            let table = each.buffer.baseAddress! + index * size
            one.withUnsafeBufferPointer { one in
                taus.tau2.withUnsafeBufferPointer { tau2 in
                    var nodes = cuneus_posterior_nodes(
                        first: Float(-Double(half) * lattice.step), step: Float(lattice.step),
                        vectors: Int32(columns / 16), means: Int32(columns), taus: Int32(taus.count),
                        tau2: tau2.baseAddress)
                    var term = cuneus_posterior_term(
                        centre: 0, slope: 0, half_width: silence.b, growth: 0, is_known: 0, heights: 1,
                        height: one.baseAddress,
                        weight: one.baseAddress, constant_variance: silence.constantVariance,
                        quadratic_variance: silence.quadraticVariance, power: silence.power,
                        tau_share: silence.tauShare, silent: nil, silent_stride: 0)
                    cuneus_posterior_add(instructions.code, &nodes, &term, 1, table)
                }
            }
            let count = Float(model.silenceCounts[index])
            for position in 0..<size { total.buffer[position] += count * table[position] }
        }
    }

    /// The table of a kind of silence from node `first` on.
    func silence(_ index: Int, from first: Int) -> UnsafePointer<Float> {
        UnsafePointer(each.buffer.baseAddress! + index * columns * taus.count + half + first)
    }

    func total(from first: Int) -> UnsafePointer<Float> { UnsafePointer(total.buffer.baseAddress! + half + first) }

    /// A centre from which `nodes` to each side stay in the table.
    func clamped(_ centre: Int, nodes: Int) -> Int { min(max(centre, nodes - half), half - nodes) }
}
