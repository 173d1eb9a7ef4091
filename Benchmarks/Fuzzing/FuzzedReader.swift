import Evidence
import Foundation
import Imaging
import SeedBasedMapping

/// A reader, sound files that it reads, and the one of them that is damaged: what `make fuzz` and the seeded pass of `make test`
/// have in common.
public struct FuzzedReader: Sendable {
    /// How an input ends. Anything else (a trap, memory without end, another type of error) is a fault of ours.
    public enum Outcome: Hashable, Sendable {
        case read
        /// What the user is told.
        case refused(String)
        /// An error of a type that does not say file, finding and remedy, or a result that contradicts the input.
        case fault(String)
    }

    public let name: String
    /// All sound files, by their names in the folder that is read.
    public let files: [String: [UInt8]]
    /// The file that is damaged.
    public let victim: String
    /// Reads what is in the folder of that path, and uses what it read.
    private let open: @Sendable (String) throws -> Void

    init(
        _ name: String, victim: String, files: [String: [UInt8]], open: @escaping @Sendable (String) throws -> Void
    ) {
        self.name = name
        self.victim = victim
        self.files = files
        self.open = open
    }

    /// The damaged file as it is when nothing is wrong with it.
    public var sound: [UInt8] { files[victim] ?? [] }

    /// Writes the sound files.
    ///
    /// - Parameter folder: its own, which nothing else is in; made if it is missing.
    public func prepare(in folder: String) throws {
        for (name, bytes) in files { try Self.write(bytes, to: "\(folder)/\(name)") }
    }

    /// Puts `bytes` in the place of the victim and reads.
    ///
    /// - Parameter folder: where ``prepare(in:)`` wrote.
    public func outcome(of bytes: [UInt8], in folder: String) -> Outcome {
        do {
            try Self.write(bytes, to: "\(folder)/\(victim)")
            try open(folder)
            return .read
        } catch let error as Fault {
            return .fault(error.description)
        } catch {
            let isOurs =
                error is InputError || error is NIfTIError || error is AtlasError || error is PermutationLedger.Problem
            return isOurs ? .refused("\(error)") : .fault("an error of type \(type(of: error)): \(error)")
        }
    }

    private static func write(_ bytes: [UInt8], to path: String) throws {
        let folder = (path as NSString).deletingLastPathComponent
        if !FileManager.default.fileExists(atPath: folder) {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        }
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    /// What was read cannot be what the file says.
    struct Fault: Error, CustomStringConvertible {
        let description: String
    }
}

extension FuzzedReader {
    /// Every reader of files that users hand over. New ones go to the end: a seed's first byte is the place in this list.
    public static let all: [FuzzedReader] =
        projects + inputs + expressions + images + outcomes + participants + claims + plans
}
