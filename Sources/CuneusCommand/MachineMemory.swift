import Cuneus
import Foundation

/// Whether a model fits into the memory of this machine, as far as that can be told beforehand.
enum MachineMemory {
    /// More memory is needed than there is.
    struct Shortage: Error, CustomStringConvertible {
        var model: String
        /// Bytes.
        var needed: Int
        var available: Int

        var description: String {
            "model \"\(model)\" takes about \(needed >> 20) MiB of memory, and this machine has \(available >> 20) MiB free. "
                + "Use fewer --threads, less --memory or a larger voxel_size, or end other programs."
        }
    }

    /// - Throws: ``Shortage`` rather than be ended in the middle of the work, without a word, by the system.
    static func check(_ cost: CostEstimate, model: String, available: Int? = available) throws(Shortage) {
        guard let needed = cost.bytes, let available, needed > available else { return }
        throw Shortage(model: model, needed: needed, available: available)
    }

    /// Bytes that can still be had: free memory and swap, and no more than the limit of a container. nil where the system does
    /// not tell.
    static var available: Int? {
        guard let text = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8) else { return nil }
        return available(meminfo: text, limit: try? String(contentsOfFile: "/sys/fs/cgroup/memory.max", encoding: .utf8))
    }

    /// - Parameters:
    ///   - meminfo: as Linux has it in /proc.
    ///   - limit: of the control group: bytes, or "max".
    static func available(meminfo: String, limit: String?) -> Int? {
        func bytes(_ name: String) -> Int? {
            let line = meminfo.split(separator: "\n").first { $0.hasPrefix("\(name):") }
            guard let kibibytes = line?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }),
                (0..<Int.max >> 11).contains(kibibytes)
            else { return nil }
            return kibibytes << 10
        }
        guard let free = bytes("MemAvailable") else { return nil }
        let all = free + (bytes("SwapFree") ?? 0)
        let most = limit.flatMap { Int($0.filter { !$0.isWhitespace }) }
        return min(all, most ?? all)
    }
}
