import Cuneus
import Foundation

/// The result of a command, as text.
///
/// Swift's `print` does not say when nobody got what it printed: a table sent to a full disk would end with 0.
enum StandardOutput {
    /// Nobody took the output, or not all of it.
    struct Failure: Error, CustomStringConvertible {
        var reason: String
        /// Whether the reader went away, as `head` does when it has enough; that is not worth a message.
        var isPipe: Bool

        var description: String { "the output cannot be written: \(reason)." }
    }

    /// Of a terminal, which no line should exceed; nil elsewhere, where lines are searched and not read.
    static var columns: Int? { isatty(STDOUT_FILENO) == 1 ? ProgressLine.width : nil }

    /// - Parameter isRaw: whether control characters go out as they are, where every byte counts.
    static func print(_ text: String, terminator: String = "\n", isRaw: Bool = false) throws(Failure) {
        let text = isRaw ? text : ControlCharacters.escaped(text)
        guard AtomicFile.writeAll(Array((text + terminator).utf8), to: STDOUT_FILENO) else {
            let code = errno
            throw Failure(reason: String(cString: strerror(code)), isPipe: code == EPIPE)
        }
    }
}
