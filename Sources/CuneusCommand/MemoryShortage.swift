import Cuneus

/// A model that takes more memory than this machine has left.
struct MemoryShortage: Error, CustomStringConvertible {
    var message: String

    static let remedy = "Use fewer --threads, less --memory or a larger voxel_size, or end other programs."

    var description: String { "\(message) \(Self.remedy)" }

    /// nil where it fits, or where the system does not tell what is left.
    init?(_ cost: CostEstimate, model: String) {
        guard let needed = cost.bytes, let available = MachineMemory.available, needed > available else { return nil }
        message =
            "model \"\(model)\" takes about \(needed >> 20) MiB of memory, and this machine has \(available >> 20) MiB left."
    }
}
