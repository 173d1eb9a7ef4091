/// Files as disks, editors and people break them.
public struct Damage {
    private var random: SeededGenerator

    public init(seed: UInt64) { random = SeededGenerator(seed) }

    private static let scraps: [String] = [
        "", " ", "\t", ",", ";", "\"", "'", "\n", "\r", "\r\n", "//", "//Subjects=", "//Reference=", "NA", "nan", "inf",
        "1e999", "-1e-999", "99999999999999999999", "-", "\u{2212}", "\u{FEFF}", "é", "0x10", "p", "n", "#", ": ", "{",
        "[",
        "]", "- ", "&a", "*a", "<<: *a", "|", "1,5", "1,234", "../..", "\u{0}", "\u{202E}", "sep=;\n",
        String(repeating: "(", count: 300), "%", "!!", "?", "=", "true", "null", "{}", "[]", "not ", " and ", "1e300",
    ]

    /// One to three changes: bytes taken out, set, turned, put in or doubled, the end cut off, lines shuffled.
    public mutating func callAsFunction(_ sound: [UInt8]) -> [UInt8] {
        var bytes = sound
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            guard !bytes.isEmpty else { break }
            let position = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<7, using: &random) {
            case 0: bytes.remove(at: position)
            case 1: bytes[position] = UInt8.random(in: 0...255, using: &random)
            case 2: bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 3:
                let scrap = Self.scraps.randomElement(using: &random) ?? ""
                bytes.insert(contentsOf: Array(scrap.utf8), at: position)
            case 4: bytes.removeSubrange(position...)
            case 5:
                let end = min(bytes.count, position + Int.random(in: 1...40, using: &random))
                bytes.insert(contentsOf: Array(bytes[position..<end]), at: position)
            default:
                var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
                lines.shuffle(using: &random)
                bytes = Array(lines.joined(separator: [UInt8(ascii: "\n")]))
            }
        }
        return bytes
    }

    /// One to three bytes of the first `count` set at random: of images, whose values would otherwise take all changes.
    public mutating func inFirst(_ count: Int, of sound: [UInt8]) -> [UInt8] {
        var bytes = sound
        guard !bytes.isEmpty, count > 0 else { return bytes }
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let position = Int.random(in: 0..<min(count, bytes.count), using: &random)
            bytes[position] = UInt8.random(in: 0...255, using: &random)
        }
        return bytes
    }
}
