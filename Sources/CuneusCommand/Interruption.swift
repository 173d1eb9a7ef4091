import Dispatch
import Foundation

/// Ctrl-C and SIGTERM.
enum Interruption {
    /// Runs work that Ctrl-C or SIGTERM cancels: the work sees `Task.isCancelled` and ends in good order. Asked a second
    /// time, the process ends at once.
    static func cancellable<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) async throws -> Value
    {
        let task = Task { try await work() }
        // A queue of its own has a thread of its own; the global queues may have none left while all cores compute.
        let queue = DispatchQueue(label: "cuneus.signals", qos: .userInteractive)
        let sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                if task.isCancelled { _exit(Failure.interruptedCode) }
                task.cancel()
            }
            source.resume()
            return source
        }
        defer {
            for source in sources { source.cancel() }
            signal(SIGINT, SIG_DFL)
            signal(SIGTERM, SIG_DFL)
        }
        return try await task.value
    }
}
