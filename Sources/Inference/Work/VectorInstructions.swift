import VoxelKernels

/// The vector instructions the permutation kernels run with. All give the same bits; wider ones are faster.
public enum VectorInstructions: String, Hashable, Sendable, CaseIterable, Codable {
    /// What every processor of the architecture has. On x86-64 fused multiply-adds are then emulated: slow.
    case baseline
    /// AVX2 and FMA.
    case v3 = "x86-64-v3"
    /// AVX-512.
    case v4 = "x86-64-v4"

    /// The widest this processor has.
    public static var best: VectorInstructions {
        switch cuneus_best_isa() {
        case Int32(CUNEUS_ISA_V4): .v4
        case Int32(CUNEUS_ISA_V3): .v3
        default: .baseline
        }
    }

    /// Those this processor can run, narrowest first.
    public static var available: [VectorInstructions] {
        let best = best
        return allCases.filter { $0.code <= best.code }
    }

    package var code: Int32 {
        switch self {
        case .baseline: Int32(CUNEUS_ISA_BASELINE)
        case .v3: Int32(CUNEUS_ISA_V3)
        case .v4: Int32(CUNEUS_ISA_V4)
        }
    }
}
