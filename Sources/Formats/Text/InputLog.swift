import Evidence
import Synchronization

/// The contents of the text files that one reading takes in, hashed from the very bytes that are parsed.
///
/// Hashed anew when a run ends, hours later, a file that was edited meanwhile would be recorded as what was analysed. The log
/// belongs to one call of ``ProjectReader`` and is handed to it by the task, since each format opens files of its own.
final class InputLog: Sendable {
    @TaskLocal private static var current: InputLog?

    private let contents = Mutex<[String: InputContent]>([:])

    /// - Parameter bytes: the content, unpacked.
    static func add(_ path: String, _ bytes: [UInt8]) {
        guard let current else { return }
        let content = InputContent(sha256: ContentDigest.sha256(bytes), bytes: bytes.count, isParsed: true)
        current.contents.withLock { $0[path] = content }
    }

    /// A project with the contents of what was read for it. Readings within this one belong to it.
    static func recorded(_ work: () throws(InputError) -> Project) throws(InputError) -> Project {
        if current != nil { return try work() }
        let log = InputLog()
        let result = $current.withValue(log) { () -> Result<Project, InputError> in
            do throws(InputError) {
                return .success(try work())
            } catch {
                return .failure(error)
            }
        }
        var project = try result.get()
        project.contents = log.contents.withLock { $0 }
        return project
    }
}
