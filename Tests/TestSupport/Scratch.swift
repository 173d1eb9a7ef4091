import Foundation
import Imaging
public import Testing

/// A folder that goes away with the test.
public final class Scratch {
    public let path: String

    public init(_ files: [String: String] = [:]) throws {
        path = NSTemporaryDirectory() + "cuneus-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for (name, text) in files { try write(name, text) }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    @discardableResult
    public func write(_ name: String, _ text: String) throws -> String {
        try write(name, bytes: Array(text.utf8))
    }

    @discardableResult
    public func write(_ name: String, bytes: [UInt8]) throws -> String {
        let file = "\(path)/\(name)"
        let folder = PathParts.folder(file)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        return file
    }
}

/// The error a reading gives, as text; fails the test when it gives none.
public func problem(
    _ location: Testing.SourceLocation = #_sourceLocation, _ body: () throws -> some Any
) -> String {
    do {
        _ = try body()
        Issue.record("no error", sourceLocation: location)
        return ""
    } catch {
        return "\(error)"
    }
}
