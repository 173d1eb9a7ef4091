import Dispatch
import Foundation

/// Ctrl-C, SIGTERM, and the terminal's end (SIGHUP).
enum Interruption {
    /// Signals that would end the process for what a system call reports as well: a reader of the output that went away, a
    /// file that grew beyond `ulimit -f`. Called first of all.
    static func ignoreReportedSignals() {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
    }

    /// Runs work that Ctrl-C, SIGTERM or SIGHUP cancels: the work sees `Task.isCancelled` and ends in good order. Asked a
    /// second time, the process ends at once.
    static func cancellable<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) async throws -> Value
    {
        let task = Task { try await work() }
        // A queue of its own has a thread of its own; the global queues may have none left while all cores compute.
        let queue = DispatchQueue(label: "cuneus.signals", qos: .userInteractive)
        // Under nohup the end of the terminal is to be survived.
        let numbers = [SIGINT, SIGTERM] + (isIgnored(SIGHUP) ? [] : [SIGHUP])
        let sources = numbers.map { number in
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
            for number in numbers { signal(number, SIG_DFL) }
        }
        return try await task.value
    }

    private static func isIgnored(_ number: Int32) -> Bool {
        // Handlers cannot be compared; SIG_IGN is the address 1 on every system that has it.
        let handler: (@convention(c) (Int32) -> Void)? = signal(number, SIG_IGN)
        signal(number, handler)
        return unsafeBitCast(handler, to: Int.self) == 1
    }
}
