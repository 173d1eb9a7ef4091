import Evidence
import Foundation
import Imaging

/// The content of an input file, unpacked when it is gzip, whatever its name.
enum InputBytes {
    /// - Parameter limit: largest content, bytes.
    /// - Throws: when the file is missing, a folder, too large, or damaged.
    static func read(_ path: String, limit: Int, called kind: String) throws(InputError) -> [UInt8] {
        let manager = FileManager.default
        let place = SourceLocation(file: path)
        var isFolder: ObjCBool = false
        guard manager.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw InputError(at: place, "no such file.")
        }
        guard !isFolder.boolValue else { throw InputError(at: place, "is a folder; a \(kind) was expected.") }
        let size = (try? manager.attributesOfItem(atPath: path)[.size] as? NSNumber)?.intValue ?? 0
        guard size <= limit else {
            throw InputError(at: place, "is \(size >> 20) MB; at most \(limit >> 20) MB of text are read.")
        }
        guard let data = manager.contents(atPath: path) else {
            throw InputError(at: place, "cannot be read.", remedy: "Check the file's permissions.")
        }
        var bytes = [UInt8](data)
        if Gzip.isGzip(bytes) { bytes = try unpacked(bytes, limit: limit, at: place) }
        InputLog.add(path, bytes)
        if let foreign = ForeignFile(bytes, wanted: .text) {
            throw InputError(
                at: place, "is \(foreign.name); a \(kind) was expected.", remedy: foreign.remedy)
        }
        return bytes
    }

    /// How many times its size a gzip text may hold, beyond a few megabytes.
    private static let mostRatio = 200

    private static func unpacked(
        _ bytes: [UInt8], limit: Int, at place: SourceLocation
    ) throws(InputError) -> [UInt8] {
        // Texts of people shrink ten to fifty times; what shrinks more is one character over and over, and a small file of it
        // could take all memory there is.
        let bound = min(limit, max(16 << 20, bytes.count * mostRatio))
        do {
            return try Gzip.decompress(bytes, limit: bound)
        } catch .tooLarge where bound < limit {
            throw InputError(
                at: place,
                "holds more than \(bound >> 20) MB of text, over \(mostRatio) times its size: no text of data.",
                remedy: "Look at what it holds: zcat shows it. If it is right, unpack it first.")
        } catch .tooLarge {
            throw InputError(at: place, "holds more than \(limit >> 20) MB of text.")
        } catch {
            throw InputError(at: place, "\(error).", remedy: "It may have been cut off; fetch it again.")
        }
    }
}
