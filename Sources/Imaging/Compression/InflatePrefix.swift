extension Gzip {
    /// The first bytes of a gzip file's content: fewer than `count` if the content is shorter or damaged.
    ///
    /// libdeflate works in one shot and leaves its output undefined when the buffer is too small, so a header could
    /// only be read after allocating for the whole content. This small decoder (RFC 1951) reads the header alone,
    /// which then says how much memory the rest may take.
    package static func prefix(of bytes: [UInt8], count: Int) -> [UInt8] {
        var decoder = InflatePrefix(input: bytes, wanted: count)
        decoder.run()
        return Array(decoder.output.prefix(count))
    }
}

/// A plain inflate decoder that stops as soon as it has what was wanted. Damage ends it silently.
private struct InflatePrefix {
    let input: [UInt8]
    let wanted: Int
    var output: [UInt8] = []
    /// Start of the present member's content in `output`: matches reach back no further.
    private var memberStart = 0
    private var position = 0
    private var bits: UInt32 = 0
    private var bitCount = 0

    private enum Stop: Error { case ended }

    init(input: [UInt8], wanted: Int) {
        self.input = input
        self.wanted = wanted
        output.reserveCapacity(wanted + 258)
    }

    mutating func run() {
        do {
            while output.count < wanted {
                try skipMemberHeader()
                try decodeBlocks()
                // Checksum and size.
                position += 8
            }
        } catch {
            // Enough, or damaged: the full decompression says which.
        }
    }

    private mutating func byte() throws -> UInt8 {
        guard position < input.count else { throw Stop.ended }
        position += 1
        return input[position - 1]
    }

    private mutating func skipMemberHeader() throws {
        guard try byte() == 0x1f, try byte() == 0x8b, try byte() == 8 else { throw Stop.ended }
        let flags = try byte()
        position += 6
        if flags & 4 != 0 {
            let length = Int(try byte()) | Int(try byte()) << 8
            position += length
        }
        // File name and comment end with a zero byte.
        for flag in [8, 16] as [UInt8] where flags & flag != 0 {
            while try byte() != 0 {}
        }
        if flags & 2 != 0 { position += 2 }
        bits = 0
        bitCount = 0
        memberStart = output.count
    }

    private mutating func decodeBlocks() throws {
        var isLast = false
        while !isLast {
            isLast = try take(1) == 1
            switch try take(2) {
            case 0: try copyStored()
            case 1: try decode(Self.fixedLiterals, Self.fixedDistances)
            case 2:
                let (literals, distances) = try readCodes()
                try decode(literals, distances)
            default: throw Stop.ended
            }
        }
    }

    /// The next bits, lowest first.
    private mutating func take(_ count: Int) throws -> Int {
        while bitCount < count {
            bits |= UInt32(try byte()) << UInt32(bitCount)
            bitCount += 8
        }
        let value = bits & (1 << UInt32(count) - 1)
        bits >>= UInt32(count)
        bitCount -= count
        return Int(value)
    }

    private mutating func emit(_ byte: UInt8) throws {
        guard output.count < wanted else { throw Stop.ended }
        output.append(byte)
    }

    private mutating func copyStored() throws {
        bits = 0
        bitCount = 0
        let length = Int(try byte()) | Int(try byte()) << 8
        position += 2
        for _ in 0..<length { try emit(try byte()) }
    }

    /// A canonical Huffman code: symbols in the order of their codes, and how many have each length.
    private struct Code {
        var counts = [Int](repeating: 0, count: 16)
        var symbols: [Int] = []

        init(lengths: some Collection<Int>) {
            for length in 1...15 {
                for (symbol, symbolLength) in lengths.enumerated() where symbolLength == length {
                    counts[length] += 1
                    symbols.append(symbol)
                }
            }
        }
    }

    private static let fixedLiterals = Code(
        lengths: (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 })
    private static let fixedDistances = Code(lengths: Array(repeating: 5, count: 30))
    private static let lengthBases = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227,
        258,
    ]
    private static let lengthBits = [
        0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
    ]
    private static let orderOfLengths = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

    private mutating func symbol(_ code: Code) throws -> Int {
        var value = 0
        var first = 0
        var index = 0
        for length in 1...15 {
            value |= try take(1)
            let count = code.counts[length]
            if value - first < count { return code.symbols[index + value - first] }
            index += count
            first = (first + count) << 1
            value <<= 1
        }
        throw Stop.ended
    }

    private mutating func readCodes() throws -> (Code, Code) {
        let literalCount = try take(5) + 257
        let distanceCount = try take(5) + 1
        let lengthCount = try take(4) + 4
        var codeLengths = [Int](repeating: 0, count: 19)
        for n in 0..<lengthCount { codeLengths[Self.orderOfLengths[n]] = try take(3) }
        let lengthCode = Code(lengths: codeLengths)
        var lengths: [Int] = []
        while lengths.count < literalCount + distanceCount {
            switch try symbol(lengthCode) {
            case 16:
                guard let previous = lengths.last else { throw Stop.ended }
                lengths += Array(repeating: previous, count: 3 + (try take(2)))
            case 17: lengths += Array(repeating: 0, count: 3 + (try take(3)))
            case 18: lengths += Array(repeating: 0, count: 11 + (try take(7)))
            case let length: lengths.append(length)
            }
        }
        guard lengths.count == literalCount + distanceCount else { throw Stop.ended }
        return (Code(lengths: lengths[..<literalCount]), Code(lengths: lengths[literalCount...]))
    }

    private mutating func decode(_ literals: Code, _ distances: Code) throws {
        while true {
            let next = try symbol(literals)
            if next < 256 {
                try emit(UInt8(next))
            } else if next == 256 {
                return
            } else {
                guard next - 257 < Self.lengthBases.count else { throw Stop.ended }
                let length = Self.lengthBases[next - 257] + (try take(Self.lengthBits[next - 257]))
                try copy(length, from: try distance(distances))
            }
        }
    }

    private mutating func distance(_ distances: Code) throws -> Int {
        let code = try symbol(distances)
        guard code < 30 else { throw Stop.ended }
        if code < 4 { return code + 1 }
        let extra = code / 2 - 1
        return ((2 + code & 1) << extra) + 1 + (try take(extra))
    }

    private mutating func copy(_ length: Int, from distance: Int) throws {
        guard distance <= output.count - memberStart else { throw Stop.ended }
        for _ in 0..<length { try emit(output[output.count - distance]) }
    }
}
