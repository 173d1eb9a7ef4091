import Imaging

/// How much memory this machine has left, as far as the system tells.
package enum MachineMemory {
    /// Bytes that can still be had: free memory and swap, and no more than the limit of a container. nil where the system does
    /// not tell.
    package static var available: Int? {
        // Such files say that they hold nothing; they are read all the same.
        func text(_ path: String) -> String? {
            (try? AtomicFile.read(path, count: 1 << 16)).map { String(decoding: $0, as: UTF8.self) }
        }
        guard let meminfo = text("/proc/meminfo") else { return nil }
        return available(meminfo: meminfo, limit: text("/sys/fs/cgroup/memory.max"))
    }

    /// - Parameters:
    ///   - meminfo: as Linux has it in /proc.
    ///   - limit: of the control group: bytes, or "max".
    package static func available(meminfo: String, limit: String?) -> Int? {
        func bytes(_ name: String) -> Int? {
            let line = meminfo.split(separator: "\n").first { $0.hasPrefix("\(name):") }
            guard let number = line?.split(separator: " ").dropFirst().first, let kibibytes = Int(number),
                (0..<1 << 50).contains(kibibytes)
            else { return nil }
            return kibibytes << 10
        }
        guard let free = bytes("MemAvailable") else { return nil }
        let all = free + (bytes("SwapFree") ?? 0)
        guard let limit, let most = Int(limit.filter { !$0.isWhitespace }) else { return all }
        return min(all, most)
    }
}
