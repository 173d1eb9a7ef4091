public import Inference

/// How a permutation test runs; none of it changes the result.
public struct PermutationOptions: Sendable {
    /// Bytes the test may take.
    public var memory: Int
    public var instructions: VectorInstructions
    /// Where finished permutations are kept, so that an interrupted test resumes; nil keeps them in memory only.
    public var ledger: LedgerStore?
    /// The complete ledgers of a test that was run in shards; then nothing is permuted.
    public var shards: [PermutationLedger]
    /// Kernels of relocated peaks that several models share; nil: each makes its own.
    public var kernels: KernelStore?
    /// What a part need not compute before its first permutation; nil: it computes all of it.
    public var prepared: PreparedTest?

    public init(
        memory: Int = 4 << 30, instructions: VectorInstructions = .best, ledger: String? = nil,
        shards: [PermutationLedger] = [], kernels: KernelStore? = nil
    ) {
        self.memory = memory
        self.instructions = instructions
        self.ledger = ledger.map { LedgerStore($0) }
        self.shards = shards
        self.kernels = kernels
    }
}
