import Inference
import Testing

@Suite("Memory of the machine")
struct MachineMemoryTests {
    private static let meminfo = """
        MemTotal:        8000000 kB
        MemFree:          100000 kB
        MemAvailable:    2000000 kB
        SwapTotal:       1000000 kB
        SwapFree:         500000 kB
        """

    @Test(
        "free memory and swap count, up to the limit of a container",
        arguments: [
            (nil, 2_500_000 << 10), ("max\n", 2_500_000 << 10), ("1073741824\n", 1 << 30),
            ("9223372036854771712\n", 2_500_000 << 10), ("", 2_500_000 << 10),
        ] as [(String?, Int)])
    func available(_ limit: String?, _ expected: Int) {
        #expect(MachineMemory.available(meminfo: Self.meminfo, limit: limit) == expected)
    }

    @Test(
        "a system that tells nothing, or nonsense, refuses nobody",
        arguments: ["", "MemAvailable: lots kB", "MemAvailable: -1 kB"])
    func unknown(_ text: String) { #expect(MachineMemory.available(meminfo: text, limit: "1024") == nil) }
}
