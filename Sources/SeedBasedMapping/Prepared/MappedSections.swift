import Evidence
import Imaging

/// One model's arrays of numbers in a ``PreparedFile``, read where they lie.
struct MappedSections: Sendable {
    /// Keeps the memory of what is read.
    let file: MappedFile
    /// Bytes of the file, by name.
    private let places: [String: Range<Int>]

    /// - Parameter places: within the file, and aligned to the numbers that are read there.
    init(_ file: MappedFile, places: [String: Range<Int>]) {
        self.file = file
        self.places = places
    }

    func has(_ name: String) -> Bool { places[name] != nil }

    /// The numbers of a section, for as long as somebody keeps ``file``.
    ///
    /// - Parameter count: as many as there have to be; nil for any number.
    /// - Throws: `InputError` where the file has no such section, or one of another length.
    func values<Number: BitwiseCopyable>(
        _ name: String, count: Int? = nil
    ) throws(InputError) -> UnsafeBufferPointer<Number> {
        guard let place = places[name] else { throw Self.damaged(file.path, "it has no section '\(name)'") }
        let bytes = UnsafeRawBufferPointer(rebasing: file.bytes[place])
        let found = bytes.count / MemoryLayout<Number>.stride
        guard found * MemoryLayout<Number>.stride == bytes.count, count == nil || count == found else {
            let expected = count.map { "\($0 * MemoryLayout<Number>.stride)" } ?? "whole numbers"
            throw Self.damaged(file.path, "section '\(name)' has \(bytes.count) bytes, not \(expected)")
        }
        return bytes.bindMemory(to: Number.self)
    }

    /// The same as an array.
    func array<Number: BitwiseCopyable>(_ name: String, count: Int? = nil) throws(InputError) -> [Number] {
        let values: UnsafeBufferPointer<Number> = try values(name, count: count)
        return Array(values)
    }

    static func damaged(_ path: String, _ what: String) -> InputError {
        InputError(
            at: SourceLocation(file: path), "the prepared file is damaged: \(what).", remedy: PreparedFile.remedy(path))
    }
}
