import Foundation

/// Whole files, read with bounds and written so that a reader never sees half of one.
package enum AtomicFile {
    /// A failed system call: which file, what was tried, and the system's reason.
    package struct Failure: Error, CustomStringConvertible {
        package var path: String
        package var action: String
        package var reason: String

        package var description: String { "\(path): cannot \(action): \(reason)" }

        init(_ path: String, _ action: String, reason: String? = nil) {
            self.path = path
            self.action = action
            self.reason = reason ?? String(cString: strerror(errno))
        }
    }

    /// Writes to a temporary name in the same folder, then renames. The folder must exist.
    package static func write(_ bytes: [UInt8], to path: String) throws(Failure) {
        let name = (path as NSString).lastPathComponent
        let folder = (path as NSString).deletingLastPathComponent
        let temporary = (folder as NSString).appendingPathComponent(
            ".\(name).\(getpid()).\(UInt32.random(in: 0 ... .max)).tmp")
        let file = open(temporary, O_CREAT | O_EXCL | O_WRONLY, 0o666)
        guard file >= 0 else { throw Failure(path, "write") }
        var failure = writeAll(bytes, to: file) ? nil : Failure(path, "write")
        if close(file) != 0, failure == nil { failure = Failure(path, "write") }
        if failure == nil, rename(temporary, path) != 0 { failure = Failure(path, "write") }
        if let failure {
            unlink(temporary)
            throw failure
        }
    }

    private static func writeAll(_ bytes: [UInt8], to file: Int32) -> Bool {
        bytes.withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count {
                let count = Foundation.write(file, buffer.baseAddress! + done, min(buffer.count - done, 1 << 30))
                if count < 0 && errno == EINTR { continue }
                if count <= 0 { return false }
                done += count
            }
            return true
        }
    }

    /// Size in bytes of a regular file; refuses folders, pipes and devices, which could block or never end.
    package static func size(of path: String) throws(Failure) -> Int {
        var status = stat()
        guard stat(path, &status) == 0 else { throw Failure(path, "read") }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw Failure(path, "read", reason: "it is not a regular file")
        }
        return Int(status.st_size)
    }

    /// Up to `count` bytes from `offset`: fewer at the end of the file.
    package static func read(_ path: String, from offset: Int = 0, count: Int) throws(Failure) -> [UInt8] {
        let file = open(path, O_RDONLY)
        guard file >= 0 else { throw Failure(path, "read") }
        defer { close(file) }
        var isSound = true
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, done in
            while done < count {
                let target = UnsafeMutableRawPointer(buffer.baseAddress!) + done
                let got = pread(file, target, min(count - done, 1 << 30), off_t(offset + done))
                if got < 0 && errno == EINTR { continue }
                if got < 0 { isSound = false }
                if got <= 0 { break }
                done += got
            }
        }
        guard isSound else { throw Failure(path, "read") }
        return bytes
    }
}
