/// Arrays of numbers under names, on their way into a ``PreparedFile``.
struct NumberSections: Sendable {
    struct Section: Sendable {
        var name: String
        /// As the numbers lie in the memory of a little-endian processor.
        var bytes: [UInt8]
    }

    private(set) var sections: [Section] = []

    mutating func add<Number: BitwiseCopyable>(_ name: String, _ values: [Number]) {
        sections.append(Section(name: name, bytes: values.withUnsafeBytes { Array($0) }))
    }

    /// Several pieces, one after the other.
    mutating func add<Number: BitwiseCopyable>(_ name: String, joining pieces: [UnsafeBufferPointer<Number>]) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(pieces.reduce(0) { $0 + $1.count } * MemoryLayout<Number>.stride)
        for piece in pieces { bytes.append(contentsOf: UnsafeRawBufferPointer(piece)) }
        sections.append(Section(name: name, bytes: bytes))
    }

    mutating func add(_ others: NumberSections) { sections += others.sections }
}
