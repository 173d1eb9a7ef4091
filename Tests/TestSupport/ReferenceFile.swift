public import Foundation

/// Values of other programs, in a folder `Reference` of a test target.
public enum ReferenceFile {
    /// Decodes `Reference/<name>`, looked for in the folder of the calling file and in those above it.
    ///
    /// - Throws: where no such file is found up to the folder `Tests`, or it does not decode.
    public static func decode<Value: Decodable>(_ name: String, from source: String = #filePath) throws -> Value {
        var folder = URL(filePath: source).deletingLastPathComponent()
        while folder.lastPathComponent != "Tests", folder.path.count > 1 {
            let file = folder.appending(path: "Reference/\(name)")
            if FileManager.default.fileExists(atPath: file.path) {
                return try JSONDecoder().decode(Value.self, from: Data(contentsOf: file))
            }
            folder = folder.deletingLastPathComponent()
        }
        throw CocoaError(.fileNoSuchFile, userInfo: [NSFilePathErrorKey: name])
    }
}
