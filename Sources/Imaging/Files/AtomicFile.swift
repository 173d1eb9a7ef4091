import Foundation

/// Whole files, read with bounds and written so that a reader never sees half of one.
package enum AtomicFile {
    /// A failed system call: which file, what was tried, the system's reason, and what to do about it.
    package struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
        package var path: String
        package var action: String
        package var reason: String
        package var remedy: String

        package var description: String { "\(path): cannot \(action): \(reason). \(remedy)" }

        /// - Parameter reason: the system's own, of the call that failed last, when nil.
        package init(_ path: String, _ action: String, reason: String? = nil) {
            let code = errno
            self.path = path
            self.action = action
            self.reason = reason ?? String(cString: strerror(code))
            remedy = reason == nil ? Self.remedy(code) : "Check the path."
        }

        private static func remedy(_ code: Int32) -> String {
            switch code {
            case ENOSPC: "The disk is full: make room, or name a place on another disk."
            case EDQUOT: "Your share of the disk is used up: make room, or name a place on another disk."
            case EFBIG: "Files may not grow that large here (ulimit -f): raise the limit."
            case EROFS: "This disk can only be read: name a place on another."
            case EACCES, EPERM: "You have no permission: change it, or name another place."
            case ENOENT: "Check the path: a folder of it is missing."
            case ENOTDIR, EEXIST: "A file stands where a folder is needed: name another place."
            case EISDIR, ENOTEMPTY: "A folder stands where the file should be: move it away, or name another place."
            case EMFILE, ENFILE: "Too many files are open (ulimit -n): raise the limit."
            default: "Check the path, its permissions and the room on the disk."
            }
        }
    }

    /// Writes to a hidden temporary name in the same folder, then renames. The folder must exist.
    ///
    /// - Parameter isDurable: whether to wait until the disk has the file and its name, so that not even a power cut takes
    ///   it back. For records and ledgers; it takes milliseconds.
    package static func write(_ bytes: [UInt8], to path: String, isDurable: Bool = false) throws(Failure) {
        try write(pieces: [bytes], to: path, isDurable: isDurable)
    }

    /// The same of bytes that are in several pieces, one after the other.
    package static func write(pieces: [[UInt8]], to path: String, isDurable: Bool = false) throws(Failure) {
        let name = PathParts.name(path)
        let folder = PathParts.folder(path)
        let temporary = PathParts.join(
            folder,
            ".\(name).\(getpid()).\(UInt32.random(in: 0 ... .max)).tmp")
        let file = open(temporary, O_CREAT | O_EXCL | O_WRONLY, 0o666)
        guard file >= 0 else { throw Failure(path, "write") }
        var failure = pieces.allSatisfy({ writeAll($0, to: file) }) ? nil : Failure(path, "write")
        if failure == nil, isDurable, !synchronise(file) { failure = Failure(path, "write") }
        if close(file) != 0, failure == nil { failure = Failure(path, "write") }
        if failure == nil, rename(temporary, path) != 0 { failure = Failure(path, "write") }
        if let failure {
            unlink(temporary)
            throw failure
        }
        if isDurable { synchroniseFolder(folder) }
    }

    /// Whether a file name is one that ``write(_:to:isDurable:)`` gives a file until it is whole. A process that was killed
    /// leaves such a file behind.
    package static func isTemporary(_ name: String) -> Bool {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count >= 5 && parts[0].isEmpty && parts[parts.count - 1] == "tmp"
            && parts[(parts.count - 3)..<(parts.count - 1)].allSatisfy { part in
                !part.isEmpty && part.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            }
    }

    /// Adds bytes at the end of a file that exists, and waits until the disk has them. Where they do not fit, the file stays as
    /// it was.
    package static func append(_ bytes: [UInt8], to path: String) throws(Failure) {
        let file = open(path, O_WRONLY | O_APPEND)
        guard file >= 0 else { throw Failure(path, "write") }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw Failure(path, "write") }
        guard writeAll(bytes, to: file), synchronise(file) else {
            let failure = Failure(path, "write")
            _ = ftruncate(file, status.st_size)
            throw failure
        }
    }

    /// Some file systems cannot; they say EINVAL or ENOTSUP, which is no loss of data.
    private static func synchronise(_ file: Int32) -> Bool {
        fsync(file) == 0 || errno == EINVAL || errno == ENOTSUP
    }

    /// A new name is safe only when its folder is. Not every file system takes this, and the file itself is safe by now.
    private static func synchroniseFolder(_ path: String) {
        let folder = open(path.isEmpty ? "." : path, O_RDONLY)
        guard folder >= 0 else { return }
        _ = fsync(folder)
        close(folder)
    }

    /// Writes all of it; else `errno` says why not.
    package static func writeAll(_ bytes: [UInt8], to file: Int32) -> Bool {
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
