import Dispatch
import Synchronization

/// Runs independent pieces of work on several threads.
///
/// Pieces are numbered; whoever is free takes the next number. A piece writes only to its own slots, so results do
/// not depend on how many workers there are or who did what.
public struct Workers: Sendable {
    /// How many pieces run at once, at least one.
    public let threads: Int

    public init(threads: Int) { self.threads = max(1, threads) }

    /// Calls `body` for every number in `0..<count`.
    ///
    /// The task's cancellation is checked before each piece; the first error cancels the rest and is rethrown.
    /// - Throws: `CancellationError`, or what `body` throws.
    public func forEach(_ count: Int, _ body: @escaping @Sendable (Int) throws -> Void) async throws {
        let counter = Counter()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<min(threads, count) {
                group.addTask {
                    while true {
                        let piece = counter.take()
                        if piece >= count { return }
                        try Task.checkCancellation()
                        try body(piece)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// What `body` gives for every number in `0..<count`, in order; the calling thread works, too, and waits for the others.
    ///
    /// For short work whose callers are not asynchronous, such as packing files: it is not cancelled in between.
    /// - Throws: the error of the smallest number that had one, once all have been tried.
    package func results<Value: Sendable, Failure: Error>(
        _ count: Int, _ body: @Sendable (Int) throws(Failure) -> Value
    ) throws(Failure) -> [Value] {
        let slots = Slots<Result<Value, Failure>>(count: count)
        let counter = Counter()
        DispatchQueue.concurrentPerform(iterations: min(threads, count)) { _ in
            while true {
                let piece = counter.take()
                if piece >= count { return }
                slots[piece] = Result { () throws(Failure) in try body(piece) }
            }
        }
        var values: [Value] = []
        for result in slots.all { values.append(try result.get()) }
        return values
    }
}

/// Hands out 0, 1, 2, … to whoever asks.
private final class Counter: Sendable {
    private let next = Atomic(0)

    func take() -> Int { next.add(1, ordering: .relaxed).oldValue }
}

/// A fixed array that several workers fill, each its own elements.
///
/// The owner promises that no element is written by two pieces of work, and that nothing is read before the work is
/// done: the compiler cannot check that, hence `@unchecked`.
public final class SharedArray<Element: BitwiseCopyable>: @unchecked Sendable {
    public let buffer: UnsafeMutableBufferPointer<Element>

    public init(repeating value: Element, count: Int) {
        buffer = .allocate(capacity: count)
        buffer.initialize(repeating: value)
    }

    deinit { buffer.deallocate() }

    public var array: [Element] { Array(buffer) }
}
