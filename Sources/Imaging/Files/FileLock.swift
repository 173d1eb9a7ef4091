import Foundation

/// Keeps a folder or a file for one process: a hidden file beside what is locked, which the system frees when the process
/// ends, however it ends.
///
/// The lock is the system's (flock) and not the file: one that a killed process left behind locks nothing. On network disks
/// without locks there is none, and nobody is refused.
package final class FileLock: Sendable {
    package enum Problem: Error {
        /// Another process has it; its number, if it could be read.
        case taken(by: String?)
        /// The hidden file cannot be made: nothing else could be written there either.
        case failed(AtomicFile.Failure)
    }

    private let path: String
    private let file: Int32

    /// Locks a folder that exists.
    package static func folder(_ path: String) throws(Problem) -> FileLock { try FileLock("\(path)/.cuneus.lock") }

    /// Locks a file that is to be written, which need not exist; its folder must.
    package static func file(_ path: String) throws(Problem) -> FileLock {
        let folder = PathParts.folder(path)
        let name = PathParts.name(path)
        return try FileLock(PathParts.join(folder, ".\(name).lock"))
    }

    private init(_ path: String) throws(Problem) {
        var tries = 0
        while true {
            tries += 1
            let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
            guard file >= 0 else { throw .failed(AtomicFile.Failure(path, "write")) }
            if flock(file, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
                let holder = Self.holder(path)
                close(file)
                throw .taken(by: holder)
            }
            // Whoever had the lock may have removed the file after it was opened here: then this is the lock of no name.
            guard tries > 10 || Self.isStillThere(file, path) else {
                close(file)
                continue
            }
            // Also finds a full disk before hours of work do.
            if ftruncate(file, 0) != 0 || !AtomicFile.writeAll(Array("\(getpid())\n".utf8), to: file) {
                let failure = AtomicFile.Failure(path, "write")
                unlink(path)
                close(file)
                throw .failed(failure)
            }
            self.path = path
            self.file = file
            return
        }
    }

    deinit {
        // In this order: nobody can lock the file between.
        unlink(path)
        close(file)
    }

    private static func isStillThere(_ file: Int32, _ path: String) -> Bool {
        var own = stat()
        var there = stat()
        return fstat(file, &own) == 0 && stat(path, &there) == 0 && own.st_ino == there.st_ino
            && own.st_dev == there.st_dev
    }

    private static func holder(_ path: String) -> String? {
        guard let bytes = try? AtomicFile.read(path, count: 32) else { return nil }
        let number = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        return number.isEmpty ? nil : number
    }
}
