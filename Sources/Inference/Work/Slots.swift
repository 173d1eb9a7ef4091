/// Results of numbered pieces of work, each written once by whoever did the piece.
package final class Slots<Value>: @unchecked Sendable {
    private let buffer: UnsafeMutableBufferPointer<Value?>

    package init(count: Int) {
        buffer = .allocate(capacity: count)
        buffer.initialize(repeating: nil)
    }

    deinit {
        buffer.deinitialize()
        buffer.deallocate()
    }

    package subscript(index: Int) -> Value? {
        get { buffer[index] }
        set { buffer[index] = newValue }
    }

    package var all: [Value] { buffer.compactMap { $0 } }

    /// One per piece; nil where nothing was written.
    package var inOrder: [Value?] { Array(buffer) }
}
