import Foundation

/// The inputs that fuzzing starts from, each a reader's place in ``FuzzedReader/all`` as one byte and the damaged file after it.
public enum FuzzSeeds {
    /// Longer files take too long to mutate.
    private static let largest = 1 << 16

    /// The reader and the file of an input; nil for an empty one.
    public static func split(_ input: UnsafeBufferPointer<UInt8>) -> (reader: Int, bytes: [UInt8])? {
        guard let first = input.first else { return nil }
        return (Int(first) % FuzzedReader.all.count, Array(input.dropFirst()))
    }

    /// Writes every reader's sound file, and the files in `folders` that a reader might take by their ending.
    public static func write(to target: String, from folders: [String]) throws {
        try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
        let others = folders.flatMap(files)
        for (place, reader) in FuzzedReader.all.enumerated() {
            let ending = (reader.victim as NSString).pathExtension
            let alike = others.filter { !ending.isEmpty && ($0 as NSString).pathExtension.lowercased() == ending }
            var contents = [reader.sound]
            for path in alike {
                guard let data = FileManager.default.contents(atPath: path), data.count <= largest else { continue }
                contents.append([UInt8](data))
            }
            for (number, bytes) in contents.enumerated() {
                let url = URL(fileURLWithPath: "\(target)/\(place)-\(number)")
                try Data([UInt8(truncatingIfNeeded: place)] + bytes).write(to: url)
            }
        }
    }

    private static func files(in folder: String) -> [String] {
        let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        return names.sorted().map { "\(folder)/\($0)" }
    }
}
