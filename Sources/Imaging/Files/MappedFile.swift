import Foundation

/// A file's bytes as the system shows them in memory: nothing is copied, and processes that map the same file share them.
///
/// What another program writes into the file meanwhile would be seen, and a file that is cut shorter ends the process. Files that are
/// written by ``AtomicFile/write(_:to:isDurable:)`` are replaced by a rename, and stay what they were for who has them mapped.
package final class MappedFile: @unchecked Sendable {
    // Sendable because the memory can only be read.
    package let path: String
    package let bytes: UnsafeRawBufferPointer

    /// - Throws: for what is no regular file, or cannot be read.
    package init(_ path: String) throws(AtomicFile.Failure) {
        self.path = path
        let size = try AtomicFile.size(of: path)
        let file = open(path, O_RDONLY)
        guard file >= 0 else { throw AtomicFile.Failure(path, "read") }
        defer { close(file) }
        guard size > 0 else {
            bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        guard let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, file, 0), start != MAP_FAILED else {
            throw AtomicFile.Failure(path, "read")
        }
        bytes = UnsafeRawBufferPointer(start: start, count: size)
    }

    deinit {
        if let start = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: start), bytes.count) }
    }
}
